"""Bars of several assets laid on one clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.backtest.funding import funding_tables
from engine.errors import EngineInputError
from engine.kernels.layout import Market
from engine.market.bars import PRICE_FIELDS, Bars
from engine.market.finer import rows_under
from engine.market.timeframe import nests

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from engine.market.bars import FundingSeries

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

TILE = 2048
"""Rows of a table that are written column by column before the next."""


@dataclass(frozen=True, slots=True, eq=False)
class AlignedMarket:
    """The run's clock and every asset's bars on it.

    ``tables`` is what the kernels read, shape (n_bars, n_assets), NaN where an asset has no bar.
    ``rows[asset]`` gives the clock bar of each own bar inside the window; ``first[asset]`` the index of the first of
    them in the asset's full bars. ``assumed_funding`` counts per asset the events charged at the default rate.
    """

    assets: tuple[str, ...]
    interval_ms: int
    tables: Market
    bars: Mapping[str, Bars]
    rows: Mapping[str, IntArray]
    first: Mapping[str, int]
    assumed_funding: Mapping[str, int]

    @property
    def n_bars(self) -> int:
        """Number of clock bars."""
        return int(self.tables.open_time.shape[0])

    def spread(self, columns: Sequence[FloatArray], fill: float = np.nan) -> FloatArray:
        """Lay one column per asset, over its full bars, on the clock: shape (n_bars, n_assets)."""
        if all(self.rows[asset].shape[0] == self.n_bars for asset in self.assets):
            firsts = (self.first[asset] for asset in self.assets)
            table = beside([column[k : k + self.n_bars] for k, column in zip(firsts, columns, strict=True)])
            return table if table.flags.writeable else table.copy()
        out = np.full((self.n_bars, len(self.assets)), fill)
        for a, (asset, column) in enumerate(zip(self.assets, columns, strict=True)):
            rows = self.rows[asset]
            out[rows, a] = column[self.first[asset] : self.first[asset] + rows.shape[0]]
        return out


def with_finer(market: AlignedMarket, fine: Mapping[str, Bars | Sequence[Bars]]) -> AlignedMarket:
    """Return a market whose ambiguous bars finer ones decide; ``fine`` as for `align`."""
    spans = {asset: (market.first[asset], market.first[asset] + market.rows[asset].shape[0]) for asset in market.assets}
    finer = _finer_tables(market.bars, spans, market.rows, (market.n_bars, len(market.assets)), fine)
    return replace(market, tables=market.tables._replace(**finer))


def align(
    bars: Mapping[str, Bars],
    start: int | None = None,
    end: int | None = None,
    funding: Mapping[str, FundingSeries] | None = None,
    perpetual: bool = False,
    *,
    fine: Mapping[str, Bars | Sequence[Bars]] | None = None,
    close_fill: Mapping[str, FloatArray] | None = None,
) -> AlignedMarket:
    """Lay the bars that open in [start, end) on the union of their times.

    Parameters
    ----------
    bars
        Asset name to bars, in the order of the universe; all of one timeframe.
    start, end
        UTC milliseconds, closed-open; None is the first and the last bar.
    funding
        Asset name to its funding series; perpetuals without one are charged the default rate.
    perpetual
        Whether funding is due at all.
    fine
        Asset name to bars of a finer timeframe, which decide bars that touch both a stop and a target; of several
        series, the finest first, each bar takes the first that covers it wholly.
    close_fill
        Asset name to the reference price of a fill at each close, over its full bars; NaN is no price.

    Raises
    ------
    EngineInputError
        No asset, unequal timeframes, no bar inside the window, or finer bars that do not make up the others.

    Examples
    --------
    >>> from engine.market.bars import make_bars
    >>> hour = 3_600_000
    >>> btc = make_bars("BTC", "1h", [0, hour], *[[1.0, 1.0]] * 4, [0, 0])
    >>> eth = make_bars("ETH", "1h", [hour, 2 * hour], *[[1.0, 1.0]] * 4, [0, 0])
    >>> align({"BTC": btc, "ETH": eth}).n_bars
    3
    """
    if not bars:
        raise EngineInputError("no asset to simulate")
    intervals = {one.interval_ms for one in bars.values()}
    if len(intervals) > 1:
        raise EngineInputError(f"bars of {len(intervals)} timeframes cannot share a clock: {sorted(intervals)} ms")
    interval = intervals.pop()
    low = -(2**62) if start is None else start
    high = 2**62 if end is None else end
    spans = {asset: tuple(int(i) for i in np.searchsorted(one.time, (low, high))) for asset, one in bars.items()}
    times = [one.time[slice(*spans[asset])] for asset, one in bars.items()]
    is_even = all(np.array_equal(own, times[0]) for own in times[1:])
    clock = times[0] if is_even else np.unique(np.concatenate(times))
    clock.flags.writeable = False  # as stored bars are, and prices below: else to the kernels of another type
    if clock.shape[0] == 0:
        raise EngineInputError(f"no bar of {', '.join(bars)} opens in [{start}, {end})")
    rows = {asset: _rows(clock, own) for asset, own in zip(bars, times, strict=True)}
    shape = (clock.shape[0], len(bars))
    present = np.full(shape, is_even, dtype=np.uint8)
    prices = {}
    for name in PRICE_FIELDS:
        columns = [getattr(one, name)[slice(*spans[asset])] for asset, one in bars.items()]
        prices[name] = beside(columns) if is_even else np.full(shape, np.nan)
        for a, (asset, column) in enumerate(zip(bars, columns, strict=True)) if not is_even else ():
            prices[name][rows[asset], a] = column
            present[rows[asset], a] = 1
        prices[name].flags.writeable = False
    charges, assumed = funding_tables(bars, spans, rows, shape, funding or {}, perpetual)
    tables: dict[str, Any] = {
        **prices,
        **charges,
        "close_fill": _spread(shape, bars, spans, rows, close_fill or {}),
        **_finer_tables(bars, spans, rows, shape, fine or {}),
    }
    return AlignedMarket(
        assets=tuple(bars),
        interval_ms=interval,
        tables=Market(clock, clock + interval, present, **tables),
        bars=bars,
        rows=rows,
        first={asset: span[0] for asset, span in spans.items()},
        assumed_funding=assumed,
    )


def _rows(clock: IntArray, own: IntArray) -> IntArray:
    """Return the clock bar of each of an asset's own bars."""
    return np.arange(clock.shape[0]) if own.shape == clock.shape else np.searchsorted(clock, own)


