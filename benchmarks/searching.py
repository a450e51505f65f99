"""Measure searches: what proposing costs beside measuring, and a grid of 10,000 candidates as a whole command.

Usage: python benchmarks/searching.py prints the section that `make bench` writes. With KEK_TEST_DATA set the candles
are BTCUSDT's of one hour from there, otherwise as many generated ones.
"""

from __future__ import annotations

import copy
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from conditions import told

SAMPLERS, GRID = "sampler beside engine", "search of 10,000 candidates"
N_BARS = 73_265
CANDIDATES = {"grid": 1_000, "random": 1_000, "evolutionary": 1_000, "NSGA-II": 1_000, "bayesian": 160}
"""How many candidates each method proposes; `bayesian` takes longest."""

GOAL_SECONDS, EVIDENCE_SECONDS, GOAL_MEGABYTES = 10.0, 60.0, 1_500.0
LENGTHS = ("indicators.sma_fast.inputs.length", "indicators.sma_slow.inputs.length")
STOP = "risk.stop_loss.value"
POLL_SECONDS = 0.05


def spec() -> dict[str, Any]:
    """Return a cross of two averages with a stop, on hourly bars of BTC."""
    from engine.spec.examples import SMA_CROSS

    made: dict[str, Any] = copy.deepcopy(SMA_CROSS)
    made["universe"] = {"assets": ["BTC"], "quote": "USDT", "timeframe": "1h"}
    made["risk"] = {"max_position_pct": 1.0, "stop_loss": {"type": "percent", "value": 0.05}}
    return made


def market() -> Any:
    """Return the candles: real ones where there are some, else generated."""
    from engine.market.demo import DemoMarket
    from engine.market.memory import MemoryMarket

    folder = os.environ.get("KEK_TEST_DATA")
    if folder:
        from storage.candles import CandleStore

        return CandleStore(Path(folder))
    bars = DemoMarket().bars("BTCUSDT", "1h")
    if bars is None:
        raise AssertionError("the demo market has hourly bars of BTC")
    return MemoryMarket([bars.between(0, int(bars.time[min(N_BARS, bars.n_bars) - 1]) + 1)], name="demo market")


