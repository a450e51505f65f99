"""What a turn and a refinement write, step by step, inside the unit of work they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from api.own_specs import refuse_past_defaults
from api.path_steps import is_path_step
from api.release import release
from engine.errors import SpecError
from engine.spec import check
from engine.spec.any_candles import AnyCandles
from engine.spec.canonical import plain
from storage.errors import RecordConflict, RecordInvalid
from storage.lifecycle import sees_ahead, validates
from storage.records import BacktestRun, PerformanceSummary, Thread, ThreadMessage, read_record
from storage.results import backtest_run
from storage.strategy_records import DriftEvent, RefinementJob, RefinementOutputs
from storage.times import wire_time
from storage.trial_chain import Candidate, DailyReturns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agent.ports import Ids, RefinementOutcome, Trial, Turn
    from engine.backtest.result import BacktestResult
    from engine.evidence.same_candles import FamilyPrint
    from engine.search.outcome import Days
    from engine.spec.models import StrategySpec
    from storage.unit_of_work import UnitOfWork


class TurnWriter:
    """Writes one turn of a conversation."""

    def __init__(self, work: UnitOfWork, owner: str, now_ms: int, ids: Ids) -> None:
        self._work, self._owner, self._now_ms, self._ids = work, owner, now_ms, ids

    def write(self, thread: Thread, turn: Turn) -> None:
        """Write strategy and version, run and status, trials, both messages, and what the thread waits for."""
        for name, document in turn.kept.items():
            self._work.replies.keep(self._owner, name, document, now_ms=self._now_ms)
        strategy_id = self._strategy(thread, turn)
        if turn.result is not None:
            self._run(strategy_id, turn, turn.result)
        add_trials(self._work, self._owner, turn.trials, self._now_ms)
        self._messages(strategy_id, turn)
        self._work.threads.update(
            self._owner, thread.id, strategy_id=strategy_id, pending=turn.pending, now_ms=self._now_ms
        )
        if thread.title is None and turn.version is not None:  # a list of threads tells them apart
            self._work.threads.rename(self._owner, thread.id, str(turn.version.spec["name"])[:120], self._now_ms)

    def _strategy(self, thread: Thread, turn: Turn) -> str | None:
        """Return the strategy the thread works on from now, with the turn's version stored."""
        work, owner, new = self._work, self._owner, turn.version
        if new is None:
            if turn.strategy_id is None:
                return thread.strategy_record_id
            work.strategies.current(owner, turn.strategy_id)  # NotFound, before anything refers to it
            return turn.strategy_id
        if turn.strategy_id is None:
            by: Literal["kek_mix", "user"] = "kek_mix" if new.origin == "agent" else "user"
            return new_strategy(
                work, owner, new.spec, self._ids, why=new.why, origin=new.origin, generated_by=by, now_ms=self._now_ms
            )
        work.strategies.add_version(
            owner,
            turn.strategy_id,
            checked_spec(new.spec),
            diff=new.diff,
            why=new.why,
            origin=new.origin,
            now_ms=self._now_ms,
        )
        return turn.strategy_id

    def _run(self, strategy_id: str | None, turn: Turn, result: BacktestResult) -> None:
        if strategy_id is None or turn.run_id is None:
            raise RecordInvalid("a result is kept as the run of a strategy: the turn names no strategy or no run id")
        if not self._work.versions.has_hash(self._owner, strategy_id, result.spec_hash):
            raise RecordInvalid(f"run '{turn.run_id}' tested a spec that is no version of strategy '{strategy_id}'")
        told = turn.answer.get("backtest") or {}  # the answer shows this very record
        created = str(told.get("createdAt") or wire_time(self._now_ms))
        record = backtest_run(result, run_id=turn.run_id, created_at=created, strategy_record_id=strategy_id)
        keep_run(self._work, self._owner, record, _made_by(turn), self._now_ms)

    def _messages(self, strategy_id: str | None, turn: Turn) -> None:
        now = wire_time(self._now_ms)
        answer = dict(turn.answer) if strategy_id is None else {**turn.answer, "strategyId": strategy_id}
        asked = ThreadMessage(id=turn.message_id, thread_id=turn.thread_id, role="user", text=turn.text, created_at=now)
        answered = ThreadMessage(
            id=self._ids.new("message"),
            thread_id=turn.thread_id,
            role="assistant",
            text=str(turn.answer.get("reply", "")),
            created_at=now,
            answer=answer,
            backtest_run_id=turn.run_id if turn.result is not None else None,
            usage=dict(turn.usage),
            provenance=_made_by(turn),
        )
        self._work.threads.add_message(self._owner, asked)
        self._work.threads.add_message(self._owner, answered)


