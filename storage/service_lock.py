"""Which process serves a database: only the one that holds this lock runs its jobs and paper trades.

Others may read and write beside it. The lock is the kernel's (of a file) or the server's (of a connection): a process
that is killed gives it back.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from sqlalchemy.exc import DBAPIError

from storage.backend import own_errors
from storage.errors import DatabaseBusy, DatabaseUnusable
from storage.postgresql import SERVICE_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from storage.backend import Backend
    from storage.database import Database


class Held(Protocol):
    """A service lock that was taken."""

    def still(self) -> bool:
        """Tell whether it is held: a server that was restarted has given it away. May ask the server."""


@contextmanager
def service_lock(database: Database) -> Iterator[Held]:
    """Hold the service lock of a database for the length of a ``with`` block.

    A database in memory belongs to its process anyway.

    Raises
    ------
    DatabaseBusy
        Another process serves it, or another service of this one; the message says which where that is known.
    DatabaseUnusable
        The lock file cannot be written, or the server cannot be reached.

    Examples
    --------
    >>> from storage.database import open_database
    >>> database = open_database("sqlite://")
    >>> with service_lock(database) as lock:
    ...     lock.still()
    True
    >>> database.close()
    """
    with lock_of(database.backend) as held:
        yield held


@contextmanager
def lock_of(backend: Backend) -> Iterator[Held]:
    """Hold the service lock of a database that need not be open yet, as `service_lock` does."""
    if backend.engine.dialect.name == "postgresql":
        with _on_server(backend) as held:
            yield held
    elif backend.file is None:
        yield _OfThisProcess()
    else:
        with _beside(backend.file):
            yield _OfThisProcess()


class _OfThisProcess:
    """What only the end of this process takes away."""

    def still(self) -> bool:
        return True


class _OfConnection:
    """What is gone with its connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def still(self) -> bool:
        try:
            return bool(self._connection.exec_driver_sql(f"SELECT {_IS_MINE}").scalar())
        except DBAPIError:
            return False


_IS_MINE = (
    "EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid()"
    f" AND objsubid = 1 AND (classid::bigint << 32 | objid::bigint) = {SERVICE_KEY})"
)

_HOLDERS = (
    "SELECT pid, application_name, client_addr FROM pg_stat_activity WHERE pid IN (SELECT pid FROM pg_locks"
    " WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database"
    f" WHERE datname = current_database()) AND (classid::bigint << 32 | objid::bigint) = {SERVICE_KEY})"
)


@contextmanager
def _on_server(backend: Backend) -> Iterator[_OfConnection]:
    """Hold the lock on a connection of its own, outside the pool and outside any transaction."""
    with own_errors(backend):
        connection = backend.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        with own_errors(backend):
            _take(connection, backend.name)
        yield _OfConnection(connection)
    finally:
        connection.close()


def _take(connection: Connection, name: str) -> None:
    connection.detach()
    connection.exec_driver_sql("SET application_name = 'kek service'")
    if not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({SERVICE_KEY})").scalar():
        holder = connection.exec_driver_sql(_HOLDERS).first()
        who = "another process" if holder is None else f"backend {holder[0]} ({holder[2] or 'this machine'})"
        raise DatabaseBusy(f"{who} serves {name} already: end it first, or use another database")


@contextmanager
def _beside(file: Path) -> Iterator[None]:
    """Hold a lock on a file beside the database; what stands in it says who holds it, to people."""
    path = file.with_name(file.name + ".service.lock")
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DatabaseUnusable(f"the lock file {path} cannot be written: {error.strerror or error}") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            who = os.pread(lock, 20, 0).decode("ascii", "replace").strip()
            holder = f"process {who}" if who.isdigit() else "another process"
            raise DatabaseBusy(f"{holder} serves {file} already: end it first, or use another database") from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(lock)
