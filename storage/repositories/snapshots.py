"""Snapshots: a strategy's figures over a period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from storage.errors import RecordConflict, RecordInvalid
from storage.repositories.pages import page_of
from storage.repositories.rows import held_for_update, one_row, stored_record
from storage.run_records import PerformanceSnapshot
from storage.tables import performance_snapshots as table
from storage.tables import strategies
from storage.times import milliseconds_of

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, RowMapping

    from storage.paging import Page


class Snapshots:
    """The snapshots of an owner's strategies; one that was written stays as it is."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, owner: str, snapshot: PerformanceSnapshot, *, now_ms: int) -> None:
        """Store a snapshot.

        Raises
        ------
        RecordNotFound
            The owner has no such strategy.
        RecordConflict
            The owner has a snapshot of that id.
        RecordInvalid
            A time is none, or the period ends before it begins.
        """
        start = milliseconds_of(snapshot.period.start, field="period.start")
        end = milliseconds_of(snapshot.period.end, field="period.end")
        if end < start:
            raise RecordInvalid(f"the period ends at {snapshot.period.end}, before {snapshot.period.start}")
        milliseconds_of(snapshot.created_at, field="createdAt")
        held_for_update(self._connection, strategies, owner, snapshot.strategy_record_id, "strategy")
        query = select(table.c.id).where(table.c.owner_id == owner, table.c.id == snapshot.id)
        if self._connection.execute(query).first() is not None:
            raise RecordConflict(f"there is a snapshot '{snapshot.id}' already: give this one an id of its own")
        self._connection.execute(
            insert(table).values(
                owner_id=owner,
                id=snapshot.id,
                strategy_id=snapshot.strategy_record_id,
                variant_id=snapshot.variant_id,
                start_ms=start,
                end_ms=end,
                record=snapshot.as_json(),
                created_ms=now_ms,
            )
        )

    def get(self, owner: str, snapshot_id: str) -> PerformanceSnapshot:
        """Return a snapshot; raises RecordNotFound."""
        query = select(table).where(table.c.owner_id == owner, table.c.id == snapshot_id)
        return _record(one_row(self._connection, query, "snapshot", snapshot_id))

    def page(self, owner: str, strategy_id: str, *, limit: int, cursor: str | None = None) -> Page[PerformanceSnapshot]:
        """Return a page of a strategy's snapshots, newest first; raises RecordInvalid for a cursor that is none."""
        query = select(table).where(table.c.owner_id == owner, table.c.strategy_id == strategy_id)
        key = (table.c.created_ms, table.c.id)
        return page_of(self._connection, query, key, _record, limit=limit, cursor=cursor)


def _record(row: RowMapping) -> PerformanceSnapshot:
    return stored_record(PerformanceSnapshot, row["record"])
