"""A search from end to end, in this thread: what an evaluator on other processes must come to as well."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from engine.search.batches import Batches
from engine.search.objectives import Ranked, rank
from engine.search.proposal import Proposal
from engine.search.rounds import Rounds
from engine.search.surroundings import best_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from engine.market.bars import MarketData
    from engine.search.outcome import Measured, Outcome
    from engine.search.plan import Plan
    from engine.search.surroundings import Finalist


AT_ONCE = 256
"""Candidates measured together."""


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """What a search tried, by number, the spec as it is (0) first; ``cancelled`` tells that not all was tried.

    ``whole`` has the best candidates and the spec as it is once more, by number, with every figure of a backtest.
    """

    plan: Plan
    outcomes: tuple[Outcome, ...]
    cancelled: bool = False
    whole: Mapping[int, Outcome] = field(default_factory=dict)

    @property
    def evaluated(self) -> int:
        """How many candidates looked at data, the spec as it is not counted."""
        return sum(one.is_trial for one in self.outcomes if one.number > 0)

    def ranked(self) -> tuple[Ranked, ...]:
        """Return the candidates that closed a trade, best first, the spec as it is among them."""
        return tuple(
            replace(one, outcome=self.whole.get(one.outcome.number, one.outcome))
            for one in rank(self.outcomes, self.plan.objectives, self.plan.min_trades)
        )

    def finalists(self) -> list[Finalist]:
        """Return the best with what is around them, the one on the best ground first."""
        return best_of(self.plan, self.outcomes)

    def best(self, count: int) -> tuple[Ranked, ...]:
        """Return the ``count`` best candidates: the finalists, then the others by score; never the spec as it is."""
        first = [one.ranked.outcome.number for one in self.finalists()]
        ranked = {one.outcome.number: one for one in self.ranked() if one.outcome.number > 0}
        order = [*first, *(number for number in ranked if number not in first)]
        return tuple(ranked[number] for number in order[:count])


def search(
    plan: Plan,
    market: MarketData,
    *,
    known: Iterable[Outcome] = (),
    remembered: Iterable[Outcome] = (),
    whole: bool = True,
    taken: Callable[[Sequence[Measured]], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    at_once: int = AT_ONCE,
    threads: int = 1,
) -> Searched:
    """Try every candidate of a plan and what is around the best, and run these and the spec as it is whole.

    Parameters
    ----------
    plan : Plan
        Made by `engine.search.plan.plan_search` on the same candles.
    market : MarketData
        Candles; nothing from the holdout on is read.
    known : iterable of Outcome
        What an earlier search of this plan came to: none of it is tried again, and the end is the same.
    remembered : iterable of Outcome
        What is known of behaviours on this plan's window, whichever search they were candidates of: a candidate that
        behaves like one of them is not measured. Their numbers and overrides are not looked at.
    whole : bool
        Run the best and the spec as it is whole at the end; without it only the figures of a sweep are known of them.
    taken : callable, optional
        Called with each batch that was measured, with its daily returns, before ``progress``.
    progress : callable, optional
        Called with (done, total) after each batch.
    cancelled : callable, optional
        Asked before each batch; True ends the search.
    at_once : int
        Candidates of a batch; the result does not depend on it.
    threads : int
        How many threads share a batch; the result does not depend on it.
    """
    outcomes = {one.number: one for one in known}
    batches = Batches(plan, market, [*outcomes.values(), *remembered], threads=threads)
    rounds = Rounds(plan)
    while todo := rounds.left(outcomes):
        for at in range(0, len(todo), at_once):
            if cancelled is not None and cancelled():
                return Searched(plan, _ordered(outcomes), cancelled=True)
            measured = batches.measure(todo[at : at + at_once])
            outcomes |= {one.outcome.number: one.outcome for one in measured}
            if taken is not None:
                taken(measured)
            if progress is not None:
                progress(len(outcomes), max(plan.count + 1, len(outcomes)))
    tried = _ordered(outcomes)
    ran = [one.outcome for one in batches.whole(finalists(plan, tried))] if whole else []
    return Searched(plan, tried, whole={one.number: one for one in ran if one.status == "evaluated"})


def finalists(plan: Plan, outcomes: Sequence[Outcome]) -> list[Proposal]:
    """Return the spec as it is and the best candidates, to be run whole."""
    best = [one.ranked.outcome for one in best_of(plan, outcomes)]
    return [Proposal(0), *(Proposal(one.number, plan.space.places(one.overrides)) for one in best)]


def _ordered(outcomes: Mapping[int, Outcome]) -> tuple[Outcome, ...]:
    return tuple(outcomes[number] for number in sorted(outcomes))
