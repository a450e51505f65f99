"""Bars of several assets laid on one clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import EngineInputError
from engine.kernels.layout import Market

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from engine.market.bars import Bars, FundingSeries

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

FUNDING_MS = 8 * 3_600_000
"""Funding is due every eight hours, at 00:00, 08:00 and 16:00 UTC, where no series says otherwise."""

DEFAULT_FUNDING_RATE = 0.0001
"""Charged to longs, and not credited to shorts, where no series is stored."""


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
        out = np.full((self.n_bars, len(self.assets)), fill)
        for a, (asset, column) in enumerate(zip(self.assets, columns, strict=True)):
            rows = self.rows[asset]
            out[rows, a] = column[self.first[asset] : self.first[asset] + rows.shape[0]]
        return out


def align(
    bars: Mapping[str, Bars],
    start: int | None = None,
    end: int | None = None,
    funding: Mapping[str, FundingSeries] | None = None,
    perpetual: bool = False,
    *,
    fine: Mapping[str, Bars] | None = None,
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
        Asset name to bars of a finer timeframe, which decide bars that touch both a stop and a target.
    close_fill
        Asset name to the reference price of a fill at each close, over its full bars; NaN is no price.

    Raises
    ------
    EngineInputError
        No asset, unequal timeframes, or no bar inside the window.

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
    clock = times[0] if len(times) == 1 else np.unique(np.concatenate(times))
    clock.flags.writeable = False  # as stored bars are: to the kernels another type, compiled for a second time
    if clock.shape[0] == 0:
        raise EngineInputError(f"no bar of {', '.join(bars)} opens in [{start}, {end})")
    rows = {asset: np.searchsorted(clock, own) for asset, own in zip(bars, times, strict=True)}
    shape = (clock.shape[0], len(bars))
    present = np.zeros(shape, dtype=np.uint8)
    prices = {name: np.full(shape, np.nan) for name in ("open", "high", "low", "close")}
    for a, (asset, one) in enumerate(bars.items()):
        present[rows[asset], a] = 1
        for name, table in prices.items():
            table[rows[asset], a] = getattr(one, name)[slice(*spans[asset])]
    charges, assumed = _funding_tables(bars, spans, rows, shape, funding or {}, perpetual)
    tables: dict[str, Any] = {**prices, **charges, **_finer_tables(len(bars))}
    return AlignedMarket(
        assets=tuple(bars),
        interval_ms=interval,
        tables=Market(clock, clock + interval, present, **tables),
        bars=bars,
        rows=rows,
        first={asset: span[0] for asset, span in spans.items()},
        assumed_funding=assumed,
    )


def _finer_tables(n_assets: int) -> dict[str, Any]:
    """Return the tables of a market without finer bars, whose fills at a close are at the close itself."""
    nothing = np.zeros((1, n_assets), dtype=np.int64)
    return {
        "close_fill": np.full((1, n_assets), np.nan),
        "fine_first": nothing,
        "fine_count": nothing,
        **{name: np.empty(0) for name in ("fine_open", "fine_high", "fine_low")},
    }


def _funding_tables(
    bars: Mapping[str, Bars],
    spans: Mapping[str, tuple[int, ...]],
    rows: Mapping[str, IntArray],
    shape: tuple[int, int],
    funding: Mapping[str, FundingSeries],
    perpetual: bool,
) -> tuple[dict[str, FloatArray], dict[str, int]]:
    names = ("funding_open", "funding_inside", "carry_open", "carry_inside")
    if not perpetual:
        return {name: np.zeros((1, shape[1])) for name in names}, {}
    tables = {name: np.zeros(shape) for name in names}
    assumed = {}
    for a, (asset, one) in enumerate(bars.items()):
        time = one.time[slice(*spans[asset])]
        series = funding.get(asset)
        if time.shape[0] == 0:
            continue
        grid = np.arange(-(-int(time[0]) // FUNDING_MS) * FUNDING_MS, int(time[-1]) + one.interval_ms, FUNDING_MS)
        if series is not None and series.time.shape[0]:
            stored = series.time, series.rate
            grid = grid[(grid < series.time[0]) | (grid >= series.time[-1] + FUNDING_MS)]
        else:
            stored = np.empty(0, dtype=np.int64), np.empty(0)
        assumed[asset] = int(grid.shape[0])
        default = grid, np.full(grid.shape[0], DEFAULT_FUNDING_RATE)
        for kind, (event, rate) in (("funding", stored), ("carry", default)):
            at_open, inside = _events_on_bars(time, one.interval_ms, event, rate)
            tables[f"{kind}_open"][rows[asset], a] = at_open
            tables[f"{kind}_inside"][rows[asset], a] = inside
    return tables, assumed


def _events_on_bars(
    time: IntArray, interval_ms: int, event: IntArray, rate: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Sum the rates due at each bar's open and inside it; an event in a gap is due at the next bar's open."""
    at_open, inside = np.zeros(time.shape[0]), np.zeros(time.shape[0])
    known = event >= time[0]
    event, rate = event[known], rate[known]
    bar = np.searchsorted(time, event, side="right") - 1
    is_inside = (event > time[bar]) & (event < time[bar] + interval_ms)
    np.add.at(inside, bar[is_inside], rate[is_inside])
    due = bar + (event > time[bar])
    is_open = ~is_inside & (due < time.shape[0])
    np.add.at(at_open, due[is_open], rate[is_open])
    return at_open, inside
