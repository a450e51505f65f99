"""A curve with fewer points that still shows every extreme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from engine.backtest.result import BacktestResult, FloatArray, IntArray

FEWEST_POINTS = 10
"""First, last, highest, lowest and the deepest fall with its peak, and some between them."""


def equity_document(result: BacktestResult, run_id: str, points: int) -> dict[str, Any]:
    """Return a run's equity curve as columns, of ``points`` points at most."""
    from engine.market.quality import iso
    from engine.metrics.drawdown import drawdown

    run = result.simulation
    depth = drawdown(run.equity, initial=run.initial_equity).depth
    kept = thinned(run.equity, depth, points)
    return {
        "backtestId": run_id,
        "candleInterval": result.spec.universe.timeframe,
        "initialEquity": run.initial_equity,
        "bars": run.n_bars,
        "time": [iso(time) for time in run.time[kept].tolist()],
        "equity": run.equity[kept].tolist(),
        "drawdown": depth[kept].tolist(),
    }


def thinned(values: FloatArray, depth: FloatArray, points: int) -> IntArray:
    """Return the indices to keep of a curve, in their order: all, or at most ``points`` with every extreme among them.

    Neighbours are joined into groups of one size, of which the lowest and the highest value stay. The ends, the
    highest and the lowest value, the deepest point of ``depth`` and the peak it fell from always stay.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        The curve, finite.
    depth : ndarray of float64, shape (n,)
        Its fall below the running peak, a fraction.
    points : int
        `FEWEST_POINTS` or more.

    Examples
    --------
    >>> curve = np.array([1.0] * 50 + [9.0] + [1.0] * 50)
    >>> kept = thinned(curve, 1 - curve / np.maximum.accumulate(curve), 10)
    >>> int(curve[kept].max()), len(kept) <= 10
    (9, True)
    """
    n = values.shape[0]
    if n <= points:
        return np.arange(n)
    trough = int(np.argmax(depth))
    peak = int(np.argmax(values[: trough + 1]))
    always = {0, n - 1, int(np.argmax(values)), int(np.argmin(values)), trough, peak}
    size = -(-n // max((points - len(always)) // 2, 1))
    groups = np.arange(0, n, size)
    found = [
        start + int(pick(values[start : start + size])) for start in groups.tolist() for pick in (np.argmin, np.argmax)
    ]
    return np.array(sorted({*always, *found}), dtype=np.int64)
