"""One workload from end to end: every engine in turn, its time beside what came out, and our sweep against our bars."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from speed.bars import write_bars
from speed.contestants import BENCHMARKS, CONTESTANTS, OURS
from speed.driver import Turns, paired, take_turns
from speed.workloads import WORKLOADS


def measure_workload(name: str) -> dict[str, Any]:
    """Let all engines that can run a workload do so; returns plain data for the page."""
    workload = WORKLOADS[name]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_bars(folder / f"{name}.npz", workload.n_bars, workload.seeds)
        turns, failed = take_turns(workload, [one for one in CONTESTANTS if name in one.shares], folder)
        same = told_by("speed.same", folder, name) if OURS in turns else None
    ours = turns.get(OURS)
    rows = {each: row_of(taken, ours, workload.bar_count) for each, taken in turns.items()}
    return {"rows": rows, "failed": failed, "same": same}


def row_of(taken: Turns, ours: Turns | None, bar_count: int) -> dict[str, Any]:
    """Return what is told of one engine: seconds for the whole workload, and its figures against ours."""
    row: dict[str, Any] = {
        "wall": median(taken.walls),
        "cpu": median(taken.cpus),
        "first": taken.first_wall,
        "rounds": len(taken.walls),
        "candidates": taken.candidates,
        "nanoseconds": 1e9 * median(taken.walls) / bar_count,
        "closed_trades": sum(taken.figures["closed_trades"]),
        "end_equity": sum(taken.figures["end_equity"]) / taken.candidates,
        "max_drawdown": max(taken.figures["max_drawdown"]),
    }
    if ours is None:
        return row
    return row | {"times": paired(ours, taken)} | against(ours, taken)


def against(ours: Turns, theirs: Turns) -> dict[str, float]:
    """Compare the candidates that both ran: how many have another number of trades, and how far figures are apart."""
    both = min(ours.candidates, theirs.candidates)
    mine, their = ({name: values[:both] for name, values in one.figures.items()} for one in (ours, theirs))
    trades = zip(mine["closed_trades"], their["closed_trades"], strict=True)
    equities = zip(mine["end_equity"], their["end_equity"], strict=True)
    falls = zip(mine["max_drawdown"], their["max_drawdown"], strict=True)
    return {
        "compared": both,
        "other_trades": sum(one != other for one, other in trades),
        "equity_gap": max(abs(other - one) / abs(one) for one, other in equities),
        "drawdown_gap": max(abs(other - one) for one, other in falls),
    }


def told_by(module: str, *words: object) -> dict[str, Any]:
    """Run one of our own measurements in a process of its own and return the JSON that it printed."""
    command: Sequence[str] = [sys.executable, "-m", module, *(str(word) for word in words)]
    threads = {**os.environ, "NUMBA_NUM_THREADS": "4"}
    done = subprocess.run(command, cwd=BENCHMARKS, env=threads, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{module}: {done.stderr.strip()}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure_threads() -> dict[str, Any]:
    """Sweep W2 on one, two and four threads."""
    workload = WORKLOADS["W2"]
    with tempfile.TemporaryDirectory() as place:
        write_bars(Path(place) / "W2.npz", workload.n_bars, workload.seeds)
        return told_by("speed.threads", place)


BARS = (10_000, 100_000, 1_000_000, 10_000_000)
ASSETS, ASSET_BARS = (1, 4, 16, 64), 100_000
WAYS = ("sweep", "full")


def measure_growth(which: str) -> dict[str, Any]:
    """Run W1 on more and more bars (``which`` is ``bars``), or W4 with more and more assets (``assets``)."""
    sizes = [(n_bars, 1) for n_bars in BARS] if which == "bars" else [(ASSET_BARS, n_assets) for n_assets in ASSETS]
    rows = []
    for way in WAYS:
        told_by("speed.growth", way, *sizes[0])  # compiles what later processes only load
        for n_bars, n_assets in sizes:
            told = told_by("speed.growth", way, n_bars, n_assets)
            rows.append({"way": way, "n_bars": n_bars, "n_assets": n_assets, **told})
    return {"rows": rows}
