"""Reading a backup into a database: all of it or nothing, and the old one stays until the new one is whole."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from sqlalchemy import insert, inspect
from sqlalchemy.engine import URL
from sqlalchemy.exc import CompileError, DBAPIError

from storage.backend import own_errors
from storage.backup import tables_of
from storage.backup_file import read_manifest, rows_of, sync_folder
from storage.database import BUSY_SECONDS, backend_of
from storage.errors import DatabaseUnusable, RecordConflict, RecordInvalid
from storage.maintenance import count_of
from storage.migrations.upgrade import VERSION_TABLE, alembic_config, known_revisions, revision_of
from storage.service_lock import lock_of
from storage.sqlite import LOG_FILES, SQLite, fold_log

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from storage.backend import Backend
    from storage.backup_file import Manifest
    from storage.maintenance import Progress


def restore_backup(
    url: str,
    path: Path,
    *,
    replace: bool = False,
    busy_seconds: float = BUSY_SECONDS,
    progress: Progress | None = None,
) -> Manifest:
    """Read a backup into a database that holds nothing, or, with ``replace``, in place of what it holds.

    A backup of an older revision is brought up to date. Killed at any moment, it leaves the old database or the new.

    Raises
    ------
    RecordInvalid
        The backup is none, was cut or was changed.
    RecordConflict
        The database holds rows, and ``replace`` was not asked for.
    DatabaseBusy
        A service or another program uses the database.
    DatabaseUnusable
        It is another program's database, the backup is of a newer version, or something cannot be read or written.
    """
    backend = backend_of(url, busy_seconds)
    if isinstance(backend, SQLite) and backend.file is None:
        raise DatabaseUnusable("a database in memory ends with this command: name a file, sqlite:///kek.db")
    manifest = read_manifest(path, progress=progress)
    if manifest.revision not in known_revisions():
        raise DatabaseUnusable(f"{path} is of a newer version (revision {manifest.revision}): update this program")
    try:
        with lock_of(backend):
            if isinstance(backend, SQLite):
                _into_file(backend, path, manifest, replace, busy_seconds, progress)
            else:
                _into_server(backend, path, manifest, replace, progress)
    finally:
        backend.engine.dispose()
    return manifest


def _into_file(
    backend: SQLite, path: Path, manifest: Manifest, replace: bool, busy_seconds: float, progress: Progress | None
) -> None:
    """Make the new database in a file beside the old one, and let it take its place."""
    file = backend.file
    assert file is not None
    if file.exists():
        _look_into_file(backend, replace)
    beside = file.with_name(file.name + ".restoring")
    _forget(beside)
    made = SQLite(URL.create("sqlite", database=str(beside)), busy_seconds)
    try:
        made.prepare()
        with own_errors(made), made.migrator() as connection:
            _fill(connection, path, manifest, progress)
        made.close()
        fold_log(beside, busy_seconds)
        with backend.lock.held():
            if file.exists():
                fold_log(file, busy_seconds)
                shutil.copymode(file, beside)
            beside.replace(file)
            sync_folder(file.parent)
    except OSError as error:
        raise DatabaseUnusable(f"{file} cannot be written: {error.strerror or error}") from error
    finally:
        made.engine.dispose()
        _forget(beside)


def _into_server(backend: Backend, path: Path, manifest: Manifest, replace: bool, progress: Progress | None) -> None:
    """Take the old tables away and make the new ones in one transaction."""
    from alembic import command

    with own_errors(backend), backend.migrator() as connection:
        _look(connection, backend.name, replace)
        revision = revision_of(connection, name=backend.name)
        if revision is not None:
            if revision not in known_revisions():
                raise DatabaseUnusable(f"{backend.name} is of a newer version (revision {revision}): use an empty one")
            command.downgrade(alembic_config(connection, emptying=True), "base")
        _fill(connection, path, manifest, progress)


def _look_into_file(backend: SQLite, replace: bool) -> None:
    """Look at a file that is there; one that is damaged may be replaced, and is what many a backup is for."""
    try:
        with backend.reader() as connection:
            _look(connection, backend.name, replace)
    except DBAPIError as error:
        if not replace:
            raise backend.own_error(error) from error
    finally:
        backend.engine.dispose()


def _look(connection: Connection, name: str, replace: bool) -> None:
    """Refuse another program's database, and one that holds rows unless it may be replaced."""
    names = inspect(connection).get_table_names()
    if not names:
        return
    if VERSION_TABLE not in names:
        raise DatabaseUnusable(f"{name} belongs to another program (it holds {', '.join(names[:5])}): name another")
    rows = 0 if replace else sum(count_of(connection, table) for table in tables_of(connection))
    if rows:
        raise RecordConflict(f"{name} holds {rows} rows: name an empty database, or replace it")


def _fill(connection: Connection, path: Path, manifest: Manifest, progress: Progress | None) -> None:
    """Make the tables of the backup's revision, write its rows, and bring the tables up to date."""
    from alembic import command

    command.upgrade(alembic_config(connection), manifest.revision)
    tables = {table.name: table for table in tables_of(connection)}
    done, total = 0, sum(manifest.counts.values())
    for name, rows in rows_of(path):
        if name not in tables:
            raise RecordInvalid(f"{path} holds a table {name}, which revision {manifest.revision} does not have")
        try:
            connection.execute(insert(tables[name]), rows)
        except CompileError as error:
            raise RecordInvalid(f"{path} holds other columns of {name} than its revision has: {error}") from error
        done += len(rows)
        if progress is not None:
            progress(f"writing {name}", done, total)
    command.upgrade(alembic_config(connection), "head")


def _forget(file: Path) -> None:
    """Take away a database that was not finished, with everything that stands beside it."""
    for end in ("", *LOG_FILES, "-journal", ".lock"):
        file.with_name(file.name + end).unlink(missing_ok=True)
