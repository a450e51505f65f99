"""`kek ledger`: what was tried, and whether the record of it is whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from reference.tampering import tamper

from api.cli import main
from api.compose import opened
from api.settings import read_settings
from storage.records import LOCAL_USER, ZERO_ADDRESS
from storage.trial_chain import Candidate

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KEK_STATE_DIR", str(tmp_path / "state"))


def keep(*families: str) -> None:
    with opened(read_settings()) as database, database.write() as work:
        work.users.ensure(LOCAL_USER, wallet_address=ZERO_ADDRESS, now_ms=0)
        for number, family in enumerate(families):
            summary = {"tradeCount": 3, "returnsPct": -0.125}
            tried = Candidate(family, f"b{number}", "d", 0, 86_400_000, summary, "search", "a \x1b[31m note")
            work.trials.add(LOCAL_USER, tried, now_ms=number)


def ran(capsys: Captured, *words: str) -> tuple[int, Any, str]:
    status = main(["ledger", *words])
    said = capsys.readouterr()
    return status, json.loads(said.out) if "--json" in words else said.out, said.err


def test_an_empty_ledger_says_so_and_is_whole(capsys: Captured) -> None:
    assert ran(capsys, "show")[2] == "Nothing was tried yet.\n"
    assert ran(capsys, "verify")[:2] == (0, "The ledger is whole: 0 lines.\n")


def test_candidates_are_counted_by_asset_and_listed(capsys: Captured) -> None:
    keep("BTC", "BTC+ETH", "ETH", "SOL")

    status, told, _ = ran(capsys, "show", "--family", "eth/usdt")

    assert status == 0
    assert told.splitlines()[:3] == ["BTC: 2 candidates", "ETH: 2 candidates", "SOL: 1 candidate"]
    assert [line.split()[:2] for line in told.splitlines()[3:]] == [
        ["2", "1970-01-01T00:00:00"],
        ["3", "1970-01-01T00:00:00"],
    ]
    assert "3 trades, -12.5%" in told and "\x1b" not in told
    document = ran(capsys, "show", "--limit", "2", "--json")[1]
    assert document["counts"] == {"BTC": 2, "ETH": 2, "SOL": 1}
    assert [line["seq"] for line in document["lines"]] == [3, 4]


def test_a_ledger_that_was_changed_is_told_with_where(capsys: Captured) -> None:
    keep("BTC", "BTC", "BTC")
    assert ran(capsys, "verify", "--json")[:2] == (0, {"whole": True, "lines": 3})

    with opened(read_settings()) as database:
        tamper(database, "DELETE FROM trials WHERE seq = 2")

    status, _, complaint = ran(capsys, "verify")
    assert (status, complaint) == (1, "The ledger was changed: line 2 is missing, line 3 follows line 1.\n")
    assert ran(capsys, "verify", "--json")[1]["whole"] is False


def test_an_asset_that_nothing_traded_is_told(capsys: Captured) -> None:
    keep("BTC")

    assert "None of them traded DOGE." in ran(capsys, "show", "--family", "doge")[2]
