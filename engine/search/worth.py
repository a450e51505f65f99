"""What a candidate is worth to a method: its objectives, and by how much it breaks the constraint on trades."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.search.fronts import undominated
from engine.search.objectives import OBJECTIVES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from engine.search.outcome import Outcome

MIN_TRADES = 30
TRADES_PER_AXIS = 10
BARS_PER_TRADE = 50
"""Fewer trades are asked for where there are fewer bars than this for each of them."""


class Worth(NamedTuple):
    """The values of a candidate's objectives, higher is better, -inf where one has none.

    ``violation`` is the share of the trades asked for that is missing: 0 with enough of them, inf for a candidate
    without a closed trade or result.
    """

    values: tuple[float, ...]
    violation: float


def worth_of(outcome: Outcome, objectives: Sequence[str], min_trades: int) -> Worth:
    """Return what a measured candidate is worth."""
    if outcome.closed_trades == 0:
        return Worth((-math.inf,) * len(objectives), math.inf)
    found = [OBJECTIVES[name](outcome.summary) for name in objectives]
    missing = max(0, min_trades - outcome.closed_trades)
    values = tuple(-math.inf if value is None else float(value) for value in found)
    return Worth(values, missing / min_trades if missing else 0.0)


def trades_asked_for(n_axes: int, n_bars: int) -> int:
    """Return how many closed trades a candidate must have to rank among those that have enough.

    30, or 10 for each axis of the space where that is more; less where the data is short: one in 50 bars at most.

    >>> trades_asked_for(2, 70_000), trades_asked_for(5, 70_000), trades_asked_for(2, 800)
    (30, 50, 16)
    """
    return max(1, min(max(MIN_TRADES, TRADES_PER_AXIS * n_axes), n_bars // BARS_PER_TRADE))


def front(outcomes: Iterable[Outcome], objectives: Sequence[str], min_trades: int) -> list[Outcome]:
    """Return the candidates that none beats in every objective, by number, each behaviour once.

    Those with fewer than ``min_trades`` closed trades are not on it unless no candidate has as many.
    """
    distinct: dict[str | None, Outcome] = {}
    for one in sorted(outcomes, key=lambda one: one.number):
        if one.closed_trades > 0:
            distinct.setdefault(one.behaviour_hash, one)
    several = list(distinct.values())
    if not several:
        return []
    values, violations = columns_of([worth_of(one, objectives, min_trades) for one in several])
    best = undominated(values, violations)
    return [one for one, on_front in zip(several, best, strict=True) if on_front]


def columns_of(worths: Sequence[Worth]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the values, shape (n, n_objectives), and violations, shape (n,), of several candidates."""
    return np.array([one.values for one in worths], dtype=float), np.array([one.violation for one in worths])
