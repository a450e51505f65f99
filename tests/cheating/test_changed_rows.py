"""Whoever changes the rows is refused by the database; whoever gets past that is told on, and judged no more."""

from __future__ import annotations

from typing import Any

import pytest
from kept_talk import RULE, KeptTalk
from reference.tampering import let_histories_change
from sqlalchemy import text

from api.judging import JudgingRefused
from engine.spec import check
from storage.database import Database
from storage.errors import StorageError
from storage.maintenance import check_database
from storage.records import LOCAL_USER
from tests.cheating.conftest import lengths
from tests.engine.judging.conftest import TREND

CHANGES = {
    "a trial is deleted": ("DELETE FROM trial_returns WHERE seq = 3", "DELETE FROM trials WHERE seq = 3"),
    "all trials are deleted": (
        "DELETE FROM judgements",
        "DELETE FROM candle_prints",
        "DELETE FROM trial_returns",
        "DELETE FROM trials",
    ),
    "the last trials are deleted": ("DELETE FROM trial_returns WHERE seq > 3", "DELETE FROM trials WHERE seq > 3"),
    "the ledger says it is empty": (f"UPDATE trial_heads SET length = 0, hash = '{'0' * 64}'",),
    "a summary is made better": (
        "UPDATE trials SET summary = replace(summary, '\"tradeCount\":', '\"tradeCount\":9') WHERE seq = 2",
    ),
    "a trial is moved to another asset": ("UPDATE trials SET family = 'DOGE' WHERE seq = 2",),
    "a trial is called a look": ("UPDATE trials SET origin = 'look' WHERE seq = 2",),
    "a trial is given to another owner": (
        "UPDATE trial_returns SET owner_id = 'bob' WHERE seq = 2",
        "UPDATE trials SET owner_id = 'bob' WHERE seq = 2",
    ),
    "returns are made flat": (
        "UPDATE trial_returns SET returns = (SELECT returns FROM trial_returns WHERE seq = 1) WHERE seq = 2",
    ),
    "returns are made unreadable": ("UPDATE trial_returns SET returns = X'78013301' WHERE seq = 2",),
    "returns are taken away": ("DELETE FROM trial_returns WHERE seq = 2",),
    "the prints of candles are deleted": ("DELETE FROM candle_prints",),
    "the prints of candles are those of another asset": ("UPDATE candle_prints SET family = 'DOGE'",),
    "returns are of other days": ("UPDATE trial_returns SET first_day_ms = first_day_ms + 86400000 WHERE seq = 2",),
}


@pytest.fixture
def searched(desk: Any) -> Any:
    desk.try_many()
    return desk


@pytest.mark.parametrize("change", CHANGES)
def test_a_ledger_that_was_changed_is_told_on_and_judges_nothing(searched: Any, change: str) -> None:
    assert searched.kek("ledger", "verify")[0] == 0

    with searched.database() as database:
        with database.write() as work:
            work.users.add("bob", wallet_address="0x1", now_ms=1)
        alter(database, *CHANGES[change])

    status, _, complaint = searched.kek("ledger", "verify")
    assert status == 1 and "The ledger was changed" in complaint
    with pytest.raises(JudgingRefused) as refused:
        searched.judge(look=True)
    assert refused.value.code == "LEDGER_BROKEN"
    assert searched.kek("db", "check")[0] != 0


def alter(database: Database, *statements: str) -> None:
    """Run statements on the file, its triggers dropped, whatever refers to what."""
    with database.write() as work:
        connection = work.users._connection
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        let_histories_change(connection)
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize("table", ["trials", "trial_returns", "judgements", "candle_prints"])
@pytest.mark.parametrize("verb", ["delete", "update"])
def test_the_database_itself_refuses(searched: Any, table: str, verb: str) -> None:
    searched.judge(look=True)
    statement = f"DELETE FROM {table}" if verb == "delete" else f"UPDATE {table} SET owner_id = owner_id"
    before = searched.ledger()

    with searched.database() as database:
        with pytest.raises(StorageError, match="only grows"), database.write() as work:
            work.users._connection.execute(text(statement))

    assert searched.ledger() == before and searched.kek("ledger", "verify")[0] == 0


