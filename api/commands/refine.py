"""`kek refine`: look for something better, or come back with "leave it"."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from api import console
from api.settings import read_settings


def refine(
    strategy: Annotated[str | None, typer.Option(metavar="ID", help="The strategy to look at.")] = None,
    thread: Annotated[str | None, typer.Option(metavar="ID", help="The strategy of this conversation.")] = None,
    spec: Annotated[
        str | None, typer.Option(metavar="FILE", help="A strategy spec, stored first; - reads standard input.")
    ] = None,
    job: Annotated[str | None, typer.Option(metavar="FILE", help="A RefinementJob as JSON: why, and which.")] = None,
    drift: Annotated[str | None, typer.Option(metavar="FILE", help="The DriftEvent behind it, as JSON.")] = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Folder of candles; default: KEK_DATA_DIR, else the demo market."),
    ] = None,
    db: Annotated[
        str | None, typer.Option("--db", metavar="URL", help="Database; default: KEK_DATABASE_URL, else your own file.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Seed of the resampling.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document: the answer with its report.")] = False,
) -> None:
    """Diagnose a stored result, try at most 64 candidates on the selection part, and judge them.

    Every candidate counts as a trial. "Leave it" is a good outcome. Examples:

    kek refine --spec examples/golden_cross.json

    kek refine --job job.json --drift drift.json --json
    """
    from api.chat_session import open_session
    from api.commands.chat import checked_spec

    asked = None if job is None else _document(job, json=json)
    event = None if drift is None else _document(drift, json=json)
    named = strategy or _strategy_of(asked) or _strategy_of(event)
    if sum(one is not None for one in (named, thread, spec)) != 1:
        message = "name one strategy: --strategy ID, --thread ID, --spec FILE, or a job or event that names it"
        console.refuse(message, console.NOT_DONE, json=json, code="USAGE")
    started_from = None if spec is None else checked_spec(spec, json=json)
    with open_session(read_settings(data=data, database=db), thread, started_from, quiet=json) as session:
        answer = session.refine(named, job=asked, drift_event=event, seed=seed)
        if json:
            console.emit(answer.as_dict())
    if answer.refinement is None:  # why stands in the answer
        raise typer.Exit(console.NOT_DONE)


def _strategy_of(document: Mapping[str, Any] | None) -> str | None:
    if document is None:
        return None
    found = document.get("strategyRecordId", document.get("strategy_record_id"))
    return found if isinstance(found, str) else None


def _document(file: str, *, json: bool) -> dict[str, Any]:
    """Return the JSON object of a file; what is none ends the command with its problems."""
    from api.spec_file import read_spec_file
    from engine.spec.front_door import read_json

    read = read_json(read_spec_file(file))
    if read.problems:
        console.refuse_problems(read.problems, json=json)
    if not isinstance(read.value, dict):
        console.refuse(f"{file}: expected one JSON object", json=json, code="WRONG_TYPE")
    document: dict[str, Any] = read.value
    return document
