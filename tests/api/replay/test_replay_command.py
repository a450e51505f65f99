"""`kek replay`: equal is 0, different is 1, not possible is 2; lines for people, one document with --json."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kept_talk import RULE
from scripted_agent import MARKET

from api import chat_session, compose
from api.cli import main
from engine.backtest import run as engine_run
from engine.market.memory import MemoryMarket


@dataclass(frozen=True, slots=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Kek = Callable[..., Ran]


@pytest.fixture
def kek(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Kek:
    monkeypatch.setenv("KEK_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr(chat_session, "market_data", lambda settings: MARKET)
    monkeypatch.setattr(compose, "market_data", lambda settings: MARKET)

    def run(*words: object) -> Ran:
        status = main([str(word) for word in words])
        spoken = capsys.readouterr()
        return Ran(status, spoken.out, spoken.err)

    return run


def test_a_run_and_a_thread_come_out_equal(kek: Kek) -> None:
    told = kek("chat", "--once", RULE, "--json").document

    thread, run, newest = (kek("replay", *what) for what in ([told["threadId"]], [told["runId"], "--json"], []))

    assert thread.status == run.status == 0
    assert thread.out.startswith(f"thread {told['threadId']}: equal") and "turn 1 ('buy BTC on daily bars" in thread.out
    assert newest.out == thread.out
    assert run.document["equal"] is True and run.document["differences"] == [] and run.document["kind"] == "run"
    assert run.document["engine"]["then"] == run.document["engine"]["now"]
    assert run.document["data"]["then"] == told["backtest"]["dataHash"]


def test_another_engine_ends_with_1_and_is_named(kek: Kek, monkeypatch: pytest.MonkeyPatch) -> None:
    told = kek("chat", "--once", RULE, "--json").document
    monkeypatch.setattr(engine_run, "engine_hash", lambda: "f" * 64)

    ran, document = kek("replay", told["runId"]), kek("replay", told["threadId"], "--json")

    assert ran.status == document.status == 1 and "made by another engine" in ran.out
    assert document.document["equal"] is False
    [difference] = document.document["differences"]
    assert difference == {"path": "engineHash", "then": told["backtest"]["engineHash"], "now": "f" * 64}


def test_what_is_not_there_cannot_be_computed(kek: Kek, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = kek("replay", "run_1", "--json")
    told = kek("chat", "--once", RULE, "--json").document
    unknown = kek("replay", "run_\x1b[31m", "--json")
    monkeypatch.setattr(compose, "market_data", lambda settings: MemoryMarket([]))
    gone = kek("replay", told["runId"], "--json")

    assert [one.status for one in (nothing, unknown, gone)] == [2, 2, 2]
    codes = [one.document["error"]["code"] for one in (nothing, unknown, gone)]
    assert codes == ["DATABASE_UNUSABLE", "NOT_FOUND", "DATA"]
    assert "\x1b" not in unknown.out and "kek data" in gone.document["error"]["message"]


def test_looking_makes_no_database(kek: Kek, tmp_path: Path) -> None:
    kek("replay")

    assert not (tmp_path / "state" / "kek.db").exists()
