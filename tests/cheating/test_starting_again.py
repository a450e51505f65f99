"""Who starts again is still counted; another owner neither counts nor shows."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any

import pytest
from kept_strategies import on_market, service_of
from kept_talk import RULE, KeptTalk

import storage
from storage.records import LOCAL_USER
from storage.repositories.candle_prints import CandlePrints
from storage.repositories.judgements import Judgements
from storage.repositories.trials import Trials
from storage.retention import forget
from tests.cheating.conftest import lengths
from tests.engine.judging.conftest import TREND, daily_market

LATE = 4_000_000_000_000
OTHER = "bob"


def test_archived_strategies_are_still_counted() -> None:
    with on_market(daily_market(11, 0.0)) as http:

        def tried(name: str, slow: int) -> str:
            spec = {**TREND, **lengths(slow), "id": name, "name": name}
            made: str = http.post("/api/strategies", json={"spec": spec}).json()["id"]
            assert http.post(f"/api/strategies/{made}/backtests", json={}).status_code == 201
            return made

        for count, slow in enumerate((9, 14, 19), start=1):
            made = tried(f"try_{count}", slow)
            gone = http.post(f"/api/strategies/{made}/status", json={"status": "archived", "reason": "start again"})
            assert gone.status_code == 200
            with service_of(http).database.read() as work:
                assert work.trials.counts(LOCAL_USER) == {"BTC": count}

        tried("again", 9)
        with service_of(http).database.read() as work:
            assert work.trials.counts(LOCAL_USER) == {"BTC": 3} and work.trials.check(LOCAL_USER).whole


def test_conversations_that_were_finished_and_forgotten_are_still_counted() -> None:
    talk = KeptTalk()
    threads = [talk.say(RULE.replace("RSI 9", f"RSI {length}"))[0].thread_id for length in (8, 9, 10)]
    with talk.database.write() as work:
        for thread in threads:
            work.threads.finish(LOCAL_USER, thread, talk.clock.now_ms())

    assert forget(talk.database, LATE).threads == len(threads)

    assert talk.store.trial_count(LOCAL_USER, ["BTC"]).known == len(threads)
    talk.say(RULE)
    assert talk.store.trial_count(LOCAL_USER, ["BTC"]).known == len(threads)


def test_looks_and_judgements_are_never_forgotten(desk: Any) -> None:
    desk.judge(look=True)
    before = desk.ledger()

    with desk.database() as database:
        forget(database, LATE, keep_events_days=0, keep_finished_threads_days=0)

    assert desk.ledger() == before and len(before["looks"]) == len(before["verdicts"]) == 1


def test_a_backup_brings_every_trial_look_and_judgement_back(desk: Any) -> None:
    desk.run()
    desk.judge(look=True)
    before, file = desk.ledger(), desk.place / "kek.backup"

    assert desk.kek("db", "backup", file)[0] == 0
    assert desk.kek("db", "restore", file, "--replace")[0] == 0

    assert desk.ledger() == before and desk.kek("ledger", "verify")[0] == 0


def test_another_owner_neither_counts_nor_shows(desk: Any) -> None:
    alone = desk.judge().record.card
    before = desk.ledger()

    for slow in (14, 19, 24):
        desk.judge(look=True, owner=OTHER, **lengths(slow))

    assert desk.ledger() == before and before["looks"] == []
    again = desk.judge().record.card
    assert again["trials"] == alone["trials"] and again["search"] == alone["search"]
    assert again["looks"] == {"taken": 0, "of": 5, "nextAlpha": pytest.approx(alone["looks"]["nextAlpha"])}
    shown = desk.kek("ledger", "show")[1]
    assert OTHER not in shown and "of 5 looks" not in shown


def test_ten_sessions_are_one_search(desk: Any) -> None:
    """The same loop run twice counts no more; run with other numbers each time it counts them all."""
    for session in range(3):
        for slow in (12, 18):
            desk.run(**lengths(slow), name=f"session {session}")
    assert desk.trials() == 2

    for session in range(3):
        desk.run(**lengths(30 + session))
    assert desk.trials() == 5


def test_there_is_no_function_that_resets_the_ledger() -> None:
    """No method of the repositories takes a line away, and no statement of the program does."""
    changing = ("delete", "remove", "reset", "clear", "forget", "purge", "drop", "update", "truncate")
    for repository in (Trials, Judgements, CandlePrints):
        names = [name for name, _ in inspect.getmembers(repository, inspect.isfunction)]
        assert not [name for name in names if any(word in name for word in changing)]
    kept = {"trials", "trial_returns", "judgements", "candle_prints"}
    root = Path(storage.__file__).parent
    for file in (one for one in root.rglob("*.py") if "migrations" not in one.parts):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("delete", "update"):
                tables = {one.id for one in node.args if isinstance(one, ast.Name)}
                assert kept.isdisjoint(tables), (file, node.lineno)
