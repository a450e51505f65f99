"""`kek eval SUITE`: how well requests are understood, measured. The suites are found by their entry point."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from api import console

ENTRY_POINTS = "kek.commands"
"""Group in which the evaluation registers itself: nothing here imports it."""


def evaluate(
    suite: Annotated[str, typer.Argument(metavar="SUITE", help="intents or paraphrases.")],
    cases: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Case file (JSONL); default: the development set.")
    ] = None,
    solver: Annotated[
        str, typer.Option(metavar="NAME", help="Who answers: builtin, model, recorded or bare-model.")
    ] = "builtin",
    predictions: Annotated[Path | None, typer.Option(metavar="OUT", help="Write the answers as JSONL.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say of every wrong case why it is wrong.")] = False,
    limit: Annotated[int | None, typer.Option(metavar="N", help="Take the first N cases.")] = None,
    same_trades: Annotated[
        bool, typer.Option("--same-trades", help="Run answers and references side by side on generated markets.")
    ] = False,
    baseline: Annotated[bool, typer.Option("--baseline", help="Keep this result as the case file's baseline.")] = False,
    recordings: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Recorded model replies, for --solver recorded.")
    ] = None,
    record: Annotated[Path | None, typer.Option(metavar="DIR", help="Keep every reply of the model here.")] = None,
    n: Annotated[int | None, typer.Option("--n", metavar="N", help="paraphrases: how many; default 500.")] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="paraphrases: what they are drawn from.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure how well requests are understood.

    What a model gives no usable reading of is read by the built-in interpreter, and told; status 2 when that is all.

    kek eval intents --explain

    kek eval intents --cases cases.jsonl --solver model --same-trades

    kek eval paraphrases --n 500 --seed 7
    """
    from api.progress import Meter
    from api.settings import read_settings
    from api.surroundings import SystemClock

    options = {
        "cases": cases, "solver": solver, "predictions": predictions, "explain": explain, "limit": limit,
        "same_trades": same_trades, "baseline": baseline, "recordings": recordings, "record": record, "n": n,
        "seed": seed,
    }  # fmt: skip
    run_suite, meter = registered("eval", json=json), Meter()
    try:
        outcome = run_suite(suite, options, settings=read_settings(), clock=SystemClock(), progress=meter.show)
    finally:
        meter.clear()
    if json:
        console.emit(outcome.document)
    else:
        for line in outcome.lines:
            console.say(console.clean(line))
    for warning in outcome.warnings:
        console.say(f"{console.paint('warning', 'yellow', sys.stderr)} {console.clean(warning)}", error=True)
    if not outcome.is_measured:
        raise typer.Exit(console.NOT_DONE)


def registered(name: str, *, json: bool) -> Callable[..., Any]:
    """Return what is registered under a name; ends the command when nothing is."""
    from importlib.metadata import entry_points

    found = entry_points(group=ENTRY_POINTS, name=name)
    if not found:
        message = f"nothing is registered as {name!r} in {ENTRY_POINTS}: install this package anew (make test does)"
        console.refuse(message, console.NOT_DONE, json=json, code="NOT_INSTALLED")
    loaded: Callable[..., Any] = next(iter(found)).load()
    return loaded
