"""What is special about PostgreSQL: its address, its waits, its server that may go away."""

from __future__ import annotations

import sys
import threading
import traceback

import pytest
from database_fixtures import add_user
from sqlalchemy import text

from storage.backend import without_secrets
from storage.database import open_database
from storage.errors import DatabaseBusy, DatabaseUnusable

SECRET = "s3cr3t"


@pytest.fixture
def database(postgresql_database):
    from database_fixtures import wipe

    opened = open_database(postgresql_database)
    yield opened
    opened.close()
    wipe(postgresql_database)


def everything_said(error):
    return repr(error) + "".join(traceback.format_exception(error))


def test_without_its_driver_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(DatabaseUnusable, match=r"pip install 'kek-mix\[postgres\]'"):
        open_database("postgresql://localhost/kek")


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://kek:{SECRET}@127.0.0.1:9/kek?connect_timeout=2",
        f"postgresql+psycopg://kek@127.0.0.1:9/kek?password={SECRET}&sslpassword={SECRET}",
        f"postgresql://kek:{SECRET}@127.0.0.1:nine/kek",
        f"postgresql://kek:a/{SECRET}@x@127.0.0.1:nine/kek",
        f"mysql://kek:{SECRET}@127.0.0.1/kek",
        f"kek:{SECRET}@127.0.0.1/kek",
    ],
)
def test_a_password_is_in_no_error(url):
    with pytest.raises(DatabaseUnusable) as refused:
        open_database(url)

    assert SECRET not in everything_said(refused.value)
    assert SECRET not in without_secrets(url)


@pytest.mark.postgres
def test_a_password_is_in_no_repr_and_no_error_of_an_open_database(postgresql, postgresql_database, caplog):
    caplog.set_level("DEBUG")
    url = postgresql_database.replace("kek@", f"kek:{SECRET}@")
    database = open_database(url)

    with pytest.raises(DatabaseUnusable) as refused, database.write() as work:
        work.users._connection.exec_driver_sql("SELECT * FROM nothing")

    shown = [database, database.backend, database.engine, database.engine.pool, database.engine.url, database.name]
    assert SECRET not in " ".join(f"{one!r} {one}" for one in shown) + everything_said(refused.value) + caplog.text
    assert database.name.startswith("postgresql://kek@/test_")
    database.close()


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("name", "complaint"), [("nothing", 'database "nothing" does not exist'), ("latin", "ENCODING 'UTF8'")]
)
def test_a_database_that_cannot_be_used_says_why(postgresql, name, complaint):
    if name == "latin":
        postgresql.execute("CREATE DATABASE latin ENCODING LATIN1 TEMPLATE template0")

    with pytest.raises(DatabaseUnusable, match=complaint):
        open_database(postgresql.url(name))


@pytest.mark.postgres
def test_every_wait_has_an_end_and_times_are_utc(postgresql_database):
    database = open_database(postgresql_database + "&options=-c%20work_mem%3D9MB&application_name=mine", busy_seconds=3)

    with database.engine.connect() as connection:
        names = ("statement_timeout", "lock_timeout", "timezone", "work_mem", "application_name")
        shown = [connection.exec_driver_sql(f"SHOW {name}").scalar() for name in names]

    assert shown == ["3s", "3s", "UTC", "9MB", "mine"]
    database.close()


@pytest.mark.postgres
def test_a_writer_waits_for_the_row_of_another_and_then_says_so(database, postgresql_database):
    add_user(database)
    impatient = open_database(postgresql_database, busy_seconds=0.05)

    with database.write() as holder:
        holder.users._connection.execute(text("SELECT id FROM users FOR UPDATE"))
        with pytest.raises(DatabaseBusy, match="try again"), impatient.write() as work:
            work.users._connection.execute(text("SELECT id FROM users FOR UPDATE"))

    impatient.close()


@pytest.mark.postgres
@pytest.mark.parametrize("state", ["40001", "40P01", "55P03", "53300"])
def test_what_may_go_well_another_time_is_busy(database, state):
    statement = f"DO $$ BEGIN RAISE EXCEPTION 'no luck' USING ERRCODE = '{state}'; END $$"

    with pytest.raises(DatabaseBusy, match=r"try again \(no luck\)"), database.write() as work:
        work.users._connection.exec_driver_sql(statement)


@pytest.mark.postgres
def test_two_writers_that_wait_for_each_other_leave_one_to_go_on(database):
    for name in ("a", "b"):
        add_user(database, name, name)
    both, ends = threading.Barrier(2), []

    def write(first, second):
        lock = text("SELECT id FROM users WHERE id = :id FOR UPDATE")
        try:
            with database.write() as work:
                work.users._connection.execute(lock, {"id": first})
                both.wait(10)
                work.users._connection.execute(lock, {"id": second})
            ends.append("written")
        except DatabaseBusy as error:
            ends.append(str(error))

    threads = [threading.Thread(target=write, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(one[:40] for one in ends) == ["nothing was written, two writers waited ", "written"]


@pytest.mark.postgres
def test_a_connection_that_was_cut_is_told_and_the_next_one_works(database, postgresql):
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kek'"

    def write_and_be_cut():
        with database.write() as work:
            work.users.add("me", wallet_address="0x01", now_ms=1)
            postgresql.execute(cut)
            work.users.get("me")

    with pytest.raises(DatabaseUnusable, match="connection to the database was lost"):
        write_and_be_cut()

    with database.read() as work:
        assert work.users.find("me") is None
    postgresql.execute(cut)  # of connections that wait in the pool nobody notices
    add_user(database)


@pytest.mark.postgres
def test_more_work_at_once_than_there_are_connections_is_busy(postgresql_database, monkeypatch):
    monkeypatch.setattr("storage.postgresql.N_CONNECTIONS", 1)
    monkeypatch.setattr("storage.postgresql.N_MORE", 0)
    database = open_database(postgresql_database, busy_seconds=0.05)

    with database.read(), pytest.raises(DatabaseBusy, match="every connection"), database.read():
        pass

    database.close()
