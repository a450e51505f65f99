"""What a run costs in a process of its own, for so many bars and assets. python -m speed.growth WAY BARS ASSETS

``WAY`` is ``sweep`` or ``full``. Prints one JSON document: seconds of each run, and memory in bytes.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from speed.bars import walk
from speed.ours import bars_of, by_bars, market_of, swept
from speed.workloads import SHARED_CASH, SIZE, SLIPPAGE, WORKLOADS, Workload, spec_of

if TYPE_CHECKING:
    from engine import Bars

RUNS = 3
WARM_UP_BARS = 5_000


def workload_of(n_bars: int, n_assets: int) -> Workload:
    """Return W1 for one asset, W4 for several, on so many bars."""
    spec = WORKLOADS["W1"].spec
    if n_assets > 1:
        spec = spec_of("sma", n_assets, SLIPPAGE, sizing={**SHARED_CASH["sizing"], "value": SIZE})
    return Workload(f"{n_bars} x {n_assets}", "", spec, n_bars, tuple(range(100, 100 + n_assets)), 0.0)


def make(workload: Workload) -> list[Bars]:
    """Make the bars of a workload, asset by asset, so that nothing but them is left."""
    walks: dict[str, np.ndarray] = {}
    for number, seed in enumerate(workload.seeds):
        for name, values in walk(workload.n_bars, seed).items():
            walks.setdefault(name, np.empty((len(workload.seeds), workload.n_bars)))[number] = values
    return bars_of(walks)


def run(workload: Workload, bars: list[Bars], way: str) -> float:
    """Run once and return the seconds."""
    market, text = market_of(bars), json.dumps(workload.spec)
    began = time.perf_counter()
    if way == "sweep":
        swept(text, market, ({},), 1)
    else:
        by_bars(workload, market, 0)
    return time.perf_counter() - began


def resident(field: str) -> int:
    """Return bytes of memory in use (``VmRSS``) or at most in use so far (``VmHWM``)."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith(field))
        return 1024 * int(line.split()[1])
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def forget_peak() -> None:
    """Let the peak of memory begin anew, where the system can."""
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5")


def main() -> None:
    """Measure and print."""
    way, n_bars, n_assets = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    small = workload_of(WARM_UP_BARS, min(n_assets, 2))
    run(small, make(small), way)
    before = resident("VmRSS")
    workload = workload_of(n_bars, n_assets)
    bars = make(workload)
    forget_peak()
    walls = [run(workload, bars, way) for _ in range(RUNS)]
    told = {"walls": walls, "before": before, "peak": resident("VmHWM"), "bars": sum(bytes_of(one) for one in bars)}
    print(json.dumps(told | {"columns": 8 * n_bars * n_assets * len(workload.spec["indicators"])}))


def bytes_of(bars: Bars) -> int:
    """Return what the arrays of bars take."""
    arrays = (bars.time, bars.open, bars.high, bars.low, bars.close, bars.volume)
    return sum(one.nbytes for one in arrays)


if __name__ == "__main__":
    main()
