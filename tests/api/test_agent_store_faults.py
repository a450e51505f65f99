"""Whatever fails in the middle of a write leaves nothing behind, and what one owner does another never sees."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from itertools import count

import pytest
from reference.counters import CountingIds, SteppingClock
from reference.kept import build_turn, outcome, spec_of, turn
from sqlalchemy import event, select

from agent.errors import AgentError, NotFound
from agent.ports import NewVersion, Store
from api.agent_store import AgentStore
from storage.records import LOCAL_USER
from storage.tables import metadata

OTHER = "somebody"

JOB = {"id": "job_1", "strategyRecordId": "strat_001", "reason": "user_request"}

DRIFT = {
    "id": "drift_1",
    "strategyRecordId": "strat_001",
    "detectedAt": "2026-01-01T00:00:00Z",
    "type": "data_shift",
    "severity": "low",
    "description": "the market moved",
}


class Injected(Exception):
    """A failure made by a test."""


def everything(database):
    """Every row of every table."""
    with database.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table)).all())) for table in metadata.sorted_tables
        }


def fail_at(database, number):
    """Make the statement of that number (from 1) fail, counted from now on; 0 counts only."""
    seen = []

    def before(connection, cursor, statement, parameters, context, executemany):
        if statement.startswith(("PRAGMA", "BEGIN")):
            return
        seen.append(statement)
        if len(seen) == number:
            raise Injected(statement)

    event.listen(database.engine, "before_cursor_execute", before)
    return seen, lambda: event.remove(database.engine, "before_cursor_execute", before)


def assert_whole_or_nothing(database, write):
    """Let every statement of a write fail, one after the other; at last let it through. Return how many failed."""
    before = everything(database)
    for failed in count():
        _, stop = fail_at(database, failed + 1)
        try:
            write()
        except Injected:
            stop()
            assert everything(database) == before
        else:
            stop()
            return failed
    raise AssertionError("unreachable")


def commit_fails(database, write):
    def refuse(connection):
        raise Injected("commit")

    event.listen(database.engine, "commit", refuse)
    try:
        with pytest.raises(Injected):
            write()
    finally:
        event.remove(database.engine, "commit", refuse)


def test_a_turn_that_fails_at_any_statement_leaves_nothing(database):
    store = AgentStore(database, SteppingClock(), CountingIds())
    thread = store.open_thread(LOCAL_USER, None).thread_id
    store.keep_turn(LOCAL_USER, build_turn(thread, "m1", "run_1"))
    edit = build_turn(thread, "m2", "run_2", version="1.1", strategy_id="strat_001", pending="and then")
    before = everything(database)

    commit_fails(database, lambda: store.keep_turn(LOCAL_USER, edit))
    assert everything(database) == before
    failed = assert_whole_or_nothing(database, lambda: store.keep_turn(LOCAL_USER, edit))

    after = everything(database)
    assert failed > 15
    grown = {name for name in after if len(after[name]) > len(before[name])}
    assert grown == {"strategy_versions", "strategy_status_events", "backtest_runs", "messages"}  # a new name: no trial


def test_a_first_build_that_fails_at_any_statement_leaves_nothing(database):
    store = AgentStore(database, SteppingClock(), CountingIds())
    thread = store.open_thread(LOCAL_USER, None).thread_id

    failed = assert_whole_or_nothing(database, lambda: store.keep_turn(LOCAL_USER, build_turn(thread, "m1", "run_1")))

    assert failed > 15
    assert store.strategy(LOCAL_USER, "strat_001")["status"] == "validated"


def test_a_refinement_that_fails_at_any_statement_leaves_nothing(database):
    store = AgentStore(database, SteppingClock(), CountingIds())
    thread = store.open_thread(LOCAL_USER, None).thread_id
    store.keep_turn(LOCAL_USER, build_turn(thread, "m1", "run_1"))
    failed_starts = assert_whole_or_nothing(database, lambda: store.start_job(LOCAL_USER, JOB, DRIFT))
    done = outcome("job_1")
    before = everything(database)

    commit_fails(database, lambda: store.finish_job(LOCAL_USER, done))
    assert everything(database) == before
    failed = assert_whole_or_nothing(database, lambda: store.finish_job(LOCAL_USER, done))

    after = everything(database)
    assert failed_starts > 4
    assert failed > 10
    assert len(after["strategy_variants"]) == len(before["strategy_variants"]) + 1
    assert len(after["trials"]) == len(before["trials"]) + 2


def foreign_calls(thread):
    """Every call that names something of the local user's, made by somebody else."""
    spec_turn = turn(thread, "m9", version=NewVersion(spec_of("1.1"), "mine now"), strategy_id="strat_001")
    return {
        "open_thread": lambda store: store.open_thread(OTHER, thread),
        "answer_to": lambda store: store.answer_to(OTHER, thread, "m1"),
        "keep_turn": lambda store: store.keep_turn(OTHER, turn(thread, "m9")),
        "keep_turn again": lambda store: store.keep_turn(OTHER, turn(thread, "m1")),
        "keep_turn on a strategy": lambda store: store.keep_turn(OTHER, replace(spec_turn, thread_id="theirs")),
        "adopt_spec": lambda store: store.adopt_spec(OTHER, thread, spec_of(), "mine now"),
        "run": lambda store: store.run(OTHER, "run_1"),
        "strategy": lambda store: store.strategy(OTHER, "strat_001"),
        "versions": lambda store: store.versions(OTHER, "strat_001"),
        "latest_run": lambda store: store.latest_run(OTHER, "strat_001"),
        "finished_since": lambda store: store.finished_since(OTHER, thread),
        "start_job": lambda store: store.start_job(OTHER, JOB, None),
        "start_job with drift": lambda store: store.start_job(OTHER, JOB, DRIFT),
        "finish_job": lambda store: store.finish_job(OTHER, outcome("job_1")),
    }


