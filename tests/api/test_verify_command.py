"""`kek verify`: what it prints, and its exit status: both engines agree, they do not, the other is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from reference import verify_cases as cases

from api import compose
from api.cli import main

STORED = json.loads(cases.TRADES.read_text())
CASE = "average_cross_at_close"


@pytest.fixture(autouse=True)
def stored_candles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEK_STATE_DIR", str(tmp_path / "state"))
    market = cases.stored_market()
    monkeypatch.setattr(compose, "market_data", lambda settings: market)


def interpreter(tmp_path: Path, answer: dict[str, object]) -> str:
    """A program that answers as an interpreter with the other engine would: with stored trades."""
    (tmp_path / "canned.json").write_text(json.dumps(answer))
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\ncp {tmp_path / "canned.json"} "$2"\n')
    python.chmod(0o755)
    return str(python)


def test_engines_that_agree_are_told_with_every_cause(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    python = interpreter(tmp_path, STORED[f"{CASE} backtesting"])

    status = main(["verify", str(cases.SPECS[CASE]), "--python", python, "--rows", "3"])

    spoken = capsys.readouterr()
    assert (status, spoken.err) == (0, "")
    assert "backtesting.py 0.6.6 on stored bars" in spoken.out
    assert "22 in backtesting.py; ours under its conventions 22, equal" in spoken.out
    assert "slippage: backtesting.py worsens entries only" in spoken.out
    assert "; the first 3" in spoken.out
    assert "under the same conventions both engines agree" in spoken.out


def test_whoever_sees_the_trades_has_tried_the_strategy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = []
    for peer in ("backtesting", "vectorbt", "backtesting"):
        python = interpreter(tmp_path, STORED[f"{CASE} {peer}"])
        main(["verify", str(cases.SPECS[CASE]), "--with", peer, "--python", python])
        words.append(capsys.readouterr().out.splitlines()[-1])

    assert words[0].startswith("Ledger: trial 1 on ")
    assert all(one.startswith("Ledger: tried before, so no new trial; there are 1 on ") for one in words[1:])


def test_engines_that_do_not_agree_end_with_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored = STORED[f"{CASE} vectorbt"]
    wrong = {**stored, "trades": [[[*row[:3], row[3] * 1.01, *row[4:]] for row in stored["trades"][0]]]}

    status = main(
        ["verify", str(cases.SPECS[CASE]), "--with", "vectorbt", "--python", interpreter(tmp_path, wrong), "--json"]
    )

    document = json.loads(capsys.readouterr().out)
    assert status == 1
    assert document["explained"] is False
    assert document["assets"][0]["equal"] is False
    assert all("unexplained" in row["causes"] for row in document["assets"][0]["differences"])


def test_a_missing_engine_is_told_with_how_to_get_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lacking = tmp_path / "python"
    lacking.write_text("#!/bin/sh\nexit 3\n")
    lacking.chmod(0o755)

    status = main(["verify", str(cases.SPECS[CASE]), "--python", str(lacking)])

    assert status == 2
    assert "pip install 'kek-mix[verify]'" in capsys.readouterr().err


def test_an_engine_nobody_knows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(cases.SPECS[CASE]), "--with", "zipline"]) == 1
    assert "allowed are backtesting, vectorbt" in capsys.readouterr().err


def test_the_interpreter_may_be_named_by_a_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KEK_VERIFY_PYTHON", interpreter(tmp_path, STORED[f"{CASE} backtesting"]))

    assert main(["verify", str(cases.SPECS[CASE])]) == 0
    assert "every difference is explained" in capsys.readouterr().out
