"""A search from end to end, in this thread: what an evaluator on other processes must come to as well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.search.evaluate import evaluate
from engine.search.objectives import Ranked, rank

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.market.bars import MarketData
    from engine.search.outcome import Outcome
    from engine.search.plan import Plan


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """What a search tried, by number, the spec as it is (0) first; ``cancelled`` tells that not all was tried."""

    plan: Plan
    outcomes: tuple[Outcome, ...]
    cancelled: bool = False

    @property
    def evaluated(self) -> int:
        """How many candidates looked at data, the spec as it is not counted."""
        return sum(one.is_trial for one in self.outcomes if one.number > 0)

    def ranked(self) -> tuple[Ranked, ...]:
        """Return the candidates that closed a trade, best first, the spec as it is among them."""
        return rank(self.outcomes, self.plan.objectives)

    def best(self, count: int) -> tuple[Ranked, ...]:
        """Return the ``count`` best candidates, the spec as it is not among them."""
        return tuple(one for one in self.ranked() if one.outcome.number > 0)[:count]


def search(
    plan: Plan,
    market: MarketData,
    *,
    known: Iterable[Outcome] = (),
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Searched:
    """Try every candidate of a plan.

    Parameters
    ----------
    plan : Plan
        Made by `engine.search.plan.plan_search` on the same candles.
    market : MarketData
        Candles; nothing from the holdout on is read.
    known : iterable of Outcome
        What an earlier search of this plan came to: none of it is tried again, and the end is the same.
    progress : callable, optional
        Called with (done, total) after each candidate.
    cancelled : callable, optional
        Asked before each candidate; True ends the search.
    """
    outcomes = {one.number: one for one in known}
    stopped = False
    for number in left(plan, outcomes):
        if cancelled is not None and cancelled():
            stopped = True
            break
        outcomes[number] = evaluate(plan, number, market).outcome
        if progress is not None:
            progress(len(outcomes), plan.count + 1)
    return Searched(plan, tuple(outcomes[number] for number in sorted(outcomes)), stopped)


def left(plan: Plan, known: Iterable[int]) -> list[int]:
    """Return the numbers still to be tried, in order: the spec as it is first, to compare with."""
    done = set(known)
    return [number for number in range(plan.count + 1) if number not in done]
