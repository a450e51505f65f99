"""Bring a database to the newest revision, inside the caller's transaction."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from sqlalchemy import inspect

from storage.errors import DatabaseUnusable

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy.engine import Connection

NEWEST = "0006"
"""The revision this version writes; a test holds it equal to the last file of ``versions``."""

VERSION_TABLE = "alembic_version"

_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps what it is working on in globals of the process: two threads would migrate each other's databases."""


def bring_up_to_date(connection: Connection, *, name: str) -> None:
    """Apply every revision a database does not have yet; ``name`` is how messages call it.

    Alembic is loaded only when there is something to apply: a database at its newest revision opens without it.

    Raises
    ------
    DatabaseUnusable
        It holds another program's tables, or a revision this version does not know.
    """
    revision = revision_of(connection, name=name)
    if revision == NEWEST:
        return
    if revision is not None and revision not in known_revisions():
        message = f"{name} was written by a newer version (revision {revision}; this one knows up to {NEWEST})"
        raise DatabaseUnusable(f"{message}: update this program, or name another file")
    from alembic import command

    with _ONE_AT_A_TIME:
        command.upgrade(alembic_config(connection), "head")


def revision_of(connection: Connection, *, name: str) -> str | None:
    """Return a database's revision, None when it is empty.

    Raises
    ------
    DatabaseUnusable
        It holds tables and none of them says which revision they are.
    """
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    revision = None
    if VERSION_TABLE in tables:
        revision = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar()
    if revision is None:
        shown = ", ".join(sorted(tables)[:5])
        raise DatabaseUnusable(f"{name} belongs to another program (it holds {shown}): name another file")
    return str(revision)


def known_revisions() -> tuple[str, ...]:
    """Return every revision of this version, oldest first."""
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(alembic_config(None))
    return tuple(reversed([one.revision for one in script.walk_revisions()]))


def alembic_config(connection: Connection | None, *, emptying: bool = False) -> Config:
    """Return Alembic's configuration, without a file; it works on ``connection``.

    ``emptying`` tells that all rows are to go: nothing is taken back that somebody needs.
    """
    from alembic.config import Config

    config = Config(attributes={"connection": connection, "emptying": emptying})
    config.set_main_option("script_location", "storage:migrations")
    config.set_main_option("path_separator", "os")
    return config
