"""A check finds whatever is not as it was written, and nothing else."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from reference.filled import add_owner, steps
from reference.tampering import let_histories_change

from storage.database import open_database
from storage.maintenance import check_database, look_at
from storage.migrations.upgrade import NEWEST
from storage.read_back import READERS
from storage.tables import metadata


@pytest.fixture
def filled(database):
    """Two owners with one of everything."""
    with database.write() as work:
        for owner in ("me", "you"):
            add_owner(work, owner)
            for step in steps(f"of {owner}"):
                step(work, owner)
    return database


@contextmanager
def damaged(database, statement):
    """A transaction in which somebody who means no good has changed rows: no key and no trigger hold; undone after."""
    with database.engine.connect() as connection, connection.execution_options(kek_writes=True).begin() as transaction:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        else:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            let_histories_change(connection)
        connection.exec_driver_sql(statement)
        yield connection
        transaction.rollback()


def nobody(what, done, total):
    return None


def test_every_table_is_read(database):
    assert set(READERS) == set(metadata.tables)
    for name, (column, _) in READERS.items():
        assert column in metadata.tables[name].c


def test_what_was_written_by_the_program_is_sound(filled):
    seen = []

    report = check_database(filled, progress=lambda what, done, total: seen.append(what))

    assert report.faults == ()
    assert report.sound
    assert report.revision == NEWEST
    assert set(report.counts) == set(metadata.tables)
    assert min(report.counts.values()) >= 2
    assert seen[-1] == "all"


def test_an_empty_database_is_sound(database):
    report = check_database(database)

    assert report.sound
    assert set(report.counts.values()) == {0}


DAMAGE = [
    ("UPDATE strategy_versions SET spec = replace(spec, '20', '21')", "strategy_versions 's' of 'me': a stored spec"),
    ("UPDATE strategy_variants SET spec_hash = 'x'", "strategy_variants 'v' of 'me': a stored spec was changed"),
    ("UPDATE trials SET note = 'better'", "the trial ledger was changed: line 1 was changed"),
    ("DELETE FROM trials", "the ledger ends after 0 lines, 3 were written"),
    ("UPDATE judgements SET verdict = 'FORWARD'", "the judgement of line 3 is not the one it was written with"),
    ("UPDATE judgements SET card = '['", "judgements 'judged' of 'me': a stored row does not"),
    ("DELETE FROM judgements", "the judgement of line 3 is missing"),
    ("UPDATE backtest_runs SET end_ms = 7", "run 'run' of 'me' is no trial of the ledger"),
    ("DELETE FROM trial_heads", "the trial ledger of 'me' has lines and no head"),
    ("UPDATE backtest_runs SET record = '{'", "backtest_runs 'run' of 'me': does not read back"),
    ("UPDATE backtest_runs SET trades = '123'", "backtest_runs 'run' of 'me'"),
    ("UPDATE backtest_runs SET provenance = '['", "backtest_runs 'run' of 'me': does not read back"),
    ("UPDATE users SET settings = '{\"persona\":7}' WHERE id = 'me'", "users 'me' of 'me': a stored row does not"),
    ("UPDATE strategies SET status = 'archived'", "strategy 's' says status archived, the last row of"),
    (
        "UPDATE strategies SET version = '1.1'",
        "strategy 's' says version 1.1, the last row of ",
    ),
    ("DELETE FROM strategy_status_events", "strategy 's' says status generated, the last row of"),
    ("DELETE FROM messages WHERE seq = 1", "messages of 't': 1 of 2 numbered rows are there"),
    ("DELETE FROM messages WHERE seq = 2", "thread 't' has 1 questions and 0 answers"),
    ("UPDATE messages SET role = 'user'", "thread 't' has 2 questions and 0 answers"),
    (
        "UPDATE messages SET thread_id = 'gone'",
        "messages: 4 rows refer to threads that are not there",
    ),
    ("UPDATE run_events SET seq = 7", "run_events of 'r': 1 of 7 numbered rows are there"),
    ("UPDATE runs SET status = 'lost'", "runs 'r' of 'me': a stored row does not read back"),
    ("UPDATE optimization_candidates SET summary = '{]'", "optimization_candidates 'o' of 'me': does not read back"),
    ("UPDATE refinement_jobs SET report = 'none'", "refinement_jobs 'j' of 'me': does not read back"),
    ("UPDATE threads SET created_ms = 9223372036854775807", "threads 't' of 'me': does not read back"),
    ("DELETE FROM users WHERE id = 'you'", "threads: 1 rows refer to users that are not there (owner_id)"),
]


def test_damage_is_found_and_named(filled):
    for statement, complaint in DAMAGE:
        with damaged(filled, statement) as connection:
            report = look_at(connection, nobody)

        assert any(complaint in one for one in report.faults), (statement, report.faults)
        assert not report.sound

    assert check_database(filled).sound


def test_many_faults_of_a_kind_are_cut_short(database):
    with database.write() as work:
        for number in range(60):
            add_owner(work, f"owner {number}")

    with damaged(database, "UPDATE users SET settings = '{]'") as connection:
        assert len(look_at(connection, nobody).faults) == 20


def test_damaged_pages_are_found(tmp_path):
    file = tmp_path / "kek.db"
    database = open_database(f"sqlite:///{file}")
    with database.write() as work:
        for number in range(300):
            add_owner(work, f"owner {number}" + "x" * 500)
    database.close()
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size - 40_960)
        opened.write(b"\xff" * 8_192)

    report = check_database(database)

    assert any("the file is damaged" in one for one in report.faults), report.faults
    database.close()
