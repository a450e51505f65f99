"""`kek judge`: the card in words and as JSON, the look, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.cli import main
from engine.spec.examples import SMA_CROSS

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KEK_STATE_DIR", str(tmp_path / "state"))


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    file = tmp_path / "spec.json"
    file.write_text(json.dumps({**SMA_CROSS, "universe": {"assets": ["BTC"], "quote": "USDT", "timeframe": "1d"}}))
    return file


def judged(capsys: Captured, *words: str) -> tuple[int, Any, str]:
    status = main(["judge", *words])
    said = capsys.readouterr()
    return status, json.loads(said.out) if "--json" in words and said.out else said.out, said.err


def test_the_card_is_told_line_by_line(capsys: Captured, spec: Path) -> None:
    status, told, doing = judged(capsys, str(spec))

    names = [line.split("  ")[0] for line in told.splitlines()]
    assert status == 0 and told.split(":")[0] in ("REJECTED", "UNPROVEN")
    assert {"trials", "search", "holdout", "sharpe", "track record", "beyond market", "assumed"} <= set(names)
    assert "not looked at; 0 of 5 looks taken" in told and "--look" in told.splitlines()[-1]
    assert "measuring it" in doing
    [ratio] = [line for line in told.splitlines() if line.startswith("sharpe")]
    assert "90 % interval" in ratio and "trials" in ratio and "not validated" in ratio


def test_a_look_is_spent_once(capsys: Captured, spec: Path) -> None:
    _, first, _ = judged(capsys, str(spec), "--look", "--json")
    _, again, _ = judged(capsys, str(spec), "--look", "--json")
    _, told, _ = judged(capsys, str(spec), "--look")

    assert (first["again"], again["again"], again["id"]) == (False, True, first["id"])
    assert first["card"]["looks"]["taken"] == 1 and "no look was spent now" in told
    [candles] = [line for line in told.splitlines() if line.startswith("judged on  ")]
    window = first["card"]["window"]
    assert f"{window['start'][:10]} to {window['end'][:10]}" in candles
    assert first["card"]["strategy"]["dataHash"][:12] in candles and "for the candles named above" in told
    main(["ledger", "show"])
    assert "1 of 5 looks" in capsys.readouterr().out


def test_what_cannot_be_judged_is_told_in_a_sentence(capsys: Captured, tmp_path: Path) -> None:
    never = tmp_path / "never.json"
    signals = {"entry": [{"when": "gt", "left": "close", "value": 1e12}], "exit": []}
    never.write_text(json.dumps({**SMA_CROSS, "signals": signals}))

    status, told, _ = judged(capsys, str(never), "--json")

    assert status == 2 and told["error"]["code"] == "NOTHING_TO_JUDGE"
    assert "closed no trade" in told["error"]["message"]


def test_one_strategy_is_named(capsys: Captured, spec: Path) -> None:
    assert judged(capsys)[0] == judged(capsys, str(spec), "--strategy", "s1")[0] == 2
    status, _, why = judged(capsys, "--strategy", "s1")
    assert status == 2 and "s1" in why


def test_a_holdout_that_was_opened_is_called_seen_and_nothing_invites_to_a_look(capsys: Captured, spec: Path) -> None:
    assert main(["backtest", str(spec), "--full-window"]) == 0
    capsys.readouterr()

    _, told, _ = judged(capsys, str(spec))
    _, found, _ = judged(capsys, str(spec), "--json")
    status, _, refused = judged(capsys, str(spec), "--look")

    known = found["card"]["holdout"]
    assert (known["seen"], known["seenAs"], known["lookPossible"]) == (True, ["BTC"], False)
    assert known["noLook"]["code"] == "HOLDOUT_SHORT" and known["unseenDays"] < 60
    assert f"SEEN until {known['seenUntil'][:10]}" in told and known["seenBy"] in told
    for words in ("--look", "not looked at", "nobody looked", "the next may take luck"):
        assert words not in told
    assert status == 2 and "only later data can validate" in refused


def test_where_no_look_is_left_nothing_invites_to_one(capsys: Captured, spec: Path) -> None:
    document = json.loads(spec.read_text())
    for length in range(41, 47):
        document["indicators"]["sma_slow"]["inputs"]["length"] = length
        spec.write_text(json.dumps(document))
        if length < 46:
            assert judged(capsys, str(spec), "--look")[0] == 0

    _, told, _ = judged(capsys, str(spec))

    assert "5 of 5 looks taken, none is left" in told and "--look" not in told
    assert "the holdout has had its 5 looks" in told and "nobody looked" not in told


def test_the_help_says_what_a_look_tells(capsys: Captured) -> None:
    assert main(["judge", "--help"]) == 0
    told = " ".join(capsys.readouterr().out.replace("│", " ").split())

    assert "nothing else" not in told and "its own return" in told and "search and holdout together" in told