OWN = {
    *("trial_count", "ledger_length", "risk_defaults", "persona", "look", "has_seen", "is_stored"),
    *("keep_trials", "past_trials", "looks_taken"),
}
"""Calls that name nothing of anybody's, or only ask: an owner who has nothing gets nothing."""


def test_every_method_of_the_store_is_tried_by_somebody_else():
    public = {name for name, _ in inspect.getmembers(AgentStore, inspect.isfunction) if not name.startswith("_")}

    assert {name.split()[0] for name in foreign_calls("t")} | OWN == public


def test_the_store_has_every_method_of_the_port_with_the_same_parameters():
    for name, method in inspect.getmembers(Store, inspect.isfunction):
        if not name.startswith("_"):
            assert str(inspect.signature(getattr(AgentStore, name))) == str(inspect.signature(method)), name


@pytest.fixture
def shared(database):
    """A store with everything of the local user's, and another owner with an empty thread called theirs."""
    with database.write() as work:
        work.users.add(OTHER, wallet_address="0x01", now_ms=1)
        work.threads.add(OTHER, "theirs", now_ms=1)
    store = AgentStore(database, SteppingClock(), CountingIds())
    thread = store.open_thread(LOCAL_USER, None).thread_id
    store.keep_turn(LOCAL_USER, build_turn(thread, "m1", "run_1"))
    store.start_job(LOCAL_USER, JOB, DRIFT)
    return store, thread


@pytest.mark.parametrize("name", foreign_calls("t"))
def test_another_owner_finds_nothing_and_changes_nothing(database, shared, name):
    store, thread = shared
    before = everything(database)

    with pytest.raises(NotFound):
        foreign_calls(thread)[name](store)

    assert everything(database) == before


def test_another_owner_is_told_of_nothing(shared):
    store, thread = shared

    assert store.trial_count(OTHER, ["BTC"]).total == 0
    assert store.past_trials(OTHER, ["BTC"]) == () and store.looks_taken(OTHER, ["BTC"], 0) == 0
    assert len(store.past_trials(LOCAL_USER, ["BTC"])) == store.trial_count(LOCAL_USER, ["BTC"]).total > 0
    assert store.risk_defaults(OTHER) is None
    assert store.look(OTHER, ["BTC"], 0, 2**52) is None
    seen = store.look(LOCAL_USER, ["BTC"], 0, 2**52)
    assert seen is not None and store.has_seen(LOCAL_USER, ["BTC"], seen.until - 1, seen.until)
    assert not store.has_seen(OTHER, ["BTC"], seen.until - 1, seen.until)
    assert store.is_stored(LOCAL_USER, thread) and not store.is_stored(OTHER, thread)


def test_runs_without_a_conversation_enter_the_ledger_of_their_owner_alone(shared):
    store, _ = shared
    trials = build_turn("theirs", "m1", "run_1").trials
    before = store.trial_count(LOCAL_USER, ["BTC"])

    store.keep_trials(OTHER, trials)

    assert store.trial_count(OTHER, ["BTC"]).total == len(trials) > 0
    assert store.trial_count(LOCAL_USER, ["BTC"]) == before


def test_two_owners_may_use_the_same_ids(shared):
    store, _ = shared

    store.keep_turn(OTHER, build_turn("theirs", "m1", "run_1"))
    store.start_job(OTHER, JOB, DRIFT)
    store.finish_job(OTHER, outcome("job_1"))

    assert store.trial_count(OTHER, ["BTC"]).total == 3
    assert store.trial_count(LOCAL_USER, ["BTC"]).total == 1
    assert store.strategy(LOCAL_USER, "strat_001").get("variants") is None


def test_an_owner_who_is_not_there_can_open_nothing(database):
    store = AgentStore(database, SteppingClock(), CountingIds())

    with pytest.raises(NotFound, match="no user 'ghost'"):
        store.open_thread("ghost", None)


def test_every_statement_asks_for_the_owner(database, shared):
    store, thread = shared
    seen, stop = fail_at(database, 0)
    store.keep_turn(LOCAL_USER, build_turn(thread, "m2", "run_2", version="1.1", strategy_id="strat_001"))
    store.finish_job(LOCAL_USER, outcome("job_1"))
    for call in foreign_calls(thread).values():
        with pytest.raises(AgentError):
            call(store)
    store.trial_count(LOCAL_USER, ["BTC"], outcome("job_2").trials)
    stop()

    assert len(seen) > 60
    for statement in seen:
        asks = re.search(r"WHERE\s+(\w+\.owner_id|users\.id) = (\?|%\()", statement)
        assert asks or re.match(r"INSERT INTO \w+ \(owner_id,", statement), statement