def keep_run(work: UnitOfWork, owner: str, run: BacktestRun, provenance: Mapping[str, Any], now_ms: int) -> None:
    """Store a run; its version becomes `validated` where the run is what that asks for (`storage.lifecycle`).

    Raises
    ------
    RecordNotFound
        The owner has no such strategy.
    """
    work.backtests.add(owner, run, provenance=provenance)
    current = work.strategies.current(owner, run.strategy_record_id)
    own = run.variant_id is None and run.version == current.version
    if own and current.status in ("draft", "generated") and validates(run):
        version = work.versions.get(owner, run.strategy_record_id, current.version)
        if sees_ahead(version.spec):
            return
        closed = run.results.trade_count
        trades = "1 closed trade" if closed == 1 else f"{closed} closed trades"
        part = f"the selection part of {run.dataset.provider}"
        reason = f"no errors in the spec, which reads closed bars alone; run {run.id} on {part}: {trades}"
        work.strategies.change_status(
            owner, run.strategy_record_id, "validated", actor="system", reason=reason, now_ms=now_ms
        )


def _made_by(turn: Turn) -> dict[str, Any]:
    """Return what a turn was made from, with the release that made it."""
    return {**turn.provenance, "release": release()}


def _about(label: str, identifier: str | None) -> str:
    return f"without a {label}" if identifier is None else f"for the {label} '{identifier}'"


class JobWriter:
    """Writes the beginning and the end of a refinement."""

    def __init__(self, work: UnitOfWork, owner: str, now_ms: int, ids: Ids) -> None:
        self._work, self._owner, self._now_ms, self._ids = work, owner, now_ms, ids

    def start(self, job: Mapping[str, Any], drift_event: Mapping[str, Any] | None) -> RefinementJob:
        """Store a job as running, or take up the one of that id; a completed one stays as it is."""
        refinements = self._work.refinements
        asked = self._asked(job, drift_event)
        self._work.strategies.current(self._owner, asked.strategy_record_id)
        found = refinements.find_job(self._owner, asked.id)
        if found is None:
            refinements.add_job(self._owner, asked, now_ms=self._now_ms)
        else:
            for field, label in (("strategy_record_id", "strategy"), ("drift_event_id", "drift event")):
                theirs, ours = (_about(label, getattr(one, field)) for one in (found, asked))
                if theirs != ours:
                    message = f"the id '{asked.id}' belongs to a job {theirs}, and this one is {ours}"
                    raise RecordConflict(f"{message}: give it an id of its own")
            if found.status != "completed":
                refinements.update_job(self._owner, asked.id, status="running", now_ms=self._now_ms)
        return refinements.job(self._owner, asked.id)

    def finish(self, outcome: RefinementOutcome) -> RefinementJob:
        """Store variants, trials, report and status of a job; a completed one stays as it is."""
        work, owner = self._work, self._owner
        job = work.refinements.job(owner, outcome.job_id, for_update=True)
        if job.status == "completed":
            return job
        made = []
        for variant in outcome.variants:
            work.versions.get(owner, job.strategy_record_id, variant.parent_version)
            made.append(self._ids.new("variant"))
            work.variants.add(
                owner,
                job.strategy_record_id,
                made[-1],
                checked_spec(variant.spec),
                parent_version=variant.parent_version,
                overrides=variant.overrides,
                origin=variant.origin,
                summary=read_record(PerformanceSummary, variant.summary),
                note=variant.note,
                now_ms=self._now_ms,
            )
        add_trials(work, owner, outcome.trials, self._now_ms)
        outputs = RefinementOutputs(new_variant_ids=made or None, notes=outcome.notes)
        work.refinements.update_job(
            owner, job.id, status=outcome.status, outputs=outputs, report=outcome.report, now_ms=self._now_ms
        )
        return work.refinements.job(owner, job.id)

    def _asked(self, job: Mapping[str, Any], drift_event: Mapping[str, Any] | None) -> RefinementJob:
        """Return the job as a record that runs, with the drift event behind it stored."""
        wanted = {name: value for name, value in job.items() if name not in ("status", "outputs")}
        if not {"createdAt", "created_at"} & set(wanted):
            wanted["createdAt"] = wire_time(self._now_ms)
        asked = read_record(RefinementJob, {**wanted, "status": "running"})
        if drift_event is None:
            if asked.drift_event_id is not None:
                self._work.refinements.drift_event(self._owner, asked.drift_event_id)
            return asked
        event = read_record(DriftEvent, drift_event)
        if event.strategy_record_id != asked.strategy_record_id:
            message = f"drift event '{event.id}' is about strategy '{event.strategy_record_id}'"
            raise RecordInvalid(f"{message}, job '{asked.id}' about '{asked.strategy_record_id}'")
        self._work.strategies.current(self._owner, event.strategy_record_id)
        if event.variant_id is not None:
            self._work.variants.get(self._owner, event.variant_id)
        self._work.refinements.add_drift_event(self._owner, event, now_ms=self._now_ms)
        return asked.model_copy(update={"drift_event_id": event.id})


