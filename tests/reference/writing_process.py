"""A process of its own that writes into a shared database, with several threads; it loads no kernels, to start fast."""

from __future__ import annotations

import threading
from typing import Any

from reference.counters import CountingIds, SteppingClock

from agent.ports import Trial, Turn
from api.agent_store import AgentStore
from engine.spec import check
from engine.spec.examples import SMA_CROSS
from storage.database import Database, open_database
from storage.errors import RecordConflict
from storage.records import LOCAL_USER, BacktestRun, PerformanceSummary, RunDataset, RunTimeframe

THREAD, STRATEGY, RUN = "thread_common", "strategy_common", "run_common"


def write_at_once(url: str, mark: str, n_threads: int, n_rounds: int, together: Any) -> None:
    """Open the database with the others, then write with ``n_threads`` threads into the same few records."""
    together.wait(60)
    database = open_database(url, busy_seconds=60)
    store = AgentStore(database, SteppingClock(), CountingIds(mark))
    failures: list[BaseException] = []

    def writing(number: int) -> None:
        try:
            for count in range(n_rounds):
                write_round(database, store, f"{mark}{number}-{count}", f"{number}-{count}")
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=writing, args=(number,)) for number in range(n_threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.close()
    if failures:
        raise failures[0]


def write_round(database: Database, store: AgentStore, own: str, shared: str) -> None:
    """Write a turn, a version, a run and an event, each after all that others write; ``shared`` is written by all."""
    answer = {"reply": f"reply to {own}"}
    trials = (trial(own), trial(shared))
    store.keep_turn(LOCAL_USER, Turn(THREAD, f"own {own}", "x", answer, trials=trials))
    store.keep_turn(LOCAL_USER, Turn(THREAD, f"shared {shared}", "x", answer))
    add_version(database, own)
    with database.write() as work:
        work.backtests.add(LOCAL_USER, run_of(f"run {own}"), provenance={})
    with database.write() as work:
        work.runs.append(LOCAL_USER, RUN, [("step", {"text": own}), ("step", {"text": "done"})], now_ms=1)


def trial(name: str) -> Trial:
    """A candidate of the one ledger."""
    return Trial(behaviour_hash=name, data_hash="data", family="BTC", start=0, end=1, summary={}, origin="build")


def add_version(database: Database, why: str) -> None:
    """Add a version to the one strategy, after the one that is current when this writer's turn comes."""
    while True:
        with database.read() as work:
            major, minor = work.strategies.current(LOCAL_USER, STRATEGY).version.split(".")
        spec = check({**SMA_CROSS, "version": f"{major}.{int(minor) + 1}"}).spec
        assert spec is not None
        try:
            with database.write() as work:
                work.strategies.add_version(LOCAL_USER, STRATEGY, spec, diff=(), why=why, origin="user", now_ms=1)
        except RecordConflict:
            continue
        return


def run_of(run_id: str) -> BacktestRun:
    """A run of the first version, without a trade."""
    return BacktestRun(
        id=run_id,
        strategy_record_id=STRATEGY,
        created_at="2026-01-01T00:00:00Z",
        timeframe=RunTimeframe(start="2020-01-01T00:00:00Z", end="2021-01-01T00:00:00Z", candle_interval="1h"),
        dataset=RunDataset(symbol_set=["BTCUSDT"]),
        results=PerformanceSummary(trade_count=0),
        version="1.0",
        spec_hash="s",
        data_hash="d",
        engine_hash="e",
    )
