"""One process at a time serves a database, and one that is killed does not keep others from it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from storage.database import open_database
from storage.errors import DatabaseBusy, DatabaseUnusable
from storage.service_lock import service_lock

SERVICE = """
import sys
from storage.database import open_database
from storage.service_lock import service_lock
with service_lock(open_database(sys.argv[1])):
    print("serving", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def other_service(database_url):
    """Another process that serves the database."""
    started = subprocess.Popen(
        [sys.executable, "-c", SERVICE, database_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert started.stdout.readline() == "serving\n"
    yield started
    started.kill()
    started.communicate()


def test_a_second_service_is_refused_until_the_first_is_killed(database, other_service):
    with pytest.raises(DatabaseBusy, match=r"(process|backend) \d+ .*serves .* already"), service_lock(database):
        pass

    other_service.kill()
    other_service.wait()

    assert any(served(database) for _ in range(1_000))  # a server needs a moment to notice


def served(database):
    try:
        with service_lock(database) as lock:
            return lock.still()
    except DatabaseBusy:
        return False


def test_a_service_keeps_nobody_from_reading_and_writing(database, open_again):
    with service_lock(database):
        with open_again().write() as work:
            work.users.add("me", wallet_address="0x01", now_ms=1)
        with database.read() as work:
            assert work.users.ids() == ("me",)


def test_the_lock_is_given_back_at_the_end_of_the_service(database):
    for _ in range(3):
        with service_lock(database), pytest.raises(DatabaseBusy), service_lock(database):
            pass


def test_services_of_two_databases_do_not_know_each_other(tmp_path):
    one, two = (open_database(f"sqlite:///{tmp_path / name}") for name in ("one.db", "two.db"))

    with service_lock(one), service_lock(two):
        pass

    one.close()
    two.close()


def test_a_lock_file_that_cannot_be_written_is_named(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'kek.db'}")
    (tmp_path / "kek.db.service.lock").mkdir()

    with pytest.raises(DatabaseUnusable, match="lock file"), service_lock(database):
        pass
    database.close()


@pytest.mark.postgres
def test_a_server_that_cut_the_connection_has_given_the_lock_away(postgresql, postgresql_database):
    database = open_database(postgresql_database)

    with service_lock(database) as lock:
        postgresql.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name ~ 'service'")
        assert not lock.still()

    with service_lock(database):
        pass
    database.close()
