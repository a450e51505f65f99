"""A walk-forward of the local user's own: carried out in this process, told to people, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api import console
from api.progress import Meter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from api.settings import Settings
    from engine.market.bars import MarketData
    from engine.search.plan import Plan

GO_ON = "Broken off; what was measured is kept and counts. The same command goes on from there."


def walked(
    settings: Settings,
    market: MarketData,
    plan: Plan,
    asked: Mapping[str, Any],
    scheme: str,
    folds: int,
    purge: int | None,
    embargo: int,
    threads: int | None,
    *,
    json: bool,
) -> dict[str, Any]:
    """Carry a walk-forward out in this process and return its document; its trials are kept as they are measured."""
    import os

    from api.compose import opened
    from api.fold_searches import FoldTrials, walk, walk_document
    from api.surroundings import SystemClock
    from engine.search.folds import SCHEMES

    if scheme not in SCHEMES:
        console.refuse(f"--walk-forward {scheme}: allowed are {', '.join(SCHEMES)}", json=json, code="INPUT")
    meter = Meter(silent=json)

    def told(fold: int, done: int, total: int) -> None:
        meter.show(f"fold {fold} of {folds}, {done:,} of {total:,} candidates", (fold - 1) + done / total, folds)

    with opened(settings) as database:
        trials = FoldTrials(database, market, SystemClock())
        try:
            found = walk(
                plan,
                market,
                asked,
                trials,
                scheme=scheme,
                folds=folds,
                purge=purge,
                embargo=embargo,
                threads=threads or len(os.sched_getaffinity(0)),
                progress=told,
            )
        except KeyboardInterrupt:
            meter.clear()
            console.say(GO_ON, error=True)
            raise
        finally:
            meter.clear()
        if trials.taken_up:
            console.say(f"{trials.taken_up:,} candidates were measured before and are not measured again", error=True)
        return walk_document(found, plan, market, scheme, *trials.total(plan.spec))


def draw_walk(document: Mapping[str, Any], html: Path | None, picture: Path | None) -> None:
    """Write the reports of a walk-forward that were asked for, and name each on standard error."""
    if html is not None:
        from engine.report.walk_page import write_walk_html

        write_walk_html(document, html)
    if picture is not None:
        from engine.report.walk_pictures import write_walk_picture

        write_walk_picture(document, picture)
    for written in (html, picture):
        if written is not None:
            console.say(f"wrote {console.clean(str(written))}", error=True)


def tell_walk(document: Mapping[str, Any], *, json: bool) -> None:
    """Print a walk-forward: for people, or its document."""
    if json:
        console.emit(document)
        return
    from rich.console import Console

    from api.walk_tables import walk_tables

    for one in document["notices"]:
        console.say(f"{one['kind']} {console.clean(one['message'])}", error=True)
    Console(highlight=False).print(walk_tables(document))
