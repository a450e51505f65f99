"""The surroundings of a past turn: a store that shows things as they were and keeps nothing, its clock and its ids."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agent.errors import NotFound
from agent.ports import FinishedJob

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agent.ports import Persona, RefinementOutcome, ThreadView, Trial, TrialCount, Turn
    from api.replay.past_turns import PastTurn
    from engine.evidence.looks import Look
    from engine.evidence.same_candles import FamilyPrint
    from engine.judging.past import PastTrial


class StoreThen:
    """`agent.ports.Store` for one turn of the past.

    It answers out of what was read before, so that nothing is read or written while the turn is made again;
    ``turn`` and ``outcome`` are what would have been written.
    """

    def __init__(self, past: PastTurn) -> None:
        self._past = past
        self.turn: Turn | None = None
        self.outcome: RefinementOutcome | None = None

    def open_thread(self, owner: str, thread_id: str | None) -> ThreadView:
        """Return the thread as the turn found it."""
        return self._past.view

    def answer_to(self, owner: str, thread_id: str, message_id: str) -> Mapping[str, Any] | None:
        """Return None: the message was not answered yet."""
        return None

    def keep_turn(self, owner: str, turn: Turn) -> ThreadView:
        """Remember the turn, and return the thread with the strategy it then works on."""
        self.turn = turn
        view = self._past.view
        if turn.version is not None and turn.strategy_id is None:  # a new one, which was given its id when it was kept
            return replace(view, strategy_id=self._past.answer.get("strategyId", turn.version.spec["id"]))
        return view if turn.strategy_id is None else replace(view, strategy_id=turn.strategy_id)

    def adopt_spec(self, owner: str, thread_id: str, spec: Mapping[str, Any], why: str) -> ThreadView:
        """Refuse: a spec that a thread began with is there before its turns."""
        raise NotFound("a past turn adopts no spec")

    def run(self, owner: str, run_id: str) -> Mapping[str, Any]:
        """Return the newest run as the turn found it; raises NotFound for any other."""
        run = self._past.view.run
        if run is None or run["id"] != run_id:
            raise NotFound(f"there is no run '{run_id}' in this turn")
        return run

    def strategy(self, owner: str, strategy_id: str) -> Mapping[str, Any]:
        """Raise NotFound: a turn works on its thread's strategy."""
        raise NotFound(f"there is no strategy '{strategy_id}' in this turn")

    def latest_run(self, owner: str, strategy_id: str) -> Mapping[str, Any] | None:
        """Return the newest run as the turn found it."""
        return self._past.view.run

    def trial_count(self, owner: str, assets: Sequence[str], trials: Sequence[Trial] = ()) -> TrialCount:
        """Return how many distinct candidates the owner had evaluated by then."""
        return self._past.ledger.trial_count(assets, trials)

    def past_trials(self, owner: str, assets: Sequence[str]) -> tuple[PastTrial, ...]:
        """Return the candidates the owner had evaluated by then on the data that the turn looked at."""
        return self._past.past

    def looks_taken(self, owner: str, assets: Sequence[str], start: int) -> int:
        """Return how many looks had been taken by then."""
        return self._past.ledger.looks_taken(assets, start)

    def ledger_length(self, owner: str) -> int:
        """Return how many lines the owner's trial ledger had."""
        return len(self._past.ledger.lines)

    def look(
        self, owner: str, assets: Sequence[str], start: int, end: int, prints: frozenset[FamilyPrint] = frozenset()
    ) -> Look | None:
        """Return what the owner's runs had seen by then."""
        return self._past.ledger.look(assets, start, end)

    def has_seen(self, owner: str, assets: Sequence[str], start: int, end: int) -> bool:
        """Return whether the owner's runs had seen all of that by then."""
        return self._past.ledger.has_seen(assets, start, end)

    def risk_defaults(self, owner: str) -> Mapping[str, float] | None:
        """Return the owner's limits of then; what an earlier release worked with is not known."""
        limits: Mapping[str, float] | None = self._past.made.data.get("riskDefaults")
        return limits

    def persona(self, owner: str) -> Persona | None:
        """Return whom results were told to then."""
        persona: Persona | None = self._past.made.data.get("persona")
        return persona

    def finished_since(self, owner: str, thread_id: str) -> tuple[FinishedJob, ...]:
        """Return what had finished between the turn before and this one."""
        return tuple(FinishedJob(**one) for one in self._past.made.data.get("finished", ()))

    def start_job(self, owner: str, job: Mapping[str, Any], drift_event: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """Return the job as running."""
        return {**job, "status": "running"}

    def finish_job(self, owner: str, outcome: RefinementOutcome) -> Mapping[str, Any]:
        """Remember the outcome, and return the job with the ids its variants were given."""
        self.outcome = outcome
        job = self._past.job
        known = [] if job is None else [one.id for one in job.variants]
        new = [f"variant_{at}" for at in range(len(known), len(outcome.variants))]
        outputs = {"newVariantIds": [*known, *new][: len(outcome.variants)], "notes": outcome.notes}
        return {"id": outcome.job_id, "status": outcome.status, "outputs": outputs}


class ClockThen:
    """`agent.ports.Clock` that stands at the moment of a turn; its deadlines never pass."""

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        """Return the turn's time as UTC milliseconds."""
        return self._now_ms

    def monotonic(self) -> float:
        """Return 0."""
        return 0.0


class IdsThen:
    """`agent.ports.Ids` that gives what a turn made the names it had."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self._known = {
            "run": answer.get("runId"),
            "job": (answer.get("refinement") or {}).get("jobId"),
            "strategy": (answer.get("spec") or {}).get("id"),
        }

    def new(self, kind: str) -> str:
        """Return the name that a turn's run, job or strategy had, another for one that it did not have."""
        return self._known.get(kind) or f"{kind}_replayed"
