"""Whether strategies measured on the same days can be told apart: paired differences, corrected for their number.

References
----------
Politis, D. and Romano, J. (1994). "The stationary bootstrap". JASA 89(428). Blocks of days keep what the returns of
one day tell about the next.
Politis, D. and White, H. (2004), corrected by Patton (2009). "Automatic block-length selection". Econometric Reviews.
Holm, S. (1979). "A simple sequentially rejective multiple test procedure". Scand. J. Statistics 6(2).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import ceil, sqrt
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from engine.errors import EngineInputError
from engine.evidence.combined import holm
from engine.metrics.sharpe import DAYS_PER_YEAR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

Statistic = Literal["sharpe", "mean"]
RESAMPLES = 4_999
"""Resamplings; no p-value is below one over one more than this."""
FEWEST_RESAMPLES = 99
CONFIDENCE = 0.95
FEWEST_DAYS = 30
ROUNDING = 1e-9
"""Differences of this size, in annual ratios or fractions, are none."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How much a statistic of column ``first`` is above that of column ``second``.

    ``low`` to ``high`` is the interval of this pair alone; ``p`` is two-sided, of this pair alone, ``p_holm`` corrected
    for all pairs.
    """

    first: int
    second: int
    value: float
    low: float
    high: float
    p: float
    p_holm: float


@dataclass(frozen=True, slots=True)
class Differences:
    """The differences of all pairs, and the mean length of the blocks of days that were drawn."""

    pairs: tuple[Difference, ...]
    block_days: int


def paired_differences(
    daily_returns: ArrayLike, statistic: Statistic, *, resamples: int = RESAMPLES, seed: int = 0
) -> Differences:
    """Compare every pair of columns by a stationary bootstrap that draws the same days for all of them.

    Parameters
    ----------
    daily_returns : array_like of float, shape (n_days, n_columns)
        Simple returns of the same UTC days, finite; 30 days and two columns or more.
    statistic
        ``sharpe``: annual Sharpe ratio of the days; ``mean``: mean daily return times 365.
    resamples : int
        99 or more.
    seed : int
        The same seed gives the same result.

    Returns
    -------
    Differences
        A `Difference` for each pair of columns, first below second, in order. A p-value is the share of the
        resamplings, moved to a mean of no difference, that are as far from it as what was measured.

        All pairs are in the correction, not only those with the best: which one is best is read from the same days.

    Raises
    ------
    EngineInputError
        Another shape, a value that is not finite, or too few resamples.

    Examples
    --------
    >>> days = np.random.default_rng(1).normal(0.0, 0.01, (200, 2))
    >>> [pair] = paired_differences(days + [0.004, 0.0], "mean", resamples=499).pairs
    >>> pair.p_holm < 0.05, pair.low < pair.value < pair.high
    (True, True)
    """
    from arch.bootstrap import StationaryBootstrap

    returns = _days("daily_returns", daily_returns)
    if resamples < FEWEST_RESAMPLES:
        raise EngineInputError(f"resamples is {resamples}: it must be at least {FEWEST_RESAMPLES}")
    measure = _sharpe if statistic == "sharpe" else _mean
    block = _block_days(returns)
    bootstrap = StationaryBootstrap(block, returns, seed=np.random.Generator(np.random.PCG64(seed)))
    drawn = np.asarray(bootstrap.apply(measure, resamples), dtype=np.float64)
    measured = measure(returns)
    pairs = list(combinations(range(returns.shape[1]), 2))
    found = [_told(measured[one] - measured[two], drawn[:, one] - drawn[:, two]) for one, two in pairs]
    corrected = holm([p for *_, p in found]).tolist()
    told = (
        Difference(one, two, value, low, high, p, fixed)
        for (one, two), (value, low, high, p), fixed in zip(pairs, found, corrected, strict=True)
    )
    return Differences(tuple(told), block)


def not_told_apart(count: int, apart: Iterable[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Return the largest groups of columns of which no pair is told apart, in order; one column may be in several.

    >>> not_told_apart(4, [(0, 2), (0, 3)])
    [(0, 1), (1, 2, 3)]
    """
    different = {frozenset(pair) for pair in apart}
    near = {
        one: {two for two in range(count) if two != one and frozenset((one, two)) not in different}
        for one in range(count)
    }
    return sorted(_cliques((), set(range(count)), set(), near))


def _cliques(
    group: tuple[int, ...], open_: set[int], closed: set[int], near: dict[int, set[int]]
) -> Iterable[tuple[int, ...]]:
    """Yield every group that cannot grow (Bron and Kerbosch 1973, with a pivot)."""
    if not open_ and not closed:
        yield tuple(sorted(group))
        return
    pivot = max(open_ | closed, key=lambda one: len(near[one] & open_))
    for one in sorted(open_ - near[pivot]):
        yield from _cliques((*group, one), open_ & near[one], closed & near[one], near)
        open_ = open_ - {one}
        closed = closed | {one}


def _days(name: str, values: ArrayLike) -> FloatArray:
    days: FloatArray = np.ascontiguousarray(values, dtype=np.float64)
    if days.ndim != 2 or days.shape[0] < FEWEST_DAYS or days.shape[1] < 2:
        raise EngineInputError(f"{name} has shape {days.shape}: it must have 30 days and two columns or more")
    if not np.isfinite(days).all():
        raise EngineInputError(f"{name} holds a value that is not finite")
    return days


def _block_days(returns: FloatArray) -> int:
    """Return the mean block length that the most dependent difference of two columns needs, whole days."""
    from arch.bootstrap import optimal_block_length

    gaps = [one - two for one, two in combinations(returns.T, 2)]
    pairs = [gap for gap in gaps if np.ptp(gap) > 0.0]
    if not pairs:
        return 1
    lengths: Any = optimal_block_length(np.stack(pairs, axis=1))["stationary"]
    return max(1, ceil(float(lengths.max())))


def _told(value: float, drawn: FloatArray) -> tuple[float, float, float, float]:
    """Return a difference, the ends of its interval and its p-value."""
    away = np.abs(drawn - drawn.mean()) >= abs(value) - ROUNDING
    p = (1 + int(away.sum())) / (1 + drawn.shape[0])
    tail = (1.0 - CONFIDENCE) / 2.0
    low, high = np.quantile(drawn, [tail, 1.0 - tail])
    return float(value), float(low), float(high), p


def _sharpe(days: FloatArray) -> FloatArray:
    """Return the annual Sharpe ratio of each column; 0 where no day differs from another."""
    deviation = days.std(axis=0, ddof=1)
    mean = days.mean(axis=0)
    ratio: FloatArray = np.divide(mean, deviation, out=np.zeros_like(mean), where=deviation > 0.0)
    return ratio * sqrt(DAYS_PER_YEAR)


def _mean(days: FloatArray) -> FloatArray:
    mean: FloatArray = days.mean(axis=0) * DAYS_PER_YEAR
    return mean
