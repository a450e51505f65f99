"""A database opens at its newest revision or says why not, and is written whole or not at all."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.database import open_database
from storage.errors import DatabaseBusy, DatabaseUnusable, RecordConflict, RecordInvalid, StorageError
from storage.migrations.upgrade import NEWEST
from storage.records import ZERO_ADDRESS


def address(folder: Path) -> str:
    return f"sqlite:///{folder / 'kek.db'}"


def add_user(database, name="me", wallet=ZERO_ADDRESS):
    with database.write() as work:
        work.users.add(name, wallet_address=wallet, now_ms=1)


def pragma(database, name):
    with database.engine.connect() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar()


def test_a_new_file_is_made_with_its_folders_and_its_tables(tmp_path):
    database = open_database(address(tmp_path / "a" / "b"))

    add_user(database)

    assert (tmp_path / "a" / "b" / "kek.db").is_file()
    assert (tmp_path / "a" / "b").stat().st_mode & 0o077 == 0
    database.close()


def test_what_was_written_is_there_when_the_file_is_opened_again(tmp_path):
    first = open_database(address(tmp_path))
    add_user(first)
    first.close()

    again = open_database(address(tmp_path))

    with again.read() as work:
        assert work.users.get("me").wallet_address == ZERO_ADDRESS
    again.close()


def test_the_profile_is_a_write_ahead_log_full_sync_and_foreign_keys(tmp_path):
    database = open_database(address(tmp_path), busy_seconds=3)

    assert pragma(database, "journal_mode") == "wal"
    assert pragma(database, "synchronous") == 2
    assert pragma(database, "foreign_keys") == 1
    assert pragma(database, "busy_timeout") == 3_000
    database.close()


def test_a_database_in_memory_works_with_the_same_code():
    database = open_database("sqlite://")

    add_user(database)

    with database.read() as work:
        assert work.users.find("me") is not None
    database.close()


def test_a_database_in_memory_is_shared_by_threads():
    database = open_database("sqlite://")
    threads = [threading.Thread(target=add_user, args=(database, f"user {i}", f"wallet {i}")) for i in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.read() as work:
        assert all(work.users.find(f"user {i}") for i in range(8))
    database.close()


def test_a_unit_of_work_that_raises_leaves_nothing(tmp_path):
    database = open_database(address(tmp_path))

    def write_and_fail():
        with database.write() as work:
            work.users.add("me", wallet_address=ZERO_ADDRESS, now_ms=1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()

    with database.read() as work:
        assert work.users.find("me") is None
    database.close()


def test_what_breaks_a_key_is_a_conflict_and_leaves_nothing(tmp_path):
    database = open_database(address(tmp_path))
    add_user(database)

    def write_both():
        with database.write() as work:
            work.users.add("you", wallet_address="0x01", now_ms=1)
            work.users.add("me", wallet_address="0x02", now_ms=1)

    with pytest.raises(RecordConflict):
        write_both()

    with database.read() as work:
        assert work.users.find("you") is None
    database.close()


@pytest.mark.parametrize("url", ["sqlite://", "file"])
def test_a_reader_cannot_write(url, tmp_path):
    database = open_database(address(tmp_path) if url == "file" else url)

    with pytest.raises(DatabaseUnusable, match="readonly"), database.read() as work:
        work.users.add("me", wallet_address=ZERO_ADDRESS, now_ms=1)

    add_user(database)
    database.close()


def test_a_reader_keeps_its_snapshot_while_another_writes(tmp_path):
    database = open_database(address(tmp_path))

    with database.read() as before:
        assert before.users.find("me") is None
        add_user(database)
        assert before.users.find("me") is None

    with database.read() as after:
        assert after.users.find("me") is not None
    database.close()


def test_a_unit_of_work_inside_another_is_refused_at_once(tmp_path):
    database = open_database(address(tmp_path))

    with pytest.raises(StorageError, match="open already"), database.write():
        add_user(database)
    add_user(database)
    database.close()


def test_a_writer_waits_for_another_program_and_then_says_so(tmp_path):
    database = open_database(address(tmp_path), busy_seconds=0.02)
    other = sqlite3.connect(tmp_path / "kek.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(DatabaseBusy):
        add_user(database)

    other.execute("ROLLBACK")
    other.close()
    add_user(database)
    database.close()


def test_a_writer_waits_for_another_process_lock_and_then_says_so(tmp_path):
    mine, other = (open_database(address(tmp_path), busy_seconds=0.02) for _ in range(2))

    with other.write(), pytest.raises(DatabaseBusy, match="lock file"):
        add_user(mine)

    add_user(mine)
    mine.close()
    other.close()


def test_closing_does_not_fail_while_another_process_writes(tmp_path):
    mine, other = (open_database(address(tmp_path), busy_seconds=0.02) for _ in range(2))

    with other.write():
        mine.close()

    other.close()


def test_text_that_is_no_text_is_refused_and_leaves_nothing(tmp_path):
    database = open_database(address(tmp_path))

    with pytest.raises(RecordInvalid), database.write() as work:
        work.users.add("me", wallet_address="\ud800", now_ms=1)

    database.close()


def test_a_full_disk_is_told_and_leaves_the_database_whole(tmp_path):
    database = open_database(address(tmp_path))
    with database.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pragma(database, 'page_count')}")

    def fill():
        for i in range(1_000):
            add_user(database, f"user {i}" + "x" * 4_000, f"wallet {i}")

    with pytest.raises(DatabaseUnusable, match="full"):
        fill()

    assert pragma(database, "integrity_check") == "ok"
    database.close()


def test_a_newer_revision_is_refused_with_what_to_do(tmp_path):
    open_database(address(tmp_path)).close()
    with sqlite3.connect(tmp_path / "kek.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()

    with pytest.raises(DatabaseUnusable, match=rf"newer version \(revision 9999; .*{NEWEST}\)"):
        open_database(address(tmp_path))


def test_another_programs_database_is_left_alone(tmp_path):
    with sqlite3.connect(tmp_path / "kek.db") as raw:
        raw.execute("CREATE TABLE recipes (id INTEGER)")
    raw.close()

    with pytest.raises(DatabaseUnusable, match=r"another program .*recipes"):
        open_database(address(tmp_path))

    with sqlite3.connect(tmp_path / "kek.db") as raw:
        assert [row[0] for row in raw.execute("SELECT name FROM sqlite_master")] == ["recipes"]
    raw.close()


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "kek.db").write_text("once upon a time, there was a strategy" * 100, "utf-8")

    with pytest.raises(DatabaseUnusable, match="not a database"):
        open_database(address(tmp_path))


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("kek.db", "no database URL"),
        ("postgresql://localhost/kek", "not opened by this version"),
        ("sqlite:///kek.db?mode=ro", "no path of a file"),
        ("sqlite://host/kek.db", "no path of a file"),
    ],
)
def test_an_address_that_cannot_be_opened_says_what_to_write(url, complaint):
    with pytest.raises(DatabaseUnusable, match=complaint):
        open_database(url)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("", "utf-8")

    with pytest.raises(DatabaseUnusable, match="cannot be made"):
        open_database(f"sqlite:///{tmp_path}/file/kek.db")
