"""Our engine through its public face: JSON in, figures out. python -m speed.ours FOLDER (sweep [THREADS] | full)

``sweep`` runs all candidates at once and tells figures; ``full`` is the whole backtest of one candidate after the
other: trades, curves, statistics, remarks. Every run takes a fresh market of the same bars, so that nothing that was
computed for an earlier run is found again.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from speed.bars import FIELDS, read_bars, times_ms
from speed.worker import Figures, Job, serve
from speed.workloads import INITIAL_EQUITY, WORKLOADS, Workload, changed, ticker

if TYPE_CHECKING:
    from engine import BacktestResult, Bars, MemoryMarket
    from engine.sweeps.swept import Swept


def load(folder: Path, name: str) -> Job:
    """Return a workload as a job, run the way the command line says."""
    workload, bars = WORKLOADS[name], bars_of(read_bars(folder / f"{name}.npz"))
    text, way = json.dumps(workload.spec), sys.argv[2]
    threads = int(sys.argv[3]) if len(sys.argv) > 3 else 1

    def sweep(runs: int) -> Figures:
        found = swept(text, market_of(bars), workload.candidates[:runs] or ({},), threads)
        return {
            "closed_trades": found.trade_count.tolist(),
            "end_equity": found.end_equity.tolist(),
            "max_drawdown": found.max_drawdown.tolist(),
        }

    def full(runs: int) -> Figures:
        found = [by_bars(workload, market_of(bars), number) for number in range(runs)]
        return {
            "closed_trades": [float(one.summary.trade_count) for one in found],
            "end_equity": [float(one.equity[-1]) for one in found],
            "max_drawdown": [one.summary.max_drawdown_pct for one in found],
        }

    return {"sweep": sweep, "full": full}[way]


def bars_of(arrays: dict[str, Any]) -> list[Bars]:
    """Return arrays of shape (n_assets, n_bars) as bars of our own."""
    from engine import make_bars

    n_assets, n_bars = arrays["close"].shape
    times = times_ms(n_bars)
    return [make_bars(f"{ticker(k)}USDT", "1m", times, *(arrays[name][k] for name in FIELDS)) for k in range(n_assets)]


def market_of(bars: list[Bars]) -> MemoryMarket:
    """Return bars as a market that nobody has used."""
    from engine import MemoryMarket

    return MemoryMarket(bars, name="benchmark bars", generated=True)


def swept(text: str, market: MemoryMarket, candidates: Any, threads: int) -> Swept:
    """Sweep over all candidates of a spec."""
    from engine.sweeps.run import sweep

    return sweep(text, market, candidates, threads=threads, full_window=True, initial_equity=INITIAL_EQUITY)


def by_bars(workload: Workload, market: MemoryMarket, number: int) -> BacktestResult:
    """Run one candidate whole, as a spec of its own."""
    from engine import run_backtest

    candidate = workload.candidates[number] if workload.candidates else {}
    text = json.dumps(changed(workload.spec, candidate))
    return run_backtest(text, market, full_window=True, initial_equity=INITIAL_EQUITY, finer=False)


if __name__ == "__main__":
    serve(load)
