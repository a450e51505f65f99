"""Owners, strategies, and what belongs to a strategy: versions, changes of status, variants."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Table, UniqueConstraint

from storage.columns import Json, Milliseconds, Words
from storage.table_keys import metadata, owned, owner, version_of_strategy

users = Table(
    "users",
    metadata,
    Column("id", Words, primary_key=True),
    Column("wallet_address", Words, nullable=False, unique=True),
    Column("profile", Json),
    Column("settings", Json),
    Column("created_ms", Milliseconds, nullable=False),
    Column("updated_ms", Milliseconds, nullable=False),
)

strategies = Table(
    "strategies",
    metadata,
    Column("owner_id", Words, nullable=False),
    Column("id", Words, nullable=False),
    Column("version", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("verdict", Words, nullable=False, server_default="UNPROVEN"),
    Column("visibility", Words, nullable=False),
    Column("metadata", Json, nullable=False),
    Column("created_ms", Milliseconds, nullable=False),
    Column("updated_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "id"),
    owner(),
    Index(None, "owner_id", "updated_ms", "id"),
)
"""``version``, ``status`` and ``verdict`` are those of the newest version and the newest status event."""

strategy_versions = Table(
    "strategy_versions",
    metadata,
    Column("owner_id", Words, nullable=False),
    Column("strategy_id", Words, nullable=False),
    Column("version", Words, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("parent_version", Words),
    Column("spec", Words, nullable=False),
    Column("spec_hash", Words, nullable=False),
    Column("behaviour_hash", Words, nullable=False),
    Column("diff", Json, nullable=False),
    Column("why", Words, nullable=False),
    Column("origin", Words, nullable=False),
    Column("created_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "strategy_id", "version"),
    UniqueConstraint("owner_id", "strategy_id", "seq"),
    owned("strategies", "strategy_id"),
)

strategy_status_events = Table(
    "strategy_status_events",
    metadata,
    Column("owner_id", Words, nullable=False),
    Column("strategy_id", Words, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("version", Words, nullable=False),
    Column("from_status", Words),
    Column("to_status", Words, nullable=False),
    Column("actor", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("created_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "strategy_id", "seq"),
    version_of_strategy("version"),
)

strategy_variants = Table(
    "strategy_variants",
    metadata,
    Column("owner_id", Words, nullable=False),
    Column("id", Words, nullable=False),
    Column("strategy_id", Words, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("parent_version", Words, nullable=False),
    Column("overrides", Json, nullable=False),
    Column("spec", Words, nullable=False),
    Column("spec_hash", Words, nullable=False),
    Column("behaviour_hash", Words, nullable=False),
    Column("origin", Words, nullable=False),
    Column("summary", Json),
    Column("note", Words, nullable=False),
    Column("created_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "id"),
    version_of_strategy("parent_version"),
    UniqueConstraint("owner_id", "strategy_id", "seq"),
)
