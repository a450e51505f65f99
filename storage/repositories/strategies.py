"""Strategies: which version and which status is the current one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from storage.errors import RecordConflict
from storage.lifecycle import FIRST, check_step
from storage.repositories.rows import one_row, stored_record
from storage.repositories.statuses import StatusEvents
from storage.repositories.variants import Variants
from storage.repositories.versions import Versions, number_of
from storage.strategy_records import StrategyRecord
from storage.tables import strategies as table
from storage.times import wire_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine import Connection, RowMapping

    from engine.spec.models import StrategySpec
    from storage.strategy_records import Actor, GeneratedBy, StrategyStatus, VersionOrigin


@dataclass(frozen=True, slots=True)
class Current:
    """Where a strategy stands."""

    version: str
    status: StrategyStatus


class Strategies:
    """An owner's strategies."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._versions = Versions(connection)
        self._statuses = StatusEvents(connection)
        self._variants = Variants(connection)

    def exists(self, owner: str, strategy_id: str) -> bool:
        """Tell whether the owner has a strategy of that id."""
        query = select(table.c.id).where(table.c.owner_id == owner, table.c.id == strategy_id)
        return self._connection.execute(query).first() is not None

    def add(
        self,
        owner: str,
        strategy_id: str,
        spec: StrategySpec,
        *,
        why: str,
        origin: VersionOrigin,
        generated_by: GeneratedBy,
        now_ms: int,
    ) -> None:
        """Store a new strategy with its first version, at the status its origin starts with."""
        status = FIRST[origin]
        self._connection.execute(
            insert(table).values(
                owner_id=owner,
                id=strategy_id,
                version=spec.version,
                status=status,
                visibility="private",
                metadata={"generatedBy": generated_by},
                created_ms=now_ms,
                updated_ms=now_ms,
            )
        )
        self._versions.add(owner, strategy_id, spec, parent=None, diff=(), why=why, origin=origin, now_ms=now_ms)
        self._statuses.append(
            owner,
            strategy_id,
            version=spec.version,
            before=None,
            after=status,
            actor=origin,
            reason=why,
            now_ms=now_ms,
        )

    def add_version(
        self,
        owner: str,
        strategy_id: str,
        spec: StrategySpec,
        *,
        diff: Sequence[Mapping[str, Any]],
        why: str,
        origin: VersionOrigin,
        now_ms: int,
    ) -> None:
        """Store a version after the current one; the status starts again.

        Raises
        ------
        RecordNotFound
            The owner has no such strategy.
        RecordConflict
            Its number is not above the current one: somebody else has made a version in the meantime.
        """
        head = self._head(owner, strategy_id, for_update=True)
        parent = head["version"]
        if number_of(spec.version) <= number_of(parent):
            message = f"version {spec.version} of strategy '{strategy_id}' does not follow {parent}, the current one"
            raise RecordConflict(f"{message}: another came first, and nothing was kept; look at {parent}, change that")
        self._versions.add(owner, strategy_id, spec, parent=parent, diff=diff, why=why, origin=origin, now_ms=now_ms)
        self._move(owner, head, spec.version, FIRST[origin], actor=origin, reason=why, now_ms=now_ms)

    def change_status(
        self, owner: str, strategy_id: str, status: StrategyStatus, *, actor: Actor, reason: str, now_ms: int
    ) -> None:
        """Change the status, with who and why; raises RecordNotFound, and RecordConflict for a step there is not."""
        head = self._head(owner, strategy_id, for_update=True)
        check_step(head["status"], status)
        self._move(owner, head, head["version"], status, actor=actor, reason=reason, now_ms=now_ms)

    def current(self, owner: str, strategy_id: str) -> Current:
        """Return the current version and status of a strategy; raises RecordNotFound."""
        head = self._head(owner, strategy_id)
        return Current(head["version"], head["status"])

    def get(self, owner: str, strategy_id: str) -> StrategyRecord:
        """Return a strategy at its current version, with its variants; raises RecordNotFound."""
        head = self._head(owner, strategy_id)
        current = self._versions.get(owner, strategy_id, head["version"])
        return stored_record(
            StrategyRecord,
            {
                "id": strategy_id,
                "owner_user_id": owner,
                "name": current.spec["name"],
                "version": current.version,
                "status": head["status"],
                "created_at": wire_time(head["created_ms"]),
                "updated_at": wire_time(head["updated_ms"]),
                "spec": current.spec,
                "variants": list(self._variants.of_strategy(owner, strategy_id)) or None,
                "visibility": head["visibility"],
                "metadata": head["metadata"],
                "verdict": "UNPROVEN",
                "spec_hash": current.spec_hash,
            },
        )

    def newest(self, owner: str, *, limit: int = 100) -> tuple[StrategyRecord, ...]:
        """Return the owner's strategies, the one that changed last first."""
        query = (
            select(table.c.id)
            .where(table.c.owner_id == owner)
            .order_by(table.c.updated_ms.desc(), table.c.id)
            .limit(limit)
        )
        return tuple(self.get(owner, one) for one in self._connection.execute(query).scalars().all())

    def _head(self, owner: str, strategy_id: str, *, for_update: bool = False) -> RowMapping:
        query = select(table).where(table.c.owner_id == owner, table.c.id == strategy_id)
        return one_row(self._connection, query.with_for_update() if for_update else query, "strategy", strategy_id)

    def _move(
        self,
        owner: str,
        head: RowMapping,
        version: str,
        status: StrategyStatus,
        *,
        actor: Actor,
        reason: str,
        now_ms: int,
    ) -> None:
        self._statuses.append(
            owner,
            head["id"],
            version=version,
            before=head["status"],
            after=status,
            actor=actor,
            reason=reason,
            now_ms=now_ms,
        )
        self._connection.execute(
            update(table)
            .where(table.c.owner_id == owner, table.c.id == head["id"])
            .values(version=version, status=status, updated_ms=now_ms)
        )
