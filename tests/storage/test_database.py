"""A database opens at its newest revision or says why not, and is written whole or not at all: of either kind."""

from __future__ import annotations

import threading

import pytest
from database_fixtures import add_user, change
from sqlalchemy import create_engine, inspect

from storage.database import open_database
from storage.errors import DatabaseUnusable, RecordConflict, RecordInvalid, StorageError
from storage.migrations.upgrade import NEWEST
from storage.records import ZERO_ADDRESS


def test_what_was_written_is_there_when_it_is_opened_again(open_again):
    first = open_again()
    add_user(first)
    first.close()

    again = open_again()

    with again.read() as work:
        assert work.users.get("me").wallet_address == ZERO_ADDRESS


def test_a_new_database_gets_its_tables_and_says_what_it_had(empty_url):
    new = open_database(empty_url)
    add_user(new)
    new.close()
    again = open_database(empty_url)

    assert (new.found, again.found) == (None, NEWEST)
    again.close()


def test_threads_that_open_one_new_database_at_once_all_find_its_tables(empty_url):
    opened = []
    threads = [threading.Thread(target=lambda: opened.append(open_database(empty_url))) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for count, one in enumerate(opened):
        add_user(one, f"user {count}", f"wallet {count}")
        one.close()
    assert len(opened) == 4


def test_a_database_is_shared_by_threads(database):
    threads = [threading.Thread(target=add_user, args=(database, f"user {i}", f"wallet {i}")) for i in range(24)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.read() as work:
        assert all(work.users.find(f"user {i}") for i in range(24))


def test_a_unit_of_work_that_raises_leaves_nothing(database):
    def write_and_fail():
        with database.write() as work:
            work.users.add("me", wallet_address=ZERO_ADDRESS, now_ms=1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()

    with database.read() as work:
        assert work.users.find("me") is None


def test_what_breaks_a_key_is_a_conflict_and_leaves_nothing(database):
    add_user(database)

    def write_both():
        with database.write() as work:
            work.users.add("you", wallet_address="0x01", now_ms=1)
            work.users.add("me", wallet_address="0x02", now_ms=1)

    with pytest.raises(RecordConflict, match="nothing was written"):
        write_both()

    with database.read() as work:
        assert work.users.find("you") is None


def test_what_refers_to_nothing_is_a_conflict(database):
    with pytest.raises(RecordConflict, match="nothing was written"), database.write() as work:
        work.threads.add("nobody", "thread", now_ms=1)


def test_a_reader_cannot_write(database):
    with pytest.raises(DatabaseUnusable, match=r"read-?only"), database.read() as work:
        work.users.add("me", wallet_address=ZERO_ADDRESS, now_ms=1)

    add_user(database)


def test_a_reader_keeps_its_snapshot_while_another_writes(database):
    with database.read() as before:
        assert before.users.find("me") is None
        add_user(database)
        assert before.users.find("me") is None

    with database.read() as after:
        assert after.users.find("me") is not None


def test_a_unit_of_work_inside_another_is_refused_at_once(database):
    with pytest.raises(StorageError, match="open already"), database.write():
        add_user(database)
    add_user(database)


@pytest.mark.parametrize(("wallet", "now_ms"), [("\ud800", 1), ("0x01", 2**70)], ids=["surrogate", "too large"])
def test_what_no_row_can_hold_is_refused_and_leaves_nothing(database, wallet, now_ms):
    with pytest.raises(RecordInvalid, match="nothing was written"), database.write() as work:
        work.users.add("me", wallet_address=wallet, now_ms=now_ms)

    with database.read() as work:
        assert work.users.find("me") is None


def test_a_newer_revision_is_refused_with_what_to_do(database, database_url):
    change(database, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(DatabaseUnusable, match=rf"newer version \(revision 9999; .*{NEWEST}\)"):
        open_database(database_url)


def test_another_programs_database_is_left_alone(empty_url):
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE recipes (id INTEGER)")

    with pytest.raises(DatabaseUnusable, match=r"another program .*recipes"):
        open_database(empty_url)

    assert inspect(engine).get_table_names() == ["recipes"]
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("kek.db", "no database URL"),
        ("postgresql://host:port/kek", "no database URL"),
        ("mysql://localhost/kek", "'mysql' databases are not opened .* postgresql://user@host/database"),
        ("postgresql+asyncpg://localhost/kek", r"'postgresql\+asyncpg' databases are not opened"),
        ("sqlite:///kek.db?mode=ro", "no path of a file"),
        ("sqlite://host/kek.db", "no path of a file"),
    ],
)
def test_an_address_that_cannot_be_opened_says_what_to_write(url, complaint):
    with pytest.raises(DatabaseUnusable, match=complaint):
        open_database(url)
