"""One refinement from end to end: diagnose, propose, search, judge; then a variant with its evidence, or "leave it".

Pure: nothing is stored here. The caller stores what a `Refinement` holds, in one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from agent.holdout import with_looks
from agent.ports import NewVariant, RefinementOutcome, Trial, TrialCount
from agent.refinement.candidates import MOST_CANDIDATES, candidates
from agent.refinement.diagnose import diagnose
from agent.refinement.judge import Judgement, judge
from agent.refinement.priorities import ordered
from agent.refinement.propose import propose
from agent.refinement.read_once import ReadOnce
from agent.refinement.reasons import Reason
from agent.refinement.report import Story, answer_of, in_words, quoting, report_of
from agent.refinement.search import refuse_holdout, search, whole_summary
from agent.refinement.verdict import NO_PAST, weighed
from engine.backtest.run import INITIAL_EQUITY, backtest
from engine.evidence.families import families_in, family_text
from engine.evidence.same_candles import prints_of_result
from engine.evidence.tally import Tally
from engine.spec.canonical import plain
from engine.sweeps.run import Arena

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from agent.holdout import Looks
    from agent.refinement.search import Evaluated, Progress, Searched
    from agent.refinement.verdict import Past
    from engine.evidence.same_candles import FamilyPrint
    from engine.market.bars import MarketData
    from engine.spec.models import StrategySpec

    Ledger = Callable[[Sequence[Trial]], TrialCount]


@dataclass(frozen=True, slots=True)
class Refinement:
    """What a refinement found, and everything to store of it.

    ``reply`` quotes its figures by placeholders of the report (source ``refinement``); ``notes`` is the same with
    figures filled in. ``trials`` has each candidate that was run once, the original first, also when the search was
    cancelled. ``variants`` is empty when the original is left as it is.
    """

    judgement: Judgement
    report: Mapping[str, Any]
    reply: str
    notes: str
    variants: tuple[NewVariant, ...]
    trials: tuple[Trial, ...]

    @property
    def cancelled(self) -> bool:
        """True when the search was stopped before its end."""
        return self.judgement.why == "CANCELLED"

    def outcome(self, job_id: str) -> RefinementOutcome:
        """Return what is written of it under a job; a cancelled one failed, and its trials count all the same."""
        return RefinementOutcome(
            job_id, "failed" if self.cancelled else "completed", self.notes, self.report, self.variants, self.trials
        )


def refine(
    spec: StrategySpec,
    market: MarketData,
    *,
    reason: Reason | None = None,
    seed: int = 0,
    ledger: Ledger | None = None,
    past: Past = NO_PAST,
    looks: Looks | None = None,
    start: int | None = None,
    end: int | None = None,
    initial_equity: float = INITIAL_EQUITY,
    limit: int = MOST_CANDIDATES,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Refinement:
    """Look for a better variant of a strategy on the selection part of its data.

    Parameters
    ----------
    spec : StrategySpec
        A checked spec that can be simulated.
    market : MarketData
        Candles. No bar of the holdout is read.
    reason : Reason, optional
        Why; a drift event orders the weaknesses, and data_shift keeps the structure. Default a request.
    seed : int
        Of the resampling; the same arguments give the same bytes.
    ledger : callable, optional
        Called once with the trials of the search; returns how many distinct candidates the owner ever tried on these
        data, those included (`agent.ports.Store.trial_count`). Default: these alone.
    past : Past, optional
        What the owner's ledger knows of the data, by which the search is judged. Default: nothing.
    looks : callable, optional
        Called with where the holdout starts and ends; returns what the owner's runs have seen of it
        (`agent.ports.Store.look`), which the report tells. Default: nobody has looked.
    start, end : int, optional
        The window, UTC ms, inside the selection part; default all of it.
    initial_equity : float
        Quote currency.
    limit : int
        Specs searched at most, the original included; the settings around what it comes to are measured beside them.
    progress : callable, optional
        Called with (step, done, total); steps are diagnose, propose, search, judge.
    cancelled : callable, optional
        Asked before each candidate; True ends the search after the one that runs.

    Raises
    ------
    EngineError
        The original cannot be run: it has problems (SpecError), no candles (DataError), or a window that reaches
        into the holdout (HoldoutLocked).
    """
    why, tell = reason or Reason(), progress or _silent
    tell("diagnose", 0, 1)
    market = ReadOnce(market)
    result = backtest(spec, market, start=start, end=end, initial_equity=initial_equity)
    refuse_holdout(result)
    diagnosis = diagnose(result)
    diagnosis = replace(diagnosis, weaknesses=ordered(diagnosis.weaknesses, why))
    tell("propose", 0, 1)
    event = why.event
    ranges_only = event is not None and event.type == "data_shift" and event.is_worse
    proposals = propose(spec, diagnosis, ranges_only=ranges_only)
    grid = candidates(spec, proposals, limit=limit, catalog=market)
    arena = Arena(market)
    searched = search(
        grid.candidates,
        market,
        original=result,
        arena=arena,
        initial_equity=initial_equity,
        progress=progress,
        cancelled=cancelled,
    )
    tell("judge", 0, 1)
    prints = prints_of_result(result)
    trials = tuple(_trial(one, searched.start, searched.end, prints) for one in searched.evaluated)
    known_trials = () if searched.cancelled else tuple(past.trials())
    judgement = judge(searched, seed=seed, past=known_trials)
    found = None
    known = result if looks is None else with_looks(result, looks)
    if not searched.cancelled:
        chosen = searched.evaluated[judgement.chosen or 0]
        looks_taken = 0 if result.holdout is None else past.looks_taken(result.holdout.start)
        found = weighed(
            chosen,
            searched,
            market,
            known_trials,
            arena=arena,
            initial_equity=initial_equity,
            looks_taken=looks_taken,
            seen=None if known.holdout is None else known.holdout.look,
        )
        judgement = judgement.given(found.verdict)
        trials += found.around
    count = (ledger or _these_alone)(trials)
    known = replace(known, tally=Tally(count.family, count.total))
    variants: tuple[NewVariant, ...] = ()
    if judgement.chosen is not None:
        variants = (_variant(spec, searched, judgement.chosen, market, initial_equity),)
    story = Story(why, known, diagnosis, proposals, grid, searched, judgement, seed, count, found)
    report, answer = report_of(story), answer_of(story)
    return Refinement(
        judgement=judgement,
        report=report,
        reply=quoting(answer),
        notes=in_words(answer, report["figures"]),
        variants=variants,
        trials=trials,
    )


def _these_alone(trials: Sequence[Trial]) -> TrialCount:
    families = families_in(trials[0].family)
    return TrialCount(min(families), 0, len(trials))


def _silent(step: str, done: int, total: int) -> None:
    return


def _variant(
    spec: StrategySpec, searched: Searched, chosen: int, market: MarketData, initial_equity: float
) -> NewVariant:
    """Return what would replace the original, with every figure of its whole run and the ratio it was found by."""
    found = searched.evaluated[chosen]
    candidate = found.candidate
    by = {name: value for name, value in found.summary.items() if name == "sharpeDaily"}
    return NewVariant(
        parent_version=spec.version,
        overrides=dict(candidate.overrides),
        spec=plain(candidate.spec),
        origin="agent",
        summary={**whole_summary(candidate, market, searched, initial_equity), **by},
        note=candidate.label,
    )


def _trial(one: Evaluated, start: int, end: int, prints: frozenset[FamilyPrint]) -> Trial:
    return Trial(
        behaviour_hash=one.candidate.behaviour_hash,
        data_hash=one.data_hash,
        family=family_text(one.candidate.spec.universe.assets),
        start=start,
        end=end,
        summary=dict(one.summary),
        origin="search",
        note=one.candidate.label if one.failure is None else f"{one.candidate.label}; it failed: {one.failure}",
        returns=one.days,
        prints=prints,
    )
