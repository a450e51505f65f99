"""Runs and their events, searches, snapshots, answers kept for repetition; histories that only grow."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ONLY_GROW = ("strategy_versions", "strategy_status_events", "trials")

NEW_INDEXES = {
    "strategies": ("owner_id", "updated_ms", "id"),
    "drift_events": ("owner_id", "strategy_id", "created_ms", "id"),
    "threads": ("owner_id", "updated_ms", "id"),
}

RUNNING = sa.text("status = 'running'")
RUNNING_OR_DONE = sa.text("status IN ('running', 'completed')")


def upgrade() -> None:
    """Add the columns and tables, and refuse changes of what only grows."""
    for table, column in _new_columns():
        op.add_column(table, column)
    for table, names in NEW_INDEXES.items():
        op.create_index(f"ix_{table}_{'_'.join(names)}", table, list(names))
    _close_answered_drift_events()
    _searches()
    _snapshots()
    _thread_links()
    _runs()
    _answers()
    _let_histories_only_grow()


def downgrade() -> None:
    """Take back what `upgrade` made, in the opposite order."""
    _let_histories_change()
    for table in (
        "model_replies",
        "idempotency_keys",
        "run_events",
        "runs",
        "thread_links",
        "performance_snapshots",
        "optimization_candidates",
        "optimization_runs",
    ):
        op.drop_table(table)
    for table, names in NEW_INDEXES.items():
        op.drop_index(f"ix_{table}_{'_'.join(names)}", table)
    for table, column in _new_columns():
        op.drop_column(table, column.name)


def _new_columns() -> tuple[tuple[str, sa.Column[Any]], ...]:
    return (
        ("strategies", sa.Column("verdict", sa.Text(), nullable=False, server_default="UNPROVEN")),
        ("drift_events", sa.Column("closed_ms", sa.BigInteger())),
        ("refinement_jobs", sa.Column("fence", sa.Integer(), nullable=False, server_default="0")),
        ("threads", sa.Column("title", sa.Text())),
        ("threads", sa.Column("finished_ms", sa.BigInteger())),
    )


def _close_answered_drift_events() -> None:
    """An event that a completed refinement looked into is closed since then; all others are open."""
    op.execute(
        "UPDATE drift_events SET closed_ms = (SELECT MIN(job.updated_ms) FROM refinement_jobs AS job"
        " WHERE job.owner_id = drift_events.owner_id AND job.drift_event_id = drift_events.id"
        " AND job.status = 'completed')"
    )


def _let_histories_only_grow() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',"
            " MESSAGE = TG_TABLE_NAME || ' only grows: a row is never changed or taken away';"
            " END $$"
        )
        for table in ONLY_GROW:
            op.execute(
                f"CREATE TRIGGER {table}_only_grow BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
        return
    for table in ONLY_GROW:
        for change in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change} BEFORE {change.upper()} ON {table} BEGIN"
                f" SELECT RAISE(ABORT, '{table} only grows: a row is never changed or taken away'); END"
            )


def _let_histories_change() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in ONLY_GROW:
            op.execute(f"DROP TRIGGER {table}_only_grow ON {table}")
        op.execute("DROP FUNCTION refuse_change()")
        return
    for table in ONLY_GROW:
        for change in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{change}")


def _text(name: str, *, optional: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=optional)


def _milliseconds(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _owned(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["owner_id", column], [f"{table}.owner_id", f"{table}.id"])


def _owner() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["owner_id"], ["users.id"])


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _searches() -> None:
    op.create_table(
        "optimization_runs",
        _text("owner_id"),
        _text("id"),
        _text("strategy_id"),
        _text("status"),
        _text("record"),
        _count("fence"),
        _milliseconds("created_ms"),
        _milliseconds("updated_ms"),
        sa.PrimaryKeyConstraint("owner_id", "id"),
        _owned("strategies", "strategy_id"),
    )
    _index("optimization_runs", "owner_id", "strategy_id", "created_ms", "id")
    op.create_table(
        "optimization_candidates",
        _text("owner_id"),
        _text("optimization_id"),
        _count("number"),
        _text("overrides"),
        _text("behaviour_hash"),
        _text("summary"),
        sa.Column("score", sa.Double()),
        sa.PrimaryKeyConstraint("owner_id", "optimization_id", "number"),
        _owned("optimization_runs", "optimization_id"),
    )


def _snapshots() -> None:
    op.create_table(
        "performance_snapshots",
        _text("owner_id"),
        _text("id"),
        _text("strategy_id"),
        _text("variant_id", optional=True),
        _milliseconds("start_ms"),
        _milliseconds("end_ms"),
        _text("record"),
        _milliseconds("created_ms"),
        sa.PrimaryKeyConstraint("owner_id", "id"),
        _owned("strategies", "strategy_id"),
        _owned("strategy_variants", "variant_id"),
    )
    _index("performance_snapshots", "owner_id", "strategy_id", "created_ms", "id")


def _thread_links() -> None:
    op.create_table(
        "thread_links",
        _text("owner_id"),
        _text("client"),
        _text("key"),
        _text("thread_id"),
        _milliseconds("created_ms"),
        sa.PrimaryKeyConstraint("owner_id", "client", "key"),
        _owned("threads", "thread_id"),
    )
    _index("thread_links", "owner_id", "thread_id")


def _runs() -> None:
    op.create_table(
        "runs",
        _text("owner_id"),
        _text("id"),
        _text("kind"),
        _text("thread_id", optional=True),
        _text("subject_id", optional=True),
        _text("message_id", optional=True),
        _text("text", optional=True),
        _text("status"),
        _text("error", optional=True),
        _milliseconds("created_ms"),
        _milliseconds("updated_ms"),
        sa.PrimaryKeyConstraint("owner_id", "id"),
        _owner(),
        _owned("threads", "thread_id"),
    )
    for name, column in (("ix_runs_of_thread", "thread_id"), ("ix_runs_of_subject", "subject_id")):
        op.create_index(name, "runs", ["owner_id", column, "created_ms", "id"])
    for name, column, condition in (
        ("uq_runs_running_thread", "thread_id", RUNNING),
        ("uq_runs_running_subject", "subject_id", RUNNING),
        ("uq_runs_message", "message_id", RUNNING_OR_DONE),
    ):
        op.create_index(
            name, "runs", ["owner_id", column], unique=True, sqlite_where=condition, postgresql_where=condition
        )
    op.create_table(
        "run_events",
        _text("owner_id"),
        _text("run_id"),
        _count("seq"),
        _text("type"),
        _text("data"),
        _milliseconds("created_ms"),
        sa.PrimaryKeyConstraint("owner_id", "run_id", "seq"),
        _owned("runs", "run_id"),
    )


def _answers() -> None:
    op.create_table(
        "idempotency_keys",
        _text("owner_id"),
        _text("key"),
        _text("route"),
        _text("body_hash"),
        _count("status"),
        _text("headers"),
        _text("body"),
        _milliseconds("created_ms"),
        sa.PrimaryKeyConstraint("owner_id", "key"),
        _owner(),
    )
    _index("idempotency_keys", "owner_id", "created_ms")
    op.create_table(
        "model_replies",
        _text("owner_id"),
        _text("key"),
        _text("document"),
        _milliseconds("created_ms"),
        sa.PrimaryKeyConstraint("owner_id", "key"),
        _owner(),
    )
