"""A database: opened at its newest revision, read in snapshots, written whole or not at all.

What is special about a kind of database stands in `storage.sqlite` and `storage.postgresql`.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from storage.backend import own_errors, without_secrets
from storage.errors import DatabaseUnusable, StorageError
from storage.migrations.upgrade import NEWEST, bring_up_to_date, revision_of
from storage.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import URL, Connection, Engine

    from storage.backend import Backend

BUSY_SECONDS = 5.0
"""How long a write waits for another writer before it gives up."""

WRITE = "write sqlite:///folder/kek.db or postgresql://user@host/database"


class Database:
    """An open database; made by `open_database`, safe to share among threads.

    ``write()`` and ``read()`` give a unit of work for the length of a ``with`` block, one at a time in a thread.
    ``found`` is the revision it had when it was opened, None when it was new.
    """

    def __init__(self, backend: Backend, found: str | None) -> None:
        self.backend = backend
        self.found = found

    @property
    def engine(self) -> Engine:
        """The engine below, for what no repository does."""
        return self.backend.engine

    @property
    def name(self) -> str:
        """How messages call it: a file or an address, never with a password."""
        return self.backend.name

    def __repr__(self) -> str:
        return f"Database({self.name!r})"

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """Open a unit of work that is committed whole when the block ends, or rolled back when it raises.

        Raises
        ------
        DatabaseBusy
            Another writer did not finish in time, or was faster.
        DatabaseUnusable
            The database could not be written (full disk, read-only file, a server that does not answer).
        RecordConflict
            What was written breaks a key of the tables.
        RecordInvalid
            What was written is no text or no JSON.
        """
        with own_errors(self.backend), self.backend.writer() as connection:
            yield UnitOfWork(connection)

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """Open a unit of work on one snapshot of the database; what tries to write in it fails."""
        with self.reading() as connection:
            yield UnitOfWork(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give the connection of a snapshot, for what goes over all tables and owners."""
        with own_errors(self.backend), self.backend.reader() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self.backend.close()


def open_database(url: str, *, busy_seconds: float = BUSY_SECONDS) -> Database:
    """Open a database, a file made when it is not there, and bring its tables to the newest revision.

    Parameters
    ----------
    url : str
        ``sqlite:///relative/file.db``, ``sqlite:////absolute/file.db`` (``~`` is the home folder), ``sqlite://`` for
        one in memory that ends with the process, or ``postgresql://user@host/database`` (which needs the extra
        ``postgres``; the password may stand in it, in ``PGPASSWORD`` or in ``~/.pgpass``).
    busy_seconds : float
        How long a write waits for another thread or process.

    Raises
    ------
    DatabaseUnusable
        The address is no such URL, the file is no database or another program's, its revision is newer than this
        version knows, the folder cannot be written, or the server cannot be reached.
    DatabaseBusy
        Another process held the database for the whole time.

    Examples
    --------
    >>> database = open_database("sqlite://")
    >>> with database.read() as work:
    ...     work.users.find("somebody") is None
    True
    >>> database.close()
    """
    backend = backend_of(url, busy_seconds)
    try:
        with own_errors(backend):
            backend.prepare()
            found = _bring_up_to_date(backend)
    except StorageError:
        backend.engine.dispose()
        raise
    return Database(backend, found)


def backend_of(url: str, busy_seconds: float = BUSY_SECONDS) -> Backend:
    """Return the kind of database a URL names, nothing opened yet; raises DatabaseUnusable for another URL."""
    address = _address(url)
    if address.drivername in ("sqlite", "sqlite+pysqlite"):
        from storage.sqlite import SQLite

        return SQLite(address, busy_seconds)
    if address.drivername in ("postgresql", "postgresql+psycopg"):
        from storage.postgresql import PostgreSQL

        return PostgreSQL(address, busy_seconds)
    raise DatabaseUnusable(f"'{address.drivername}' databases are not opened by this version: {WRITE}")


def _address(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise DatabaseUnusable(f"'{without_secrets(url)[:200]}' is no database URL: {WRITE}") from None


def _bring_up_to_date(backend: Backend) -> str | None:
    """Apply what is missing, and return the revision that was found; one that is the newest is left unlocked."""
    with backend.reader() as connection:
        if revision_of(connection, name=backend.name) == NEWEST:
            return NEWEST
    with backend.migrator() as connection:
        found = revision_of(connection, name=backend.name)
        bring_up_to_date(connection, name=backend.name)
    return found
