"""A walk-forward as tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.fitted_tables import Column, FittedTable, legend

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.console import RenderableType

COLUMNS = (
    Column("Fold"),
    Column("Train", text=True, use=3),
    Column("Test", text=True),
    Column("Chosen", text=True),
    Column("Return in sample", use=4),
    Column("Return"),
    Column("Drawdown", use=2),
    Column("Trades", use=1),
)


def walk_tables(document: Mapping[str, Any]) -> RenderableType:
    """Return the document of a walk-forward for a terminal: its folds, the stitched result, what it proves."""
    from rich.console import Group

    return Group(*_parts(document))


def _parts(document: Mapping[str, Any]) -> Iterator[RenderableType]:
    from rich.text import Text

    from api import console
    from engine.report.figures import count, percent
    from engine.report.parameters import changes_text, short_names

    gap = f"{document['purgeDays']} days of purge and {document['embargoDays']} of embargo before each test"
    yield Text(
        f"Walk-forward, {document['scheme']}, {len(document['folds'])} folds searched by {document['method']}", "bold"
    )
    yield Text(f"{gap}; the holdout was not read", "dim")
    names = short_names(dict.fromkeys(path for one in document["folds"] for path in one.get("overrides", {})))
    rows = []
    for at, one in enumerate(document["folds"], start=1):
        chosen, result = one.get("overrides"), one["outOfSample"]
        cells = (
            str(at),
            *(f"{one[part]['start'][:10]} to {one[part]['end'][:10]}" for part in ("train", "test")),
            "nothing: cash" if chosen is None else changes_text(chosen, names),
            percent(None if chosen is None else one["inSample"]["totalReturn"]),
            percent(result["totalReturn"]),
            percent(result["maxDrawdown"]),
            count(one["tradeCount"]),
        )
        rows.append([console.clean(cell) for cell in cells])
    yield FittedTable(COLUMNS, rows)
    yield from legend(names)
    stitched, trials = document["outOfSample"], document["trials"]
    held = document["holding"][-1] / document["initialEquity"] - 1.0
    yield Text(
        f"\nOut of sample, stitched: {percent(stitched['totalReturn'])} in {stitched['days']:,} days, drawdown "
        f"{percent(stitched['maxDrawdown'])}, {percent(document['shareAboveZero'])} of the folds above 0; "
        f"buy and hold {percent(held)}.",
        "bold",
    )
    if "sharpe" in stitched:
        from engine.report.claims import SharpeClaim

        sharpe = stitched["sharpe"]
        claim = SharpeClaim(sharpe["value"], sharpe["low95"], sharpe["high95"], trials=max(1, trials["total"]))
        yield Text(f"Sharpe ratio of whole days, a year: {claim}")
    yield Text(
        f"\n{document['verdict']}: {trials['total']:,} distinct trials were made on {console.clean(trials['family'])} "
        f"so far, these among them. {document['caution']}"
    )
