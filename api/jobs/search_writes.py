"""What a search writes, each time in one unit of work: its claim, what was measured with its trials, its end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from api.agent_writes import returns_of
from api.jobs import job_runs
from api.jobs.search_records import (
    best_score,
    best_variant,
    counts_of,
    evaluated_of,
    front_of,
    original_of,
    outcome_of,
    plan_digest,
    plateau_of,
    problems_of,
    progress_of,
    row_of,
)
from api.owner_trials import most_trials
from api.runs.events import STEP
from api.shown_scores import told_best
from engine.evidence.families import family_text
from engine.search.objectives import rank
from engine.search.surroundings import best_of
from engine.spec.any_candles import AnyCandles
from engine.spec.overrides import apply_overrides
from storage.ledger_notes import search_note
from storage.records import PerformanceSummary, read_record
from storage.trial_chain import Candidate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.evidence.same_candles import FamilyPrint
    from engine.search.objectives import Ranked
    from engine.search.outcome import Measured, Outcome
    from engine.search.plan import Plan
    from engine.search.surroundings import Finalist
    from engine.spec.models import StrategySpec
    from storage.run_records import OptimizationRun, RunError
    from storage.unit_of_work import UnitOfWork

PLANS = "planning the search"
MEASURES = "measuring candidates on the selection part"


@dataclass(slots=True)
class ClaimedSearch:
    """A search that this process works on: its record as stored, its run, and what is known of its candidates.

    ``fresh`` are outcomes that are not stored yet; ``sharpes`` has what is told of the ratios of those that were run
    whole, by number (`api.jobs.search_records.sharpe_of`); ``may_begin`` is False where work was broken off too often;
    ``prints`` are those of the candles it is carried out on.
    """

    owner: str
    record: OptimizationRun
    spec: Mapping[str, Any]
    run_id: str
    fence: int
    may_begin: bool
    outcomes: dict[int, Outcome]
    fresh: list[Measured] = field(default_factory=list)
    sharpes: dict[int, dict[str, float]] = field(default_factory=dict)
    prints: frozenset[FamilyPrint] = frozenset()
    _since: float | None = None
    _known: int = 0

    def came_back(self, now: float) -> None:
        """Take note that outcomes came in, in seconds of a clock that only goes forward."""
        if self._since is None:
            self._since, self._known = now, len(self.outcomes)

    def seconds_left(self, now: float, total: int) -> float | None:
        """Return how long the rest takes at the rate since the first came in; None before any came after them.

        The first wait until engine and candles are loaded, and say nothing of the rate.
        """
        done = len(self.outcomes) - self._known
        if self._since is None or not done:
            return None
        left = max(0, total + 1 - len(self.outcomes))
        return round((now - self._since) / done * left, 1)

    def told_sharpe(self, one: Finalist) -> dict[str, Any]:
        """Return the ratio of one of the best with its interval, as the evidence holds it; nothing without one."""
        found = self.sharpes.get(one.ranked.outcome.number)
        return {} if found is None else {"sharpe": found}

    def ordered(self) -> list[Outcome]:
        """Return all outcomes by the numbers of their candidates."""
        return [self.outcomes[number] for number in sorted(self.outcomes)]

    def as_known(self, plan: Plan, **more: Any) -> OptimizationRun:
        """Return the record as far as the search has come."""
        outcomes = self.outcomes.values()
        evidence = dict(self.record.evidence or {})
        problems = problems_of(evidence.get("problems", ()), [one.outcome for one in self.fresh])
        known = {
            "candidates_evaluated": evaluated_of(outcomes),
            "progress": progress_of(plan, outcomes),
            "evidence": {**evidence, "problems": problems} if problems else evidence,
        }
        return self.record.model_copy(update={**known, **more})


@dataclass(frozen=True, slots=True, eq=False)
class Winners:
    """The best candidates of a search, run whole, with their specs; all that was ranked; and the spec as it is."""

    ranked: Sequence[Ranked]
    best: Sequence[Ranked]
    specs: Sequence[StrategySpec]
    original: Outcome
    finalists: Sequence[Finalist]


def winners_of(plan: Plan, outcomes: Sequence[Outcome], whole: Mapping[int, Outcome]) -> Winners:
    """Rank what was measured; the spec as it is has a rank and is no winner. ``whole`` has those run whole."""
    ranked = rank(outcomes, plan.objectives, plan.min_trades)
    found = best_of(plan, outcomes)
    best = [replace(one.ranked, outcome=whole.get(one.ranked.outcome.number, one.ranked.outcome)) for one in found]
    changed = (apply_overrides(plan.spec, one.outcome.overrides, catalog=AnyCandles()).spec for one in best)
    specs = [spec for spec in changed if spec is not None]
    return Winners(ranked, best, specs, whole.get(0, outcomes[0]), found)


def claim(work: UnitOfWork, owner: str, record_id: str, run_id: str, now_ms: int, *, has_run: bool) -> ClaimedSearch:
    """Make a search this process's own, and read everything that is known of it.

    Raises
    ------
    RecordConflict
        It has come to its end.
    """
    fence = work.optimizations.claim(owner, record_id, now_ms=now_ms)
    record = work.optimizations.get(owner, record_id)
    if not has_run:
        job_runs.begin_run(work, owner, "optimization", record_id, run_id, now_ms)
    may_begin = job_runs.take_up(work, owner, run_id, PLANS, now_ms)
    spec = work.versions.get(owner, record.strategy_record_id, str(record.version)).spec
    rows = work.optimizations.candidates(owner, record_id)
    return ClaimedSearch(owner, record, spec, run_id, fence, may_begin, {one.number: outcome_of(one) for one in rows})


def keep(
    work: UnitOfWork, search: ClaimedSearch, plan: Plan, record: OptimizationRun, fresh: Sequence[Measured], now_ms: int
) -> None:
    """Store a record with what was measured, and its trials in the owner's ledger; raises StaleFence."""
    owner = search.owner
    work.optimizations.save(owner, record.id, search.fence, record, now_ms=now_ms)
    rows = [row_of(one.outcome, plan.objectives) for one in fresh]
    work.optimizations.add_candidates(owner, record.id, search.fence, rows)
    digest = plan_digest(plan)
    trials = [
        (_trial(one.outcome, plan, digest, record), returns_of(one.days)) for one in fresh if one.outcome.is_trial
    ]
    work.trials.add_all(owner, trials, now_ms=now_ms, prints=search.prints)


