"""A walk-forward as tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.searches import changes_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.console import RenderableType


def walk_tables(document: Mapping[str, Any]) -> RenderableType:
    """Return the document of a walk-forward for a terminal: its folds, the stitched result, what it proves."""
    from rich.console import Group

    return Group(*_parts(document))


def _parts(document: Mapping[str, Any]) -> Iterator[RenderableType]:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from api import console
    from engine.report.figures import count, percent

    gap = f"{document['purgeDays']} days of purge and {document['embargoDays']} of embargo before each test"
    yield Text(
        f"Walk-forward, {document['scheme']}, {len(document['folds'])} folds searched by {document['method']}", "bold"
    )
    yield Text(f"{gap}; the holdout was not read", "dim")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    for name in ("Train", "Test", "Chosen", "Return in sample", "Return", "Drawdown", "Trades"):
        table.add_column(name, justify="left" if name in ("Train", "Test", "Chosen") else "right", overflow="fold")
    for one in document["folds"]:
        chosen, result = one.get("overrides"), one["outOfSample"]
        cells = [
            *(f"{one[part]['start'][:10]} to {one[part]['end'][:10]}" for part in ("train", "test")),
            "nothing: cash" if chosen is None else changes_text(chosen),
            percent(None if chosen is None else one["inSample"]["totalReturn"]),
            percent(result["totalReturn"]),
            percent(result["maxDrawdown"]),
            count(one["tradeCount"]),
        ]
        table.add_row(*(Text(console.clean(cell)) for cell in cells))
    yield table
    stitched, trials = document["outOfSample"], document["trials"]
    yield Text(
        f"\nOut of sample, stitched: {percent(stitched['totalReturn'])} in {stitched['days']:,} days, drawdown "
        f"{percent(stitched['maxDrawdown'])}, {percent(document['shareAboveZero'])} of the folds above 0.",
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
