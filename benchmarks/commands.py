"""Measure whole commands, each in a process of its own, with warm caches."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launched import Launched, launch
from turns import ONE_MESSAGE


@dataclass(frozen=True, slots=True)
class Case:
    """One command with what it may cost (seconds, megabytes); None where nothing was promised."""

    name: str
    words: tuple[str, ...]
    budget_seconds: float | None = None
    budget_megabytes: float | None = None


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


def measure(case: Case, runs: int, folder: Path) -> dict[str, Any]:
    """Run a case ``runs`` times after one run that is thrown away; what it keeps lies in ``folder``."""
    once(case, folder)
    seen = [once(case, folder) for _ in range(runs)]
    walls = sorted(one.wall for one in seen)
    return {
        "median": walls[len(walls) // 2],
        "best": walls[0],
        "cpu": min(one.cpu for one in seen),
        "megabytes": max(one.megabytes for one in seen),
        "runs": runs,
        "market": "real hourly candles of BTC and ETH" if "--data" in case.words else "the generated demo market",
        "budget_seconds": case.budget_seconds,
        "budget_megabytes": case.budget_megabytes,
    }


def once(case: Case, folder: Path) -> Launched:
    """Run a case and return what it took."""
    surroundings = {**os.environ, "KEK_STATE_DIR": str(folder / "state"), "KEK_DATABASE_URL": "", "KEK_MODEL": ""}
    return launch([Path(sys.executable).parent / "kek", *case.words], surroundings)


def row_of(name: str, row: dict[str, Any]) -> str:
    """Return a measurement as a row of the page."""
    return (
        f"| `{name}` | {row['median']:.2f} | {row['best']:.2f} | {row['cpu']:.2f} | {row['megabytes']:.0f} "
        f"| {budget(row)} |"
    )


def budget(row: dict[str, Any]) -> str:
    """Say what was promised and whether it was kept."""
    promised, kept = [], True
    if row["budget_seconds"] is not None:
        promised.append(f"{row['budget_seconds']:g} s")
        kept = kept and row["median"] <= row["budget_seconds"]
    if row["budget_megabytes"] is not None:
        promised.append(f"{row['budget_megabytes']:g} MB")
        kept = kept and row["megabytes"] <= row["budget_megabytes"]
    return (", ".join(promised) + (": kept" if kept else ": **exceeded**")) if promised else "-"
