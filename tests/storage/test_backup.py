"""A backup holds everything of one moment, in either kind of database; one that was cut or changed is refused."""

from __future__ import annotations

import gzip
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import orjson
import pytest
from alembic import command
from database_fixtures import add_user
from reference.filled import add_owner, steps
from sqlalchemy import select

from storage.backup import write_backup
from storage.backup_file import read_manifest
from storage.database import backend_of, open_database
from storage.errors import DatabaseBusy, DatabaseUnusable, RecordConflict, RecordInvalid
from storage.maintenance import check_database
from storage.migrations.upgrade import NEWEST, alembic_config
from storage.restore import restore_backup
from storage.service_lock import service_lock
from storage.tables import metadata

TESTS = Path(__file__).parent.parent


def fill(database, *owners):
    with database.write() as work:
        for owner in owners:
            add_owner(work, owner)
            for step in steps(f"of {owner}, with ünïcode \U0001f600 and 'quotes'"):
                step(work, owner)


def everything(url):
    database = open_database(url)
    with database.reading() as connection:
        found = {
            table.name: sorted(map(repr, connection.execute(select(table)).all())) for table in metadata.sorted_tables
        }
    report = check_database(database)
    database.close()
    assert report.sound, report.faults
    return found


def owners(url):
    return [eval(row)[0] for row in everything(url)["users"]]


@pytest.fixture
def backup(tmp_path):
    """A backup of a SQLite database with two owners."""
    database = open_database(f"sqlite:///{tmp_path / 'source.db'}")
    fill(database, "me", "you")
    write_backup(database, tmp_path / "kek.backup", now_ms=1_760_000_000_000)
    database.close()
    return tmp_path / "kek.backup"


def rewritten(path, change):
    """Write the lines of a backup as ``change`` makes them."""
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join(change(lines))))
    return path


def test_a_backup_is_restored_into_either_kind(database, database_url, empty_url, tmp_path):
    fill(database, "me", "you")
    file, target, seen = tmp_path / "kek.backup", empty_url.replace("kek.db", "other.db"), []

    made = write_backup(database, file, now_ms=1_760_000_000_000, progress=lambda *how: seen.append(how))
    database.close()
    restored = restore_backup(target, file)

    assert everything(target) == everything(database_url)
    assert made == restored == read_manifest(file)
    assert (made.revision, made.created_at) == (NEWEST, "2025-10-09T08:53:20.000Z")
    assert set(made.counts) == set(metadata.tables)
    n_rows = sum(made.counts.values())
    assert seen[-1][1:] == (n_rows, n_rows)


def test_a_backup_while_others_write_holds_one_moment(database, tmp_path):
    fill(database, "me")
    done = threading.Event()

    def write():
        for number in range(10_000):
            if done.is_set():
                return
            fill(database, f"owner {number}")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        backups = [tmp_path / f"{number}.backup" for number in range(2)]
        made = [write_backup(database, one, now_ms=1) for one in backups]
    finally:
        done.set()
        writer.join()

    for manifest, path in zip(made, backups, strict=True):
        target = f"sqlite:///{path}.db"
        restore_backup(target, path)
        found = everything(target)  # which is sound: no owner has only a part of what was written at once
        assert {name: len(rows) for name, rows in found.items()} == manifest.counts


def test_a_backup_is_its_owners_alone_and_replaces_nothing_unasked(backup, tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'source.db'}")
    before = backup.read_bytes()

    with pytest.raises(RecordConflict, match="is there already"):
        write_backup(database, backup, now_ms=2)
    assert backup.read_bytes() == before
    write_backup(database, backup, now_ms=2, replace=True)

    assert backup.read_bytes() != before
    assert backup.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith("kek.backup")] == ["kek.backup"]
    database.close()


def test_a_backup_that_fails_leaves_no_file(backup, tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'source.db'}")

    def fail(what, done, total):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_backup(database, tmp_path / "other.backup", now_ms=1, progress=fail)
    with pytest.raises(DatabaseUnusable, match="cannot be written"):
        write_backup(database, tmp_path / "no folder" / "other.backup", now_ms=1)

    assert not list(tmp_path.glob("other*"))
    database.close()


