"""The daily returns of trials, from which verdicts are corrected for all of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from storage.errors import RecordConflict

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLE = "trial_returns"


def upgrade() -> None:
    """Add the returns and what a line of the ledger says of them."""
    op.add_column("trials", sa.Column("returns_hash", sa.Text(), nullable=True))
    op.create_table(
        TABLE,
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("first_day_ms", sa.BigInteger(), nullable=False),
        sa.Column("returns", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "seq"),
        sa.ForeignKeyConstraint(["owner_id", "seq"], ["trials.owner_id", "trials.seq"]),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {TABLE}_only_grow BEFORE UPDATE OR DELETE ON {TABLE}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for change in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER {TABLE}_no_{change} BEFORE {change.upper()} ON {TABLE} BEGIN"
            f" SELECT RAISE(ABORT, '{TABLE} only grows: a row is never changed or taken away'); END"
        )


def downgrade() -> None:
    """Take back what `upgrade` made; the triggers go with their table.

    Raises
    ------
    RecordConflict
        Lines of a ledger have daily returns, which their hashes cover: without them no chain would fit any more.
    """
    is_kept = not context.config.attributes.get("emptying")
    if is_kept and op.get_bind().execute(sa.text(f"SELECT count(*) FROM {TABLE}")).scalar_one():
        raise RecordConflict("lines of the trial ledger have daily returns, which an older version cannot hold")
    op.drop_table(TABLE)
    op.drop_column("trials", "returns_hash")