def beside(columns: Sequence[FloatArray]) -> FloatArray:
    """Return columns of equal length as a table, shape (n_bars, n_columns): one as it is, several tile by tile.

    >>> beside([np.array([1.0, 2.0]), np.array([3.0, 4.0])]).tolist()
    [[1.0, 3.0], [2.0, 4.0]]
    """
    if len(columns) == 1:
        return columns[0].reshape(-1, 1)
    n_bars = columns[0].shape[0]
    table = np.empty((n_bars, len(columns)))
    for start in range(0, n_bars, TILE):
        for a, column in enumerate(columns):
            table[start : start + TILE, a] = column[start : start + TILE]
    return table


def _finer_tables(
    bars: Mapping[str, Bars],
    spans: Mapping[str, tuple[int, ...]],
    rows: Mapping[str, IntArray],
    shape: tuple[int, int],
    fine: Mapping[str, Bars | Sequence[Bars]],
) -> dict[str, Any]:
    """Return where the finer bars of each clock bar lie, and those of all assets in one array."""
    columns = ("open", "high", "low")
    if not fine:
        nothing = np.zeros((1, shape[1]), dtype=np.int64)
        return {"fine_first": nothing, "fine_count": nothing, **{f"fine_{name}": np.empty(0) for name in columns}}
    first, count = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    parts, used = [], 0
    for a, (asset, one) in enumerate(bars.items()):
        given = fine.get(asset, ())
        series = (given,) if isinstance(given, Bars) else tuple(given)
        _refuse_unless_finer(asset, one, series)
        found = rows_under(one.time[slice(*spans[asset])], one.interval_ms, series)
        first[rows[asset], a], count[rows[asset], a] = found.first + used, found.count
        parts.append(found)
        used += found.open.shape[0]
    joined = {f"fine_{name}": np.concatenate([getattr(one, name) for one in parts]) for name in columns}
    return {"fine_first": first, "fine_count": count, **joined}


def _refuse_unless_finer(asset: str, bars: Bars, series: Sequence[Bars]) -> None:
    for finer in series:
        if finer.interval_ms >= bars.interval_ms or not nests(finer.timeframe, bars.timeframe):
            raise EngineInputError(f"{asset}: bars of {finer.timeframe} do not make up bars of {bars.timeframe}")


def _spread(
    shape: tuple[int, int],
    bars: Mapping[str, Bars],
    spans: Mapping[str, tuple[int, ...]],
    rows: Mapping[str, IntArray],
    columns: Mapping[str, FloatArray],
) -> FloatArray:
    """Lay a column over the full bars of some assets on the clock, NaN for the others; one row where there are none."""
    if not columns:
        return np.full((1, shape[1]), np.nan)
    out = np.full(shape, np.nan)
    for a, asset in enumerate(bars):
        if asset in columns:
            out[rows[asset], a] = columns[asset][slice(*spans[asset])]
    return out