def measure_samplers() -> dict[str, Any]:
    """Return for each method the seconds of proposing and of measuring the same candidates, on one thread."""
    from engine.search.batches import Batches
    from engine.search.plan import plan_search
    from engine.search.rounds import Rounds
    from engine.search.samplers import SAMPLERS as LISTED
    from engine.spec import check

    data = market()
    checked = check(spec(), catalog=data).spec
    space = {LENGTHS[0]: {"min": 5, "max": 54, "step": 1}, LENGTHS[1]: {"min": 60, "max": 255, "step": 5}}
    rows = {}
    for name, count in CANDIDATES.items():
        method = "evolutionary" if name == "NSGA-II" else name
        objectives = ["sharpe", "drawdown"] if name == "NSGA-II" else ["sharpe"]
        wide = space | ({LENGTHS[1]: {"min": 60, "max": 155, "step": 5}} if name == "grid" else {})
        limit = None if name == "grid" else count
        plan = plan_search(checked, data, method=method, objectives=objectives, space=wide, limit=limit).plan
        if plan is None:
            raise AssertionError(f"{name} could not be planned")
        batches, rounds, known = Batches(plan, data), Rounds(plan), {}
        batches.measure([plan.proposal(0)])
        proposing = measuring = 0.0
        if method in LISTED:
            began = time.perf_counter()
            LISTED[method](plan.space, plan.count, plan.seed)
            proposing = time.perf_counter() - began
        while True:
            began = time.perf_counter()
            todo = [one for one in rounds.left(known) if one.number <= plan.count]
            proposing += time.perf_counter() - began
            if not todo:
                break
            began = time.perf_counter()
            known |= {one.outcome.number: one.outcome for one in batches.measure(todo)}
            measuring += time.perf_counter() - began
        rows[name] = {"candidates": len(known) - 1, "proposing": proposing, "measuring": measuring}
    return {"rows": rows, "market": candle_words(), "bars": int((plan.window.end - plan.window.start) // 3_600_000)}


def measure_grid() -> dict[str, Any]:
    """Run `kek optimize` over a grid of three parameters; return seconds, the peak of all its processes, and trials."""
    from storage.candle_files import write_candles

    words = [
        *("--vary", f"{LENGTHS[0]}=5:29:1", "--vary", f"{LENGTHS[1]}=60:155:5", "--vary", f"{STOP}=0.01:0.2:0.01"),
        *("--objective", "sharpe", "--threads", "2", "--json"),
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "spec.json").write_text(json.dumps(spec()), "utf-8")
        candles, data = folder / "candles", market()
        candles.mkdir()
        bars = data.bars("BTCUSDT", "1h")
        write_candles(candles / "BTCUSDT_1h.parquet", bars)
        start = "import sys; from api.cli import main; sys.exit(main())"
        command = [sys.executable, "-c", start, "optimize", str(folder / "spec.json"), "--data", str(candles)]
        began, before = time.perf_counter(), cpu_seconds()
        with (folder / "out.json").open("wb") as out:
            process = subprocess.Popen(
                [*command, *words], stdout=out, env={**os.environ, "KEK_STATE_DIR": str(folder / "state")}
            )
            peak = 0.0
            while process.poll() is None:
                peak = max(peak, megabytes_of(process.pid))
                time.sleep(POLL_SECONDS)
        seconds, cpu = time.perf_counter() - began, cpu_seconds() - before
        record = json.loads((folder / "out.json").read_text("utf-8"))
        kept = sum(path.stat().st_size for path in (folder / "state").rglob("*.db*")) / 1e6
        weighing = 0.0 if process.returncode else seconds_weighing(folder / "state" / "kek.db", record["id"])
    if process.returncode:
        raise AssertionError(f"the search ended with {process.returncode}: {record}")
    trials, estimate = record["evidence"]["trials"]["total"], record["evidence"]["estimate"]
    return {
        "seconds": seconds - weighing,
        "weighing": weighing,
        "cpu": cpu,
        "megabytes": peak,
        "trials": trials,
        "bars": bars.n_bars,
        "market": candle_words(),
        "candidates": record["candidatesEvaluated"],
        "kept": kept,
        "estimate": estimate,
    }


def seconds_weighing(database: Path, record: str) -> float:
    """Return how long the best was weighed among all trials, after everything was measured and stored."""
    from api.compose import opened
    from api.jobs.job_runs import JUDGE
    from api.settings import read_settings
    from storage.records import LOCAL_USER

    with opened(read_settings({}, database=f"sqlite:///{database}")) as there, there.read() as work:
        run = work.runs.find_by_subject(LOCAL_USER, record)
        if run is None:
            raise AssertionError(f"search {record} has no run")
        events, after = [], 0
        while page := work.runs.events(LOCAL_USER, run.id, after=after, limit=500):
            events += page
            after = page[-1].seq
    begun = next((one.created_at for one in events if one.data.get("name") == JUDGE), events[-1].created_at)
    return (datetime.fromisoformat(events[-1].created_at) - datetime.fromisoformat(begun)).total_seconds()


def candle_words() -> str:
    """Return which candles are measured on, without the name of a folder."""
    return "real candles of BTCUSDT" if os.environ.get("KEK_TEST_DATA") else "the generated demo market"


def cpu_seconds() -> float:
    """Return the processor time of all processes that this one started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def megabytes_of(process: int) -> float:
    """Return the resident memory of a process and of all that it started, in MB of 10^6 bytes."""
    total, left = 0.0, [process]
    while left:
        one = left.pop()
        try:
            status = Path(f"/proc/{one}/status").read_text("utf-8")
            total += next((float(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0.0)
            for task in Path(f"/proc/{one}/task").iterdir():
                left += [int(child) for child in (task / "children").read_text("utf-8").split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total * 1024 / 1e6


def search_lines(parts: dict[str, dict[str, Any]]) -> list[str]:
    """Return the page's section on searches; what was never measured is left out."""
    lines = ["## Searches", ""]
    if GRID in parts:
        part = parts[GRID]
        kept = "kept" if part["seconds"] <= GOAL_SECONDS else "**exceeded**"
        weighed = "kept" if part["weighing"] <= EVIDENCE_SECONDS else "**exceeded**"
        small = "kept" if part["megabytes"] <= GOAL_MEGABYTES else "**exceeded**"
        lines += [
            f"`kek optimize` over a grid of {part['candidates']:,} candidates of three parameters, {part['bars']:,}",
            f"hourly bars stored ({part['market']}; the selection part is searched), as a whole command on two",
            f"threads, figures, trials and daily returns written ({part['trials']:,} lines of the ledger,",
            f"{part['kept']:.0f} MB on disk): {part['seconds']:.1f} s (goal {GOAL_SECONDS:g} s: {kept}), and",
            f"{part['weighing']:.1f} s more for the evidence (goal {EVIDENCE_SECONDS:g} s: {weighed}); of processors",
            f"{part['cpu']:.1f} s, {part['megabytes']:.0f} MB at the peak of all its processes (goal",
            f"{GOAL_MEGABYTES:,.0f} MB: {small}). Reckoned before: {part['estimate']['coreSeconds']:g} s of one core.",
            told(part["conditions"]),
            "",
        ]
    if SAMPLERS in parts:
        part = parts[SAMPLERS]
        lines += [
            f"Proposing a candidate beside measuring it, on {part['bars']:,} hourly bars ({part['market']}), one",
            "thread; what a method is told and what is around the best is counted as proposing.",
            "",
            "| method | candidates | proposing, µs each | measuring, µs each |",
            "| --- | ---: | ---: | ---: |",
        ]
        for name, row in part["rows"].items():
            each = (1e6 * row[what] / row["candidates"] for what in ("proposing", "measuring"))
            lines.append(f"| {name} | {row['candidates']:,} | {' | '.join(f'{value:,.1f}' for value in each)} |")
        lines += ["", told(part["conditions"]), ""]
    return lines if len(lines) > 2 else []


if __name__ == "__main__":
    from conditions import conditions

    measured = {SAMPLERS: measure_samplers(), GRID: measure_grid()}
    print("\n".join(search_lines({name: part | {"conditions": conditions()} for name, part in measured.items()})))
