"""Versions of strategies: specs that are never changed, only followed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from engine.spec.canonical import behaviour_hash, spec_hash, spec_json
from storage.repositories.pages import page_of
from storage.repositories.rows import following_seq, one_row, stored_record, stored_spec
from storage.strategy_records import StrategyVersionRecord
from storage.tables import strategy_versions as table
from storage.times import wire_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine import Connection, RowMapping

    from engine.spec.models import StrategySpec
    from storage.paging import Page
    from storage.strategy_records import VersionOrigin


class Versions:
    """The versions of an owner's strategies."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        owner: str,
        strategy_id: str,
        spec: StrategySpec,
        *,
        parent: str | None,
        diff: Sequence[Mapping[str, Any]],
        why: str,
        origin: VersionOrigin,
        now_ms: int,
    ) -> None:
        """Store a version; ``parent`` is the number of the one before, ``diff`` the JSON Patch from it."""
        of_strategy = (table.c.owner_id == owner, table.c.strategy_id == strategy_id)
        self._connection.execute(
            insert(table).values(
                owner_id=owner,
                strategy_id=strategy_id,
                version=spec.version,
                seq=following_seq(self._connection, table, *of_strategy),
                parent_version=parent,
                spec=spec_json(spec).decode(),
                spec_hash=spec_hash(spec),
                behaviour_hash=behaviour_hash(spec),
                diff=[dict(operation) for operation in diff],
                why=why,
                origin=origin,
                created_ms=now_ms,
            )
        )

    def get(self, owner: str, strategy_id: str, version: str) -> StrategyVersionRecord:
        """Return one version; raises RecordNotFound."""
        query = select(table).where(
            table.c.owner_id == owner, table.c.strategy_id == strategy_id, table.c.version == version
        )
        return _record(one_row(self._connection, query, "version", f"{version} of strategy {strategy_id}"))

    def has_hash(self, owner: str, strategy_id: str, spec_hash: str) -> bool:
        """Tell whether a strategy has a version whose spec is exactly the one of that hash."""
        query = select(table.c.version).where(
            table.c.owner_id == owner, table.c.strategy_id == strategy_id, table.c.spec_hash == spec_hash
        )
        return self._connection.execute(query).first() is not None

    def of_strategy(self, owner: str, strategy_id: str) -> tuple[StrategyVersionRecord, ...]:
        """Return the versions of a strategy, oldest first, the current one last."""
        query = select(table).where(table.c.owner_id == owner, table.c.strategy_id == strategy_id)
        return tuple(_record(row) for row in self._connection.execute(query.order_by(table.c.seq)).mappings())

    def page(
        self, owner: str, strategy_id: str, *, limit: int, cursor: str | None = None
    ) -> Page[StrategyVersionRecord]:
        """Return a page of the versions of a strategy, oldest first; raises RecordInvalid for a cursor that is none."""
        query = select(table).where(table.c.owner_id == owner, table.c.strategy_id == strategy_id)
        key = (table.c.seq,)
        return page_of(self._connection, query, key, _record, limit=limit, cursor=cursor, descending=False)


def number_of(version: str) -> tuple[int, int]:
    """Return ``major.minor`` as numbers, to tell which of two versions is later.

    >>> number_of("1.10") > number_of("1.9")
    True
    """
    major, minor = version.split(".")
    return int(major), int(minor)


def _record(row: RowMapping) -> StrategyVersionRecord:
    names = ("version", "spec_hash", "behaviour_hash", "parent_version", "why", "origin")
    return stored_record(
        StrategyVersionRecord,
        {
            **{name: row[name] for name in names},
            "strategy_record_id": row["strategy_id"],
            "spec": stored_spec(row),
            "diff": row["diff"] or None,
            "created_at": wire_time(row["created_ms"]),
        },
    )
