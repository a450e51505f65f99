"""Finer bars under coarser ones: which of them cover a bar wholly, and where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.market.timeframe import DURATION_MS, nests

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.market.bars import Bars

    BoolArray = NDArray[np.bool_]
    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

AGREE_FRACTION = 1e-9
"""Prices further apart than this are not those of one market: more than rounding, less than any tick."""

FIELDS_READ = ("open", "high", "low")


@dataclass(frozen=True, slots=True, eq=False)
class FinerRows:
    """The finer bars of some bars, in one array: those of bar t are rows ``first[t] .. first[t] + count[t]``.

    ``count`` 0: the bar is not wholly covered. ``open``, ``high`` and ``low`` have shape (n_rows,).
    """

    first: IntArray
    count: IntArray
    open: FloatArray
    high: FloatArray
    low: FloatArray


def finer_timeframes(stored: Sequence[str], timeframe: str) -> list[str]:
    """Return which of the stored timeframes make up bars of ``timeframe``, the finest first.

    >>> finer_timeframes(["1m", "3m", "5m", "1h", "1d"], "1h"), finer_timeframes(["3m"], "5m")
    (['1m', '3m', '5m'], [])
    """
    length = DURATION_MS[timeframe]
    usable = [name for name in stored if DURATION_MS[name] < length and nests(name, timeframe)]
    return sorted(usable, key=DURATION_MS.__getitem__)


def covered(time: IntArray, interval_ms: int, finer: Bars) -> tuple[BoolArray, IntArray]:
    """Tell which bars are wholly made of the finer ones, and where the first finer bar of each lies.

    Covered is a bar from ``time`` to ``time + interval_ms`` under which every finer bar is there, on its grid.
    """
    step = finer.interval_ms
    first = np.searchsorted(finer.time, time).astype(np.int64)
    last = np.searchsorted(finer.time, time + interval_ms) - 1
    whole = last - first + 1 == interval_ms // step
    odd = np.concatenate(([0], np.cumsum(np.diff(finer.time) != step)))
    at, until = first[whole], last[whole]
    whole[whole] = (finer.time[at] == time[whole]) & (odd[until] == odd[at])
    return whole, first


def agreeing(bars: Bars, finer: Bars) -> tuple[BoolArray, BoolArray]:
    """Tell which bars are wholly covered, and which of those have the open, high and low of their finer bars.

    Bars put together elsewhere need not be made of the finer ones that are stored; what disagrees decides nothing.
    """
    whole, first = covered(bars.time, bars.interval_ms, finer)
    agree = whole.copy()
    if not whole.any():
        return whole, agree
    rows = _ranges(first[whole], bars.interval_ms // finer.interval_ms)
    made = finer.open[first[whole]], finer.high[rows].max(axis=1), finer.low[rows].min(axis=1)
    same = np.ones(made[0].shape, dtype=bool)
    for name, values in zip(FIELDS_READ, made, strict=True):
        stored = getattr(bars, name)[whole]
        same &= np.abs(values - stored) <= AGREE_FRACTION * stored
    agree[whole] = same
    return whole, agree


def rows_under(time: IntArray, interval_ms: int, series: Sequence[Bars]) -> FinerRows:
    """Gather the finer bars of each bar, of the first series that covers it wholly."""
    first, count = np.zeros(time.shape[0], dtype=np.int64), np.zeros(time.shape[0], dtype=np.int64)
    parts: list[tuple[FloatArray, ...]] = []
    used = 0
    for finer in series:
        whole, at = covered(time, interval_ms, finer)
        whole &= count == 0
        n = interval_ms // finer.interval_ms
        rows = _ranges(at[whole], n).ravel()
        first[whole] = used + n * np.arange(int(whole.sum()))
        count[whole] = n
        parts.append(tuple(getattr(finer, name)[rows] for name in FIELDS_READ))
        used += rows.shape[0]
    joined = (np.concatenate(column) for column in zip(*parts, strict=True)) if parts else (np.empty(0),) * 3
    return FinerRows(first, count, *joined)


def kept_rows(time: IntArray, interval_ms: int, finer: Bars) -> Bars:
    """Return the finer bars that lie under the bars at ``time``, and no others."""
    under = np.searchsorted(time, finer.time, side="right") - 1
    kept = (under >= 0) & (finer.time < time[np.maximum(under, 0)] + interval_ms) if time.shape[0] else under > 0
    return type(finer)(
        finer.symbol,
        finer.timeframe,
        finer.time[kept],
        *(getattr(finer, name)[kept] for name in ("open", "high", "low", "close", "volume")),
    )


def _ranges(first: IntArray, n: int) -> IntArray:
    """Return the rows of each range of ``n``, shape (n_ranges, n)."""
    return first[:, None] + np.arange(n)
