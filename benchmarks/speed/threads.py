"""Sweep W2 on one, two and four threads in turn, and compare the results bit for bit. python -m speed.threads FOLDER"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from speed.bars import read_bars
from speed.ours import bars_of, market_of, swept
from speed.workloads import WORKLOADS

ROUNDS, THREADS = 5, (1, 2, 4)
COLUMNS = (
    "end_equity",
    "end_cash",
    "max_drawdown",
    "sharpe_daily",
    "trade_count",
    "gross_won",
    "gross_lost",
    "fees_paid",
)


def main() -> None:
    """Measure and print one JSON document: the seconds of every round by number of threads, and whether all agree."""
    workload = WORKLOADS["W2"]
    bars = bars_of(read_bars(Path(sys.argv[1]) / f"{workload.name}.npz"))
    text = json.dumps(workload.spec)
    walls: dict[str, list[float]] = {str(threads): [] for threads in THREADS}
    seen: set[bytes] = set()
    for number in range(1 + ROUNDS):
        for threads in THREADS:
            market = market_of(bars)
            began = time.perf_counter()
            found = swept(text, market, workload.candidates, threads)
            took = time.perf_counter() - began
            seen.add(b"".join(getattr(found, name).tobytes() for name in COLUMNS))
            if number:
                walls[str(threads)].append(took)
    print(json.dumps({"walls": walls, "results": len(seen)}))


if __name__ == "__main__":
    main()
