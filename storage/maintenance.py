"""Is everything there, and as it was written? Looks at every row of every owner, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from storage.backend import driver_words
from storage.consistency import SHOWN, broken_file, broken_rows
from storage.errors import DatabaseUnusable, StorageError
from storage.migrations.upgrade import NEWEST
from storage.read_back import READERS
from storage.tables import metadata
from storage.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection

    from storage.database import Database
    from storage.read_back import Reader

Progress = Callable[[str, int, int], None]
"""Is told what is looked at, how many are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found: the revision, the rows of each table, and every fault in words (none: all is well)."""

    revision: str
    counts: Mapping[str, int]
    faults: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """True when nothing is wrong."""
        return not self.faults


def check_database(database: Database, *, progress: Progress | None = None) -> Report:
    """Look at everything that is stored, in one snapshot, while others go on writing.

    The pages of a SQLite file; every reference; numbers without gaps; each owner's trial chain; and every record, read
    the way the program reads it, with the hashes of specs.

    Raises
    ------
    DatabaseBusy, DatabaseUnusable
        It cannot be read at all.
    """
    report = None
    try:
        with database.reading() as connection:
            report = look_at(connection, progress or _nothing)
    except DatabaseUnusable:
        if report is None:  # else a damaged file did not even let the reading end
            raise
    return report


def look_at(connection: Connection, progress: Progress) -> Report:
    """Return what `check_database` finds, in the transaction of a connection."""
    take_time(connection)
    faults = [*broken_file(connection)]
    try:
        faults += broken_rows(connection)
    except DBAPIError as error:
        faults.append(f"the rows cannot be compared: {driver_words(error)}")
    counts: dict[str, int] = {}
    for table in metadata.sorted_tables:
        try:
            counts[table.name] = count_of(connection, table)
            faults += _unreadable(connection, table, progress)
        except DBAPIError as error:
            faults.append(f"{table.name} cannot be read: {driver_words(error)}")
    progress("all", sum(counts.values()), sum(counts.values()))
    return Report(NEWEST, counts, tuple(faults))


def count_of(connection: Connection, table: Table) -> int:
    """Return how many rows a table has."""
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def take_time(connection: Connection) -> None:
    """Let statements of this transaction take longer than those of a request may."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")


def _unreadable(connection: Connection, table: Table, progress: Progress) -> Iterator[str]:
    work = UnitOfWork(connection)
    column, read = READERS[table.name]
    owner = table.c.id if table.name == "users" else table.c.owner_id
    keys = connection.execute(select(owner, table.c[column]).distinct().order_by(owner, table.c[column])).all()
    found = 0
    for done, (whose, key) in enumerate(keys):
        progress(table.name, done, len(keys))
        fault = _fault(read, work, whose, key)
        if fault is not None and found < SHOWN:
            found += 1
            yield f"{table.name} '{key}' of '{whose}': {fault}"


def _fault(read: Reader, work: UnitOfWork, owner: str, key: Any) -> str | None:
    """Return what is wrong with a record: whatever reading it raises, since a row may hold anything."""
    try:
        said = read(work, owner, key)
    except StorageError as error:
        return str(error)
    except DBAPIError as error:
        return driver_words(error)
    except (ValueError, LookupError, TypeError, OverflowError) as error:
        return f"does not read back: {type(error).__name__}: {error}"
    return said if isinstance(said, str) else None


def _nothing(what: str, done: int, total: int) -> None:
    return None
