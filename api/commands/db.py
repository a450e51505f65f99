"""`kek db`: the database itself - bring it up to date, look it over, back it up, read a backup."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api import console
from api.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.backup_file import Manifest

app = typer.Typer(
    help="Look after the database: bring it up to date, check it, back it up, restore it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Database = Annotated[
    str | None, typer.Option("--db", metavar="URL", help="Database; default: KEK_DATABASE_URL, else your own file.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command(
    epilog="Examples: kek db upgrade; kek db upgrade --db postgresql://kek@localhost/kek. "
    "Every other command brings the database up to date, too, when it opens it."
)
def upgrade(db: Database = None, json: Json = False) -> None:
    """Make the tables where there are none, and bring older ones to this version."""
    from api.compose import opened
    from storage.migrations.upgrade import NEWEST

    with opened(read_settings(database=db)) as database:
        name, before = database.name, database.found
    if json:
        console.emit({"database": name, "from": before, "to": NEWEST} if before else {"database": name, "to": NEWEST})
    elif before == NEWEST:
        console.say(f"{console.clean(name)} is at revision {NEWEST}, the newest one.")
    else:
        console.say(
            f"{console.clean(name)}: from {f'revision {before}' if before else 'nothing'} to revision {NEWEST}."
        )


@app.command(epilog="Examples: kek db check; kek db check --json. Exit status 1 and a list when something is wrong.")
def check(db: Database = None, json: Json = False) -> None:
    """Look at everything that is stored: every reference, every hash, every record, each trial ledger."""
    from api.compose import stored
    from api.progress import Meter
    from storage.maintenance import check_database

    meter = Meter(silent=json)
    with stored(read_settings(database=db)) as database:
        report, name = check_database(database, progress=meter.show), database.name
    meter.clear()
    if json:
        found = {"sound": report.sound, "faults": list(report.faults)}
        console.emit({"database": name, "revision": report.revision, "counts": dict(report.counts), **found})
    else:
        _say_counts(report.counts)
        for fault in report.faults:
            console.say(console.clean(fault), error=True)
        what = "everything is as it was written" if report.sound else f"{len(report.faults)} faults"
        console.say(f"{console.clean(name)}, revision {report.revision}: {what}.")
    if not report.sound:
        raise typer.Exit(console.WRONG_INPUT)


@app.command(
    epilog="Examples: kek db backup kek.backup; kek db backup /safe/kek-$(date +%F).backup --json. "
    "The service may go on meanwhile; candles are not in it."
)
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it, for your eyes alone.")],
    replace: Annotated[bool, typer.Option("--replace", help="Replace FILE when it is there.")] = False,
    db: Database = None,
    json: Json = False,
) -> None:
    """Write everything that is stored into one file, readable by SQLite and PostgreSQL alike."""
    from api.compose import stored
    from api.progress import Meter
    from api.surroundings import SystemClock
    from storage.backup import write_backup

    meter = Meter(silent=json)
    with stored(read_settings(database=db)) as database:
        now = SystemClock().now_ms()
        manifest = write_backup(database, file, now_ms=now, replace=replace, progress=meter.show)
        name = database.name
    meter.clear()
    _tell(manifest, file, name, f"{file.stat().st_size:,} bytes from {name}", json=json)


@app.command(
    epilog="Examples: kek db restore kek.backup; kek db restore kek.backup --db postgresql://kek@localhost/kek; "
    "kek db restore kek.backup --replace. End the service first; killed in the middle, the old database stays."
)
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup (`kek db backup`).")],
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of what the database holds.")] = False,
    db: Database = None,
    json: Json = False,
) -> None:
    """Read a backup into an empty database, or in place of another with --replace."""
    from api.compose import check_folder
    from api.progress import Meter
    from storage.backend import without_secrets
    from storage.errors import RecordInvalid
    from storage.restore import restore_backup

    settings = read_settings(database=db)
    check_folder(settings)
    meter = Meter(silent=json)
    try:
        manifest = restore_backup(settings.database_url, file, replace=replace, progress=meter.show)
    except RecordInvalid as wrong:
        console.refuse(str(wrong), json=json, code=wrong.code)
    finally:
        meter.clear()
    name = str(settings.database_file or without_secrets(settings.database_url))
    _tell(manifest, file, name, f"into {name}", json=json)


def _tell(manifest: Manifest, file: Path, name: str, where: str, *, json: bool) -> None:
    """Say what is in a backup that was written or read."""
    if json:
        facts = {"revision": manifest.revision, "createdAt": manifest.created_at, "sha256": manifest.sha256}
        console.emit({"file": str(file), "database": name, "counts": dict(manifest.counts), **facts})
        return
    _say_counts(manifest.counts)
    console.say(console.clean(f"{file}: {sum(manifest.counts.values()):,} rows of {manifest.created_at}, {where}."))


def _say_counts(counts: Mapping[str, int]) -> None:
    for table, count in counts.items():
        if count:
            console.say(f"{count:>10,}  {table.replace('_', ' ')}")
