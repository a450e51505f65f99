"""Measure the engine beside its peers, whole commands, the reading of a message, the service: `make bench`.

Usage: python benchmarks/run.py [--runs N] [--only WORDS] [--out FILE]
What was measured is kept in a folder beside the page, docs/benchmarks/; page and pictures are drawn from that. With
--only, what holds the words in its name is measured (--list tells the names), and everything else stays as it was.
With KEK_TEST_DATA set the commands run on its real candles, otherwise on the generated demo market.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from commands import cases, measure
from conditions import conditions, versions_in
from page import READING, SERVICE, page_of
from searching import GRID, SAMPLERS, measure_grid, measure_samplers
from service import measure_service
from speed.competition import measure_growth, measure_threads, measure_workload
from speed.contestants import CONTESTANTS, PEERS_PYTHON
from speed.drawing import draw_engines, draw_growth
from speed.processes import measure_processes
from speed.workloads import WORKLOADS
from turns import measure_turns

ROOT = Path(__file__).parent.parent

Measure = Callable[[], dict[str, Any]]


def measurements(folder: Path, runs: int) -> Mapping[str, Measure]:
    """Return everything there is to measure, by its name; what commands need and leave lies in ``folder``."""
    from engine.spec.examples import SMA_CROSS

    spec, candles = folder / "spec.json", os.environ.get("KEK_TEST_DATA")
    spec.write_text(json.dumps(SMA_CROSS), "utf-8")
    every: dict[str, Measure] = {name: partial(measure_workload, name) for name in WORKLOADS}
    every |= {"threads": measure_threads, "processes": lambda: {"rows": measure_processes()}}
    every |= {f"growth of {which}": partial(measure_growth, which) for which in ("bars", "assets")}
    for case in cases(spec, folder, candles):
        every[case.name] = partial(measure, case, runs, folder)
    return every | {SAMPLERS: measure_samplers, GRID: measure_grid, READING: reading, SERVICE: measure_service}


def reading() -> dict[str, Any]:
    """Measure turns in a warm process."""
    turns = measure_turns()
    return {"median": turns.median_seconds, "p95": turns.p95_seconds}


def main() -> None:
    """Measure what was asked for and write the page anew."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="runs of a command")
    parser.add_argument("--only", metavar="WORDS", default="", help="measure what holds these words in its name")
    parser.add_argument("--list", action="store_true", help="tell the names and stop")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks.md")
    chosen = parser.parse_args()
    beside = chosen.out.with_suffix("")
    kept = beside / "measured.json"
    parts: dict[str, dict[str, Any]] = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    with tempfile.TemporaryDirectory() as name:
        every = measurements(Path(name), chosen.runs)
        if chosen.list:
            print("\n".join(every))
            return
        packages = sorted({package for one in CONTESTANTS for package in one.packages})
        for wanted in (name for name in every if chosen.only in name):
            began, under = time.perf_counter(), conditions()
            parts[wanted] = every[wanted]() | {"conditions": under}
            if wanted in WORKLOADS:
                parts[wanted]["peers"] = versions_in(PEERS_PYTHON, packages)
            print(f"{wanted}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
        parts = {name: parts[name] for name in every if name in parts}
    beside.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(parts, indent=1) + "\n", "utf-8")
    if any(name in parts for name in WORKLOADS):
        draw_engines(parts, beside / "engines.svg")
    if any(name.startswith("growth") for name in parts):
        draw_growth(parts, beside / "growth.svg")
    page = page_of(parts)
    print(page)
    chosen.out.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
