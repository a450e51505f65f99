"""`kek optimize` on candles of a folder, with a state of its own."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from command_searches import Here
from job_desk import sma_cross
from job_markets import daily_market

from api.cli import main
from api.jobs import evaluators, optimization_work


@pytest.fixture(scope="module")
def market():
    return daily_market()


@pytest.fixture(scope="module")
def candles(tmp_path_factory, market):
    folder = tmp_path_factory.mktemp("candles")
    for symbol in market.symbols():
        bars = market.bars(symbol, "1d")
        columns = {name: getattr(bars, name) for name in ("open", "high", "low", "close", "volume")}
        pq.write_table(pa.table({"timestamp": bars.time, **columns}), folder / f"{symbol}_1d.parquet")
    return folder


@pytest.fixture
def kek(monkeypatch, tmp_path, candles, capfd):
    """Run a command on the candles, with a state of its own, measuring in this process."""
    monkeypatch.setenv("KEK_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(evaluators, "ProcessEvaluator", Here)
    monkeypatch.setattr(optimization_work, "FIRST_BATCH", 2)
    monkeypatch.setattr(Here, "stops", 0)
    monkeypatch.setattr(Here, "numbers", [])
    file = tmp_path / "spec.json"
    file.write_text(json.dumps(sma_cross()))

    def run(*words, spec=None):
        if spec is not None:
            file.write_text(json.dumps(spec))
        status = main(["optimize", str(file), "--data", str(candles), *words])
        spoken = capfd.readouterr()
        return status, spoken.out, spoken.err

    return run
