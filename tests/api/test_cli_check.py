"""`kek check`: the proofs of a spec, for people and for programs, with a status that says whether they hold."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from reference.biased import BIASED, biased_spec, put_into_catalog
from reference.engine_side import engine_bars
from reference.markets import START_MS, random_bars

from api.cli import main
from engine.spec.examples import SMA_CROSS
from storage.candles import CandleStore

Captured = pytest.CaptureFixture[str]
IMPOSSIBLE = [{"when": "gt", "left": "close", "right": "high"}]


def written(tmp_path: Path, document: object) -> str:
    file = tmp_path / "spec.json"
    file.write_text(json.dumps(document), "utf-8")
    return str(file)


@pytest.fixture
def candles(tmp_path: Path) -> str:
    folder = tmp_path / "candles"
    bars = engine_bars("BTCUSDT", "1h", random_bars(Random(5), 400, START_MS, 3_600_000, 0.0, 0.01))
    CandleStore(folder, create=True).write(bars)
    return str(folder)


def test_the_proofs_of_a_spec_are_one_page(tmp_path: Path, capsys: Captured) -> None:
    assert main(["check", written(tmp_path, SMA_CROSS)]) == 0

    page = capsys.readouterr().out
    assert "proven: nothing speaks against it" in page
    assert "No operand sees past its bar: holds, by construction" in page
    assert "sma_fast" in page and "deciding bar" in page
    assert "gross notional" in page and "risk.max_total_exposure_pct" in page.replace("\n", "")


def test_the_proofs_of_a_spec_are_one_document(tmp_path: Path, capsys: Captured) -> None:
    assert main(["check", written(tmp_path, SMA_CROSS), "--json"]) == 0

    document = json.loads(capsys.readouterr().out)
    assert document["holds"] is True and document["failures"] == []
    assert document["causality"]["by"] == "construction"
    assert document["causality"]["operands"][0]["operand"] == "sma_fast"
    assert document["causality"]["operands"][0] | {"because": ""} == {
        "operand": "sma_fast",
        "knownAt": 0,
        "lookbackBars": 20,
        "because": "",
    }
    assert document["satisfiability"]["entry"]["long"]["verdict"] in ("possible", "unknown")
    assert document["exposure"]["binding"]["leverage"] == "risk.max_total_exposure_pct"


def test_with_candles_the_data_is_cut_and_a_bar_is_named(tmp_path: Path, candles: str, capsys: Captured) -> None:
    spec = biased_spec("sma")

    assert main(["check", written(tmp_path, spec), "--data", candles, "--cuts", "4", "--json"]) == 0

    document = json.loads(capsys.readouterr().out)
    checked = document["causality"]["checked"]
    assert document["causality"]["by"] == "construction and truncation"
    assert checked["holds"] is True and len(checked["cuts"]) == 4 and checked["fills"] > 0
    entry = document["satisfiability"]["entry"]["long"]
    assert entry["verdict"] == "possible" and entry["witness"]["asset"] == "BTC"
    assert document["exposure"]["measured"]["entries"] > 0
    assert document["exposure"]["measured"]["leverage"] <= document["exposure"]["leverage"] * (1 + 1e-9)

    assert main(["check", written(tmp_path, spec), "--data", candles]) == 0
    page = " ".join(capsys.readouterr().out.split())
    assert "equal to the last bit" in page and "BTC 2024-" in page


def test_an_entry_that_can_never_fire_does_not_pass(tmp_path: Path, capsys: Captured) -> None:
    spec = {**SMA_CROSS, "signals": {"entry": IMPOSSIBLE, "exit": []}}

    assert main(["check", written(tmp_path, spec)]) == 1
    assert "not proven: the long entry can never fire" in " ".join(capsys.readouterr().out.split())

    assert main(["check", written(tmp_path, spec), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["holds"] is False


def test_a_strategy_that_looks_ahead_does_not_pass(
    tmp_path: Path, candles: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_into_catalog(monkeypatch, BIASED["next_close"])

    assert main(["check", written(tmp_path, biased_spec("next_close")), "--data", candles]) == 1

    page = " ".join(capsys.readouterr().out.split())
    assert "not proven: oracle: no causality statement for indicator type 'next_close'" in page
    assert "not proven: oracle of BTC looks ahead: at bar " in page


def test_a_spec_with_problems_is_refused_with_all_of_them(tmp_path: Path, capsys: Captured) -> None:
    spec = copy.deepcopy(SMA_CROSS)
    spec["signals"]["entry"][0]["left"] = "sma_fats"

    assert main(["check", written(tmp_path, spec), "--json"]) == 1

    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert document["valid"] is False and document["problems"][0]["suggestion"] == "sma_fast"


def test_candles_that_are_not_there_are_told(tmp_path: Path, candles: str, capsys: Captured) -> None:
    spec = {**SMA_CROSS, "universe": {**SMA_CROSS["universe"], "assets": ["ETH"]}}

    assert main(["check", written(tmp_path, spec), "--data", candles]) == 0

    page = " ".join(capsys.readouterr().out.split())
    assert "no candles were looked at" in page and "ETH has no candles" in page


def test_a_validation_carries_the_proofs_where_they_are_asked_for(tmp_path: Path, capsys: Captured) -> None:
    file = written(tmp_path, SMA_CROSS)

    assert main(["validate", file, "--json"]) == 0
    without = json.loads(capsys.readouterr().out)
    assert main(["validate", file, "--json", "--proofs"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert main(["check", file, "--json"]) == 0

    assert document.pop("proofs") == json.loads(capsys.readouterr().out)
    assert document == without
    assert main(["validate", file, "--proofs"]) == 0
    assert "No operand sees past its bar" in capsys.readouterr().out
