"""Hold a sweep against whole backtests of the same candidates, figure for figure. python -m speed.same FOLDER WORKLOAD

Prints one JSON document: how the candidates were measured, how many were compared, and what differs by how much.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from speed.bars import read_bars
from speed.ours import bars_of, by_bars, market_of, swept
from speed.workloads import WORKLOADS

if TYPE_CHECKING:
    from engine import BacktestResult

AT_MOST = 20
"""Candidates compared: each is a whole backtest."""


def figures_of(result: BacktestResult) -> dict[str, float | None]:
    """Return the figures of a whole backtest under the names of a sweep."""
    summary, statistics = result.summary, result.statistics
    closed = result.trades.columns["net_profit"][result.trades.closed]
    return {
        "end_equity": float(result.equity[-1]),
        "end_cash": float(result.simulation.cash[-1]),
        "net_profit": summary.net_profit,
        "max_drawdown": summary.max_drawdown_pct,
        "sharpe_daily": statistics.sharpe.daily_ratio,
        "trade_count": float(summary.trade_count),
        "win_count": float((closed > 0.0).sum()),
        "win_rate": summary.win_rate_pct,
        "profit_factor": summary.profit_factor,
        "fees_paid": summary.fees_paid,
        "fill_count": float(len(result.fills)),
        "bars_held": float(result.trades.columns["bars_held"].sum()),
    }


def main() -> None:
    """Compare and print."""
    folder, workload = Path(sys.argv[1]), WORKLOADS[sys.argv[2]]
    bars = bars_of(read_bars(folder / f"{workload.name}.npz"))
    found = swept(json.dumps(workload.spec), market_of(bars), workload.candidates or ({},), 1)
    chosen = sorted({round(k) for k in np.linspace(0, workload.n_runs - 1, AT_MOST)})
    differing: dict[str, float] = {}
    n_figures = 0
    for number in chosen:
        whole = figures_of(by_bars(workload, market_of(bars), number))
        n_figures = len(whole)
        for name, value in whole.items():
            expected, seen = float("nan") if value is None else value, float(getattr(found, name)[number])
            if seen != expected and not (np.isnan(seen) and np.isnan(expected)):
                gap = abs(seen - expected) / abs(expected) if expected else abs(seen)
                differing[name] = max(differing.get(name, 0.0), gap)
    reasons = sorted(set(found.bar_by_bar.values()))
    told = {"compared": len(chosen), "figures": n_figures, "differing": differing}
    print(json.dumps(told | {"slow": len(found.bar_by_bar), "reasons": reasons}))


if __name__ == "__main__":
    main()
