"""Several processes may write one database file at once: nothing is lost, nothing is written twice."""

from __future__ import annotations

import multiprocessing

from reference.writing_process import write_turns
from sqlalchemy import func, select

from storage.database import open_database
from storage.records import LOCAL_USER
from storage.tables import messages, users

N_TURNS = 25


def test_two_processes_that_open_and_write_at_once_lose_nothing(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    together = spawn.Barrier(2)
    url = f"sqlite:///{tmp_path / 'kek.db'}"
    writers = [spawn.Process(target=write_turns, args=(url, mark, N_TURNS, together)) for mark in ("a", "b")]

    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)

    assert [writer.exitcode for writer in writers] == [0, 0]
    database = open_database(url)
    with database.read() as work:
        chain = work.trials.check(LOCAL_USER)
        assert (chain.fault, chain.length) == (None, 3 * N_TURNS)
        assert work.trials.count(LOCAL_USER, "BTC") == 3 * N_TURNS
    with database.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(messages)).scalar() == 2 * 2 * N_TURNS
        assert connection.execute(select(func.count()).select_from(users)).scalar() == 1
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    database.close()
