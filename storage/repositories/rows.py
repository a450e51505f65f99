"""Reading rows: one or none, and never something else than what was written."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.errors import RecordDamaged, RecordInvalid, RecordNotFound
from storage.records import AnyRecord, record_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Select
    from sqlalchemy.engine import Connection, RowMapping
    from sqlalchemy.sql import ColumnElement


def one_row(connection: Connection, query: Select[Any], kind: str, record_id: str) -> RowMapping:
    """Return the one row a query finds; raises RecordNotFound with the kind and id of what was looked for."""
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise RecordNotFound(kind, record_id)
    return row


def following_seq(connection: Connection, table: Table, *conditions: ColumnElement[bool]) -> int:
    """Return the number after the highest ``seq`` among the rows that meet the conditions, 1 for the first."""
    highest = connection.execute(select(func.max(table.c.seq)).where(*conditions)).scalar()
    return 1 if highest is None else int(highest) + 1


def insert_missing(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, any_key: bool = False
) -> None:
    """Insert rows, all with the same columns, whose key is not there yet; the others stay as they were written.

    ``any_key`` leaves a row out, too, that has another unique key in common with one that is there.
    """
    if rows:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        key = None if any_key else list(table.primary_key)
        connection.execute(insert(table).on_conflict_do_nothing(index_elements=key), list(rows))


def held_for_update(connection: Connection, table: Table, owner: str, record_id: str, kind: str) -> RowMapping:
    """Return the owner's row of that id, held until the unit of work ends; raises RecordNotFound."""
    query = select(table).where(table.c.owner_id == owner, table.c.id == record_id)
    return one_row(connection, query.with_for_update(key_share=True), kind, record_id)  # rows may still refer to it


def stored_record(kind: type[AnyRecord], data: Mapping[str, Any]) -> AnyRecord:
    """Return what a row holds as a record, without what is NULL; raises RecordDamaged when it is of another shape."""
    try:
        return record_of(kind, {name: value for name, value in data.items() if value is not None})
    except RecordInvalid as error:
        raise RecordDamaged(f"a stored row does not read back: {error}") from error


@contextmanager
def reading_back() -> Iterator[None]:
    """Raise RecordDamaged where text that should be JSON is none, or a time lies beyond all calendars."""
    try:
        yield
    except (ValueError, OverflowError, OSError) as error:
        raise RecordDamaged(f"a stored row does not read back: {error}") from error


def stored_spec(row: RowMapping) -> dict[str, Any]:
    """Return the spec of a row; raises RecordDamaged when its text does not have the hash written beside it."""
    found = hashlib.sha256(row["spec"].encode()).hexdigest()
    if found != row["spec_hash"]:
        raise RecordDamaged(f"a stored spec was changed: its hash is {found[:12]}, {row['spec_hash'][:12]} was written")
    spec: dict[str, Any] = orjson.loads(row["spec"])
    return spec