RAISED = {
    "the card is made better": ("UPDATE judgements SET card = replace(card, '\"taken\":1', '\"taken\":0')",),
    "the judgement says more": ("UPDATE judgements SET verdict = 'VALIDATED'",),
    "the judgement goes": ("DELETE FROM judgements",),
    "the judgement is of another strategy": ("UPDATE judgements SET behaviour_hash = 'x'",),
    "the look goes": ("UPDATE judgements SET look_seq = NULL", "DELETE FROM trials WHERE origin = 'look'"),
    "the verdict's line says more": ("UPDATE trials SET note = 'VALIDATED ' || note WHERE origin = 'verdict'",),
}


@pytest.mark.parametrize("change", RAISED)
def test_a_verdict_that_was_raised_is_told_on(desk: Any, change: str) -> None:
    found = desk.judge(look=True)
    assert found.record.verdict in ("REJECTED", "UNPROVEN")

    with desk.database() as database:
        alter(database, *RAISED[change])

    assert desk.kek("ledger", "verify")[0] == 1
    with pytest.raises(JudgingRefused) as refused:
        desk.judge(look=True)
    assert refused.value.code == "LEDGER_BROKEN"


def test_a_strategy_whose_row_says_validated_is_told_on(desk: Any) -> None:
    desk.judge()
    trend = check(TREND).spec
    assert trend is not None
    with desk.database() as database:
        with database.write() as work:
            work.strategies.add(LOCAL_USER, "s", trend, why="", origin="user", generated_by="import", now_ms=1)
        alter(database, "UPDATE strategies SET verdict = 'VALIDATED'")

    status, _, complaint = desk.kek("ledger", "verify")

    assert status == 1 and "says VALIDATED, and no judgement of it does" in complaint


def test_an_end_that_was_cut_off_with_its_head_is_missed_by_the_runs_that_are_kept() -> None:
    """The chain itself cannot tell; whoever takes the runs away too has a shorter history on their own disk."""
    talk = KeptTalk()
    for length in (7, 8, 9):
        talk.say(RULE.replace("RSI 9", f"RSI {length}"))
    assert check_database(talk.database).sound

    alter(
        talk.database,
        "DELETE FROM trial_returns WHERE seq > 1",
        "DELETE FROM trials WHERE seq > 1",
        "UPDATE trial_heads SET length = 1, hash = (SELECT hash FROM trials WHERE seq = 1)",
    )

    with talk.database.read() as work:
        assert work.trials.check(LOCAL_USER).whole
    faults = check_database(talk.database).faults
    assert len([one for one in faults if "is no trial of the ledger" in one]) == 2


def test_whoever_changes_what_is_stored_of_searches_takes_no_try_off_the_count(desk: Any) -> None:
    """Which candidates one plan decided stands in the ledger; the records of searches are of no account."""
    for seed, slow in enumerate(("5:40:1", "41:70:1", "71:110:1")):
        drawn = ("--method", "random", "--seed", seed, "--limit", 6, "--json")
        vary = ("--vary", f"indicators.slow.inputs.length={slow}")
        assert desk.kek("optimize", desk.spec(), "--data", desk.folder, *vary, *drawn)[0] == 0
    before = desk.judge().record.card
    assert before["trials"]["unplanned"] >= 12, "two of the three plans"

    with desk.database() as database:
        made_one = "json_set(record, '$.seed', 0, '$.space', json('{}'), '$.evidence.window', json('{}'))"
        alter(database, f"UPDATE optimization_runs SET record = {made_one}")

    after = desk.judge(**lengths(12)).record.card
    assert after["trials"]["unplanned"] >= before["trials"]["unplanned"]
    assert after["search"]["counted"] >= before["search"]["counted"]
