"""Measure what a user waits for: whole commands, each in a process of its own, the reading of a message, the service.

Usage: python benchmarks/run.py [--runs N] [--only WORDS] [--out FILE]; `make bench` writes docs/benchmarks.md.
With --only, what holds the words in its name is measured, and the other rows of the page stay as they are.
The commands run with warm caches (one run before the measured ones is thrown away). With KEK_TEST_DATA set the
backtests run on its real candles, otherwise on the generated demo market; the table says which.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from service import TITLE, service_lines
from turns import ONE_MESSAGE, TURNS, measure_turns

ROOT = Path(__file__).parent.parent
LIBRARIES = ("numpy", "numba", "TA-Lib", "pyarrow", "pydantic", "typer", "langgraph", "sqlalchemy")
READING = "a message read and checked"
READING_BUDGET_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Case:
    """One command with what it may cost (seconds, megabytes); None where nothing was promised."""

    name: str
    words: tuple[str, ...]
    budget_seconds: float | None = None
    budget_megabytes: float | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What the runs of one case cost; the median and the best of the wall times, the highest peak."""

    case: Case
    median_seconds: float
    best_seconds: float
    cpu_seconds: float
    peak_megabytes: float


def cases(spec: Path, folder: Path, candles: str | None) -> list[Case]:
    """Return the commands to measure; ``candles`` is a folder of real ones, None means the demo market."""
    data = ("--data", candles) if candles else ()
    backtest = ("backtest", str(spec), *data)
    return [
        Case("kek --help", ("--help",), 0.4, 40),
        Case("kek validate SPEC", ("validate", str(spec)), 1.0, 150),
        Case("kek backtest SPEC", backtest, 2.0, 400),
        Case("kek backtest SPEC --json", (*backtest, "--json"), 2.0, 400),
        Case("kek backtest SPEC --html FILE", (*backtest, "--html", str(folder / "report.html"))),
        Case("kek chat --once TEXT --json", ("chat", "--once", ONE_MESSAGE, "--json", *data), 5.0),
        Case("kek demo", ("demo", "--out", str(folder / "demo")), 8.0),
    ]


def measure(case: Case, runs: int, folder: Path) -> Measured:
    """Run a case ``runs`` times after one run that is thrown away; what it keeps lies in ``folder``."""
    once(case, folder)
    seen = [once(case, folder) for _ in range(runs)]
    walls = sorted(wall for wall, _, _ in seen)
    return Measured(
        case,
        median_seconds=walls[len(walls) // 2],
        best_seconds=walls[0],
        cpu_seconds=min(cpu for _, cpu, _ in seen),
        peak_megabytes=max(peak for _, _, peak in seen),
    )


def once(case: Case, folder: Path) -> tuple[float, float, float]:
    """Run a case and return wall seconds, CPU seconds and the peak of resident memory in megabytes."""
    surroundings = {**os.environ, "KEK_STATE_DIR": str(folder / "state"), "KEK_DATABASE_URL": "", "KEK_MODEL": ""}
    started = time.perf_counter()
    with tempfile.TemporaryFile() as complaint:
        process = subprocess.Popen(
            [Path(sys.executable).parent / "kek", *case.words],
            stdout=subprocess.DEVNULL,
            stderr=complaint,
            env=surroundings,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            complaint.seek(0)
            raise SystemExit(f"{case.name} ended with {process.returncode}: {complaint.read().decode()}")
    per_megabyte = 1024 * 1024 if sys.platform == "darwin" else 1024
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / per_megabyte


def row_of(measured: Measured) -> str:
    """Return a measurement as a row of the page."""
    return (
        f"| `{measured.case.name}` | {measured.median_seconds:.2f} | {measured.best_seconds:.2f} "
        f"| {measured.cpu_seconds:.2f} | {measured.peak_megabytes:.0f} | {budget(measured)} |"
    )


def reading_line() -> str:
    """Measure turns in a warm process and return them as a line of the page."""
    turns = measure_turns()
    kept = "kept" if turns.p95_seconds <= READING_BUDGET_SECONDS else "**exceeded**"
    return (
        f"{READING[0].upper()}{READING[1:]} in a warm process, up to its backtest, without a model: median "
        f"{turns.median_seconds * 1000:.0f} ms, 95th percentile {turns.p95_seconds * 1000:.0f} ms of {TURNS} different "
        f"messages (budget {READING_BUDGET_SECONDS * 1000:.0f} ms: {kept})."
    )


def page_of(rows: dict[str, str], reading: str, service: list[str], candles: str | None, runs: int) -> str:
    """Return the measurements as a page of Markdown."""
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    market = "real hourly candles of BTC and ETH" if candles else "the generated demo market"
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"Written by `make bench`. {machine}; {libraries}.",
            f"Whole processes with warm caches, {runs} runs each; SPEC is the specification's own example.",
            f"Everything runs on {market}.",
            "",
            "| command | median s | best s | CPU s | peak MB | budget |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows.values(),
            "",
            reading,
            "",
            *service,
        ]
    )


def kept_rows(page: Path) -> dict[str, str]:
    """Return the rows of a page that was written before, by the name of their command."""
    lines = page.read_text("utf-8").splitlines() if page.exists() else []
    return {line.split("`")[1]: line for line in lines if line.startswith("| `kek")}


def kept_reading(page: Path) -> str:
    """Return the line on messages of a page that was written before, empty when it has none."""
    lines = page.read_text("utf-8").splitlines() if page.exists() else []
    return next((line for line in lines if line.lower().startswith(READING)), "")


def kept_service(page: Path) -> list[str]:
    """Return the section on the service of a page that was written before, empty when it has none."""
    lines = page.read_text("utf-8").splitlines() if page.exists() else []
    return [*lines[lines.index(TITLE) :], ""] if TITLE in lines else []


def budget(row: Measured) -> str:
    """Say what was promised and whether it was kept."""
    promised, kept = [], True
    if row.case.budget_seconds is not None:
        promised.append(f"{row.case.budget_seconds:g} s")
        kept = kept and row.median_seconds <= row.case.budget_seconds
    if row.case.budget_megabytes is not None:
        promised.append(f"{row.case.budget_megabytes:g} MB")
        kept = kept and row.peak_megabytes <= row.case.budget_megabytes
    return (", ".join(promised) + (": kept" if kept else ": **exceeded**")) if promised else "-"


def main() -> None:
    """Measure every case, print the page and write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", metavar="WORDS", default="", help="measure what holds these words in its name")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks.md")
    chosen = parser.parse_args()
    candles = os.environ.get("KEK_TEST_DATA")

    from engine.spec.examples import SMA_CROSS

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spec = folder / "spec.json"
        spec.write_text(json.dumps(SMA_CROSS), "utf-8")
        before, rows = kept_rows(chosen.out), dict[str, str]()
        for case in cases(spec, folder, candles):
            if chosen.only in case.name:
                rows[case.name] = row_of(measure(case, chosen.runs, folder))
            elif case.name in before:
                rows[case.name] = before[case.name]
    reading = reading_line() if chosen.only in READING else kept_reading(chosen.out)
    service = service_lines() if chosen.only in TITLE.lower() else kept_service(chosen.out)
    page = page_of(rows, reading, service, candles, chosen.runs)
    print(page)
    chosen.out.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