def new_strategy(
    work: UnitOfWork,
    owner: str,
    spec: Mapping[str, Any],
    ids: Ids,
    *,
    why: str,
    origin: Literal["agent", "user"],
    generated_by: Literal["kek_mix", "user", "import"],
    now_ms: int,
    at: str = "$",
) -> str:
    """Store a spec as a new strategy and return its id.

    It is the spec's own, where the owner has no such strategy yet and a path can lead to one of that name.

    Raises
    ------
    SpecError
        The spec has problems, or goes past the owner's risk defaults; these are told at ``at``, where it stands.
    """
    checked = checked_spec(spec)
    work.users.hold(owner)
    refuse_past_defaults(work, owner, plain(checked), before=None, at=at)
    free = is_path_step(checked.id) and not work.strategies.exists(owner, checked.id)
    strategy_id = checked.id if free else ids.new("strategy")
    work.strategies.add(owner, strategy_id, checked, why=why, origin=origin, generated_by=generated_by, now_ms=now_ms)
    return strategy_id


def checked_spec(spec: Mapping[str, Any]) -> StrategySpec:
    """Return a spec that has passed its checks: nothing else is ever stored; raises SpecError with all problems.

    Its assets are taken as known: whoever wrote it has found their candles.
    """
    checked = check(spec, catalog=AnyCandles())
    if checked.spec is None:
        raise SpecError([problem for problem in checked.problems if problem.severity == "error"])
    return checked.spec


def candidate_of(trial: Trial) -> Candidate:
    """Return a trial as the ledger keeps it."""
    return Candidate(
        family=trial.family,
        behaviour_hash=trial.behaviour_hash,
        data_hash=trial.data_hash,
        start_ms=trial.start,
        end_ms=trial.end,
        summary=trial.summary,
        origin=trial.origin,
        note=trial.note,
    )


def add_trials(work: UnitOfWork, owner: str, trials: Iterable[Trial], now_ms: int) -> int:
    """Append runs with their daily returns to the owner's ledger, and return how many are new.

    Those it holds already change nothing.
    """
    several = list(trials)
    measured = [(candidate_of(one), returns_of(one.returns)) for one in several]
    prints: frozenset[FamilyPrint] = frozenset().union(*(one.prints for one in several))
    return work.trials.add_all(owner, measured, now_ms=now_ms, prints=prints)


def returns_of(days: Days | None) -> DailyReturns | None:
    """Return the daily returns of a trial as the ledger keeps them."""
    return None if days is None else DailyReturns(days.first_day_ms, days.returns)
