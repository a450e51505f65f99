"""Start the engines as processes and let them take turns on the same bars."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import IO, Any

from speed.contestants import BENCHMARKS, PEERS_PYTHON, Contestant
from speed.workloads import Workload

ONE_CORE = dict.fromkeys(("RAYON_NUM_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")


class EngineFailed(Exception):
    """A peer ended or said something that is no answer; what it printed is in the message."""


@dataclass(frozen=True, slots=True)
class Turns:
    """What one engine took for one workload: seconds of its rounds, scaled to all candidates, and its figures.

    ``first_wall`` is what its first call took, of as many candidates as it was asked for.
    """

    walls: tuple[float, ...]
    cpus: tuple[float, ...]
    first_wall: float
    candidates: int
    figures: Mapping[str, list[float]]


class Worker:
    """An engine's process, told what to do by lines of JSON."""

    def __init__(self, process: subprocess.Popen[str], complaints: IO[str], name: str) -> None:
        self._process, self._complaints, self._name = process, complaints, name

    def ask(self, **question: Any) -> dict[str, Any]:
        """Send a question and return the answer.

        Raises
        ------
        EngineFailed
            It did not answer.
        """
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
            answer: dict[str, Any] = json.loads(line)
        except (BrokenPipeError, json.JSONDecodeError):
            self._complaints.seek(0)
            last = self._complaints.read().strip().splitlines()[-1:] or ["it said nothing"]
            raise EngineFailed(f"{self._name}: {last[0]}") from None
        return answer


@contextmanager
def working(one: Contestant, folder: Path, surroundings: Mapping[str, str] = ONE_CORE) -> Iterator[Worker]:
    """Run an engine in a process of its own; the bars lie in ``folder``."""
    python = str(PEERS_PYTHON) if one.is_peer else sys.executable
    module, *words = one.command
    with (folder / "complaints.txt").open("w+") as complaints:
        process = subprocess.Popen(
            [python, "-m", module, str(folder), *words],
            cwd=BENCHMARKS,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            env={**os.environ, **surroundings},
        )
        try:
            yield Worker(process, complaints, one.name)
        finally:
            process.communicate()


def take_turns(
    workload: Workload, contestants: list[Contestant], folder: Path
) -> tuple[dict[str, Turns], dict[str, str]]:
    """Let the engines run a workload round by round, each in turn; returns what they took, and who failed with what.

    In the first round, which is told apart, an engine may compile; whoever was asked for fewer rounds leaves early.
    """
    turns: dict[str, list[dict[str, Any]]] = {}
    failed: dict[str, str] = {}
    with ExitStack() as stack:
        workers = {}
        for one in contestants:
            try:
                worker = stack.enter_context(working(one, folder))
                worker.ask(load=workload.name)
                workers[one.name] = worker
            except (EngineFailed, OSError) as failure:
                failed[one.name] = str(failure)
        for number in range(1 + max(one.shares[workload.name].rounds for one in contestants)):
            for one in contestants:
                if one.name in workers and number <= one.shares[workload.name].rounds:
                    runs = one.shares[workload.name].candidates or workload.n_runs
                    try:
                        answer = workers[one.name].ask(run=workload.name, runs=runs)
                        turns.setdefault(one.name, []).append(answer)
                    except EngineFailed as failure:
                        failed[one.name] = str(failure)
                        del workers[one.name]
    return {name: _whole(answers, workload) for name, answers in turns.items() if name not in failed}, failed


def _whole(answers: list[dict[str, Any]], workload: Workload) -> Turns:
    first, *later = answers
    candidates = len(first["figures"]["end_equity"])
    scale = workload.n_runs / candidates
    walls, cpus = (tuple(scale * one[name] for one in later) for name in ("wall", "cpu"))
    return Turns(walls, cpus, first["first"], candidates, later[-1]["figures"])


def paired(ours: Turns, theirs: Turns) -> float:
    """Return how many times as long as ours theirs took: the median over the rounds both ran."""
    return median(their / our for our, their in zip(ours.walls, theirs.walls, strict=False))
