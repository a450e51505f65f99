"""Several processes may write one database at once: nothing is lost, nothing twice, everything in one order."""

from __future__ import annotations

import multiprocessing
import threading

import pytest
from reference.writing_process import RUN, STRATEGY, THREAD, write_at_once
from sqlalchemy import select

from engine.spec import check
from engine.spec.examples import SMA_CROSS
from storage.records import LOCAL_USER, ZERO_ADDRESS
from storage.run_records import RunRecord
from storage.tables import backtest_runs, messages, strategy_status_events, strategy_versions

SIZES = [
    pytest.param(True, 3, 2, 2, id="three that share a process"),
    pytest.param(False, 4, 8, 2, id="four processes of eight threads", marks=pytest.mark.long),
]
"""Whether they share a process, how many they are, threads of each, and rounds of each thread."""


@pytest.fixture
def common(database):
    """A thread, a strategy and a run that everybody writes into; the trial ledger has no line and no head yet."""
    times = {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
    run = RunRecord(id=RUN, owner_user_id=LOCAL_USER, kind="turn", thread_id=THREAD, status="running", **times)
    with database.write() as work:
        work.users.add(LOCAL_USER, wallet_address=ZERO_ADDRESS, now_ms=1)
        work.threads.add(LOCAL_USER, THREAD, now_ms=1)
        spec = check(SMA_CROSS).spec
        work.strategies.add(LOCAL_USER, STRATEGY, spec, why="", origin="user", generated_by="user", now_ms=1)
        work.runs.begin(LOCAL_USER, run, now_ms=1)
    return database


def write_together(url, n_processes, n_threads, n_rounds):
    spawn = multiprocessing.get_context("spawn")
    together = spawn.Barrier(n_processes)
    writers = [
        spawn.Process(target=write_at_once, args=(url, mark, n_threads, n_rounds, together))
        for mark in "abcdefgh"[:n_processes]
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0] * n_processes


def write_in_one_process(url, n_writers, n_threads, n_rounds):
    """The same without the cost of new processes: each writer has its own connections and its own lock."""
    together, failures = threading.Barrier(n_writers), []

    def write(mark):
        try:
            write_at_once(url, mark, n_threads, n_rounds, together)
        except Exception as failure:
            failures.append(failure)

    writers = [threading.Thread(target=write, args=(mark,)) for mark in "abcdefgh"[:n_writers]]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert failures == []


def numbers(database, table):
    with database.reading() as connection:
        return connection.execute(select(table.c.seq).order_by(table.c.seq)).scalars().all()


@pytest.mark.parametrize(("in_one_process", "n_writers", "n_threads", "n_rounds"), SIZES)
def test_what_several_write_at_once_stands_there_once_and_in_order(
    common, database_url, in_one_process, n_writers, n_threads, n_rounds
):
    own, shared = n_writers * n_threads * n_rounds, n_threads * n_rounds

    (write_in_one_process if in_one_process else write_together)(database_url, n_writers, n_threads, n_rounds)

    with common.read() as work:
        chain = work.trials.check(LOCAL_USER)
        events = work.runs.events(LOCAL_USER, RUN, limit=10_000)
    assert (chain.fault, chain.length) == (None, own + shared)
    assert [one.seq for one in events] == list(range(1, 2 * own + 1))
    assert numbers(common, messages) == list(range(1, 2 * (own + shared) + 1))
    assert numbers(common, backtest_runs) == list(range(1, own + 1))
    assert numbers(common, strategy_versions) == list(range(1, own + 2))
    assert numbers(common, strategy_status_events) == list(range(1, own + 2))
