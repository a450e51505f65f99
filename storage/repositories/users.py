"""Owners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from storage.errors import RecordNotFound
from storage.records import User, UserProfile, UserSettings
from storage.repositories.rows import insert_missing, one_row, stored_record
from storage.tables import users
from storage.times import wire_time

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


class Users:
    """Owners and what they prefer."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, owner: str) -> User | None:
        """Return an owner, None when there is none of that id."""
        row = self._connection.execute(select(users).where(users.c.id == owner)).mappings().one_or_none()
        if row is None:
            return None
        return stored_record(
            User,
            {
                "id": row["id"],
                "wallet_address": row["wallet_address"],
                "profile": row["profile"],
                "settings": row["settings"],
                "created_at": wire_time(row["created_ms"]),
                "updated_at": wire_time(row["updated_ms"]),
            },
        )

    def get(self, owner: str) -> User:
        """Return an owner; raises RecordNotFound."""
        found = self.find(owner)
        if found is None:
            raise RecordNotFound("user", owner)
        return found

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all owners: for what the service does for each of them, never for an answer."""
        return tuple(self._connection.execute(select(users.c.id).order_by(users.c.id)).scalars())

    def add(self, owner: str, *, wallet_address: str, now_ms: int) -> None:
        """Store a new owner; raises RecordConflict for an id or wallet that is there."""
        self._connection.execute(
            insert(users).values(id=owner, wallet_address=wallet_address, created_ms=now_ms, updated_ms=now_ms)
        )

    def ensure(self, owner: str, *, wallet_address: str, now_ms: int) -> None:
        """Store an owner who is not there yet, however many processes do so at once.

        Raises
        ------
        RecordNotFound
            There is none still: somebody else has that wallet.
        """
        row = {"id": owner, "wallet_address": wallet_address, "created_ms": now_ms, "updated_ms": now_ms}
        insert_missing(self._connection, users, [row], any_key=True)
        self.get(owner)

    def hold(self, owner: str) -> None:
        """Let what is decided by looking at everything of an owner be decided by one unit of work after the other.

        Raises
        ------
        RecordNotFound
            There is no such owner.
        """
        query = select(users.c.id).where(users.c.id == owner)
        one_row(self._connection, query.with_for_update(key_share=True), "user", owner)

    def save_settings(self, owner: str, settings: UserSettings, *, now_ms: int) -> None:
        """Replace what an owner prefers; raises RecordNotFound."""
        self.get(owner)
        self._connection.execute(
            update(users).where(users.c.id == owner).values(settings=settings.as_json(), updated_ms=now_ms)
        )

    def save_profile(self, owner: str, profile: UserProfile, *, now_ms: int) -> None:
        """Replace how an owner appears; raises RecordNotFound."""
        self.get(owner)
        self._connection.execute(
            update(users).where(users.c.id == owner).values(profile=profile.as_json(), updated_ms=now_ms)
        )
