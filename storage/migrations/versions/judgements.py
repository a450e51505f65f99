"""Looks and verdicts in the trial ledger beside its trials, and the judgements whose cards the verdicts name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from storage.errors import RecordConflict

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CANDIDATE = ("owner_id", "family", "behaviour_hash", "data_hash", "start_ms", "end_ms")

UNIQUE = {
    "uq_trials_candidate": "origin NOT IN ('look', 'verdict')",
    "uq_trials_look": "origin = 'look'",
    "uq_trials_verdict": "origin = 'verdict'",
}
"""Each candidate once among the lines of its kind."""


def upgrade() -> None:
    """Let a look and its verdict stand beside the trial of the same candidate, and make the new table."""
    if _on_server():
        op.drop_constraint("uq_trials_candidate", "trials", type_="unique")
    else:
        _rebuild()
    for name, which in UNIQUE.items():
        where = sa.text(which)
        op.create_index(name, "trials", list(CANDIDATE), unique=True, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "judgements",
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("strategy_id", sa.Text()),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("behaviour_hash", sa.Text(), nullable=False),
        sa.Column("data_hash", sa.Text(), nullable=False),
        sa.Column("look_seq", sa.Integer()),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "id"),
        sa.UniqueConstraint("owner_id", "seq", name="uq_judgements_owner_id_seq"),
        sa.UniqueConstraint("owner_id", "look_seq", name="uq_judgements_owner_id_look_seq"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"]),
        sa.ForeignKeyConstraint(["owner_id", "strategy_id"], ["strategies.owner_id", "strategies.id"]),
        sa.ForeignKeyConstraint(["owner_id", "look_seq"], ["trials.owner_id", "trials.seq"]),
    )
    op.create_index("ix_judgements_owner_id_behaviour_hash_seq", "judgements", ["owner_id", "behaviour_hash", "seq"])
    _let_only_grow("judgements")


def downgrade() -> None:
    """Take back what `upgrade` made; the triggers go with their table.

    Raises
    ------
    RecordConflict
        There are looks or judgements: an older version would count them as trials, or not at all.
    """
    emptying = bool(context.config.attributes.get("emptying"))
    kept = "SELECT (SELECT count(*) FROM judgements)"
    kept += " + (SELECT count(*) FROM trials WHERE origin IN ('look', 'verdict'))"
    if not emptying and op.get_bind().execute(sa.text(kept)).scalar_one():
        raise RecordConflict("the trial ledger has looks and judgements, which an older version cannot hold")
    op.drop_table("judgements")
    for name in UNIQUE:
        op.drop_index(name, "trials")
    if emptying:  # the table itself goes next
        return
    if _on_server():
        op.create_unique_constraint("uq_trials_candidate", "trials", list(CANDIDATE))
    else:
        _rebuild(sa.UniqueConstraint(*CANDIDATE, name="uq_trials_candidate"))


def _on_server() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _rebuild(*constraints: sa.UniqueConstraint) -> None:
    """Make the ledger's tables again, with their rows: SQLite takes no constraint off a table."""
    for table in ("trials", "trial_returns"):
        op.rename_table(table, f"old_{table}")
    op.create_table(
        "trials",
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("behaviour_hash", sa.Text(), nullable=False),
        sa.Column("data_hash", sa.Text(), nullable=False),
        sa.Column("start_ms", sa.BigInteger(), nullable=False),
        sa.Column("end_ms", sa.BigInteger(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("returns_hash", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("owner_id", "seq"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"]),
        *constraints,
    )
    op.create_table(
        "trial_returns",
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("first_day_ms", sa.BigInteger(), nullable=False),
        sa.Column("returns", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "seq"),
        sa.ForeignKeyConstraint(["owner_id", "seq"], ["trials.owner_id", "trials.seq"]),
    )
    result = "summary, origin, note, created_ms, previous_hash, hash, returns_hash"
    columns = {
        "trials": f"seq, {', '.join(CANDIDATE)}, {result}",
        "trial_returns": "owner_id, seq, first_day_ms, returns",
    }
    for table, listed in columns.items():
        op.execute(f"INSERT INTO {table} ({listed}) SELECT {listed} FROM old_{table}")
    for table in ("trial_returns", "trials"):
        op.drop_table(f"old_{table}")
        _let_only_grow(table)


def _let_only_grow(table: str) -> None:
    if _on_server():
        op.execute(
            f"CREATE TRIGGER {table}_only_grow BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for change in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{change} BEFORE {change.upper()} ON {table} BEGIN"
            f" SELECT RAISE(ABORT, '{table} only grows: a row is never changed or taken away'); END"
        )
