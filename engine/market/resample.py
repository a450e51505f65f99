"""Resampling: bars of a finer timeframe put together into those of a coarser one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import DataError
from engine.market.bars import Bars, make_bars
from engine.market.timeframe import DURATION_MS, MONDAY_MS, nests

if TYPE_CHECKING:
    from numpy.typing import NDArray

    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """Bars of the coarser timeframe, and how many finer bars each of them lacks.

    ``missing`` has shape (n_bars,): 0 means every part was there. A bar with parts missing is made
    of those that are there; nothing is filled in.
    """

    bars: Bars
    missing: IntArray

    @property
    def n_incomplete(self) -> int:
        """Number of bars that lack a part."""
        return int(np.count_nonzero(self.missing))


def resample(bars: Bars, timeframe: str) -> Resampled:
    """Put bars together into UTC periods of a coarser timeframe, weeks from Monday.

    Open of the first part, highest high, lowest low, close of the last part, sum of the volumes. A
    period is there as soon as it holds one bar, and once it has ended: the last period is left
    out while the last bar closes before it does, since its close is not known yet. What a bar shows
    is known at its own close, no earlier.

    Raises
    ------
    DataError
        ``timeframe`` is unknown, finer, or no whole multiple whose periods hold whole bars.

    Examples
    --------
    >>> from engine.market.bars import make_bars
    >>> half = make_bars("X", "30m", [0, 1_800_000, 3_600_000], [1, 2, 3], [2, 5, 3], [1, 2, 3], [2, 4, 3], [1, 1, 1])
    >>> hour = resample(half, "1h").bars
    >>> hour.n_bars, float(hour.open[0]), float(hour.high[0]), float(hour.close[0]), float(hour.volume[0])
    (1, 1.0, 5.0, 4.0, 2.0)
    """
    if timeframe == bars.timeframe:
        return Resampled(bars, np.zeros(bars.n_bars, np.int64))
    _refuse_unless_nested(bars, timeframe)
    length = DURATION_MS[timeframe]
    period = period_starts(bars.time, timeframe)
    if bars.n_bars and bars.time[-1] + bars.interval_ms < period[-1] + length:
        ended = int(np.searchsorted(period, period[-1]))
    else:
        ended = bars.n_bars
    first = np.flatnonzero(np.diff(period[:ended], prepend=np.int64(-1) << 62))
    if first.size == 0:
        none = np.empty(0)
        empty = make_bars(bars.symbol, timeframe, none.astype(np.int64), none, none, none, none, none)
        return Resampled(empty, np.empty(0, np.int64))
    parts = np.diff(first, append=ended)
    whole = make_bars(
        bars.symbol,
        timeframe,
        period[first],
        bars.open[first],
        np.maximum.reduceat(bars.high[:ended], first),
        np.minimum.reduceat(bars.low[:ended], first),
        bars.close[first + parts - 1],
        np.add.reduceat(bars.volume[:ended], first),
    )
    return Resampled(whole, np.maximum(length // bars.interval_ms - parts, 0))


def period_starts(time: IntArray, timeframe: str) -> IntArray:
    """Return for each UTC millisecond the opening time of the period that holds it.

    >>> period_starts(np.array([0, 86_400_000 * 4, 86_400_000 * 10]), "1w").tolist()
    [-259200000, 345600000, 345600000]
    """
    length = DURATION_MS[timeframe]
    anchor = MONDAY_MS if timeframe == "1w" else 0
    return (time - anchor) // length * length + anchor


def _refuse_unless_nested(bars: Bars, timeframe: str) -> None:
    if timeframe in DURATION_MS and nests(bars.timeframe, timeframe):
        return
    allowed = [name for name in DURATION_MS if nests(bars.timeframe, name)]
    raise DataError(
        f"{bars.symbol}: {bars.timeframe} bars cannot be put together into {timeframe!r}; allowed: {', '.join(allowed)}"
    )
