"""Holes in a stored funding series: events that must have happened and are not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.market.bars import FundingSeries

LONGEST_STEP_MS = 8 * 3_600_000
"""No venue lets more time pass between two funding events."""

LATE_MS = 300_000
"""An event this much after its hour is still that hour's."""


@dataclass(frozen=True, slots=True)
class FundingGaps:
    """Holes inside a series: how many, the events they lack at one per eight hours, and from when to when (UTC ms)."""

    gaps: int
    events: int
    start: int
    end: int


def funding_gaps(series: FundingSeries, start: int, end: int) -> FundingGaps | None:
    """Return the holes of a series that lie in [start, end) at least in part, None when there are none.

    Before the first and after the last event there is no series, so nothing is missing from it there.

    Examples
    --------
    >>> from engine.market.bars import FundingSeries
    >>> hours = np.array([0, 8, 32, 40]) * 3_600_000
    >>> funding_gaps(FundingSeries("BTCUSDT-PERP", hours, np.zeros(4)), 0, 40 * 3_600_000)
    FundingGaps(gaps=1, events=2, start=57600000, end=115200000)
    """
    apart = np.diff(series.time)
    before = np.flatnonzero(apart > LONGEST_STEP_MS + LATE_MS)
    lacking = np.rint(apart[before] / LONGEST_STEP_MS).astype(np.int64) - 1
    first = series.time[before] + LONGEST_STEP_MS
    inside = (lacking > 0) & (first < end) & (series.time[before + 1] > start)
    if not inside.any():
        return None
    kept_from = np.maximum(first[inside], start)
    kept_until = np.minimum(series.time[before + 1][inside], end)
    events = np.minimum(lacking[inside], -(-(kept_until - kept_from) // LONGEST_STEP_MS))
    return FundingGaps(int(inside.sum()), int(events.sum()), int(kept_from[0]), int(kept_until[-1]))
