"""The one collection of tables, how their keys are called, and the keys that several of them refer to."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def owned(table: str, column: str) -> ForeignKeyConstraint:
    """Return the reference of ``column`` to the row of ``table`` that has that id and the same owner."""
    return ForeignKeyConstraint(["owner_id", column], [f"{table}.owner_id", f"{table}.id"])


def owner() -> ForeignKeyConstraint:
    """Return the reference of a row to its owner."""
    return ForeignKeyConstraint(["owner_id"], ["users.id"])


def version_of_strategy(column: str) -> ForeignKeyConstraint:
    """Return the reference of ``column`` to a version of the row's strategy."""
    target = ("owner_id", "strategy_id", "version")
    return ForeignKeyConstraint(["owner_id", "strategy_id", column], [f"strategy_versions.{name}" for name in target])
