"""The first tables: owners, strategies with versions and status, runs, trials, refinement, conversations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, each after those it refers to."""
    _owners_and_strategies()
    _variants_and_runs()
    _trials()
    _refinement()
    _conversations()


def downgrade() -> None:
    """Drop the tables, each before those it refers to."""
    for table in (
        "messages",
        "threads",
        "refinement_jobs",
        "drift_events",
        "trial_heads",
        "trials",
        "backtest_runs",
        "strategy_variants",
        "strategy_status_events",
        "strategy_versions",
        "strategies",
        "users",
    ):
        op.drop_table(table)


def _text(name: str, *, optional: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=optional)


def _milliseconds(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _key(*columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns)


def _refers(table: str, *columns: str, to: tuple[str, ...] = ("owner_id", "id")) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(list(columns), [f"{table}.{column}" for column in to])


VERSION = ("owner_id", "strategy_id", "version")


def _owners_and_strategies() -> None:
    op.create_table(
        "users",
        _text("id"),
        _text("wallet_address"),
        _text("profile", optional=True),
        _text("settings", optional=True),
        _milliseconds("created_ms"),
        _milliseconds("updated_ms"),
        _key("id"),
        sa.UniqueConstraint("wallet_address"),
    )
    op.create_table(
        "strategies",
        _text("owner_id"),
        _text("id"),
        _text("version"),
        _text("status"),
        _text("visibility"),
        _text("metadata"),
        _milliseconds("created_ms"),
        _milliseconds("updated_ms"),
        _key("owner_id", "id"),
        _refers("users", "owner_id", to=("id",)),
    )
    op.create_table(
        "strategy_versions",
        _text("owner_id"),
        _text("strategy_id"),
        _text("version"),
        _count("seq"),
        _text("parent_version", optional=True),
        _text("spec"),
        _text("spec_hash"),
        _text("behaviour_hash"),
        _text("diff"),
        _text("why"),
        _text("origin"),
        _milliseconds("created_ms"),
        _key("owner_id", "strategy_id", "version"),
        sa.UniqueConstraint("owner_id", "strategy_id", "seq"),
        _refers("strategies", "owner_id", "strategy_id"),
    )
    op.create_table(
        "strategy_status_events",
        _text("owner_id"),
        _text("strategy_id"),
        _count("seq"),
        _text("version"),
        _text("from_status", optional=True),
        _text("to_status"),
        _text("actor"),
        _text("reason"),
        _milliseconds("created_ms"),
        _key("owner_id", "strategy_id", "seq"),
        _refers("strategy_versions", "owner_id", "strategy_id", "version", to=VERSION),
    )


def _variants_and_runs() -> None:
    op.create_table(
        "strategy_variants",
        _text("owner_id"),
        _text("id"),
        _text("strategy_id"),
        _count("seq"),
        _text("parent_version"),
        _text("overrides"),
        _text("spec"),
        _text("spec_hash"),
        _text("behaviour_hash"),
        _text("origin"),
        _text("summary", optional=True),
        _text("note"),
        _milliseconds("created_ms"),
        _key("owner_id", "id"),
        _refers("strategy_versions", "owner_id", "strategy_id", "parent_version", to=VERSION),
        sa.UniqueConstraint("owner_id", "strategy_id", "seq"),
    )
    op.create_table(
        "backtest_runs",
        _text("owner_id"),
        _text("id"),
        _text("strategy_id"),
        _count("seq"),
        _text("version"),
        _text("variant_id", optional=True),
        _text("spec_hash"),
        _text("data_hash"),
        _text("engine_hash"),
        _milliseconds("start_ms"),
        _milliseconds("end_ms"),
        _text("record"),
        sa.Column("trades", sa.LargeBinary(), nullable=False),
        _text("provenance"),
        _milliseconds("created_ms"),
        _key("owner_id", "id"),
        _refers("strategy_versions", "owner_id", "strategy_id", "version", to=VERSION),
        _refers("strategy_variants", "owner_id", "variant_id"),
        sa.UniqueConstraint("owner_id", "strategy_id", "seq"),
    )


def _trials() -> None:
    op.create_table(
        "trials",
        _text("owner_id"),
        _count("seq"),
        _text("family"),
        _text("behaviour_hash"),
        _text("data_hash"),
        _milliseconds("start_ms"),
        _milliseconds("end_ms"),
        _text("summary"),
        _text("origin"),
        _text("note"),
        _milliseconds("created_ms"),
        _text("previous_hash"),
        _text("hash"),
        _key("owner_id", "seq"),
        sa.UniqueConstraint(
            "owner_id", "family", "behaviour_hash", "data_hash", "start_ms", "end_ms", name="uq_trials_candidate"
        ),
        _refers("users", "owner_id", to=("id",)),
    )
    op.create_table(
        "trial_heads",
        _text("owner_id"),
        _count("length"),
        _text("hash"),
        _refers("users", "owner_id", to=("id",)),
        _key("owner_id"),
    )


def _refinement() -> None:
    op.create_table(
        "drift_events",
        _text("owner_id"),
        _text("id"),
        _text("strategy_id"),
        _text("variant_id", optional=True),
        _text("record"),
        _milliseconds("created_ms"),
        _key("owner_id", "id"),
        _refers("strategies", "owner_id", "strategy_id"),
        _refers("strategy_variants", "owner_id", "variant_id"),
    )
    op.create_table(
        "refinement_jobs",
        _text("owner_id"),
        _text("id"),
        _text("strategy_id"),
        _text("status"),
        _text("reason"),
        _text("drift_event_id", optional=True),
        _text("outputs", optional=True),
        _text("report", optional=True),
        _milliseconds("created_ms"),
        _milliseconds("updated_ms"),
        _key("owner_id", "id"),
        _refers("strategies", "owner_id", "strategy_id"),
        _refers("drift_events", "owner_id", "drift_event_id"),
    )
    op.create_index(
        "ix_refinement_jobs_owner_id_strategy_id_created_ms",
        "refinement_jobs",
        ["owner_id", "strategy_id", "created_ms"],
    )


def _conversations() -> None:
    op.create_table(
        "threads",
        _text("owner_id"),
        _text("id"),
        _text("strategy_id", optional=True),
        _text("pending", optional=True),
        _milliseconds("created_ms"),
        _milliseconds("updated_ms"),
        _key("owner_id", "id"),
        _refers("users", "owner_id", to=("id",)),
        _refers("strategies", "owner_id", "strategy_id"),
    )
    op.create_table(
        "messages",
        _text("owner_id"),
        _text("id"),
        _text("thread_id"),
        _count("seq"),
        _text("role"),
        _text("text"),
        _text("answer", optional=True),
        _text("backtest_run_id", optional=True),
        _text("usage", optional=True),
        _text("provenance", optional=True),
        _milliseconds("created_ms"),
        _key("owner_id", "id"),
        sa.UniqueConstraint("owner_id", "thread_id", "seq"),
        _refers("threads", "owner_id", "thread_id"),
        _refers("backtest_runs", "owner_id", "backtest_run_id"),
    )
