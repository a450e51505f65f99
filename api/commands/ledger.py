"""`kek ledger`: everything that was ever tried, and whether the record of it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from api import console
from api.settings import read_settings

if TYPE_CHECKING:
    from storage.strategy_records import TrialRecord

app = typer.Typer(
    help="See the trial ledger: every candidate ever evaluated. Verdicts are corrected for all; none goes away.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Database = Annotated[
    str | None, typer.Option("--db", metavar="URL", help="Database; default: KEK_DATABASE_URL, else your own file.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command()
def show(
    family: Annotated[
        str | None, typer.Option(metavar="ASSET", help="Only candidates that traded this asset; default: all.")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="The newest lines, at most.")] = 20,
    db: Database = None,
    json: Json = False,
) -> None:
    """Show how many candidates were evaluated on each asset, and the newest lines."""
    from api.compose import opened
    from engine.evidence.families import data_family
    from storage.records import LOCAL_USER

    wanted = None if family is None else data_family(family.upper())
    with opened(read_settings(database=db)) as database, database.read() as work:
        counts = work.trials.counts(LOCAL_USER)
        lines = work.trials.newest(LOCAL_USER, limit, family=wanted)
    if json:
        console.emit({"counts": counts, "lines": [one.as_json() for one in lines]})
        return
    if not counts:
        console.say("Nothing was tried yet.", error=True)
        return
    for name, count in counts.items():
        console.say(f"{console.clean(name)}: {count:,} candidate{'' if count == 1 else 's'}")
    if wanted is not None and not lines:
        console.say(f"None of them traded {console.clean(wanted)}.", error=True)
    for one in lines:
        console.say(line_text(one))


def line_text(line: TrialRecord) -> str:
    """Return a line of the ledger as a line of text."""
    figures = line.summary
    told = [f"{figures.trade_count or 0} trades"]
    if figures.returns_pct is not None:
        told.append(f"{figures.returns_pct:+.1%}")
    window = f"{line.start[:10]} to {line.end[:10]}"
    note = f"  {console.clean(line.note)}" if line.note else ""
    parts = (f"{line.seq:>7}", line.created_at[:19], f"{line.origin:<8}", console.clean(line.family), window)
    return "  ".join((*parts, ", ".join(told), line.behaviour_hash[:12])) + note


@app.command()
def verify(db: Database = None, json: Json = False) -> None:
    """Walk the chain of the whole ledger: every line, with its daily returns, is there and as it was written."""
    from api.compose import opened
    from storage.records import LOCAL_USER

    with opened(read_settings(database=db)) as database, database.read() as work:
        found = work.trials.check(LOCAL_USER)
    if json:
        console.emit({"whole": found.whole, "lines": found.length, **({"fault": found.fault} if found.fault else {})})
    elif found.whole:
        console.say(f"The ledger is whole: {found.length:,} line{'' if found.length == 1 else 's'}.")
    else:
        console.say(f"The ledger was changed: {found.fault}.", error=True)
    if not found.whole:
        raise typer.Exit(1)
