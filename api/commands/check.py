"""`kek check FILE`: what is proven of a spec."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api import console
from api.settings import read_settings
from api.spec_file import read_spec_file

if TYPE_CHECKING:
    from engine.proofs import Proofs
    from engine.spec.models import StrategySpec


def check(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A strategy spec as JSON; - reads standard input.")],
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Folder of candles to check on as well; default: KEK_DATA_DIR."),
    ] = None,
    cuts: Annotated[int, typer.Option(min=1, max=100, help="How often the data is cut off and run again.")] = 3,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document: the proofs.")] = False,
) -> None:
    """Prove what a strategy spec can and cannot do: see ahead, fire at all, get how far in.

    With candles the spec is also run on them, cut off and run again, and the first bar at which each signal is true is
    named. The exit status is 1 when the spec has problems or something speaks against it.

    kek check strategy.json

    kek check strategy.json --data candles --json
    """
    from engine.proofs import prove
    from engine.spec import check as checked_spec

    settings = read_settings(data=data)
    market = None
    if settings.data_dir is not None:
        from api.compose import market_data

        market = market_data(settings)
    checked = checked_spec(read_spec_file(file), catalog=market)
    if checked.spec is None:
        console.refuse_problems(checked.problems, json=json)
    console.print_problems(checked.problems, error=True)
    proofs = prove(checked.spec, market, cuts=cuts)
    if json:
        console.emit(proofs.as_dict())
    else:
        show(proofs, checked.spec)
    raise typer.Exit(console.DONE if proofs.holds else console.WRONG_INPUT)


def show(proofs: Proofs, spec: StrategySpec) -> None:
    """Print proofs for people."""
    from rich.console import Console

    from engine.proofs.page import page

    Console(highlight=False).print(page(proofs, f"{spec.name} {spec.version}"))
