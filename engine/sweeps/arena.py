"""Candles made ready for sweeps: bounds by block, midnights, and columns that stay from one sweep to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.backtest.columns import AssetColumns
from engine.backtest.market import align
from engine.indicators.store import ColumnStore
from engine.market.timeframe import DAY_MS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.backtest.market import AlignedMarket
    from engine.backtest.reading import Reading
    from engine.kernels.jump import Bounds
    from engine.kernels.sweep_long import Prices
    from engine.kernels.sweep_portfolio import Assets
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


class Clock:
    """The bars of several assets laid on one clock, with the bounds that tell where nothing can happen."""

    def __init__(self, read: Reading, *, perpetual: bool) -> None:
        window = read.window
        self.market = align(read.bars, window.start, window.end, read.funding, perpetual, close_fill=read.close_fill)
        self.bars = read.bars
        self.is_whole = bool(self.market.tables.present.all())
        self.bounds = _bounds(self.market) if self.is_whole else None
        self.stores = {asset: ColumnStore(bars, COLUMN_BYTES) for asset, bars in read.bars.items()}
        self._lanes: Assets | None = None

    @property
    def first(self) -> int | None:
        """The place of the window's first bar in the columns of every asset; None where they differ."""
        places = set(self.market.first.values())
        return places.pop() if self.is_whole and len(places) == 1 else None

    @property
    def lanes(self) -> Assets:
        """The columns of every asset's prices, and their bounds by block of its own bars."""
        if self._lanes is None:
            self._lanes = _lanes(self.market, self.first or 0)
        return self._lanes

    def forget_columns(self) -> None:
        """Let go of every column."""
        self.stores = {asset: ColumnStore(bars, COLUMN_BYTES) for asset, bars in self.bars.items()}

    def columns(self, indicators: Mapping[str, Indicator]) -> dict[str, AssetColumns]:
        """Return the columns of a spec's indicators by asset, each computed once in all sweeps."""
        return {asset: AssetColumns(store, indicators) for asset, store in self.stores.items()}


def _bounds(market: AlignedMarket) -> Bounds:
    from engine.kernels.event_path import BLOCK
    from engine.kernels.jump import Bounds, fill_all_bounds

    tables = market.tables
    shape = -(-market.n_bars // BLOCK), len(market.assets)
    lowest, highest, lowest_close, highest_close = (np.empty(shape) for _ in range(4))
    midnights = _midnights(tables.open_time, tables.close_time)
    bounds = Bounds(lowest, highest, lowest_close, highest_close, midnights)
    fill_all_bounds(tables, bounds)
    return bounds


def _lanes(market: AlignedMarket, first: int) -> Assets:
    from engine.kernels.event_path import BLOCK, fill_bounds
    from engine.kernels.sweep_portfolio import Assets

    n_bars = first + market.n_bars
    bounds = np.empty((6, len(market.assets), -(-n_bars // BLOCK)))
    series = [market.bars[asset] for asset in market.assets]
    for a, bars in enumerate(series):
        for row, values in enumerate((bars.low, bars.high, bars.close)):
            fill_bounds(values[:n_bars], bounds[2 * row, a], bounds[2 * row + 1, a])
    return Assets(
        **{
            name: np.array([getattr(bars, name).ctypes.data for bars in series], dtype=np.int64)
            for name in ("open", "high", "low", "close")
        },
        n_bars=n_bars,
        lowest=bounds[0],
        highest=bounds[3],
        lowest_close=bounds[4],
        highest_close=bounds[5],
        midnights=first + _midnights(market.tables.open_time, market.tables.close_time),
    )


def _midnights(open_time: NDArray[np.int64], close_time: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return, for each UTC midnight of a window, its last bar that has closed by then; -1 for none."""
    first, last = -(-int(open_time[0]) // DAY_MS) * DAY_MS, int(close_time[-1]) // DAY_MS * DAY_MS
    midnights = np.arange(first, last + 1, DAY_MS)
    return np.searchsorted(close_time, midnights, side="right") - 1


def _prices(bars: Bars, first: int) -> Prices:
    from engine.kernels.event_path import BLOCK, fill_bounds
    from engine.kernels.sweep_long import Prices

    n_blocks = -(-bars.n_bars // BLOCK)
    bounds = np.empty((6, n_blocks))
    for row, values in enumerate((bars.low, bars.high, bars.close)):
        fill_bounds(values, bounds[2 * row], bounds[2 * row + 1])
    times = bars.time[first:]
    return Prices(
        open=bars.open,
        high=bars.high,
        low=bars.low,
        close=bars.close,
        lowest=bounds[0],
        highest=bounds[3],
        lowest_close=bounds[4],
        highest_close=bounds[5],
        midnights=first + _midnights(times, times + bars.interval_ms),
    )
