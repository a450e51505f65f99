"""PostgreSQL: a pool of connections, rows locked by who writes them, waits that end."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine

from storage.backend import driver_words
from storage.errors import DatabaseBusy, DatabaseUnusable, RecordInvalid, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.engine import URL, Connection, Engine
    from sqlalchemy.exc import DBAPIError

DRIVER = "postgresql+psycopg"

CONNECT_SECONDS = 5
"""How long a new connection may take."""

MIGRATION_SECONDS = 60
"""How long a process that starts waits for another one that migrates."""

IDLE_SECONDS = 60
"""How long a unit of work may do nothing: then its row locks are taken from it."""

N_CONNECTIONS, N_MORE = 5, 15
"""Connections of a process that are kept, and that may be open beside them."""

MIGRATION_KEY, SERVICE_KEY = 0x6B656B0001, 0x6B656B0002
"""Numbers of the advisory locks, which a server keeps for each database apart ("kek" and a count)."""

SECRETS = ("password", "sslpassword", "oauth_client_secret")

BUSY = {
    "40001": "another writer was faster",
    "40P01": "two writers waited for each other",
    "55P03": "another writer holds what this one needs",
    "57014": "it took too long",
    "53300": "the server has no connection left",
    "57P03": "the server is starting up or shutting down",
}
"""SQLSTATEs of what may go well when it is tried again; nothing was written."""

MISSING = "PostgreSQL is reached through psycopg, which is not installed: pip install 'kek-mix[postgres]'"


class PostgreSQL:
    """A PostgreSQL database (`storage.backend.Backend`).

    Writes are READ COMMITTED and lock the rows they decide by; reads are REPEATABLE READ, READ ONLY. ``busy_seconds``
    bounds each statement and each wait for a lock or a connection.
    """

    def __init__(self, address: URL, busy_seconds: float) -> None:
        self.file: Path | None = None
        address, secrets = _without_secrets(address.set(drivername=DRIVER))
        self.name = address.set(drivername="postgresql").render_as_string()
        self._writing: set[int] = set()
        milliseconds = max(1, round(busy_seconds * 1_000))
        try:
            self.engine = create_engine(
                address,
                connect_args=_connection_settings(address, milliseconds) | secrets,
                hide_parameters=True,
                isolation_level="READ COMMITTED",
                use_native_hstore=False,
                pool_pre_ping=True,
                pool_size=N_CONNECTIONS,
                max_overflow=N_MORE,
                pool_timeout=busy_seconds,
                pool_recycle=1_800,
            )
        except ImportError as error:
            raise DatabaseUnusable(MISSING) from error
        self._reading = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def prepare(self) -> None:
        """Refuse a database that cannot keep every text."""
        with self.engine.connect() as connection:
            encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
        if encoding != "UTF8":
            raise DatabaseUnusable(f"{self.name} is encoded in {encoding}: make a database with ENCODING 'UTF8'")

    @contextmanager
    def writer(self) -> Iterator[Connection]:
        """Write; rows that repositories lock are held until the end."""
        with self._one_in_a_thread(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reader(self) -> Iterator[Connection]:
        """Read a snapshot."""
        with self._reading.begin() as connection:
            yield connection

    @contextmanager
    def migrator(self) -> Iterator[Connection]:
        """Write while no other process migrates, however long a statement takes."""
        with self.writer() as connection:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{MIGRATION_SECONDS}s'")
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_KEY})")
            yield connection

    def own_error(self, error: DBAPIError) -> StorageError:
        """Tell what may be tried again, what was given wrongly, and a server that cannot be used."""
        words = driver_words(error)
        state = getattr(error.orig, "sqlstate", None) or ""
        if state in BUSY:
            return DatabaseBusy(f"nothing was written, {BUSY[state]}: try again ({words})")
        if state.startswith("22") or _is_data_error(self.engine, error):
            return RecordInvalid(f"nothing was written: {words}")
        if error.connection_invalidated:
            return DatabaseUnusable(f"the connection to the database was lost: look whether it was written ({words})")
        return DatabaseUnusable(f"{self.name} could not be used: {words}")

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def _one_in_a_thread(self) -> Iterator[None]:
        """Refuse a unit of work inside another: it would wait for rows that only the outer one gives free."""
        thread = threading.get_ident()
        if thread in self._writing:
            raise StorageError("this thread has a unit of work open already: finish it before opening another")
        self._writing.add(thread)
        try:
            yield
        finally:
            self._writing.discard(thread)


def _without_secrets(address: URL) -> tuple[URL, dict[str, str]]:
    """Return an address that anybody may see, and beside it what only the driver may."""
    secrets = {name: str(value) for name, value in address.query.items() if name in SECRETS}
    if address.password is not None:
        secrets["password"] = str(address.password)
    return address.difference_update_query(SECRETS)._replace(password=None), secrets


def _connection_settings(address: URL, milliseconds: int) -> dict[str, Any]:
    """Return what every connection begins with; what the address says of the same wins."""
    session = {
        "statement_timeout": milliseconds,
        "lock_timeout": milliseconds,
        "idle_in_transaction_session_timeout": IDLE_SECONDS * 1_000,
        "timezone": "UTC",
    }
    options = " ".join(f"-c {name}={value}" for name, value in session.items())
    usual: dict[str, Any] = {
        "connect_timeout": CONNECT_SECONDS,
        "application_name": "kek",
        "client_encoding": "utf8",
        "keepalives_idle": 30,
        "keepalives_interval": 5,
        "keepalives_count": 3,
    }
    given = address.query
    return {name: value for name, value in usual.items() if name not in given} | {
        "options": f"{options} {given.get('options', '')}".strip()
    }


def _is_data_error(engine: Engine, error: DBAPIError) -> bool:
    return isinstance(error.orig, engine.dialect.loaded_dbapi.DataError)
