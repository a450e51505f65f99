"""Whole processes: a first run with nothing compiled, later runs, and the command line on stored candles."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from launched import Launched, launch
from speed.bars import read_bars, write_bars
from speed.contestants import BENCHMARKS, CONTESTANTS, PEERS_PYTHON
from speed.driver import ONE_CORE
from speed.workloads import INITIAL_EQUITY, WORKLOADS, changed

LATER = 3
COMMAND_LINE = "kek backtest SPEC --data DIR --json"


def run(command: Sequence[str | Path], surroundings: Mapping[str, str], told: str = "") -> Launched:
    """Run a process that is told something on its standard input.

    Raises
    ------
    RuntimeError
        It failed; the last thing it said is in the message.
    """
    return launch(command, {**os.environ, **surroundings}, told, BENCHMARKS)


def measure_processes() -> dict[str, dict[str, float | str]]:
    """Run W1 in fresh processes: each engine first without any cache, then with what that run left."""
    rows: dict[str, dict[str, float | str]] = {}
    workload = WORKLOADS["W1"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_bars(folder / "W1.npz", workload.n_bars, workload.seeds)
        for one in CONTESTANTS:
            python = PEERS_PYTHON if one.is_peer else Path(sys.executable)
            module, *words = one.command
            told = "".join(json.dumps(line) + "\n" for line in ({"load": "W1"}, {"run": "W1", "runs": 1}))
            rows[one.name] = first_and_later([python, "-m", module, folder, *words], told)
        rows[COMMAND_LINE] = command_line(folder)
    return rows


def first_and_later(command: Sequence[str | Path], told: str = "") -> dict[str, float | str]:
    """Run a process with empty caches, then again with what it left there; the median of the later runs."""
    with tempfile.TemporaryDirectory() as name:
        caches = {**ONE_CORE, "NUMBA_CACHE_DIR": name, "KEK_CACHE_DIR": name, "KEK_STATE_DIR": f"{name}/state"}
        try:
            first = run(command, caches, told)
            later = [run(command, caches, told) for _ in range(LATER)]
        except (RuntimeError, OSError) as failure:
            return {"failed": str(failure)}
    return {
        "first": first.wall,
        "later": median(one.wall for one in later),
        "megabytes": max(one.megabytes for one in later),
    }


def command_line(folder: Path) -> dict[str, float | str]:
    """Run our command on candles stored as Parquet."""
    from speed.ours import bars_of

    from storage.candles import CandleStore

    workload, candles = WORKLOADS["W1"], folder / "candles"
    (bars,) = bars_of(read_bars(folder / "W1.npz"))
    CandleStore(candles, create=True).write(replace(bars, symbol="BTCUSDT"))
    spec = folder / "spec.json"
    spec.write_text(json.dumps(changed(workload.spec, {"universe.assets": ["BTC"]})), "utf-8")
    kek = Path(sys.executable).parent / "kek"
    asked = ("--full-window", "--equity", str(INITIAL_EQUITY), "--json")
    return first_and_later([kek, "backtest", spec, "--data", candles, *asked])
