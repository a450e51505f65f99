"""`kek compare FILE...`: several strategies over the same days, ranked, and which of them can be told apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api import console
from api.commands.options import Data, Database, End, Json, Start
from api.settings import read_settings
from api.spec_file import read_spec_file
from api.times import read_time

if TYPE_CHECKING:
    from engine.market.bars import MarketData
    from engine.spec.models import StrategySpec


def compare(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Two to sixteen strategy specs as JSON; - reads one from stdin."),
    ],
    data: Data = None,
    db: Database = None,
    by: Annotated[
        str, typer.Option("--by", metavar="METRIC", help="Rank by sharpe, net_profit, drawdown or profit_factor.")
    ] = "sharpe",
    start: Start = None,
    end: End = None,
    equity: Annotated[float, typer.Option(metavar="QUOTE", help="Initial equity of each, quote currency.")] = 10_000.0,
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Of the days drawn again.")] = 0,
    json: Json = False,
) -> None:
    """Compare strategies over the same days: a ranking, and which places chance alone could have given.

    All run on the window that each has candles for; the holdouts stay closed. Each is a trial and goes into your trial
    ledger. Examples:

    kek compare one.json other.json

    kek compare strategies/*.json --by drawdown --data candles --json
    """
    from api.comparisons import comparison_document, comparison_tables
    from api.compose import market_data
    from api.own_ledger import OwnLedger
    from engine.backtest.window import HoldoutLocked
    from engine.search.compare import METRICS
    from engine.search.compare import compare as run

    if by not in METRICS:
        console.refuse(f"--by {by}: allowed are {', '.join(METRICS)}", json=json, code="INPUT")
    if files.count("-") > 1:
        console.refuse("- is given twice: standard input holds one spec", json=json, code="INPUT")
    settings = read_settings(data=data, database=db)
    market = market_data(settings)
    specs = _checked(files, market, json=json)
    try:
        found = run(
            {name: spec for name, (_, spec) in specs.items()},
            market,
            metric=by,  # type: ignore[arg-type]  # one of METRICS
            start=None if start is None else read_time("--start", start),
            end=None if end is None else read_time("--end", end),
            initial_equity=equity,
            seed=seed,
        )
    except HoldoutLocked as locked:
        console.refuse(str(locked), json=json, code="HOLDOUT_LOCKED")
    kept = OwnLedger(settings).keep([one.result for one in found.ranking], "compared with other files")
    ranking = zip(found.ranking, kept.results, strict=True)
    found = replace(found, ranking=tuple(replace(one, result=result) for one, result in ranking))
    if json:
        console.emit(comparison_document(found, {name: file for name, (file, _) in specs.items()}))
        return
    from rich.console import Console

    console.print_notices(found.notices)
    Console(highlight=False).print(comparison_tables(found))
    console.say(f"Ledger: {kept.words()}.")


def _checked(files: list[str], market: MarketData, *, json: bool) -> dict[str, tuple[str, StrategySpec]]:
    """Return each file and its checked spec, by the spec's name; the problems of all files are told at once."""
    from engine.spec import check

    read = [(file, check(read_spec_file(file), catalog=market)) for file in files]
    valid = [(file, one.spec) for file, one in read if one.spec is not None and one.valid]
    if len(valid) < len(read) and json:
        told: list[dict[str, Any]] = [
            {"file": console.clean(file), **problem.as_dict()} for file, one in read for problem in one.problems
        ]
        console.emit({"valid": False, "problems": told})
        raise typer.Exit(console.WRONG_INPUT)
    for file, one in read:
        if one.problems:
            console.say(console.clean(file), error=True)
            console.print_problems(one.problems, error=True)
    if len(valid) < len(read):
        raise typer.Exit(console.WRONG_INPUT)
    counted = Counter(spec.name for _, spec in valid)
    named: dict[str, tuple[str, StrategySpec]] = {}
    for file, spec in valid:
        name = spec.name if counted[spec.name] == 1 else f"{spec.name} [{Path(file).name}]"
        copies = sum(other == name or other.startswith(f"{name} #") for other in named)
        named[name if not copies else f"{name} #{copies + 1}"] = (file, spec)
    return named