def test_a_backup_that_was_cut_anywhere_is_refused(backup, tmp_path):
    whole = backup.read_bytes()
    for length in [0, 1, 10, *range(20, len(whole), len(whole) // 40), len(whole) - 9, len(whole) - 1]:
        backup.write_bytes(whole[:length])
        with pytest.raises(RecordInvalid, match=r"ends too early|is no backup"):
            restore_backup(f"sqlite:///{tmp_path / 'target.db'}", backup)

    assert not (tmp_path / "target.db").exists()


def test_a_backup_with_a_changed_byte_anywhere_is_refused(backup, tmp_path):
    whole = backup.read_bytes()
    end_of_lines = len(whole) - 9  # its last bits only fill the byte up; after it come length and checksum
    for place in {*range(10, len(whole), len(whole) // 60)} - {end_of_lines}:
        backup.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        with pytest.raises(RecordInvalid):
            restore_backup(f"sqlite:///{tmp_path / 'target.db'}", backup)

    assert not (tmp_path / "target.db").exists()


CHANGES = {
    "a word": (lambda lines: [line.replace(b"of me", b"of us") for line in lines], "was changed after it was written"),
    "a line less": (lambda lines: [*lines[:5], *lines[6:]], "was changed after it was written"),
    "a line more": (lambda lines: [*lines, lines[-2]], "goes on after its last line"),
    "no last line": (lambda lines: lines[:-1], "its last line is missing"),
    "half a line": (lambda lines: [*lines[:3], lines[3][:9]], "line 4 of .* does not read back"),
    "another kind": (lambda lines: [b'{"kind":"recipes"}\n', *lines[1:]], "is no backup of this program"),
    "a later format": (lambda lines: [lines[0].replace(b'"format":1', b'"format":9'), *lines[1:]], "reads 1: update"),
    "nothing": (lambda lines: [], "its last line is missing"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_backup_with_changed_lines_is_refused(backup, tmp_path, change):
    make, complaint = CHANGES[change]

    with pytest.raises((RecordInvalid, DatabaseUnusable), match=complaint):
        restore_backup(f"sqlite:///{tmp_path / 'target.db'}", rewritten(backup, make))

    assert not (tmp_path / "target.db").exists()


@pytest.mark.parametrize(("content", "complaint"), [(b"", "ends too early"), (b"once upon a time", "is no backup")])
def test_another_file_is_no_backup(tmp_path, content, complaint):
    (tmp_path / "tale").write_bytes(content)

    with pytest.raises(RecordInvalid, match=complaint):
        restore_backup(f"sqlite:///{tmp_path / 'target.db'}", tmp_path / "tale")
    with pytest.raises(DatabaseUnusable, match="cannot be read"):
        restore_backup(f"sqlite:///{tmp_path / 'target.db'}", tmp_path / "nothing")


def test_what_is_there_is_replaced_only_when_asked(backup, database, database_url):
    add_user(database, "somebody")
    database.close()

    with pytest.raises(RecordConflict, match="holds 1 rows"):
        restore_backup(database_url, backup)
    assert owners(database_url) == ["somebody"]
    restore_backup(database_url, backup, replace=True)

    assert owners(database_url) == ["me", "you"]


def test_an_empty_database_takes_a_backup(backup, database, database_url):
    database.close()

    restore_backup(database_url, backup)

    assert owners(database_url) == ["me", "you"]


def test_a_database_that_is_served_is_left_alone(backup, database, database_url, open_again):
    with service_lock(database), pytest.raises(DatabaseBusy, match="serves"):
        restore_backup(database_url, backup, replace=True)


def test_a_file_that_another_program_has_open_is_left_alone(backup, tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'target.db'}")
    add_user(database, "somebody")

    with pytest.raises(DatabaseBusy, match=r"another program has .* open"):
        restore_backup(f"sqlite:///{tmp_path / 'target.db'}", backup, replace=True, busy_seconds=0.02)

    database.close()
    assert owners(f"sqlite:///{tmp_path / 'target.db'}") == ["somebody"]


def test_another_programs_database_is_never_replaced(backup, empty_url):
    backend = backend_of(empty_url)
    with backend.writer() as connection:
        connection.exec_driver_sql("CREATE TABLE recipes (id INTEGER)")
    backend.close()

    with pytest.raises(DatabaseUnusable, match=r"another program .*recipes"):
        restore_backup(empty_url, backup, replace=True)


def test_a_damaged_file_can_be_replaced(backup, tmp_path):
    file = tmp_path / "target.db"
    file.write_bytes(b"once upon a time" * 1_000)
    (tmp_path / "target.db-wal").write_bytes(b"something")

    with pytest.raises(DatabaseUnusable, match="not a database"):
        restore_backup(f"sqlite:///{file}", backup)
    restore_backup(f"sqlite:///{file}", backup, replace=True)

    assert owners(f"sqlite:///{file}") == ["me", "you"]


def test_a_backup_of_an_older_revision_is_brought_up_to_date(tmp_path, empty_url):
    old = backend_of(f"sqlite:///{tmp_path / 'old.db'}")
    old.prepare()
    with old.writer() as connection:
        command.upgrade(alembic_config(connection), "0001")
        connection.exec_driver_sql("INSERT INTO users VALUES ('me', '0x01', NULL, NULL, 1, 2)")
        connection.exec_driver_sql("INSERT INTO threads VALUES ('me', 't', NULL, 'and then', 1, 2)")
    backup_of_old(old, tmp_path / "old.backup")
    old.close()

    manifest = restore_backup(empty_url, tmp_path / "old.backup")

    assert manifest.revision == "0001"
    database = open_database(empty_url)
    assert database.found == NEWEST
    with database.read() as work:
        assert work.threads.get("me", "t").pending == "and then"
    database.close()


def backup_of_old(backend, path):
    """What an older version of this program would have written."""
    from storage.database import Database

    write_backup(Database(backend, "0001"), path, now_ms=1)


def test_a_backup_of_a_newer_version_is_refused(backup, tmp_path):
    import hashlib

    def newer(lines):
        head = orjson.loads(lines[0]) | {"revision": "9999"}
        lines[0] = orjson.dumps(head) + b"\n"
        end = orjson.loads(lines[-1]) | {"sha256": hashlib.sha256(b"".join(lines[:-1])).hexdigest()}
        return [*lines[:-1], orjson.dumps(end) + b"\n"]

    with pytest.raises(DatabaseUnusable, match=r"newer version \(revision 9999\)"):
        restore_backup(f"sqlite:///{tmp_path / 'target.db'}", rewritten(backup, newer))


def test_a_database_in_memory_takes_no_backup(backup):
    with pytest.raises(DatabaseUnusable, match="in memory"):
        restore_backup("sqlite://", backup)


@pytest.mark.long
def test_a_restore_killed_at_any_statement_leaves_the_old_database_or_the_new(backup, database, database_url):
    add_user(database, "somebody")
    database.close()

    run = subprocess.run(
        [sys.executable, "-m", "reference.killed_restore", database_url, str(backup), "25"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{TESTS}:{TESTS.parent}"},
    )

    assert run.returncode == 0, run.stderr
    *killed, finished = [line.split()[1:] for line in run.stdout.splitlines()]
    assert len(killed) > 5
    assert killed == [["somebody"]] * len(killed)
    assert finished == ["me", "you"]


def test_a_log_that_was_not_written_back_is_not_lost_by_a_refused_restore(backup, tmp_path):
    file = tmp_path / "target.db"
    database = open_database(f"sqlite:///{file}")
    add_user(database, "somebody")
    raw = sqlite3.connect(file)
    raw.execute("SELECT * FROM users").fetchall()
    database.close()

    with pytest.raises(DatabaseBusy):
        restore_backup(f"sqlite:///{file}", backup, replace=True, busy_seconds=0.02)
    raw.close()

    assert owners(f"sqlite:///{file}") == ["somebody"]
