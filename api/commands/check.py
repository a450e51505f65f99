"""`kek check FILE`: what is proven of a spec."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api import console
from api.settings import read_settings
from api.spec_file import read_spec_file

if TYPE_CHECKING:
    from engine.market.bars import MarketData
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
    named; where there are none to look at, that is said. The exit status is 1 when the spec has problems or something
    speaks against it.

    kek check strategy.json

    kek check strategy.json --data candles --json
    """
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
    proofs = _proven(checked.spec, market, cuts)
    if json:
        console.emit(proofs.as_dict())
    else:
        show(proofs, checked.spec)
    raise typer.Exit(console.DONE if proofs.holds else console.WRONG_INPUT)


def _proven(spec: StrategySpec, market: MarketData | None, cuts: int) -> Proofs:
    """Prove a spec on candles; where there are none to look at, by construction alone, and say so."""
    from dataclasses import replace

    from engine.backtest.window import HoldoutLocked
    from engine.errors import DataError, WindowError
    from engine.proofs import prove

    try:
        return prove(spec, market, cuts=cuts)
    except (DataError, WindowError) as error:
        return replace(prove(spec), unread=str(error))
    except HoldoutLocked:
        return replace(prove(spec), unread="all that are stored on this timeframe lie in the holdout")


def show(proofs: Proofs, spec: StrategySpec) -> None:
    """Print proofs for people."""
    from rich.console import Console

    from engine.proofs.page import page

    Console(highlight=False).print(page(proofs, f"{spec.name} {spec.version}"))
