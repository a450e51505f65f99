"""Holes in a series of bars, and which of them are only closing time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.market.timeframe import DAY_MS, MONDAY_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.market.bars import Bars

    IntArray = NDArray[np.int64]

WEEK_MS = 7 * DAY_MS
WEEKS_TO_KNOW_HOURS = 4
"""Whole weeks of data below which closing hours are not told from outages."""

CLOSED_BELOW = 0.25
"""A slot of the week with bars in fewer than this share of the weeks is taken for closing time."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A hole: ``bars`` are missing before the bar that opens at ``end`` (UTC ms); ``start`` is the first of them."""

    start: int
    end: int
    bars: int


def gaps_in(bars: Bars) -> list[Gap]:
    """Return the holes of a series, in time order."""
    step = bars.interval_ms
    apart = np.diff(bars.time)
    before = np.flatnonzero(apart >= 2 * step)
    counts = apart[before] // step - 1
    return [
        Gap(int(start), int(end), int(count))
        for start, end, count in zip(bars.time[before] + step, bars.time[before + 1], counts, strict=True)
    ]


def closed_bars(gaps: list[Gap], closed_slot: IntArray | None, step: int) -> IntArray:
    """Return for each gap how many of its bars fall into closing hours."""
    if closed_slot is None or not gaps:
        return np.zeros(len(gaps), np.int64)
    starts = np.array([gap.start for gap in gaps])
    passed = np.concatenate([[0], np.cumsum(np.tile(closed_slot, 2))])
    first = (starts - MONDAY_MS) % WEEK_MS // step
    weeks, rest = np.divmod(np.array([gap.bars for gap in gaps]), closed_slot.shape[0])
    return np.asarray(weeks * closed_slot.sum() + passed[first + rest] - passed[first], dtype=np.int64)


def closed_slots(bars: Bars) -> IntArray | None:
    """Return 1 for each slot of the week in which the market hardly ever trades, None when unknowable."""
    step = bars.interval_ms
    if bars.n_bars < 2 or step > DAY_MS:
        return None
    weeks = (int(bars.time[-1]) - int(bars.time[0])) / WEEK_MS
    if weeks < WEEKS_TO_KNOW_HOURS:
        return None
    seen = np.bincount((bars.time - MONDAY_MS) % WEEK_MS // step, minlength=WEEK_MS // step)
    return (seen < CLOSED_BELOW * weeks).astype(np.int64)


def cut_gap(gap: Gap, start: int, end: int, step: int) -> Gap:
    """Return the part of a gap that lies in [start, end)."""
    first, last = max(gap.start, start), min(gap.end, end)
    return Gap(first, last, min(gap.bars, -(-(last - first) // step)))
