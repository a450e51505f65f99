"""Searches among variants: the run, and the candidates it has evaluated so far."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, get_args

from sqlalchemy import insert, select, update

from storage.errors import RecordConflict, RecordInvalid, StaleFence
from storage.records import PerformanceSummary, read_record
from storage.repositories.pages import page_of
from storage.repositories.rows import held_for_update, insert_missing, one_row, stored_record
from storage.run_records import EvaluatedCandidate, OptimizationRun, OptimizationStatus
from storage.tables import optimization_candidates as candidates
from storage.tables import optimization_runs as table
from storage.tables import strategies
from storage.times import milliseconds_of, wire_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection, RowMapping

    from storage.paging import Page

UNFINISHED: tuple[OptimizationStatus, ...] = ("queued", "running")

FINISHED = tuple(status for status in get_args(OptimizationStatus) if status not in UNFINISHED)


class Optimizations:
    """The searches of an owner's strategies; whoever works on one has claimed it, and its writes carry the fence."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, owner: str, run: OptimizationRun, *, now_ms: int) -> None:
        """Store a new search, queued where it says nothing else.

        Raises
        ------
        RecordNotFound
            The owner has no such strategy.
        RecordConflict
            The owner has a search of that id.
        RecordInvalid
            ``createdAt`` is no time.
        """
        held_for_update(self._connection, strategies, owner, run.strategy_record_id, "strategy")
        query = select(table.c.id).where(table.c.owner_id == owner, table.c.id == run.id)
        if self._connection.execute(query).first() is not None:
            raise RecordConflict(f"there is an optimization '{run.id}' already: give this one an id of its own")
        self._connection.execute(
            insert(table).values(
                owner_id=owner,
                id=run.id,
                strategy_id=run.strategy_record_id,
                status=run.status or "queued",
                record=run.as_json(),
                fence=0,
                created_ms=milliseconds_of(run.created_at, field="createdAt"),
                updated_ms=now_ms,
            )
        )

    def get(self, owner: str, optimization_id: str) -> OptimizationRun:
        """Return a search; raises RecordNotFound."""
        query = select(table).where(table.c.owner_id == owner, table.c.id == optimization_id)
        return _record(one_row(self._connection, query, "optimization", optimization_id))

    def page(self, owner: str, strategy_id: str, *, limit: int, cursor: str | None = None) -> Page[OptimizationRun]:
        """Return a page of a strategy's searches, newest first; raises RecordInvalid for a cursor that is none."""
        query = select(table).where(table.c.owner_id == owner, table.c.strategy_id == strategy_id)
        key = (table.c.created_ms, table.c.id)
        return page_of(self._connection, query, key, _record, limit=limit, cursor=cursor)

    def unfinished(self, owner: str) -> tuple[str, ...]:
        """Return the ids of the searches that are queued or running, oldest first."""
        query = (
            select(table.c.id)
            .where(table.c.owner_id == owner, table.c.status.in_(UNFINISHED))
            .order_by(table.c.created_ms, table.c.id)
        )
        return tuple(self._connection.execute(query).scalars())

    def ended_after(self, owner: str, strategy_id: str, after_ms: int) -> tuple[OptimizationRun, ...]:
        """Return the searches of a strategy that came to their end, whatever that is, after a time, in that order."""
        query = select(table).where(
            table.c.owner_id == owner,
            table.c.strategy_id == strategy_id,
            table.c.status.in_(FINISHED),
            table.c.updated_ms > after_ms,
        )
        ordered = query.order_by(table.c.updated_ms, table.c.id)
        return tuple(_record(row) for row in self._connection.execute(ordered).mappings())

    def claim(self, owner: str, optimization_id: str, now_ms: int) -> int:
        """Make a search running for the caller, and return the fence that its writes carry from now.

        Raises
        ------
        RecordNotFound
            The owner has no such search.
        RecordConflict
            It is completed, failed or cancelled.
        """
        row = self._held(owner, optimization_id)
        if row["status"] in FINISHED:
            raise RecordConflict(f"optimization '{optimization_id}' is {row['status']}: start a new one")
        fence = int(row["fence"]) + 1
        self._set(owner, optimization_id, status="running", fence=fence, updated_ms=now_ms)
        return fence

    def save(self, owner: str, optimization_id: str, fence: int, run: OptimizationRun, now_ms: int) -> None:
        """Replace what is known of a search; its id, strategy and beginning stay.

        Raises
        ------
        RecordNotFound
            The owner has no such search.
        StaleFence
            Another has claimed it since, or it was cancelled.
        RecordInvalid
            The record is about another search.
        """
        row = self._fenced(owner, optimization_id, fence)
        if (run.id, run.strategy_record_id) != (optimization_id, row["strategy_id"]):
            raise RecordInvalid(
                f"the record is of optimization '{run.id}' of strategy '{run.strategy_record_id}',"
                f" not of '{optimization_id}' of '{row['strategy_id']}'"
            )
        record = {**run.as_json(), "createdAt": row["record"]["createdAt"]}
        self._set(owner, optimization_id, status=run.status or "running", record=record, updated_ms=now_ms)

    def cancel(self, owner: str, optimization_id: str, now_ms: int) -> None:
        """Stop a search: whoever works on it finds its fence stale. One that is cancelled stays so.

        Raises
        ------
        RecordNotFound
            The owner has no such search.
        RecordConflict
            It is completed or failed.
        """
        row = self._held(owner, optimization_id)
        if row["status"] == "cancelled":
            return
        if row["status"] in FINISHED:
            raise RecordConflict(f"optimization '{optimization_id}' is {row['status']}: there is nothing to cancel")
        self._set(owner, optimization_id, status="cancelled", fence=int(row["fence"]) + 1, updated_ms=now_ms)

    def add_candidates(
        self,
        owner: str,
        optimization_id: str,
        fence: int,
        evaluated: Iterable[EvaluatedCandidate | tuple[Any, ...]],
    ) -> None:
        """Store what was evaluated, each a tuple like EvaluatedCandidate; a number that is there stays as it is.

        Raises
        ------
        RecordNotFound
            The owner has no such search.
        StaleFence
            Another has claimed it since, or it was cancelled.
        RecordInvalid
            A summary is no PerformanceSummary, or a score is no finite number.
        """
        self._fenced(owner, optimization_id, fence)
        rows = [_row(owner, optimization_id, EvaluatedCandidate(*one)) for one in evaluated]
        insert_missing(self._connection, candidates, rows)

    def candidates(self, owner: str, optimization_id: str) -> tuple[EvaluatedCandidate, ...]:
        """Return what a search has evaluated so far, by its numbers."""
        names = EvaluatedCandidate._fields
        query = (
            select(*(candidates.c[name] for name in names))
            .where(candidates.c.owner_id == owner, candidates.c.optimization_id == optimization_id)
            .order_by(candidates.c.number)
        )
        return tuple(EvaluatedCandidate(*row) for row in self._connection.execute(query))

    def _held(self, owner: str, optimization_id: str) -> RowMapping:
        return held_for_update(self._connection, table, owner, optimization_id, "optimization")

    def _fenced(self, owner: str, optimization_id: str, fence: int) -> RowMapping:
        row = self._held(owner, optimization_id)
        if row["fence"] != fence:
            raise StaleFence(
                f"optimization '{optimization_id}' was claimed by another since, or cancelled: nothing was written"
            )
        return row

    def _set(self, owner: str, optimization_id: str, **values: Any) -> None:
        of_run = (table.c.owner_id == owner, table.c.id == optimization_id)
        self._connection.execute(update(table).where(*of_run).values(**values))


def _row(owner: str, optimization_id: str, one: EvaluatedCandidate) -> dict[str, Any]:
    summary = read_record(PerformanceSummary, one.summary).as_json()
    if one.score is not None and not math.isfinite(one.score):
        raise RecordInvalid(f"candidate {one.number} has the score {one.score}: leave out one that has no value")
    values = {**one._asdict(), "overrides": dict(one.overrides), "summary": summary}
    return {"owner_id": owner, "optimization_id": optimization_id, **values}


def _record(row: RowMapping) -> OptimizationRun:
    now = {"status": row["status"], "updatedAt": wire_time(row["updated_ms"])}
    return stored_record(OptimizationRun, {**row["record"], **now})
