"""`kek validate FILE`: every problem of a spec at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api import console
from api.settings import read_settings
from api.spec_file import read_spec_file

if TYPE_CHECKING:
    from engine.spec import Checked


def validate(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A strategy spec as JSON; - reads standard input.")],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document: {valid, problems}.")] = False,
    proofs: Annotated[
        bool, typer.Option("--proofs", help="Prove a valid spec as well, without candles (kek check takes them).")
    ] = False,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Folder of candles to check against; default: KEK_DATA_DIR."),
    ] = None,
) -> None:
    """Check a strategy spec and list all its problems at once."""
    from engine.spec import check

    source = read_spec_file(file)
    settings = read_settings(data=data)
    if settings.data_dir is None:
        checked = check(source)
    else:
        from api.compose import market_data

        checked = check(source, catalog=market_data(settings))
    if json:
        from api.documents import validation

        console.emit(validation(checked, proofs=proofs))
    else:
        _tell(checked)
        if proofs and checked.spec is not None:
            from api.commands.check import show
            from engine.proofs import prove

            show(prove(checked.spec), checked.spec)
    raise typer.Exit(console.DONE if checked.valid else console.WRONG_INPUT)


def _tell(checked: Checked) -> None:
    console.print_problems(checked.problems)
    errors = sum(problem.severity == "error" for problem in checked.problems)
    warnings = len(checked.problems) - errors
    for skipped in checked.skipped:
        console.say(f"not checked: {console.clean(skipped)}")
    counted = f"{_count(errors, 'error')}, {_count(warnings, 'warning')}"
    if checked.spec is not None and checked.valid:
        name = console.clean(checked.spec.name)
        console.say(f"valid: {name} {console.clean(checked.spec.version)} ({counted})")
    else:
        console.say(f"not valid: {counted}")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
