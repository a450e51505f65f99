"""The sheet of a sweep: a row of figures, and of daily returns where they are wanted, for every candidate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineInputError
from engine.market.timeframe import DAY_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.backtest.reading import Reading

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """``figures`` (`engine.kernels.sweep_long`) and ``daily`` by number of the candidate, NaN until they are known.

    ``daily``, float32, holds the simple returns of the whole UTC days from ``first_day`` (UTC ms) on; it has no columns
    where nobody asked for them.
    """

    figures: FloatArray
    daily: NDArray[np.float32]
    first_day: int

    def put(self, number: int, figures: FloatArray, levels: FloatArray) -> None:
        """Write a candidate's figures, and its returns between its values at midnights.

        Days after the last value, when the account was gone, returned nothing.
        """
        self.figures[number] = figures
        if self.daily.shape[1]:
            row = self.daily[number]
            row[:] = 0.0
            known = min(row.shape[0], levels.shape[0] - 1)
            row[:known] = levels[1 : known + 1] / levels[:known] - 1.0


def new_sheet(n_candidates: int, read: Reading, *, daily: bool) -> Sheet:
    """Return an empty sheet for the window that was read."""
    from engine.kernels.sweep_long import N_FIGURES

    first_day, n_days = whole_days(read)
    shape = n_candidates, n_days if daily else 0
    return Sheet(np.full((n_candidates, N_FIGURES), np.nan), np.full(shape, np.nan, dtype=np.float32), first_day)


def whole_days(read: Reading) -> tuple[int, int]:
    """Return the first UTC midnight of a window's bars, and how many whole days follow."""
    opened, closed = span_of_bars(read)
    first_day, last = -(-opened // DAY_MS) * DAY_MS, closed // DAY_MS * DAY_MS
    return first_day, max(0, (last - first_day) // DAY_MS)


def span_of_bars(read: Reading) -> tuple[int, int]:
    """Return when the first bar of a window opens and the last one closes, UTC ms.

    Raises
    ------
    EngineInputError
        No bar opens in the window.
    """
    start, end = read.window.start, read.window.end
    inside = [(bars, int(np.searchsorted(bars.time, start))) for bars in read.bars.values()]
    spans = [
        (int(bars.time[first]), int(bars.time[-1]) + bars.interval_ms) for bars, first in inside if first < bars.n_bars
    ]
    if not spans:
        raise EngineInputError(f"no bar of {', '.join(read.bars)} opens in [{start}, {end})")
    return min(opened for opened, _ in spans), max(closed for _, closed in spans)
