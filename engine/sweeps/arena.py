"""Candles made ready for sweeps: bounds by block, midnights, and columns that stay from one sweep to the next."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.backtest.columns import AssetColumns
from engine.backtest.market import align
from engine.indicators.store import ColumnStore
from engine.market.timeframe import DAY_MS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from engine.backtest.market import AlignedMarket
    from engine.backtest.reading import Reading
    from engine.kernels.jump import Bounds
    from engine.kernels.sweep_long import Prices
    from engine.kernels.sweep_portfolio import Assets
    from engine.market.bars import Bars
    from engine.spec.models import Indicator

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

COLUMN_BYTES = 512 * 2**20
"""Columns held of one series of bars; those unused longest are let go."""

NOTHING, NOTHING_BY_ASSET = np.empty(0), np.empty((0, 0))
"""Bounds that no kernel reads."""


def same_bars(one: Bars, other: Bars) -> bool:
    """Tell whether two series are the same: in the same place of memory, or equal. Bars put together anew are equal."""
    if (one.symbol, one.timeframe, one.n_bars) != (other.symbol, other.timeframe, other.n_bars):
        return False
    pairs = [(getattr(one, name), getattr(other, name)) for name in ("time", "open", "high", "low", "close", "volume")]
    return all(own.ctypes.data == its.ctypes.data or np.array_equal(own, its) for own, its in pairs)


class OneAsset:
    """The bars of one asset from the first stored one, ready to be swept from bar ``first`` on."""

    def __init__(self, asset: str, bars: Bars, start: int) -> None:
        self.asset = asset
        self.bars = bars
        self.first = int(np.searchsorted(bars.time, start))
        self.store = ColumnStore(bars, COLUMN_BYTES)

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

    def prices(self, *, levels: bool) -> Prices:
        """Return what a kernel reads of the bars; bounds of highs and lows only where there are ``levels`` to touch."""
        from engine.kernels.sweep_long import Prices

        lowest, highest = self._of_reach if levels else (NOTHING, NOTHING)
        lowest_close, highest_close = self._of_closes
        return Prices(
            open=self.bars.open,
            high=self.bars.high,
            low=self.bars.low,
            close=self.bars.close,
            lowest=lowest,
            highest=highest,
            lowest_close=lowest_close,
            highest_close=highest_close,
            midnights=self._midnights,
        )

    @cached_property
    def _of_closes(self) -> tuple[FloatArray, FloatArray]:
        lowest, highest = _bounds([self.bars], "close", "close")
        return lowest[0], highest[0]

    @cached_property
    def _of_reach(self) -> tuple[FloatArray, FloatArray]:
        lowest, highest = _bounds([self.bars], "low", "high")
        return lowest[0], highest[0]

    @cached_property
    def _midnights(self) -> IntArray:
        return self.first + _midnights(self.bars.time[self.first :], self.bars.interval_ms)


class Clock:
    """The bars of several assets laid on one clock, with the bounds that tell where nothing can happen.

    ``first`` is the place of the window's first bar in the columns of every asset, None where they differ.
    """

    def __init__(self, read: Reading, *, perpetual: bool) -> None:
        self.assets = tuple(read.bars)
        self.bars = read.bars
        self._read, self._perpetual = read, perpetual
        self.stores = {asset: ColumnStore(bars, COLUMN_BYTES) for asset, bars in read.bars.items()}
        one, *others = read.bars.values()
        is_even = all(np.array_equal(bars.time, one.time) for bars in others)
        self.first = int(np.searchsorted(one.time, read.window.start)) if is_even else None

    @cached_property
    def market(self) -> AlignedMarket:
        """The tables of the per-bar simulation."""
        read, window = self._read, self._read.window
        return align(read.bars, window.start, window.end, read.funding, self._perpetual, close_fill=read.close_fill)

    @cached_property
    def is_whole(self) -> bool:
        """Whether every asset has a bar at every time of the window."""
        return self.first is not None or bool(self.market.tables.present.all())

    @cached_property
    def bounds(self) -> Bounds:
        """The bounds of the tables; every asset has all its bars."""
        from engine.kernels.event_path import BLOCK
        from engine.kernels.jump import Bounds, fill_all_bounds

        tables = self.market.tables
        shape = -(-self.market.n_bars // BLOCK), len(self.assets)
        lowest, highest, lowest_close, highest_close = (np.empty(shape) for _ in range(4))
        midnights = _midnights(tables.open_time, self.market.interval_ms)
        bounds = Bounds(lowest, highest, lowest_close, highest_close, midnights)
        fill_all_bounds(tables, bounds)
        return bounds

    def lanes(self, *, levels: bool) -> Assets:
        """Return the columns of every asset's prices, which begin alike, and their bounds by block of own bars.

        Bounds of highs and lows only where there are ``levels`` to touch.
        """
        from engine.kernels.sweep_portfolio import Assets

        series = list(self.bars.values())
        lowest, highest = self._of_reach if levels else (NOTHING_BY_ASSET, NOTHING_BY_ASSET)
        lowest_close, highest_close = self._of_closes
        return Assets(
            **{
                name: np.array([getattr(bars, name).ctypes.data for bars in series], dtype=np.int64)
                for name in ("open", "high", "low", "close")
            },
            n_bars=series[0].n_bars,
            lowest=lowest,
            highest=highest,
            lowest_close=lowest_close,
            highest_close=highest_close,
            midnights=self._midnights,
        )

    def forget_columns(self) -> None:
        """Let go of every column."""
        self.stores = {asset: ColumnStore(bars, COLUMN_BYTES) for asset, bars in self.bars.items()}

    def columns(self, indicators: Mapping[str, Indicator]) -> dict[str, AssetColumns]:
        """Return the columns of a spec's indicators by asset, each computed once in all sweeps."""
        return {asset: AssetColumns(store, indicators) for asset, store in self.stores.items()}

    @cached_property
    def _of_closes(self) -> tuple[FloatArray, FloatArray]:
        return _bounds(self.bars.values(), "close", "close")

    @cached_property
    def _of_reach(self) -> tuple[FloatArray, FloatArray]:
        return _bounds(self.bars.values(), "low", "high")

    @cached_property
    def _midnights(self) -> IntArray:
        one, first = next(iter(self.bars.values())), self.first or 0
        return first + _midnights(one.time[first:], one.interval_ms)


def _bounds(series: Iterable[Bars], low: str, high: str) -> tuple[FloatArray, FloatArray]:
    """Return the least of one price and the greatest of another by block, each of shape (n_series, n_blocks)."""
    from engine.kernels.event_path import BLOCK, fill_bounds

    every = list(series)
    lowest, highest = np.empty((2, len(every), -(-every[0].n_bars // BLOCK)))
    for a, bars in enumerate(every):
        fill_bounds(getattr(bars, low), getattr(bars, high), lowest[a], highest[a])
    return lowest, highest


def _midnights(open_time: IntArray, interval_ms: int) -> IntArray:
    """Return, for each UTC midnight of a window, its last bar that has closed by then; -1 for none."""
    first, last = -(-int(open_time[0]) // DAY_MS) * DAY_MS, (int(open_time[-1]) + interval_ms) // DAY_MS * DAY_MS
    midnights = np.arange(first, last + 1, DAY_MS)
    return np.searchsorted(open_time, midnights - interval_ms, side="right") - 1
