"""raptorbt: a Rust engine; signals are made from its own indicators with numpy. python -m peers.with_raptorbt FOLDER"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import raptorbt
from numpy.typing import NDArray
from speed import workloads
from speed.bars import FIELDS, read_bars, times_ms
from speed.worker import Figures, Job, serve

Signals = tuple[NDArray[np.bool_], NDArray[np.bool_]]

AT_ONCE = 100
"""Candidates handed over in one batch: each brings signals of its own."""


def load(folder: Path, name: str) -> Job:
    """Return a workload as a job."""
    bars = read_bars(folder / f"{name}.npz")
    times = 1_000_000 * times_ms(bars["close"].shape[1])
    assets = [(times, *(bars[field][k] for field in FIELDS)) for k in range(bars["close"].shape[0])]
    jobs: dict[str, Job] = {
        "W1": lambda runs: cross_once(assets[0]),
        "W2": lambda runs: cross_pairs(assets[0], runs),
        "W3": lambda runs: filtered_once(assets[0]),
        "W4": lambda runs: shared_cash(assets),
        "W3 swept": lambda runs: filtered_levels(assets[0], runs),
    }
    return jobs[name]


def config(slippage: float, **more: Any) -> Any:
    """Return its settings: decide at a close, fill at the next open, as ours."""
    return raptorbt.BacktestConfig(
        initial_capital=workloads.INITIAL_EQUITY,
        fees=workloads.FEE_RATE,
        slippage=slippage,
        fill_timing="next_bar_open",
        **more,
    )


def crosses(fast: NDArray[np.float64], slow: NDArray[np.float64]) -> Signals:
    """Return where fast crosses above slow and where it crosses back."""
    above, known = fast > slow, ~np.isnan(slow[:-1])
    enter, leave = np.zeros_like(above), np.zeros_like(above)
    enter[1:] = above[1:] & ~above[:-1] & known
    leave[1:] = ~above[1:] & above[:-1] & known
    return enter, leave


def figures(*measured: Any) -> Figures:
    """Return what the driver compares."""
    return {
        "closed_trades": [float(one.total_closed_trades) for one in measured],
        "end_equity": [float(one.end_value) for one in measured],
        "max_drawdown": [one.max_drawdown_pct / 100 for one in measured],
    }


def cross_once(bars: tuple[Any, ...]) -> Figures:
    """W1."""
    close = bars[4]
    signals = crosses(raptorbt.sma(close, workloads.FAST), raptorbt.sma(close, workloads.SLOW))
    return figures(raptorbt.run_single_backtest(*bars, *signals, config=config(0.0)).metrics)


def cross_pairs(bars: tuple[Any, ...], runs: int) -> Figures:
    """W2: each average once, then its own batches."""
    pairs = workloads.PAIRS[:runs]
    averages = {length: raptorbt.sma(bars[4], length) for length in {length for pair in pairs for length in pair}}
    found: list[Any] = []
    for first in range(0, len(pairs), AT_ONCE):
        batch = [
            raptorbt.BatchSingleItem(str(number), *crosses(averages[fast], averages[slow]))
            for number, (fast, slow) in enumerate(pairs[first : first + AT_ONCE])
        ]
        found += [one.metrics for _, one in raptorbt.batch_single_backtest(*bars, batch, config(0.0))]
    return figures(*found)


def filtered(close: NDArray[np.float64], fast: int, slow: int) -> Signals:
    """Return the signals of W3."""
    enter, leave = crosses(raptorbt.ema(close, fast), raptorbt.ema(close, slow))
    return enter & (raptorbt.rsi(close, workloads.RSI_LENGTH) < workloads.RSI_LIMIT), leave


def with_levels(stop: float, target: float) -> Any:
    """Return the settings of W3 with these levels."""
    chosen = config(workloads.SLIPPAGE)
    chosen.set_fixed_stop(stop)
    chosen.set_fixed_target(target)
    return chosen


def filtered_once(bars: tuple[Any, ...]) -> Figures:
    """W3."""
    signals = filtered(bars[4], workloads.FAST, workloads.SLOW)
    chosen = with_levels(workloads.STOP, workloads.TARGET)
    return figures(raptorbt.run_single_backtest(*bars, *signals, config=chosen).metrics)


def filtered_levels(bars: tuple[Any, ...], runs: int) -> Figures:
    """W3 swept: signals once for each set, the levels as overrides of a batch."""
    found: list[Any] = []
    for fast, slow in workloads.SETS:
        if len(found) < runs:
            signals = filtered(bars[4], fast, slow)
            chosen = workloads.LEVELS[: runs - len(found)]
            batch = [
                raptorbt.BatchSingleItem(str(number), *signals, config=with_levels(*pair))
                for number, pair in enumerate(chosen)
            ]
            done = raptorbt.batch_single_backtest(*bars, batch, config(workloads.SLIPPAGE))
            found += [one.metrics for _, one in done]
    return figures(*found)


def shared_cash(assets: list[tuple[Any, ...]]) -> Figures:
    """W4, as near as it can be said: it divides the cash by the free slots, a tenth of equity cannot be asked for."""
    lots = []
    for number, bars in enumerate(assets):
        signals = crosses(raptorbt.sma(bars[4], workloads.FAST), raptorbt.sma(bars[4], workloads.SLOW))
        lots.append((*bars, *signals, 1, 1.0, workloads.ticker(number)))
    chosen = config(workloads.SLIPPAGE, max_positions=workloads.MAX_POSITIONS)
    return figures(raptorbt.run_portfolio_backtest(lots, config=chosen).metrics)


if __name__ == "__main__":
    serve(load)
