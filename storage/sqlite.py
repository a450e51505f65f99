"""SQLite: a file, or memory, with one writer at a time under a lock of our own."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event
from sqlalchemy.pool import QueuePool, StaticPool

from engine.private_files import make_private_folder, open_private
from storage.errors import DatabaseBusy, DatabaseUnusable, StorageError
from storage.write_lock import WriteLock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import URL, Connection
    from sqlalchemy.exc import DBAPIError

_WRITES = "kek_writes"
"""Execution option of a connection whose transaction may write."""

LOG_FILES = ("-wal", "-shm")
"""How the names of the files end that SQLite keeps beside an open database."""

N_CONNECTIONS, N_MORE = 8, 56
"""Connections to a file that are kept, and that may be open beside them: as many as a server has threads."""


class SQLite:
    """A SQLite database (`storage.backend.Backend`): WAL, full sync, foreign keys.

    ``file`` is None for a database in memory, whose one connection is shared by all threads.
    """

    def __init__(self, address: URL, busy_seconds: float) -> None:
        self.file = _file_of(address)
        self.name = str(self.file or "the database in memory")
        if self.file is not None:
            address = address.set(database=str(self.file))
            _make_folder(self.file.parent)
        self.lock = WriteLock(self.file and self.file.with_name(self.file.name + ".lock"), busy_seconds)
        size: dict[str, Any] = {"pool_size": N_CONNECTIONS, "max_overflow": N_MORE, "pool_timeout": busy_seconds}
        self.engine = create_engine(
            address,
            connect_args={"timeout": busy_seconds, "check_same_thread": False},
            hide_parameters=True,
            **({"poolclass": StaticPool} if self.file is None else {"poolclass": QueuePool, **size}),
        )
        event.listen(self.engine, "connect", _prepare_connection)
        event.listen(self.engine, "begin", _begin)

    def prepare(self) -> None:
        """Keep a write-ahead log from now on; a file that is not there is made, and its logs take its mode."""
        if self.file is None:
            return
        _make_file(self.file)
        try:
            with self.lock.held(), closing(self.engine.raw_connection()) as raw:
                mode = raw.cursor().execute("PRAGMA journal_mode = WAL").fetchone()
        except self.engine.dialect.loaded_dbapi.Error as error:
            raise DatabaseUnusable(f"{self.file} cannot be opened as a database: {error}") from error
        if mode is None or mode[0] != "wal":
            raise DatabaseUnusable(
                f"{self.file} lies on a file system without shared memory: choose a folder of a local disk"
            )

    @contextmanager
    def writer(self) -> Iterator[Connection]:
        """Write under the lock."""
        with self.lock.held(), self._transaction(writes=True) as connection:
            yield connection

    @contextmanager
    def reader(self) -> Iterator[Connection]:
        """Read a snapshot; in memory, where there is one connection, nobody else meanwhile."""
        if self.file is None:
            with self.lock.held(), self._transaction(writes=False) as connection:
                yield connection
        else:
            with self._transaction(writes=False) as connection:
                yield connection

    migrator = writer

    def own_error(self, error: DBAPIError) -> StorageError:
        """Tell a database that is held from one that cannot be used."""
        if "locked" in str(error.orig) or "busy" in str(error.orig):
            return DatabaseBusy(f"another program holds the database: {error.orig}")
        return DatabaseUnusable(f"the database could not be used: {error.orig}")

    def close(self) -> None:
        """Close all connections; the last one out of a file writes its log back, under the lock.

        While another process writes, this one is not the last: it leaves without the lock.
        """
        try:
            with self.lock.held():
                self.engine.dispose()
        except DatabaseBusy:
            self.engine.dispose()

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        with self.engine.connect() as connection, connection.execution_options(**{_WRITES: writes}).begin():
            yield connection


def fold_log(file: Path, busy_seconds: float) -> None:
    """Write what a file's log holds into the file, which nobody else may have open, so that it can be replaced.

    The log of a file that is no database any more is of no use to anybody, and would damage the next one.

    Raises
    ------
    DatabaseBusy
        Another program has the file open.
    """
    try:
        with closing(sqlite3.connect(file, timeout=busy_seconds, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        raise DatabaseBusy(f"another program has {file} open ({error}): end it first") from error
    except sqlite3.DatabaseError:
        for end in LOG_FILES:
            file.with_name(file.name + end).unlink(missing_ok=True)


def _file_of(address: URL) -> Path | None:
    if address.host or address.query:
        shown = address.render_as_string()
        raise DatabaseUnusable(f"'{shown}' is no path of a file: write sqlite:///kek.db or sqlite:////absolute/kek.db")
    if address.database in (None, "", ":memory:"):
        return None
    return Path(str(address.database)).expanduser().absolute()


def _make_folder(folder: Path) -> None:
    try:
        make_private_folder(folder)
    except OSError as error:
        raise DatabaseUnusable(f"the folder {folder} cannot be made: {error.strerror or error}") from error


def _make_file(file: Path) -> None:
    if file.exists():
        return
    try:
        open_private(file).close()
    except OSError as error:
        raise DatabaseUnusable(f"{file} cannot be opened as a database: {error.strerror or error}") from error


def _prepare_connection(connection: Any, record: object) -> None:
    connection.isolation_level = None  # transactions begin where `_begin` says, not where the driver guesses
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")


def _begin(connection: Connection) -> None:
    """Begin a transaction: a writer takes its lock at once, a reader cannot write."""
    writes = bool(connection.get_execution_options().get(_WRITES))
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
