"""The history of strategies' status; it only grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from storage.repositories.rows import following_seq, stored_record
from storage.strategy_records import StatusEventRecord
from storage.tables import strategy_status_events as table
from storage.times import wire_time

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from storage.strategy_records import Actor, StrategyStatus


class StatusEvents:
    """Every change of status of an owner's strategies."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(
        self,
        owner: str,
        strategy_id: str,
        *,
        version: str,
        before: StrategyStatus | None,
        after: StrategyStatus,
        actor: Actor,
        reason: str,
        now_ms: int,
    ) -> None:
        """Append a change: from what to what, at which version, by whom, why, when."""
        of_strategy = (table.c.owner_id == owner, table.c.strategy_id == strategy_id)
        self._connection.execute(
            insert(table).values(
                owner_id=owner,
                strategy_id=strategy_id,
                seq=following_seq(self._connection, table, *of_strategy),
                version=version,
                from_status=before,
                to_status=after,
                actor=actor,
                reason=reason,
                created_ms=now_ms,
            )
        )

    def of_strategy(self, owner: str, strategy_id: str) -> tuple[StatusEventRecord, ...]:
        """Return the changes of a strategy's status, oldest first."""
        query = select(table).where(table.c.owner_id == owner, table.c.strategy_id == strategy_id)
        names = ("version", "from_status", "to_status", "actor", "reason")
        return tuple(
            stored_record(
                StatusEventRecord,
                {
                    **{name: row[name] for name in names},
                    "strategy_record_id": row["strategy_id"],
                    "created_at": wire_time(row["created_ms"]),
                },
            )
            for row in self._connection.execute(query.order_by(table.c.seq)).mappings()
        )