def tell_progress(
    work: UnitOfWork, search: ClaimedSearch, record: OptimizationRun, seconds_left: float | None, now_ms: int
) -> None:
    """Write into the run how far the search is: done, total, the best score so far, the seconds that are left.

    With several objectives there is no best score before the end.
    """
    progress = {} if record.progress is None else record.progress.as_json()
    step = {"name": job_runs.MEASURE, "text": MEASURES, **progress}
    best = best_score(search.outcomes.values(), record.objectives)
    if best is not None:
        step |= told_best(record.objectives, best)
    if seconds_left is not None:
        step["secondsLeft"] = seconds_left
    work.runs.append(search.owner, search.run_id, [(STEP, step)], now_ms=now_ms)


def complete(
    work: UnitOfWork,
    search: ClaimedSearch,
    plan: Plan,
    winners: Winners,
    record: OptimizationRun,
    card: Mapping[str, Any],
    now_ms: int,
) -> None:
    """Store the evidence, the best as variants, and the end of record and run; what was measured is stored already.

    ``card`` is the honesty card of the best, or has ``notJudged`` and says why there is none.
    """
    owner, outcomes = search.owner, search.ordered()
    family, total = most_trials(work, owner, plan.spec.universe.assets, search.prints)
    evidence = {
        **(record.evidence or {}),
        "candidates": counts_of(plan, outcomes),
        "original": original_of(winners.original, winners.ranked),
        "trials": {"family": family, "total": total},
        "plateaus": [plateau_of(one) | search.told_sharpe(one) for one in winners.finalists],
    }
    evidence |= {"honestyCard": dict(card), "verdict": card["verdict"]} if "verdict" in card else dict(card)
    if found := front_of(plan, outcomes):
        evidence["front"] = found
    best = [best_variant(record.id, one) for one in winners.best]
    whole = record.model_copy(update={"status": "completed", "best_variants": best, "evidence": evidence})
    work.optimizations.save(owner, record.id, search.fence, whole, now_ms=now_ms)
    for one, variant, spec in zip(winners.best, best, winners.specs, strict=True):
        work.variants.add(
            owner,
            record.strategy_record_id,
            variant.variant_id,
            spec,
            parent_version=str(record.version),
            overrides=one.outcome.overrides,
            origin="optimizer",
            summary=read_record(PerformanceSummary, one.outcome.summary),
            note=f"rank {one.rank} of {len(winners.ranked)} in optimization {record.id}",
            now_ms=now_ms,
        )
    told = {
        "optimizationId": record.id,
        "candidatesEvaluated": whole.candidates_evaluated,
        "bestVariantIds": [one.variant_id for one in best],
    }
    job_runs.complete(work, owner, search.run_id, told, now_ms)


def fail(work: UnitOfWork, search: ClaimedSearch, record: OptimizationRun, error: RunError, now_ms: int) -> None:
    """Store the end of a search that cannot come to a result, and of its run; raises StaleFence."""
    failed = record.model_copy(update={"status": "failed", "error": error})
    work.optimizations.save(search.owner, record.id, search.fence, failed, now_ms=now_ms)
    job_runs.fail(work, search.owner, search.run_id, error, now_ms)


def _trial(one: Outcome, plan: Plan, digest: str, record: OptimizationRun) -> Candidate:
    note = f"the strategy as it is in optimization {record.id}"
    if one.number:
        note = search_note(one.number, plan.count, plan.method, record.id, digest)
    return Candidate(
        family=family_text(plan.spec.universe.assets),
        behaviour_hash=str(one.behaviour_hash),
        data_hash=str(record.data_hash),
        start_ms=plan.window.start,
        end_ms=plan.window.end,
        summary=one.summary,
        origin="search",
        note=note if not one.reason else f"{note}; it failed: {one.reason}",
    )
