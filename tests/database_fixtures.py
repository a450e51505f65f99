"""Databases for tests: what holds for one kind is shown for both, by the same test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from postgresql_server import NoServer, PostgreSQLServer

if TYPE_CHECKING:
    from storage.database import Database

LOCAL_WALLET = "0x" + "0" * 40

KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQLServer]:
    """A PostgreSQL server of this process; a skip with the reason where there is none to start."""
    try:
        server = PostgreSQLServer()
    except NoServer as reason:
        pytest.skip(f"needs PostgreSQL: {reason}")
    yield server
    server.stop()


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'kek.db'}"
        return
    server: PostgreSQLServer = request.getfixturevalue("postgresql")
    name = server.new_database()
    yield server.url(name)
    server.drop(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the newest tables, to be copied."""
    from storage.database import open_database

    file = tmp_path_factory.mktemp("template") / "kek.db"
    open_database(f"sqlite:///{file}").close()
    return file


@pytest.fixture(scope="session")
def postgresql_database(postgresql: PostgreSQLServer) -> str:
    """The address of a database of the server with the newest tables, wiped after each test that uses it."""
    from storage.database import open_database

    url = postgresql.url(postgresql.new_database())
    open_database(url).close()
    return url


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with the newest tables and nothing in them."""
    if request.param == "sqlite":
        file = tmp_path / "kek.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    url = request.getfixturevalue("postgresql_database")
    yield url
    wipe(url)


@pytest.fixture
def open_again(database_url: str) -> Iterator[Callable[..., Database]]:
    """Open the database of `database_url` another time, as another process would."""
    from storage.database import open_database

    opened: list[Database] = []

    def again(**options: float) -> Database:
        opened.append(open_database(database_url, **options))
        return opened[-1]

    yield again
    for one in opened:
        one.close()


@pytest.fixture
def database(open_again: Callable[..., Database]) -> Database:
    """An open database with the newest tables and nothing in them."""
    return open_again()


def add_user(database: Database, name: str = "me", wallet: str = LOCAL_WALLET) -> None:
    """Store an owner."""
    with database.write() as work:
        work.users.add(name, wallet_address=wallet, now_ms=1)


def change(database: Database, statement: str, **values: object) -> None:
    """Change rows behind the repositories' back."""
    from sqlalchemy import text

    with database.backend.writer() as connection:
        if values:
            connection.execute(text(statement), values)
        else:
            connection.exec_driver_sql(statement)


def wipe(url: str) -> None:
    """Take every row out of a PostgreSQL database; copying a fresh one takes twenty times as long."""
    import psycopg

    from storage.migrations.upgrade import NEWEST
    from storage.tables import metadata

    rows = "; ".join(f"DELETE FROM {table.name}" for table in metadata.sorted_tables)
    disabled = "SELECT DISTINCT tgrelid::regclass FROM pg_trigger WHERE tgenabled = 'D'"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            f"SET session_replication_role = replica; {rows}; UPDATE alembic_version SET version_num = '{NEWEST}'"
        )
        for (table,) in connection.execute(disabled).fetchall():
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
