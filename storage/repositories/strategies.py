"""Strategies: which version and which status is the current one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, insert, select, update

from storage.errors import RecordConflict
from storage.lifecycle import DEPLOYABLE, FIRST, check_deployable, check_step, check_validated
from storage.records import read_record
from storage.repositories.backtests import Backtests
from storage.repositories.judgement_check import looked_verdict
from storage.repositories.pages import page_of
from storage.repositories.refinements import Refinements
from storage.repositories.rows import held_for_update, one_row, stored_record, stored_spec
from storage.repositories.statuses import StatusEvents
from storage.repositories.variants import Variants
from storage.repositories.versions import Versions, number_of
from storage.strategy_records import StrategyMetadata, StrategyRecord
from storage.tables import strategies as table
from storage.tables import strategy_versions
from storage.times import wire_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Update
    from sqlalchemy.engine import Connection, RowMapping

    from engine.spec.models import StrategySpec
    from storage.paging import Page
    from storage.strategy_records import Actor, GeneratedBy, StrategyStatus, Verdict, VersionOrigin, Visibility

_WITH_SPEC = select(table, strategy_versions.c.spec, strategy_versions.c.spec_hash).join(
    strategy_versions,
    and_(
        strategy_versions.c.owner_id == table.c.owner_id,
        strategy_versions.c.strategy_id == table.c.id,
        strategy_versions.c.version == table.c.version,
    ),
)
"""Strategies with the spec of their current version."""


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
        self._backtests = Backtests(connection)
        self._refinements = Refinements(connection)

    def exists(self, owner: str, strategy_id: str) -> bool:
        """Tell whether the owner has a strategy of that id."""
        query = select(table.c.id).where(table.c.owner_id == owner, table.c.id == strategy_id)
        return self._connection.execute(query).first() is not None

    def hold(self, owner: str, strategy_id: str) -> None:
        """Let what is decided by looking at a strategy be decided by one unit of work after the other.

        Raises RecordNotFound.
        """
        held_for_update(self._connection, table, owner, strategy_id, "strategy")

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
        """Store a version after the current one; status and verdict start again.

        Raises
        ------
        RecordNotFound
            The owner has no such strategy.
        RecordConflict
            Its number is not above the current one: somebody else has made a version in the meantime.
        """
        head = held_for_update(self._connection, table, owner, strategy_id, "strategy")
        parent = head["version"]
        if number_of(spec.version) <= number_of(parent):
            became = f"strategy '{strategy_id}' has become {parent} in the meantime"
            message = f"{became}, {spec.version} does not follow that, and nothing was kept"
            raise RecordConflict(f"{message}: look at {parent}, and ask for the change again")
        self._versions.add(owner, strategy_id, spec, parent=parent, diff=diff, why=why, origin=origin, now_ms=now_ms)
        self._move(owner, head, spec.version, FIRST[origin], actor=origin, reason=why, now_ms=now_ms)
        self._connection.execute(self._update(owner, strategy_id).values(verdict="UNPROVEN"))

    def change_status(
        self, owner: str, strategy_id: str, status: StrategyStatus, *, actor: Actor, reason: str, now_ms: int
    ) -> None:
        """Change the status, with who and why, whoever asks for it.

        Raises
        ------
        RecordNotFound
            The owner has no such strategy.
        RecordConflict
            There is no such step, or the strategy lacks what the status asks for (`storage.lifecycle`).
        """
        head = held_for_update(self._connection, table, owner, strategy_id, "strategy")
        check_step(head["status"], status)
        if status == "validated":
            spec = self._versions.get(owner, strategy_id, head["version"]).spec
            check_validated(head["version"], spec, self._backtests.of_version(owner, strategy_id, head["version"]))
        if status == "ready_for_deploy":
            severe = self._refinements.open_drift(owner, strategy_id, severity="high")
            check_deployable(head["version"], head["verdict"], tuple(one.id for one in severe))
            self._check_judged(owner, strategy_id, head["version"], head["verdict"])
        self._move(owner, head, head["version"], status, actor=actor, reason=reason, now_ms=now_ms)

    def save_verdict(self, owner: str, strategy_id: str, version: str, verdict: Verdict, *, now_ms: int) -> None:
        """Write what the evidence for the current version is worth.

        Raises
        ------
        RecordNotFound
            The owner has no such strategy.
        RecordConflict
            ``version`` is not the current one any more, or no judgement that rests on a look says so of it.
        """
        current = held_for_update(self._connection, table, owner, strategy_id, "strategy")["version"]
        if version != current:
            raise RecordConflict(f"the verdict is about version {version} of '{strategy_id}', now at {current}")
        self._check_judged(owner, strategy_id, version, verdict)
        self._connection.execute(self._update(owner, strategy_id).values(verdict=verdict, updated_ms=now_ms))

    def describe(
        self,
        owner: str,
        strategy_id: str,
        *,
        metadata: StrategyMetadata | None = None,
        visibility: Visibility | None = None,
        now_ms: int,
    ) -> None:
        """Replace an owner's tags and notes, who may see the strategy, or both; None leaves it as it is.

        Where the strategy came from (``generatedBy``) stays as it was written. Raises RecordNotFound.
        """
        head = held_for_update(self._connection, table, owner, strategy_id, "strategy")
        described = dict(head["metadata"])
        if metadata is not None:
            stays = {name: described[name] for name in ("generatedBy",) if name in described}
            described = read_record(StrategyMetadata, {**_without_origin(metadata), **stays}).as_json()
        self._connection.execute(
            self._update(owner, strategy_id).values(
                metadata=described, visibility=visibility or head["visibility"], updated_ms=now_ms
            )
        )

    def current(self, owner: str, strategy_id: str) -> Current:
        """Return the current version and status of a strategy; raises RecordNotFound."""
        query = select(table).where(table.c.owner_id == owner, table.c.id == strategy_id)
        head = one_row(self._connection, query, "strategy", strategy_id)
        return Current(head["version"], head["status"])

    def get(self, owner: str, strategy_id: str) -> StrategyRecord:
        """Return a strategy at its current version, with its variants; raises RecordNotFound."""
        query = _WITH_SPEC.where(table.c.owner_id == owner, table.c.id == strategy_id)
        record = _record(one_row(self._connection, query, "strategy", strategy_id))
        variants = list(self._variants.of_strategy(owner, strategy_id))
        return record.model_copy(update={"variants": variants or None})

    def page(
        self, owner: str, *, status: StrategyStatus | None = None, limit: int, cursor: str | None = None
    ) -> Page[StrategyRecord]:
        """Return a page of the owner's strategies, the one that changed last first, without their variants.

        Raises
        ------
        RecordInvalid
            ``cursor`` is none of this list.
        """
        query = _WITH_SPEC.where(table.c.owner_id == owner)
        if status is not None:
            query = query.where(table.c.status == status)
        key = (table.c.updated_ms, table.c.id)
        return page_of(self._connection, query, key, _record, limit=limit, cursor=cursor)

    def _update(self, owner: str, strategy_id: str) -> Update:
        return update(table).where(table.c.owner_id == owner, table.c.id == strategy_id)

    def _check_judged(self, owner: str, strategy_id: str, version: str, verdict: Verdict) -> None:
        """Refuse a verdict that only a look gives, where the last look at the behaviour gave another or none."""
        if verdict not in DEPLOYABLE:
            return
        behaviour = self._versions.get(owner, strategy_id, version).behaviour_hash
        if looked_verdict(self._connection, owner, behaviour) != verdict:
            raise RecordConflict(f"no judgement says that version {version} of '{strategy_id}' is {verdict}: judge it")

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
            self._update(owner, head["id"]).values(version=version, status=status, updated_ms=now_ms)
        )


def _record(row: RowMapping) -> StrategyRecord:
    spec = stored_spec(row)
    names = ("id", "version", "status", "visibility", "metadata", "verdict", "spec_hash")
    return stored_record(
        StrategyRecord,
        {
            **{name: row[name] for name in names},
            "owner_user_id": row["owner_id"],
            "name": spec["name"],
            "spec": spec,
            "created_at": wire_time(row["created_ms"]),
            "updated_at": wire_time(row["updated_ms"]),
        },
    )


def _without_origin(metadata: StrategyMetadata) -> dict[str, Any]:
    return {name: value for name, value in metadata.as_json().items() if name != "generatedBy"}
