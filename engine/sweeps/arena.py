"""Candles made ready for sweeps: bounds by block, midnights, and columns that stay from one sweep to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.backtest.columns import AssetColumns
from engine.indicators.store import ColumnStore
from engine.market.timeframe import DAY_MS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.kernels.sweep_long import Prices
    from engine.market.bars import Bars
    from engine.spec.models import Indicator

    FloatArray = NDArray[np.float64]

COLUMN_BYTES = 512 * 2**20
"""Columns held of one series of bars; those unused longest are let go."""


class OneAsset:
    """The bars of one asset from the first stored one, ready to be swept from bar ``first`` on."""

    def __init__(self, asset: str, bars: Bars, start: int) -> None:
        self.asset = asset
        self.bars = bars
        self.first = int(np.searchsorted(bars.time, start))
        self.store = ColumnStore(bars, COLUMN_BYTES)
        self.prices = _prices(bars, self.first)

    @property
    def assets(self) -> tuple[str, ...]:
        """The one asset, as a universe names it."""
        return (self.asset,)

    @property
    def whole_days(self) -> int:
        """Days between the first midnight of the window and the last."""
        return max(0, int(self.prices.midnights.shape[0]) - 1)

    @property
    def measured_days(self) -> float:
        """Length of the window in days, with its fraction."""
        end = int(self.bars.time[-1]) + self.bars.interval_ms
        return (end - int(self.bars.time[self.first])) / DAY_MS

    def forget_columns(self) -> None:
        """Let go of every column."""
        self.store = ColumnStore(self.bars, COLUMN_BYTES)

    def spread(self, columns: list[FloatArray]) -> FloatArray:
        """Lay the asset's column on the clock, which is its own: shape (n_bars, 1)."""
        (column,) = columns
        return column.reshape(-1, 1)

    def columns(self, indicators: Mapping[str, Indicator]) -> AssetColumns:
        """Return the columns of a spec's indicators, each computed once in all sweeps."""
        return AssetColumns(self.store, indicators)


def _prices(bars: Bars, first: int) -> Prices:
    from engine.kernels.event_path import BLOCK, fill_bounds
    from engine.kernels.sweep_long import Prices

    n_blocks = -(-bars.n_bars // BLOCK)
    bounds = np.empty((6, n_blocks))
    for row, values in enumerate((bars.low, bars.high, bars.close)):
        fill_bounds(values, bounds[2 * row], bounds[2 * row + 1])
    close_time = bars.time + bars.interval_ms
    first_midnight = -(-int(bars.time[first]) // DAY_MS) * DAY_MS
    last_midnight = int(close_time[-1]) // DAY_MS * DAY_MS
    midnights = np.arange(first_midnight, last_midnight + 1, DAY_MS)
    return Prices(
        open=bars.open,
        high=bars.high,
        low=bars.low,
        close=bars.close,
        lowest=bounds[0],
        highest=bounds[3],
        lowest_close=bounds[4],
        highest_close=bounds[5],
        midnights=first + np.searchsorted(close_time[first:], midnights, side="right") - 1,
    )
