"""The prints of candles, by which an owner's data is known under another ticker."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from storage.errors import RecordConflict

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLE = "candle_prints"


def upgrade() -> None:
    """Add the prints and what a line of the ledger says of those it brought."""
    op.add_column("trials", sa.Column("prints_hash", sa.Text(), nullable=True))
    op.create_table(
        TABLE,
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("stretch", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "family", "stretch", "digest"),
        sa.ForeignKeyConstraint(["owner_id", "seq"], ["trials.owner_id", "trials.seq"]),
    )
    op.create_index(f"ix_{TABLE}_owner_id_digest", TABLE, ["owner_id", "digest"])
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
        Lines of a ledger brought prints, which their hashes cover: without them no chain would fit any more.
    """
    is_kept = not context.config.attributes.get("emptying")
    if is_kept and op.get_bind().execute(sa.text(f"SELECT count(*) FROM {TABLE}")).scalar_one():
        raise RecordConflict("lines of the trial ledger have prints of candles, which an older version cannot hold")
    op.drop_table(TABLE)
    op.drop_column("trials", "prints_hash")
