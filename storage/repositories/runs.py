"""Runs and the one log of their events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, insert, select, update

from storage.errors import RecordConflict
from storage.records import read_record
from storage.repositories.pages import page_of
from storage.repositories.rows import following_seq, held_for_update, one_row, stored_record
from storage.run_records import RunError, RunEvent, RunRecord
from storage.tables import run_events as events
from storage.tables import runs as table
from storage.tables import threads
from storage.times import milliseconds_of, wire_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Select
    from sqlalchemy.engine import Connection, RowMapping

    from storage.paging import Page
    from storage.run_records import RunStatus

LAST_SEQ = 2**31 - 1
"""The highest number an event can have."""


class Runs:
    """An owner's runs; each keeps its events in the order they happened."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, owner: str, run: RunRecord, *, now_ms: int) -> RunRecord:
        """Store a run that starts now, and return it as it is stored.

        Raises
        ------
        RecordNotFound
            The owner has no such thread.
        RecordConflict
            The thread, or the record it works on, has a running run; or the message has a run that was not in vain.
        """
        if run.thread_id is not None:
            held_for_update(self._connection, threads, owner, run.thread_id, "thread")
        self._refuse_second(owner, run)
        columns = ("id", "kind", "thread_id", "subject_id", "message_id", "text", "status")
        self._connection.execute(
            insert(table).values(
                owner_id=owner,
                **{name: getattr(run, name) for name in columns},
                error=None if run.error is None else run.error.as_json(),
                created_ms=milliseconds_of(run.created_at, field="createdAt"),
                updated_ms=now_ms,
            )
        )
        return self.get(owner, run.id)

    def get(self, owner: str, run_id: str) -> RunRecord:
        """Return a run; raises RecordNotFound."""
        query = select(table).where(table.c.owner_id == owner, table.c.id == run_id)
        return _run(one_row(self._connection, query, "run", run_id))

    def find_by_message(self, owner: str, message_id: str) -> RunRecord | None:
        """Return the newest run of a message, None when it has none."""
        return self._newest(select(table).where(table.c.owner_id == owner, table.c.message_id == message_id))

    def find_by_subject(self, owner: str, subject_id: str) -> RunRecord | None:
        """Return the newest run of a record (an optimization, a job), None when there is none."""
        return self._newest(select(table).where(table.c.owner_id == owner, table.c.subject_id == subject_id))

    def active(self, owner: str, thread_id: str) -> RunRecord | None:
        """Return the running run of a thread, None when it waits for a message."""
        query = select(table).where(table.c.owner_id == owner, table.c.thread_id == thread_id)
        return self._newest(query.where(table.c.status == "running"))

    def unfinished(self, owner: str) -> tuple[RunRecord, ...]:
        """Return the owner's running runs, oldest first."""
        query = select(table).where(table.c.owner_id == owner, table.c.status == "running")
        ordered = query.order_by(table.c.created_ms, table.c.id)
        return tuple(_run(row) for row in self._connection.execute(ordered).mappings())

    def page(self, owner: str, thread_id: str, *, limit: int, cursor: str | None = None) -> Page[RunRecord]:
        """Return a page of a thread's runs, newest first; raises RecordInvalid for a cursor that is none."""
        query = select(table).where(table.c.owner_id == owner, table.c.thread_id == thread_id)
        key = (table.c.created_ms, table.c.id)
        return page_of(self._connection, query, key, _run, limit=limit, cursor=cursor)

    def finish(
        self, owner: str, run_id: str, *, status: RunStatus, error: Mapping[str, Any] | None = None, now_ms: int
    ) -> RunRecord:
        """End a run, and return it; ended the same way twice it stays as it is. Its last event is appended before.

        Raises
        ------
        RecordNotFound
            The owner has no such run.
        RecordConflict
            It has ended in another way.
        RecordInvalid
            ``error`` is no RunError (``code`` and ``message``).
        """
        row = self._held(owner, run_id)
        if row["status"] == status:
            return _run(row)
        if row["status"] != "running":
            raise RecordConflict(f"run '{run_id}' is {row['status']}: it cannot become {status}")
        self._connection.execute(
            update(table)
            .where(table.c.owner_id == owner, table.c.id == run_id)
            .values(
                status=status,
                error=None if error is None else read_record(RunError, error).as_json(),
                updated_ms=now_ms,
            )
        )
        return self.get(owner, run_id)

    def append(
        self, owner: str, run_id: str, new: Sequence[tuple[str, Mapping[str, Any]]], *, now_ms: int
    ) -> tuple[RunEvent, ...]:
        """Append events (type and data each) to a run's log, and return them with their numbers.

        Raises
        ------
        RecordNotFound
            The owner has no such run.
        RecordConflict
            The run has ended: nothing follows its last event.
        RecordInvalid
            An event is not of its shape.
        """
        row = self._held(owner, run_id)
        if row["status"] != "running":
            raise RecordConflict(f"run '{run_id}' is {row['status']}: nothing follows its last event")
        of_run = (events.c.owner_id == owner, events.c.run_id == run_id)
        first = following_seq(self._connection, events, *of_run)
        made = tuple(_event(run_id, seq, kind, data, now_ms) for seq, (kind, data) in enumerate(new, start=first))
        if made:
            rows = [
                {"owner_id": owner, "run_id": run_id, "seq": one.seq, "type": one.type, "data": one.data}
                for one in made
            ]
            self._connection.execute(insert(events), [{**one, "created_ms": now_ms} for one in rows])
        return made

    def events(self, owner: str, run_id: str, *, after: int = 0, limit: int = 500) -> tuple[RunEvent, ...]:
        """Return the events of a run whose number is above ``after``, in order, at most ``limit`` of them."""
        query = (
            select(events)
            .where(
                events.c.owner_id == owner,
                events.c.run_id == run_id,
                events.c.seq > max(0, min(after, LAST_SEQ)),
            )
            .order_by(events.c.seq)
            .limit(limit)
        )
        names = ("run_id", "seq", "type", "data")
        return tuple(
            stored_record(RunEvent, {**{name: row[name] for name in names}, "created_at": wire_time(row["created_ms"])})
            for row in self._connection.execute(query).mappings()
        )

    def forget_events(self, owner: str, *, before_ms: int, n_runs: int) -> int:
        """Take away all events of up to ``n_runs`` runs that ended before a time; return how many events that were."""
        of_owner = (table.c.owner_id == owner, table.c.status != "running", table.c.updated_ms < before_ms)
        has_events = exists().where(events.c.owner_id == table.c.owner_id, events.c.run_id == table.c.id)
        ended = select(table.c.id).where(*of_owner, has_events).order_by(table.c.updated_ms, table.c.id).limit(n_runs)
        ids = self._connection.execute(ended).scalars().all()
        if not ids:
            return 0
        return self._connection.execute(
            delete(events).where(events.c.owner_id == owner, events.c.run_id.in_(ids))
        ).rowcount

    def _refuse_second(self, owner: str, run: RunRecord) -> None:
        """Say in words what the unique keys of the table refuse."""
        known = self._newest(select(table).where(table.c.owner_id == owner, table.c.id == run.id))
        if known is not None:
            raise RecordConflict(f"there is a run '{run.id}' already: give this one an id of its own")
        for column, value, words in (
            (table.c.thread_id, run.thread_id, "thread"),
            (table.c.subject_id, run.subject_id, "record"),
        ):
            running = select(table).where(table.c.owner_id == owner, table.c.status == "running", column == value)
            busy = None if value is None else self._newest(running)
            if busy is not None:
                raise RecordConflict(f"run '{busy.id}' is running on {words} '{value}': wait for its end, or cancel it")
        if run.message_id is not None:
            kept = self.find_by_message(owner, run.message_id)
            if kept is not None and kept.status in ("running", "completed"):
                raise RecordConflict(f"message '{run.message_id}' has the run '{kept.id}' already: follow that one")

    def _newest(self, query: Select[Any]) -> RunRecord | None:
        ordered = query.order_by(table.c.created_ms.desc(), table.c.id.desc()).limit(1)
        row = self._connection.execute(ordered).mappings().one_or_none()
        return None if row is None else _run(row)

    def _held(self, owner: str, run_id: str) -> RowMapping:
        return held_for_update(self._connection, table, owner, run_id, "run")


def _run(row: RowMapping) -> RunRecord:
    names = ("id", "kind", "thread_id", "subject_id", "message_id", "text", "status", "error")
    return stored_record(
        RunRecord,
        {
            **{name: row[name] for name in names},
            "owner_user_id": row["owner_id"],
            "created_at": wire_time(row["created_ms"]),
            "updated_at": wire_time(row["updated_ms"]),
        },
    )


def _event(run_id: str, seq: int, kind: str, data: Mapping[str, Any], now_ms: int) -> RunEvent:
    fields = {"run_id": run_id, "seq": seq, "type": kind, "data": dict(data), "created_at": wire_time(now_ms)}
    return read_record(RunEvent, fields)
