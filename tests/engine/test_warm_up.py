"""What is compiled beforehand is all that a backtest and a sweep need."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine import warm_up

BACKTEST = """
from engine import DemoMarket, run_backtest, sweep
from engine.spec.examples import SMA_CROSS
run_backtest(SMA_CROSS, DemoMarket())
sweep(SMA_CROSS, DemoMarket())
"""


def compiled(folder):
    return sorted(path.name for path in Path(folder).rglob("*.nbc"))


def test_every_part_runs():
    parts = [warm_up.simulation, warm_up.sweeps, warm_up.indicators, warm_up.conditions, warm_up.backtests]
    names = ["the simulation", "the sweeps", "the indicators", "the conditions", "the figures"]

    assert [part() for part in parts] == names


@pytest.mark.long
def test_after_it_a_backtest_and_a_sweep_compile_nothing(tmp_path):
    env = {**os.environ, "KEK_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "engine.warm_up"]
    told = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stderr
    before = compiled(tmp_path)

    subprocess.run([sys.executable, "-c", BACKTEST], env=env, check=True)

    assert compiled(tmp_path) == before
    assert "compiled: the simulation" in told and any(name.startswith("simulate.simulate_bars") for name in before)
