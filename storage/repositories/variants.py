"""Variants of strategies' versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from engine.spec.canonical import behaviour_hash, spec_hash, spec_json
from storage.repositories.pages import page_of
from storage.repositories.rows import following_seq, held_for_update, one_row, stored_record, stored_spec
from storage.strategy_records import StrategyVariantRecord
from storage.tables import strategies
from storage.tables import strategy_variants as table
from storage.times import wire_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Connection, RowMapping

    from engine.spec.models import StrategySpec
    from storage.paging import Page
    from storage.records import PerformanceSummary
    from storage.strategy_records import VariantOrigin


class Variants:
    """The variants of an owner's strategies."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        owner: str,
        strategy_id: str,
        variant_id: str,
        spec: StrategySpec,
        *,
        parent_version: str,
        overrides: Mapping[str, Any],
        origin: VariantOrigin,
        summary: PerformanceSummary | None,
        note: str,
        now_ms: int,
    ) -> None:
        """Store a variant of a version: the whole resulting spec, and the overrides that lead to it (none when the
        change is more than overrides can say); raises RecordNotFound when there is no such strategy."""
        held_for_update(self._connection, strategies, owner, strategy_id, "strategy")
        of_strategy = (table.c.owner_id == owner, table.c.strategy_id == strategy_id)
        self._connection.execute(
            insert(table).values(
                owner_id=owner,
                id=variant_id,
                strategy_id=strategy_id,
                seq=following_seq(self._connection, table, *of_strategy),
                parent_version=parent_version,
                overrides=dict(overrides),
                spec=spec_json(spec).decode(),
                spec_hash=spec_hash(spec),
                behaviour_hash=behaviour_hash(spec),
                origin=origin,
                summary=None if summary is None else summary.as_json(),
                note=note,
                created_ms=now_ms,
            )
        )

    def get(self, owner: str, variant_id: str, *, strategy_id: str | None = None) -> StrategyVariantRecord:
        """Return a variant, of that strategy where one is given; raises RecordNotFound."""
        query = select(table).where(table.c.owner_id == owner, table.c.id == variant_id)
        if strategy_id is not None:
            query = query.where(table.c.strategy_id == strategy_id)
        return _record(one_row(self._connection, query, "variant", variant_id))

    def of_strategy(self, owner: str, strategy_id: str) -> tuple[StrategyVariantRecord, ...]:
        """Return the variants of a strategy, oldest first."""
        query = select(table).where(table.c.owner_id == owner, table.c.strategy_id == strategy_id)
        return tuple(_record(row) for row in self._connection.execute(query.order_by(table.c.seq)).mappings())

    def page(
        self, owner: str, strategy_id: str, *, limit: int, cursor: str | None = None
    ) -> Page[StrategyVariantRecord]:
        """Return a page of the variants of a strategy, newest first; raises RecordInvalid for a cursor that is none."""
        query = select(table).where(table.c.owner_id == owner, table.c.strategy_id == strategy_id)
        return page_of(self._connection, query, (table.c.seq,), _record, limit=limit, cursor=cursor)


def _record(row: RowMapping) -> StrategyVariantRecord:
    names = ("id", "parent_version", "overrides", "origin", "spec_hash", "summary")
    return stored_record(
        StrategyVariantRecord,
        {
            **{name: row[name] for name in names},
            "spec": stored_spec(row),
            "note": row["note"] or None,
            "created_at": wire_time(row["created_ms"]),
        },
    )
