"""Conversations and their messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from sqlalchemy import delete, insert, select, update

from storage.errors import RecordConflict
from storage.records import Thread, ThreadMessage, read_record
from storage.repositories.pages import page_of
from storage.repositories.rows import following_seq, one_row, stored_record
from storage.tables import messages, run_events, runs, thread_links, threads
from storage.times import milliseconds_of, wire_time

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, RowMapping

    from storage.paging import Page


class Said(NamedTuple):
    """What was said in a thread, without what belongs to it: a message's id, whose it is, its words."""

    id: str
    role: Literal["user", "assistant"]
    text: str


class Threads:
    """An owner's conversations."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, owner: str, thread_id: str, *, now_ms: int) -> None:
        """Store a new thread without messages."""
        self._connection.execute(
            insert(threads).values(owner_id=owner, id=thread_id, created_ms=now_ms, updated_ms=now_ms)
        )

    def exists(self, owner: str, thread_id: str) -> bool:
        """Return whether the owner has a thread of that id."""
        query = select(threads.c.id).where(threads.c.owner_id == owner, threads.c.id == thread_id)
        return self._connection.execute(query).first() is not None

    def get(self, owner: str, thread_id: str, *, for_update: bool = False) -> Thread:
        """Return a thread, ``for_update`` held until the unit of work ends; raises RecordNotFound."""
        query = select(threads).where(threads.c.owner_id == owner, threads.c.id == thread_id)
        return _thread(one_row(self._connection, query.with_for_update() if for_update else query, "thread", thread_id))

    def page(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[Thread]:
        """Return a page of the owner's threads, the one that changed last first; RecordInvalid for no cursor."""
        query = select(threads).where(threads.c.owner_id == owner)
        key = (threads.c.updated_ms, threads.c.id)
        return page_of(self._connection, query, key, _thread, limit=limit, cursor=cursor)

    def finished(self, owner: str, *, before_ms: int) -> tuple[str, ...]:
        """Return the ids of the threads that were finished before a time, the one finished first comes first."""
        query = select(threads.c.id).where(threads.c.owner_id == owner, threads.c.finished_ms < before_ms)
        return tuple(self._connection.execute(query.order_by(threads.c.finished_ms, threads.c.id)).scalars())

    def update(self, owner: str, thread_id: str, *, strategy_id: str | None, pending: str | None, now_ms: int) -> None:
        """Replace the strategy a thread works on and the request it waits with; one that was finished is open again."""
        self._connection.execute(
            update(threads)
            .where(threads.c.owner_id == owner, threads.c.id == thread_id)
            .values(strategy_id=strategy_id, pending=pending, finished_ms=None, updated_ms=now_ms)
        )

    def rename(self, owner: str, thread_id: str, title: str, now_ms: int) -> None:
        """Give a thread a title; raises RecordNotFound, and RecordInvalid for no plain text of 1 to 120 characters."""
        read_record(Thread, {**self.get(owner, thread_id, for_update=True).as_json(), "title": title})
        self._set(owner, thread_id, title=title, updated_ms=now_ms)

    def finish(self, owner: str, thread_id: str, now_ms: int) -> None:
        """Say that a thread is over, until its next message; one that is finished stays so. Raises RecordNotFound."""
        if self.get(owner, thread_id, for_update=True).finished_at is None:
            self._set(owner, thread_id, finished_ms=now_ms, updated_ms=now_ms)

    def delete(self, owner: str, thread_id: str) -> None:
        """Delete a thread with its messages, runs, events and links; what it built stays.

        Raises
        ------
        RecordNotFound
            The owner has no such thread.
        RecordConflict
            A turn of it is running.
        """
        self.get(owner, thread_id, for_update=True)
        of_thread = select(runs.c.id).where(runs.c.owner_id == owner, runs.c.thread_id == thread_id)
        if self._connection.execute(of_thread.where(runs.c.status == "running")).first() is not None:
            raise RecordConflict(f"a turn of thread '{thread_id}' is running: cancel it, or wait for its end")
        self._connection.execute(
            delete(run_events).where(run_events.c.owner_id == owner, run_events.c.run_id.in_(of_thread))
        )
        for table in (runs, thread_links, messages):
            self._connection.execute(delete(table).where(table.c.owner_id == owner, table.c.thread_id == thread_id))
        self._connection.execute(delete(threads).where(threads.c.owner_id == owner, threads.c.id == thread_id))

    def _set(self, owner: str, thread_id: str, **values: Any) -> None:
        of_thread = (threads.c.owner_id == owner, threads.c.id == thread_id)
        self._connection.execute(update(threads).where(*of_thread).values(**values))

    def add_message(self, owner: str, message: ThreadMessage) -> None:
        """Append a message to its thread."""
        of_thread = (messages.c.owner_id == owner, messages.c.thread_id == message.thread_id)
        self._connection.execute(
            insert(messages).values(
                owner_id=owner,
                id=message.id,
                thread_id=message.thread_id,
                seq=following_seq(self._connection, messages, *of_thread),
                role=message.role,
                text=message.text,
                answer=message.answer,
                backtest_run_id=message.backtest_run_id,
                usage=message.usage,
                provenance=message.provenance,
                created_ms=milliseconds_of(message.created_at, field="createdAt"),
            )
        )

    def find_message(self, owner: str, message_id: str) -> ThreadMessage | None:
        """Return a message of any of the owner's threads, None when there is none of that id."""
        query = select(messages).where(messages.c.owner_id == owner, messages.c.id == message_id)
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else _message(row)

    def answer_to(self, owner: str, thread_id: str, message_id: str) -> dict[str, Any] | None:
        """Return the answer document that follows a message in its thread, None when no such message is there."""
        asked = select(messages.c.seq).where(
            messages.c.owner_id == owner, messages.c.thread_id == thread_id, messages.c.id == message_id
        )
        seq = self._connection.execute(asked).scalar()
        if seq is None:
            return None
        query = select(messages.c.answer).where(
            messages.c.owner_id == owner, messages.c.thread_id == thread_id, messages.c.seq == seq + 1
        )
        return self._connection.execute(query).scalar()

    def messages(self, owner: str, thread_id: str, *, newest: int | None = None) -> tuple[ThreadMessage, ...]:
        """Return the messages of a thread, oldest first; only the ``newest`` so many when it is given."""
        query = (
            select(messages)
            .where(messages.c.owner_id == owner, messages.c.thread_id == thread_id)
            .order_by(messages.c.seq.desc())
            .limit(newest)
        )
        rows = self._connection.execute(query).mappings().all()
        return tuple(_message(row) for row in reversed(rows))

    def said(self, owner: str, thread_id: str) -> tuple[Said, ...]:
        """Return the words of a thread, oldest first, without the answer documents."""
        query = (
            select(messages.c.id, messages.c.role, messages.c.text)
            .where(messages.c.owner_id == owner, messages.c.thread_id == thread_id)
            .order_by(messages.c.seq)
        )
        return tuple(Said(*row) for row in self._connection.execute(query))

    def messages_page(
        self, owner: str, thread_id: str, *, limit: int, cursor: str | None = None
    ) -> Page[ThreadMessage]:
        """Return a page of the messages of a thread, oldest first; raises RecordInvalid for a cursor that is none."""
        query = select(messages).where(messages.c.owner_id == owner, messages.c.thread_id == thread_id)
        key = (messages.c.seq,)
        return page_of(self._connection, query, key, _message, limit=limit, cursor=cursor, descending=False)


def _thread(row: RowMapping) -> Thread:
    return stored_record(
        Thread,
        {
            "id": row["id"],
            "owner_user_id": row["owner_id"],
            "strategy_record_id": row["strategy_id"],
            "pending": row["pending"],
            "title": row["title"],
            "created_at": wire_time(row["created_ms"]),
            "updated_at": wire_time(row["updated_ms"]),
            "finished_at": None if row["finished_ms"] is None else wire_time(row["finished_ms"]),
        },
    )


def _message(row: RowMapping) -> ThreadMessage:
    names = ("id", "thread_id", "role", "text", "answer", "backtest_run_id", "usage", "provenance")
    return stored_record(
        ThreadMessage, {**{name: row[name] for name in names}, "created_at": wire_time(row["created_ms"])}
    )
