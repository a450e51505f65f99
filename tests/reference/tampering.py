"""What somebody with the database in hand can do, past the program: change what only grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from storage.database import Database


def tamper(database: Database, *statements: str, **values: object) -> None:
    """Run statements with the triggers that refuse changes out of the way."""
    with database.write() as work:
        connection = work.users._connection
        let_histories_change(connection)
        for statement in statements:
            if values:
                connection.execute(text(statement), values)
            else:
                connection.exec_driver_sql(statement)


def let_histories_change(connection: Connection) -> None:
    """Take the triggers that keep histories as they were written out of the way of a transaction."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        return
    for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
