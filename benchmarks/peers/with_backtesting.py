"""backtesting.py: a loop in Python, one asset. python -m peers.with_backtesting FOLDER"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import backtesting
import pandas as pd
from backtesting.lib import FractionalBacktest
from speed import workloads
from speed.bars import FIELDS, read_bars, times_ms
from speed.worker import Figures, Job, serve

UNIT = 1e-6
"""The smallest part of a coin: its quantities are whole units."""


def load(folder: Path, name: str) -> Job:
    """Return a workload as a job."""
    import talib

    warnings.simplefilter("ignore")
    backtesting.backtesting._tqdm = lambda bars, **_: bars  # no progress bar
    bars = read_bars(folder / f"{name}.npz")
    columns = {field.capitalize(): bars[field][0] for field in FIELDS}
    frame = pd.DataFrame(columns, index=pd.to_datetime(times_ms(bars["close"].shape[1]), unit="ms"))
    jobs: dict[str, Job] = {
        "W1": lambda runs: figures([run(frame, cross_strategy(talib), 0.0)]),
        "W2": lambda runs: figures(
            [run(frame, cross_strategy(talib), 0.0, fast=fast, slow=slow) for fast, slow in workloads.PAIRS[:runs]]
        ),
        "W3": lambda runs: figures([run(frame, filtered_strategy(talib), workloads.SLIPPAGE)]),
    }
    return jobs[name]


def run(frame: Any, strategy: type[Any], spread: float, **parameters: Any) -> Any:
    """Run a strategy with all its cash in every position."""
    whole = FractionalBacktest(
        frame,
        strategy,
        cash=workloads.INITIAL_EQUITY,
        commission=workloads.FEE_RATE,
        spread=spread,
        fractional_unit=UNIT,
    )
    return whole.run(**parameters)


def figures(found: list[Any]) -> Figures:
    """Return what the driver compares."""
    return {
        "closed_trades": [float(one["# Trades"]) for one in found],
        "end_equity": [float(one["Equity Final [$]"]) for one in found],
        "max_drawdown": [-one["Max. Drawdown [%]"] / 100 for one in found],
    }


def cross_strategy(talib: Any) -> type[Any]:
    """Return W1 as a strategy."""

    class Cross(backtesting.Strategy):
        fast, slow = workloads.FAST, workloads.SLOW

        def init(self) -> None:
            close = self.data.Close
            self.quick, self.calm = self.I(talib.SMA, close, self.fast), self.I(talib.SMA, close, self.slow)

        def next(self) -> None:
            quick, calm = self.quick, self.calm
            if quick[-1] > calm[-1] and quick[-2] <= calm[-2]:
                if not self.position:
                    self.buy()
            elif quick[-1] < calm[-1] and quick[-2] >= calm[-2] and self.position:
                self.position.close()

    return Cross


def filtered_strategy(talib: Any) -> type[Any]:
    """Return W3 as a strategy; its levels are reckoned from the close that decides, as no fill is known yet."""

    class Filtered(backtesting.Strategy):
        def init(self) -> None:
            close = self.data.Close
            self.quick = self.I(talib.EMA, close, workloads.FAST)
            self.calm = self.I(talib.EMA, close, workloads.SLOW)
            self.rsi = self.I(talib.RSI, close, workloads.RSI_LENGTH)

        def next(self) -> None:
            quick, calm = self.quick, self.calm
            if quick[-1] > calm[-1] and quick[-2] <= calm[-2]:
                if self.rsi[-1] < workloads.RSI_LIMIT and not self.position:
                    price = self.data.Close[-1]
                    self.buy(sl=price * (1 - workloads.STOP), tp=price * (1 + workloads.TARGET))
            elif quick[-1] < calm[-1] and quick[-2] >= calm[-2] and self.position:
                self.position.close()

    return Filtered


if __name__ == "__main__":
    serve(load)
