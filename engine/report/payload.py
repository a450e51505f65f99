"""The data behind the page's charts and its trade list, small enough to travel inside the page.

Everything is placed on the run's clock by bar index, so gaps and closed markets leave no holes. Long runs are thinned
for display: neighbouring bars are joined into one candle, and a curve keeps the lowest and highest value of each
group, so no extreme is lost. The figures of the report never come from here.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.kernels.codes import CLOSE_REASONS
from engine.metrics.drawdown import drawdown
from engine.report.inert import one_line

if TYPE_CHECKING:
    from engine.backtest.result import BacktestResult, FloatArray, IntArray, Trades
    from engine.market.bars import Bars

CANDLES = 160_000
"""Most candles a page carries over all assets (16 bytes each: 2.6 MB, 3.4 MB as text)."""

CURVE_POINTS = 80_000
"""Most points of a curve carried one by one; a longer one is joined into at most `CURVE_GROUPS` groups."""

CURVE_GROUPS = 30_000
KNOTS = 20_000
"""Most breaks in the clock's regular steps that are carried; beyond, times between are approximate."""

LISTED_TRADES = 5_000
"""Most trades in the page; of a longer list the first and the last half as many."""


def page_data(result: BacktestResult) -> dict[str, Any]:
    """Return what the page's script draws, as plain JSON data with arrays in base64 (little-endian)."""
    run = result.simulation
    bars = {asset: result.bars[asset] for asset in drawn_assets(result)}
    factor = group_size([series.n_bars for series in bars.values()], CANDLES)
    holdout = result.holdout
    return {
        "step": run.interval_ms,
        "bars": run.n_bars,
        "start": result.start,
        "end": result.end,
        "initial": run.initial_equity,
        "holdout": None if holdout is None else {"start": holdout.start, "end": holdout.end, "seen": holdout.seen},
        "clock": _knots(np.arange(run.n_bars), run.time, run.interval_ms),
        "assets": [_candles(asset, series, run.time, factor) for asset, series in bars.items()],
        "curves": _curves(result),
        "reasons": list(CLOSE_REASONS),
        "trades": _trades(result.trades, run.time),
        "tradeAssets": [one_line(asset) for asset in result.trades.assets],
    }


def drawn_assets(result: BacktestResult) -> tuple[str, ...]:
    """Return the assets that have candles to draw, in the order of the run."""
    return tuple(asset for asset in result.simulation.assets if asset in result.bars and result.bars[asset].n_bars)


def group_size(lengths: list[int], budget: int) -> int:
    """Return the smallest number of bars to join so that all series together fit the budget.

    >>> group_size([70_000, 70_000], 160_000), group_size([1_000_000], 160_000)
    (1, 7)
    """
    return max(1, -(-sum(lengths) // max(budget - len(lengths), 1)))


def listed(n_trades: int) -> IntArray:
    """Return the indices of the trades the page lists: all, or the first and the last of a long list."""
    if n_trades <= LISTED_TRADES:
        return np.arange(n_trades)
    half = LISTED_TRADES // 2
    return np.concatenate([np.arange(half), np.arange(n_trades - half, n_trades)])


def _candles(asset: str, series: Bars, clock: IntArray, factor: int) -> dict[str, Any]:
    place = np.searchsorted(clock, series.time)
    group = place // factor
    first = np.flatnonzero(np.diff(group, prepend=-1))
    last = np.append(first[1:], series.n_bars) - 1
    highs, lows = np.maximum.reduceat(series.high, first), np.minimum.reduceat(series.low, first)
    values = np.stack([series.open[first], highs, lows, series.close[last]])
    return {
        "name": one_line(asset),
        "factor": factor,
        "count": int(first.size),
        "at": _knots(np.arange(first.size), group[first] * factor, factor),
        "ohlc": _packed(values, "<f4"),
    }


def _curves(result: BacktestResult) -> dict[str, Any]:
    run = result.simulation
    factor = 1 if run.n_bars <= CURVE_POINTS else -(-run.n_bars // CURVE_GROUPS)
    out: dict[str, Any] = {"factor": factor, "count": -(-run.n_bars // factor)}
    for name, values in (("equity", run.equity), ("benchmark", result.benchmark)):
        depth = drawdown(values, initial=run.initial_equity).depth
        starts = np.arange(0, run.n_bars, factor)
        out[name] = _packed(values if factor == 1 else values[np.minimum(starts + factor, run.n_bars) - 1], "<f4")
        if factor > 1:
            out[f"{name}Low"] = _packed(np.minimum.reduceat(values, starts), "<f4")
            out[f"{name}High"] = _packed(np.maximum.reduceat(values, starts), "<f4")
            depth = np.maximum.reduceat(depth, starts)
        out[f"{name}Depth"] = _packed(np.clip(np.rint(depth * 10_000), 0, 65_535), "<u2")
    return out


def _trades(trades: Trades, clock: IntArray) -> dict[str, Any]:
    chosen = listed(len(trades))
    columns = {name: values[chosen] for name, values in trades.columns.items()}
    ended = columns["exit_bar"] >= 0
    return {
        "total": len(trades),
        "number": (chosen + 1).tolist(),
        "asset": columns["asset"].astype(int).tolist(),
        "side": columns["side"].astype(int).tolist(),
        "reason": columns["reason"].astype(int).tolist(),
        "entryBar": columns["entry_bar"].astype(int).tolist(),
        "exitBar": columns["exit_bar"].astype(int).tolist(),
        "entryMinute": (columns["entry_time"] // 60_000).astype(int).tolist(),
        "exitMinute": np.where(ended, columns["exit_time"] // 60_000, -1).astype(int).tolist(),
        "held": columns["bars_held"].astype(int).tolist(),
        "entryPrice": _rounded(columns["entry_price"]),
        "exitPrice": _rounded(columns["exit_price"]),
        "profit": _rounded(columns["net_profit"]),
        "gain": _rounded(columns["return_fraction"]),
        "worst": _rounded(columns["mae_fraction"]),
        "best": _rounded(columns["mfe_fraction"]),
        "costs": _rounded(columns["slippage_quote"] + columns["fees"] + columns["funding"]),
    }


def _rounded(values: FloatArray) -> list[float | None]:
    """Return floats with eight significant digits: enough to show, half the length to carry."""
    return [float(f"{value:.8g}") if np.isfinite(value) else None for value in values.tolist()]


def _knots(index: IntArray, value: IntArray, step: int) -> list[list[int]]:
    """Describe a series that mostly rises by ``step``: index and value wherever it does not."""
    breaks = np.flatnonzero(np.diff(value) != step) + 1
    if breaks.size > KNOTS:
        breaks = breaks[np.linspace(0, breaks.size - 1, KNOTS).astype(int)]
    at = np.concatenate([[0], breaks])
    return [index[at].tolist(), value[at].tolist()]


def _packed(values: np.ndarray, kind: str) -> str:
    with np.errstate(over="ignore"):
        return base64.b64encode(np.ascontiguousarray(values, dtype=kind).tobytes()).decode("ascii")
