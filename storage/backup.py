"""A backup: every row of one snapshot in a file that can be read into an empty database of either kind."""

from __future__ import annotations

import gzip
import math
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData, select

from storage.backup_file import AT_ONCE, FORMAT, KIND, LinesOut, Manifest, written_whole
from storage.errors import RecordConflict, RecordDamaged
from storage.maintenance import count_of, take_time
from storage.migrations.upgrade import NEWEST, VERSION_TABLE, revision_of
from storage.times import wire_time

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection

    from storage.database import Database
    from storage.maintenance import Progress


def write_backup(
    database: Database, path: Path, *, now_ms: int, replace: bool = False, progress: Progress | None = None
) -> Manifest:
    """Write everything of a database into a file, whole or not at all, while others go on writing.

    Raises
    ------
    RecordConflict
        The file is there, and ``replace`` was not asked for.
    DatabaseUnusable
        The file cannot be written, or the database cannot be read.
    """
    if path.exists() and not replace:
        raise RecordConflict(f"{path} is there already: name another file, or replace it")
    with (
        written_whole(path) as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as file,
        database.reading() as connection,
    ):
        return _write(connection, LinesOut(file), now_ms, progress)


def _write(connection: Connection, lines: LinesOut, now_ms: int, progress: Progress | None) -> Manifest:
    take_time(connection)
    revision = revision_of(connection, name="the database") or NEWEST
    tables = tables_of(connection)
    total = sum(count_of(connection, table) for table in tables)
    made = wire_time(now_ms)
    counts = {str(table.name): 0 for table in tables}
    lines.write({"kind": KIND, "format": FORMAT, "revision": revision, "createdAt": made, "tables": list(counts)})
    for table in tables:
        lines.write({"table": table.name, "columns": [column.name for column in table.c]})
        query = select(table).order_by(*table.primary_key)
        for rows in connection.execution_options(yield_per=AT_ONCE).execute(query).partitions():
            for row in rows:
                lines.write([_finite(item, table) for item in row])
            counts[table.name] += len(rows)
            if progress is not None:
                progress(f"writing {table.name}", sum(counts.values()), total)
    manifest = Manifest(revision, made, counts, lines.sha256)
    lines.write({"counts": counts, "sha256": manifest.sha256})
    return manifest


def tables_of(connection: Connection) -> list[Table]:
    """Return the tables of a database as they are there, in the order they refer to each other."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != VERSION_TABLE]


def _finite(value: Any, table: Table) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise RecordDamaged(f"{table.name} holds {value}, which no record has: check the database")
    return value
