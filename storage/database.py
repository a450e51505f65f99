"""A database: opened at its newest revision, read in snapshots, written by one writer at a time.

Everything that is special about SQLite stands here; tables and repositories know no dialect.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, StatementError
from sqlalchemy.pool import QueuePool, StaticPool

from storage.errors import DatabaseBusy, DatabaseUnusable, RecordConflict, RecordInvalid, StorageError
from storage.migrations.upgrade import bring_up_to_date
from storage.unit_of_work import UnitOfWork
from storage.write_lock import WriteLock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import URL, Connection, Engine

BUSY_SECONDS = 10.0
"""How long a write waits for another writer before it gives up."""

_WRITES = "kek_writes"
"""Execution option of a connection whose transaction may write."""


class Database:
    """An open database; made by `open_database`, safe to share among threads.

    ``write()`` and ``read()`` give a unit of work for the length of a ``with`` block, one at a time in a thread.
    """

    def __init__(self, engine: Engine, lock: WriteLock, *, shared_connection: bool) -> None:
        self.engine = engine
        self._lock = lock
        self._shared_connection = shared_connection

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """Open a unit of work that is committed whole when the block ends, or rolled back when it raises.

        Raises
        ------
        DatabaseBusy
            Another writer did not finish in time.
        DatabaseUnusable
            The database could not be written (full disk, read-only file).
        RecordConflict
            What was written breaks a key of the tables.
        RecordInvalid
            What was written is no text or no JSON.
        """
        with self._lock.held(), _own_errors(), self._transaction(writes=True) as connection:
            yield UnitOfWork(connection)

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """Open a unit of work on one snapshot of the database; what tries to write in it fails."""
        if self._shared_connection:
            with self._lock.held(), _own_errors(), self._transaction(writes=False) as connection:
                yield UnitOfWork(connection)
        else:
            with _own_errors(), self._transaction(writes=False) as connection:
                yield UnitOfWork(connection)

    def close(self) -> None:
        """Close all connections; the last one out of a file writes its log back, under the lock.

        While another process writes, this one is not the last: it leaves without the lock.
        """
        try:
            with self._lock.held():
                self.engine.dispose()
        except DatabaseBusy:
            self.engine.dispose()

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        with self.engine.connect() as connection, connection.execution_options(**{_WRITES: writes}).begin():
            yield connection


def open_database(url: str, *, busy_seconds: float = BUSY_SECONDS) -> Database:
    """Open a database, made when it is not there, and bring its tables to the newest revision.

    Parameters
    ----------
    url : str
        ``sqlite:///relative/file.db``, ``sqlite:////absolute/file.db`` (``~`` is the home folder), or ``sqlite://`` for
        one in memory that ends with the process.
    busy_seconds : float
        How long a write waits for another thread or process.

    Raises
    ------
    DatabaseUnusable
        The address is no such URL, the file is no database or another program's, its revision is newer than this
        version knows, or the folder cannot be written.
    DatabaseBusy
        Another process held the file for the whole time.

    Examples
    --------
    >>> database = open_database("sqlite://")
    >>> with database.read() as work:
    ...     work.users.find("somebody") is None
    True
    >>> database.close()
    """
    address = _address(url)
    file = _file_of(address)
    if file is not None:
        address = address.set(database=str(file))
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseUnusable(f"the folder {file.parent} cannot be made: {error.strerror or error}") from error
    lock = WriteLock(None if file is None else file.with_name(file.name + ".lock"), busy_seconds)
    database = Database(_sqlite_engine(address, file, busy_seconds), lock, shared_connection=file is None)
    try:
        with lock.held(), _own_errors():
            if file is not None:
                _keep_a_write_ahead_log(database.engine, file)
            with database._transaction(writes=True) as connection:
                bring_up_to_date(connection, name=str(file or "the database in memory"))
    except StorageError:
        database.engine.dispose()
        raise
    return database


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        raise DatabaseUnusable(f"'{url[:200]}' is no database URL: write sqlite:///folder/kek.db") from None
    if address.get_backend_name() != "sqlite" or address.get_driver_name() != "pysqlite":
        raise DatabaseUnusable(
            f"'{address.drivername}' databases are not opened by this version: write sqlite:///kek.db"
        )
    if address.host or address.query:
        shown = address.render_as_string()
        raise DatabaseUnusable(f"'{shown}' is no path of a file: write sqlite:///kek.db or sqlite:////absolute/kek.db")
    return address


def _file_of(address: URL) -> Path | None:
    if address.database in (None, "", ":memory:"):
        return None
    return Path(str(address.database)).expanduser().absolute()


def _sqlite_engine(address: URL, file: Path | None, busy_seconds: float) -> Engine:
    engine = create_engine(
        address,
        poolclass=StaticPool if file is None else QueuePool,
        connect_args={"timeout": busy_seconds, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_connection)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare_connection(connection: Any, record: object) -> None:
    connection.isolation_level = None  # transactions begin where `_begin` says, not where the driver guesses
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")


def _begin(connection: Connection) -> None:
    """Begin a transaction: a writer takes its lock at once, a reader cannot write."""
    writes = bool(connection.get_execution_options().get(_WRITES))
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _keep_a_write_ahead_log(engine: Engine, file: Path) -> None:
    try:
        with closing(engine.raw_connection()) as raw:
            mode = raw.cursor().execute("PRAGMA journal_mode = WAL").fetchone()
    except engine.dialect.loaded_dbapi.Error as error:
        raise DatabaseUnusable(f"{file} cannot be opened as a database: {error}") from error
    if mode is None or mode[0] != "wal":
        raise DatabaseUnusable(f"{file} lies on a file system without shared memory: choose a folder of a local disk")


@contextmanager
def _own_errors() -> Iterator[None]:
    """Turn the driver's errors into those of this room, with the driver's own words."""
    try:
        yield
    except IntegrityError as error:
        raise RecordConflict(f"nothing was written: {error.orig}") from error
    except DBAPIError as error:
        if "locked" in str(error.orig) or "busy" in str(error.orig):
            raise DatabaseBusy(f"another program holds the database: {error.orig}") from error
        raise DatabaseUnusable(f"the database could not be used: {error.orig}") from error
    except StatementError as error:
        raise RecordInvalid(f"nothing was written: {error.orig}") from error
    except UnicodeEncodeError as error:
        raise RecordInvalid(f"nothing was written: a text holds what is no character ({error.reason})") from error
