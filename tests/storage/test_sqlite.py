"""What is special about SQLite: its file, its profile, its lock."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import pytest
from database_fixtures import add_user
from sqlalchemy import text

from storage.database import open_database
from storage.errors import DatabaseBusy, DatabaseUnusable
from storage.service_lock import service_lock


def address(folder: Path) -> str:
    return f"sqlite:///{folder / 'kek.db'}"


def pragma(database, name):
    with database.engine.connect() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar()


def test_a_new_file_is_made_with_its_folders_and_its_tables(tmp_path):
    database = open_database(address(tmp_path / "a" / "b"))

    add_user(database)

    assert (tmp_path / "a" / "b" / "kek.db").is_file()
    assert (tmp_path / "a" / "b").stat().st_mode & 0o077 == 0
    database.close()


@pytest.fixture
def open_to_all():
    before = os.umask(0)
    yield
    os.umask(before)


def modes_of(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}


def test_no_other_user_can_read_what_is_kept(tmp_path, open_to_all):
    folder = tmp_path / "kept"
    database = open_database(address(folder))
    add_user(database)

    with service_lock(database):
        assert modes_of(folder) == dict.fromkeys(
            ("kek.db", "kek.db-wal", "kek.db-shm", "kek.db.lock", "kek.db.service.lock"), 0o600
        )
    assert folder.stat().st_mode & 0o777 == 0o700
    database.close()


def test_a_database_that_others_were_let_into_stays_open_to_them(tmp_path):
    open_database(address(tmp_path)).close()
    (tmp_path / "kek.db").chmod(0o640)

    open_database(address(tmp_path)).close()

    assert modes_of(tmp_path)["kek.db"] == 0o640


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


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "kek.db").write_text("once upon a time, there was a strategy" * 100, "utf-8")

    with pytest.raises(DatabaseUnusable, match="not a database"):
        open_database(address(tmp_path))


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("", "utf-8")

    with pytest.raises(DatabaseUnusable, match="cannot be made"):
        open_database(f"sqlite:///{tmp_path}/file/kek.db")


def test_a_reader_in_memory_cannot_write():
    database = open_database("sqlite://")

    with pytest.raises(DatabaseUnusable, match="readonly"), database.read() as work:
        work.users.add("me", wallet_address="0x01", now_ms=1)

    add_user(database)
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
