"""Candidates that were measured as neighbours of others and are tried by themselves later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from storage.errors import RecordConflict

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CANDIDATE = ("owner_id", "family", "behaviour_hash", "data_hash", "start_ms", "end_ms")
EVALUATED, CHOSEN = "uq_trials_candidate", "uq_trials_chosen"


def upgrade() -> None:
    """Let the line that says so stand beside the trial of the same candidate."""
    op.drop_index(EVALUATED, "trials")
    _once(EVALUATED, "origin NOT IN ('look', 'verdict', 'chosen')")
    _once(CHOSEN, "origin = 'chosen'")


def downgrade() -> None:
    """Take back what `upgrade` made.

    Raises
    ------
    RecordConflict
        There are such lines: an older version would count them as trials.
    """
    lines = "SELECT count(*) FROM trials WHERE origin = 'chosen'"
    is_kept = not context.config.attributes.get("emptying")
    if is_kept and op.get_bind().execute(sa.text(lines)).scalar_one():
        raise RecordConflict("the trial ledger has candidates chosen later, which an older version cannot hold")
    op.drop_index(CHOSEN, "trials")
    if is_kept:  # otherwise the table itself goes next
        op.drop_index(EVALUATED, "trials")
        _once(EVALUATED, "origin NOT IN ('look', 'verdict')")


def _once(name: str, which: str) -> None:
    where = sa.text(which)
    op.create_index(name, "trials", list(CANDIDATE), unique=True, sqlite_where=where, postgresql_where=where)
