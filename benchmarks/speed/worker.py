"""A process that runs workloads when it is told to, so that engines of different environments take turns.

The driver writes one JSON document a line and reads one back: ``{"load": NAME}``, then ``{"run": NAME, "runs": N}``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

Figures = dict[str, list[float]]
"""``closed_trades``, ``end_equity`` and ``max_drawdown`` (a fraction), one value for each candidate."""
Job = Callable[[int], Figures]
"""Runs a loaded workload, the first so many candidates of it."""
TURN_SECONDS = 0.25
"""After how long a turn's last call may begin: the processor's caches, which others emptied, fill again meanwhile."""
Loader = Callable[[Path, str], Job]
"""Reads the bars of a workload and prepares all that is not measured."""


def serve(load: Loader) -> None:
    """Answer the driver until it closes the pipe; the bars lie in the folder named on the command line."""
    folder, jobs = Path(sys.argv[1]), dict[str, Job]()
    answers, sys.stdout = sys.stdout, sys.stderr  # what an engine prints must not mix with the answers
    for line in sys.stdin:
        asked = json.loads(line)
        if "load" in asked:
            jobs = {asked["load"]: load(folder, asked["load"])}
            told: dict[str, Any] = {"loaded": asked["load"]}
        else:
            told = timed(jobs[asked["run"]], asked["runs"])
        answers.write(json.dumps(told) + "\n")
        answers.flush()


def timed(job: Job, runs: int) -> dict[str, Any]:
    """Run a job again and again for a turn, once at least; medians of wall and CPU seconds, and what came out."""
    walls, cpus = list[float](), list[float]()
    while sum(walls) < TURN_SECONDS:
        cpu, wall = time.process_time(), time.perf_counter()
        figures = job(runs)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return {"first": walls[0], "wall": median(walls), "cpu": median(cpus), "figures": figures}
