"""The tables: one an entity, every key beginning with the owner.

The owner stands in every primary and foreign key, so that no row can refer to a row of somebody else's. Times are UTC
milliseconds. What is hashed is stored as the canonical text the hash was taken of (RFC 8785).
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from storage.columns import Json, Milliseconds

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("wallet_address", Text, nullable=False, unique=True),
    Column("profile", Json),
    Column("settings", Json),
    Column("created_ms", Milliseconds, nullable=False),
    Column("updated_ms", Milliseconds, nullable=False),
)

strategies = Table(
    "strategies",
    metadata,
    Column("owner_id", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("metadata", Json, nullable=False),
    Column("created_ms", Milliseconds, nullable=False),
    Column("updated_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "id"),
    ForeignKeyConstraint(["owner_id"], ["users.id"]),
)
"""``version`` and ``status`` are those of the newest version and the newest status event."""

strategy_versions = Table(
    "strategy_versions",
    metadata,
    Column("owner_id", Text, nullable=False),
    Column("strategy_id", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("parent_version", Text),
    Column("spec", Text, nullable=False),
    Column("spec_hash", Text, nullable=False),
    Column("behaviour_hash", Text, nullable=False),
    Column("diff", Json, nullable=False),
    Column("why", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("created_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "strategy_id", "version"),
    UniqueConstraint("owner_id", "strategy_id", "seq"),
    ForeignKeyConstraint(["owner_id", "strategy_id"], ["strategies.owner_id", "strategies.id"]),
)

_VERSION = ["strategy_versions.owner_id", "strategy_versions.strategy_id", "strategy_versions.version"]

strategy_status_events = Table(
    "strategy_status_events",
    metadata,
    Column("owner_id", Text, nullable=False),
    Column("strategy_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("version", Text, nullable=False),
    Column("from_status", Text),
    Column("to_status", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "strategy_id", "seq"),
    ForeignKeyConstraint(["owner_id", "strategy_id", "version"], _VERSION),
)

strategy_variants = Table(
    "strategy_variants",
    metadata,
    Column("owner_id", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("strategy_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("parent_version", Text, nullable=False),
    Column("overrides", Json, nullable=False),
    Column("spec", Text, nullable=False),
    Column("spec_hash", Text, nullable=False),
    Column("behaviour_hash", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("summary", Json),
    Column("note", Text, nullable=False),
    Column("created_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "id"),
    ForeignKeyConstraint(["owner_id", "strategy_id", "parent_version"], _VERSION),
    UniqueConstraint("owner_id", "strategy_id", "seq"),
)

backtest_runs = Table(
    "backtest_runs",
    metadata,
    Column("owner_id", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("strategy_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("version", Text, nullable=False),
    Column("variant_id", Text),
    Column("spec_hash", Text, nullable=False),
    Column("data_hash", Text, nullable=False),
    Column("engine_hash", Text, nullable=False),
    Column("start_ms", Milliseconds, nullable=False),
    Column("end_ms", Milliseconds, nullable=False),
    Column("record", Json, nullable=False),
    Column("trades", LargeBinary, nullable=False),
    Column("provenance", Json, nullable=False),
    Column("created_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "id"),
    ForeignKeyConstraint(["owner_id", "strategy_id", "version"], _VERSION),
    ForeignKeyConstraint(["owner_id", "variant_id"], ["strategy_variants.owner_id", "strategy_variants.id"]),
    UniqueConstraint("owner_id", "strategy_id", "seq"),
)
"""``record`` is the BacktestRun without its trades, ``trades`` those as compressed JSON (`storage.packed`)."""

trials = Table(
    "trials",
    metadata,
    Column("owner_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("family", Text, nullable=False),
    Column("behaviour_hash", Text, nullable=False),
    Column("data_hash", Text, nullable=False),
    Column("start_ms", Milliseconds, nullable=False),
    Column("end_ms", Milliseconds, nullable=False),
    Column("summary", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("created_ms", Milliseconds, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    PrimaryKeyConstraint("owner_id", "seq"),
    UniqueConstraint(
        "owner_id", "family", "behaviour_hash", "data_hash", "start_ms", "end_ms", name="uq_trials_candidate"
    ),
    ForeignKeyConstraint(["owner_id"], ["users.id"]),
)
"""Append-only; each line carries the hash of the one before (`storage.trial_chain`)."""

trial_heads = Table(
    "trial_heads",
    metadata,
    Column("owner_id", Text, primary_key=True),
    Column("length", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    ForeignKeyConstraint(["owner_id"], ["users.id"]),
)
"""How long an owner's chain is and how it ends: lines that were cut off at the end are missed here."""

drift_events = Table(
    "drift_events",
    metadata,
    Column("owner_id", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("strategy_id", Text, nullable=False),
    Column("variant_id", Text),
    Column("record", Json, nullable=False),
    Column("created_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "id"),
    ForeignKeyConstraint(["owner_id", "strategy_id"], ["strategies.owner_id", "strategies.id"]),
    ForeignKeyConstraint(["owner_id", "variant_id"], ["strategy_variants.owner_id", "strategy_variants.id"]),
)

refinement_jobs = Table(
    "refinement_jobs",
    metadata,
    Column("owner_id", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("strategy_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("drift_event_id", Text),
    Column("outputs", Json),
    Column("report", Json),
    Column("created_ms", Milliseconds, nullable=False),
    Column("updated_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "id"),
    ForeignKeyConstraint(["owner_id", "strategy_id"], ["strategies.owner_id", "strategies.id"]),
    ForeignKeyConstraint(["owner_id", "drift_event_id"], ["drift_events.owner_id", "drift_events.id"]),
    Index(None, "owner_id", "strategy_id", "created_ms"),
)

threads = Table(
    "threads",
    metadata,
    Column("owner_id", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("strategy_id", Text),
    Column("pending", Text),
    Column("created_ms", Milliseconds, nullable=False),
    Column("updated_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "id"),
    ForeignKeyConstraint(["owner_id"], ["users.id"]),
    ForeignKeyConstraint(["owner_id", "strategy_id"], ["strategies.owner_id", "strategies.id"]),
)

messages = Table(
    "messages",
    metadata,
    Column("owner_id", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("thread_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("role", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("answer", Json),
    Column("backtest_run_id", Text),
    Column("usage", Json),
    Column("provenance", Json),
    Column("created_ms", Milliseconds, nullable=False),
    PrimaryKeyConstraint("owner_id", "id"),
    UniqueConstraint("owner_id", "thread_id", "seq"),
    ForeignKeyConstraint(["owner_id", "thread_id"], ["threads.owner_id", "threads.id"]),
    ForeignKeyConstraint(["owner_id", "backtest_run_id"], ["backtest_runs.owner_id", "backtest_runs.id"]),
)
