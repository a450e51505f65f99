"""Funding on the run's clock: what is due at each bar's open and inside it, as stored or as assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.market.bars import Bars, FundingSeries

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

FUNDING_MS = 8 * 3_600_000
"""Funding is due every eight hours, at 00:00, 08:00 and 16:00 UTC, where no series says otherwise."""

DEFAULT_FUNDING_RATE = 0.0001
"""Charged to longs, and not credited to shorts, where no series is stored."""


def funding_tables(
    bars: Mapping[str, Bars],
    spans: Mapping[str, tuple[int, ...]],
    rows: Mapping[str, IntArray],
    shape: tuple[int, int],
    funding: Mapping[str, FundingSeries],
    perpetual: bool,
) -> tuple[dict[str, FloatArray], dict[str, int]]:
    """Return the rates of every clock bar and asset, and how many events per asset were assumed.

    ``spans`` are the own bars of each asset inside the window, ``rows`` the clock bars they lie on, ``shape`` is
    (n_bars, n_assets). ``funding_*`` is paid by longs to shorts, ``carry_*`` charged to longs alone.
    """
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
