"""What was answered once and is answered the same again: requests under a key, and a model's replies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from storage.errors import RecordConflict
from storage.repositories.rows import insert_missing, one_row, stored_record
from storage.run_records import StoredResponse
from storage.tables import idempotency_keys as keys
from storage.tables import model_replies as replies
from storage.times import milliseconds_of, wire_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Connection


class IdempotencyKeys:
    """What an owner's requests were answered, by the key they carried."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, owner: str, key: str) -> StoredResponse | None:
        """Return what was answered under a key, None when it is new."""
        query = select(keys).where(keys.c.owner_id == owner, keys.c.key == key)
        row = self._connection.execute(query).mappings().one_or_none()
        if row is None:
            return None
        names = ("key", "route", "body_hash", "status", "headers", "body")
        return stored_record(
            StoredResponse, {**{name: row[name] for name in names}, "created_at": wire_time(row["created_ms"])}
        )

    def add(self, owner: str, response: StoredResponse) -> None:
        """Store an answer; raises RecordConflict for a key that has one, RecordInvalid for a time that is none."""
        if self.find(owner, response.key) is not None:
            raise RecordConflict(f"the key '{response.key[:80]}' has an answer already: it is the one to repeat")
        values = response.model_dump(exclude={"created_at"})
        created = milliseconds_of(response.created_at, field="createdAt")
        self._connection.execute(insert(keys).values(owner_id=owner, **values, created_ms=created))

    def purge(self, owner: str, before_ms: int) -> int:
        """Forget the answers given before a time; return how many they were."""
        old = (keys.c.owner_id == owner, keys.c.created_ms < before_ms)
        return self._connection.execute(delete(keys).where(*old)).rowcount


class ModelReplies:
    """What a language model answered to an owner, by the hash of what it was asked; a reply is never replaced."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, owner: str, key: str, document: Mapping[str, Any], *, now_ms: int) -> None:
        """Store a reply; under a key that has one, the first stays."""
        row = {"owner_id": owner, "key": key, "document": dict(document), "created_ms": now_ms}
        insert_missing(self._connection, replies, [row])

    def get(self, owner: str, key: str) -> dict[str, Any]:
        """Return a reply; raises RecordNotFound."""
        query = select(replies.c.document).where(replies.c.owner_id == owner, replies.c.key == key)
        found: dict[str, Any] = one_row(self._connection, query, "model reply", key)["document"]
        return found
