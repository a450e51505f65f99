"""vectorbt on numba or on its Rust kernels. python -m peers.with_vectorbt FOLDER (numba|rust)"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import vectorbt
from numpy.typing import NDArray
from speed import workloads
from speed.bars import FIELDS, read_bars, times_ms
from speed.worker import Figures, Job, serve

AT_ONCE = 50
"""Candidates simulated in one call: each takes several arrays as long as the bars."""


def load(folder: Path, name: str) -> Job:
    """Return a workload as a job."""
    vectorbt.settings["engine"] = sys.argv[2]
    bars = read_bars(folder / f"{name}.npz")
    index = pd.to_datetime(times_ms(bars["close"].shape[1]), unit="ms")
    frames = {field: pd.DataFrame(bars[field].T, index=index) for field in FIELDS}
    one = {field: frame[0] for field, frame in frames.items()}
    jobs: dict[str, Job] = {
        "W1": lambda runs: cross_once(one),
        "W2": lambda runs: cross_pairs(one, runs),
        "W3": lambda runs: filtered_once(one),
        "W4": lambda runs: shared_cash(frames),
        "W3 swept": lambda runs: filtered_levels(one, runs),
    }
    return jobs[name]


def crosses(fast: NDArray[np.float64], slow: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where fast crosses above slow and where it crosses back."""
    above, known = fast > slow, ~np.isnan(slow[:-1])
    enter, leave = np.zeros_like(above), np.zeros_like(above)
    enter[1:] = above[1:] & ~above[:-1] & known
    leave[1:] = ~above[1:] & above[:-1] & known
    return enter, leave


def next_bar(signal: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a signal one bar later: vectorbt fills on the bar of the signal, at the price it is given."""
    later = np.zeros_like(signal)
    later[1:] = signal[:-1]
    return later


def simulate(bars: dict[str, Any], enter: Any, leave: Any, **more: Any) -> Any:
    """Run its simulation with fills at the next open."""
    return vectorbt.Portfolio.from_signals(
        bars["close"],
        next_bar(enter),
        next_bar(leave),
        price=bars["open"],
        fees=workloads.FEE_RATE,
        init_cash=workloads.INITIAL_EQUITY,
        freq="1min",
        **more,
    )


def figures(portfolio: Any) -> Figures:
    """Return what the driver compares, and compute the other figures ours computes as well."""
    trades = portfolio.trades
    portfolio.sharpe_ratio(), trades.win_rate(), trades.profit_factor()
    return {
        "closed_trades": [float(one) for one in np.atleast_1d(trades.closed.count())],
        "end_equity": [float(one) for one in np.atleast_1d(portfolio.final_value())],
        "max_drawdown": [-float(one) for one in np.atleast_1d(portfolio.max_drawdown())],
    }


def average(close: Any, length: int | list[int]) -> NDArray[np.float64]:
    """Return its own simple averages."""
    return vectorbt.MA.run(close, length).ma.to_numpy()


def cross_once(bars: dict[str, Any]) -> Figures:
    """W1."""
    close = bars["close"]
    return figures(simulate(bars, *crosses(average(close, workloads.FAST), average(close, workloads.SLOW))))


def cross_pairs(bars: dict[str, Any], runs: int) -> Figures:
    """W2: each average once, then so many candidates at once as memory allows."""
    pairs = workloads.PAIRS[:runs]
    lengths = sorted({length for pair in pairs for length in pair})
    averages, column = average(bars["close"], lengths), {length: k for k, length in enumerate(lengths)}
    whole: Figures = {"closed_trades": [], "end_equity": [], "max_drawdown": []}
    for first in range(0, len(pairs), AT_ONCE):
        chosen = pairs[first : first + AT_ONCE]
        fast, slow = (averages[:, [column[pair[side]] for pair in chosen]] for side in (0, 1))
        for name, values in figures(simulate(bars, *crosses(fast, slow))).items():
            whole[name] += values
    return whole


def filtered(close: Any, fast: int, slow: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the signals of W3, on TA-Lib's averages: its own begin differently and its RSI is not Wilder's."""
    import talib

    values = close.to_numpy()
    enter, leave = crosses(talib.EMA(values, fast), talib.EMA(values, slow))
    return enter & (talib.RSI(values, workloads.RSI_LENGTH) < workloads.RSI_LIMIT), leave


def with_levels(bars: dict[str, Any], signals: Any, stops: Any, targets: Any) -> Any:
    """Simulate W3 with these levels."""
    return simulate(
        bars,
        *signals,
        open=bars["open"],
        high=bars["high"],
        low=bars["low"],
        sl_stop=stops,
        tp_stop=targets,
        stop_entry_price="fillprice",
        slippage=workloads.SLIPPAGE,
    )


def filtered_once(bars: dict[str, Any]) -> Figures:
    """W3."""
    signals = filtered(bars["close"], workloads.FAST, workloads.SLOW)
    return figures(with_levels(bars, signals, workloads.STOP, workloads.TARGET))


def filtered_levels(bars: dict[str, Any], runs: int) -> Figures:
    """W3 swept: the signals of a set once, its levels as columns, few at a time for the memory they take."""
    whole: Figures = {"closed_trades": [], "end_equity": [], "max_drawdown": []}
    step = AT_ONCE // 5
    for fast, slow in workloads.SETS:
        if len(whole["end_equity"]) < runs:
            signals = [one[:, None] for one in filtered(bars["close"], fast, slow)]
            chosen = workloads.LEVELS[: runs - len(whole["end_equity"])]
            for first in range(0, len(chosen), step):
                stops, targets = (np.array(side) for side in zip(*chosen[first : first + step], strict=True))
                for name, values in figures(with_levels(bars, signals, stops, targets)).items():
                    whole[name] += values
    return whole


def shared_cash(frames: dict[str, Any]) -> Figures:
    """W4, as near as it can be said: a tenth of the free cash, and no limit on the number of positions."""
    fast, slow = (average(frames["close"], length) for length in (workloads.FAST, workloads.SLOW))
    return figures(
        simulate(
            frames,
            *crosses(fast, slow),
            size=workloads.SIZE,
            size_type="percent",
            slippage=workloads.SLIPPAGE,
            group_by=True,
            cash_sharing=True,
            call_seq="auto",
        )
    )


if __name__ == "__main__":
    serve(load)
