"""Which thread a conversation of a foreign client is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, insert, or_, select

from storage.errors import RecordConflict
from storage.records import read_record
from storage.repositories.rows import held_for_update, stored_record
from storage.run_records import ThreadLink
from storage.tables import thread_links as table
from storage.tables import threads
from storage.times import wire_time

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


class ThreadLinks:
    """The names that foreign clients have for an owner's threads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, owner: str, client: str, key: str) -> str | None:
        """Return the id of the thread a client calls ``key``, None when it is new."""
        query = select(table.c.thread_id).where(table.c.owner_id == owner, table.c.client == client, table.c.key == key)
        return self._connection.execute(query).scalar()

    def find_all(self, owner: str, client: str, key: str) -> tuple[str, ...]:
        """Return the threads a client calls ``key``, or by a name that goes on with a stroke (``key/2``), oldest first.

        A conversation that was taken up again at an earlier message has a thread for each way it went.
        """
        of_client = (table.c.owner_id == owner, table.c.client == client)
        further = f"{key}/"  # compared letter by letter: LIKE takes capitals for small letters in SQLite
        named = or_(table.c.key == key, func.substr(table.c.key, 1, len(further)) == further)
        query = select(table.c.thread_id).where(*of_client, named).order_by(table.c.created_ms, table.c.key)
        return tuple(self._connection.execute(query).scalars())

    def add(self, owner: str, client: str, key: str, thread_id: str, *, now_ms: int) -> None:
        """Store that a client calls a thread ``key``; said again it changes nothing.

        Raises
        ------
        RecordNotFound
            The owner has no such thread.
        RecordInvalid
            ``client`` or ``key`` is empty, longer than 512 characters or holds control characters.
        RecordConflict
            The client calls another thread so.
        """
        held_for_update(self._connection, threads, owner, thread_id, "thread")
        given = {"client": client, "key": key, "thread_id": thread_id}
        read_record(ThreadLink, {**given, "created_at": wire_time(now_ms)})
        known = self.find(owner, client, key)
        if known is not None:
            if known != thread_id:
                raise RecordConflict(f"'{key[:80]}' of {client[:40]} is thread '{known}' already")
            return
        self._connection.execute(insert(table).values(owner_id=owner, **given, created_ms=now_ms))

    def of_thread(self, owner: str, thread_id: str) -> tuple[ThreadLink, ...]:
        """Return the names a thread is known by, oldest first."""
        query = (
            select(table)
            .where(table.c.owner_id == owner, table.c.thread_id == thread_id)
            .order_by(table.c.created_ms, table.c.client, table.c.key)
        )
        names = ("client", "key", "thread_id")
        return tuple(
            stored_record(
                ThreadLink, {**{name: row[name] for name in names}, "created_at": wire_time(row["created_ms"])}
            )
            for row in self._connection.execute(query).mappings()
        )
