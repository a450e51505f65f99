"""`kek optimize FILE`: which numbers of a spec are better than others, and that this proves nothing yet."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api import console
from api.commands.options import Data, Database, End, Json, Start
from api.progress import Meter
from api.settings import Settings, read_settings
from api.shown_scores import best_text
from api.spec_file import read_spec_file
from api.times import read_time

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from api.own_search import OwnSearch
    from engine.market.bars import MarketData
    from engine.search.plan import Plan
    from storage.run_records import OptimizationRun

ELSEWHERE = "another process works on this database"
WAITS = f"{ELSEWHERE}: a service there carries the search out, and this command does once that process has ended"

FOLDS = 5
"""Test windows of a walk-forward where nothing is said."""


def optimize(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A strategy spec as JSON; - reads standard input.")],
    data: Data = None,
    db: Database = None,
    method: Annotated[
        str, typer.Option("--method", metavar="NAME", help="grid, random, evolutionary, or bayesian (extra optuna).")
    ] = "grid",
    objective: Annotated[
        list[str] | None,
        typer.Option(
            "--objective",
            metavar="NAME",
            help="sharpe (default), net_profit, drawdown, profit_factor or trade_count; several may be given.",
        ),
    ] = None,
    space: Annotated[
        str | None,
        typer.Option("--space", metavar="SPACE", help="JSON, a file of it, or variants; default: near the spec's own."),
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary", metavar="AXIS", help="path=min:max:step, path=min:max:log:count or path=a,b,c; may be repeated."
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", help="Candidates at most.")] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Of all that is drawn.")] = 0,
    start: Start = None,
    end: End = None,
    equity: Annotated[
        float, typer.Option("--equity", "--initial-equity", metavar="QUOTE", help="Initial equity, quote currency.")
    ] = 10_000.0,
    threads: Annotated[
        int | None, typer.Option("--threads", min=1, metavar="N", help="Threads that measure; default: one a core.")
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster", metavar="ADDRESS", help="Measure on this Dask cluster, tcp://host:port; default: KEK_CLUSTER."
        ),
    ] = None,
    walk_forward: Annotated[
        str | None,
        typer.Option(
            "--walk-forward",
            metavar="SCHEME",
            help="anchored or rolling: search each train window and judge the choice by the days after it.",
        ),
    ] = None,
    folds: Annotated[
        int | None, typer.Option("--folds", metavar="N", help=f"Test windows of a walk-forward; default: {FOLDS}.")
    ] = None,
    purge: Annotated[
        int | None,
        typer.Option(
            "--purge", min=0, metavar="DAYS", help="Left out before each test; default: what may be chosen reaches."
        ),
    ] = None,
    embargo: Annotated[
        int | None, typer.Option("--embargo", min=0, metavar="DAYS", help="Left out beside the purge; default: none.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a walk-forward as one HTML file.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", metavar="FILE", help="Write a picture of a walk-forward (.png or .svg).")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the document to this file.")] = None,
    json: Json = False,
) -> None:
    """Try values of a spec's parameters on the selection part of the data, and rank what comes out.

    Every candidate is a line of your trial ledger. Ctrl-C keeps what was measured, and the same command goes on from
    there. The best of many is the best in part by luck: nothing is validated by it. Examples:

    kek optimize strategy.json

    kek optimize strategy.json --vary indicators.fast.inputs.length=5:30:5 --objective sharpe --objective drawdown

    kek optimize strategy.json --method evolutionary --limit 1000 --space space.json --json

    kek optimize strategy.json --walk-forward rolling --folds 6 --html walk.html
    """
    from api.commands.backtest import chosen_spec
    from api.compose import market_data
    from api.memory import give_arrays_back
    from api.search_words import space_of
    from engine.search.plan import plan_search

    give_arrays_back()
    if walk_forward is None:
        windows = {"--folds": folds, "--purge": purge, "--embargo": embargo}
        _refuse_without_walk(windows, drawn=not (html is None and picture is None), json=json)
    elif cluster is not None:
        console.refuse("--walk-forward is measured here: leave --cluster out", json=json, code="INPUT")
    folds = FOLDS if folds is None else folds
    if picture is not None:
        from engine.report.pictures import picture_kind

        picture_kind(picture)  # a wrong ending is told before anything is measured
    settings = read_settings(data=data, database=db)
    if cluster is not None:
        from api.jobs.cluster import check_cluster

        check_cluster(cluster)
        settings = replace(settings, searching=replace(settings.searching, cluster=cluster))
    market = market_data(settings)
    spec = chosen_spec(read_spec_file(file), None, market, json=json)
    asked = {
        "method": method,
        "objectives": objective or ["sharpe"],
        "space": space_of(space, vary or []),
        "seed": seed,
        "limit": limit,
        "initial_equity": equity,
    }
    asked_window: dict[str, Any] = {
        "start": None if start is None else read_time("--start", start),
        "end": None if end is None else read_time("--end", end),
        **_caps(settings, 1 if walk_forward is None else folds),
    }
    planned = plan_search(spec, market, **asked, **asked_window)
    if planned.plan is None:
        console.refuse_problems(planned.problems, json=json)
    if walk_forward is not None:
        from api.own_walk import draw_walk, tell_walk, walked

        found = walked(
            settings, market, planned.plan, asked, walk_forward, folds, purge, embargo or 0, threads, json=json
        )
        _write(found, out)
        draw_walk(found, html, picture)
        tell_walk(found, json=json)
        return
    record, overrides = _carried_out(settings, market, planned.plan, limit, threads, cluster, json=json)
    document = record.as_json()
    _write(document, out)
    if json:
        console.emit(document)
    _refuse_failed(record, json=json)
    if not json:
        from rich.console import Console

        from api.searches import search_tables

        Console(highlight=False).print(search_tables(record, overrides))


def _refuse_without_walk(windows: Mapping[str, int | None], *, drawn: bool, json: bool) -> None:
    """Refuse what belongs to a walk-forward where none was asked for: its drawings, and the options of its windows."""
    if drawn:
        console.refuse("--html and --picture draw a walk-forward: add --walk-forward", json=json, code="INPUT")
    given = [name for name, value in windows.items() if value is not None]
    if given:
        sets = "sets" if len(given) == 1 else "set"
        message = f"{' and '.join(given)} {sets} the windows of a walk-forward: add --walk-forward"
        console.refuse(message, json=json, code="INPUT")


def _caps(settings: Settings, times: int) -> dict[str, float]:
    """Return the caps of one search of several like it, which share the time."""
    caps = settings.searching.caps
    return {**caps, "most_seconds": caps["most_seconds"] / max(1, times)}


def _write(document: Mapping[str, Any], out: Path | None) -> None:
    """Write a document to a file, where one is named."""
    if out is None:
        return
    import orjson

    from api.shown_records import shown_json

    out.write_bytes(shown_json(document, orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    console.say(f"wrote {console.clean(str(out))}", error=True)


def _carried_out(
    settings: Settings,
    market: MarketData,
    plan: Plan,
    limit: int | None,
    threads: int | None,
    cluster: str | None,
    *,
    json: bool,
) -> tuple[OptimizationRun, dict[str, Mapping[str, Any]]]:
    """Carry a planned search out; return its record, and the overrides of its variants by their ids."""
    from api.compose import opened
    from api.jobs.optimizations import TooManyJobs
    from api.own_search import OwnSearch
    from api.own_walk import GO_ON
    from api.surroundings import RandomIds, SystemClock
    from storage.records import LOCAL_USER

    meter = Meter(silent=json)

    def told(step: Mapping[str, Any]) -> None:
        if step.get("total"):
            meter.show(progress_text(step, plan.objectives), step["done"], step["total"])

    with opened(settings) as database:
        try:
            search = OwnSearch(database, market, SystemClock(), RandomIds(), plan, limit)
        except TooManyJobs as refusal:
            console.refuse(str(refusal.refusal.detail), console.NOT_DONE, json=json, code="TOO_MANY_JOBS")
        try:
            _carry_out(search, settings, threads, cluster, told, json=json)
        except KeyboardInterrupt:
            meter.clear()
            console.say(GO_ON, error=True)
            raise
        finally:
            meter.clear()
            search.release()
        with database.read() as work:
            record = work.optimizations.get(LOCAL_USER, search.record.id)
            variants = work.variants.of_strategy(LOCAL_USER, record.strategy_record_id)
    return record, {one.id: one.overrides for one in variants}


def _carry_out(
    search: OwnSearch, settings: Settings, threads: int | None, cluster: str | None, told: Any, *, json: bool
) -> None:
    from functools import partial

    from api.compose import market_data
    from api.jobs.evaluator_choice import evaluators

    if search.hold():
        if search.taken_up:
            done = 0 if search.record.progress is None else search.record.progress.done
            console.say(f"goes on with the search that was broken off, {done:,} candidates are measured", error=True)
    elif cluster is not None:
        message = f"{ELSEWHERE} and would not see --cluster: wait until it has ended, or name another database"
        console.refuse(message, console.NOT_DONE, json=json, code="BUSY")
    measures = evaluators(settings.searching.cluster, partial(market_data, settings), threads=threads)
    with nullcontext() if settings.searching.cluster is None else _quiet():
        asyncio.run(search.to_its_end(measures, told, lambda: console.say(WAITS, error=True)))


def _quiet() -> AbstractContextManager[None]:
    from api.jobs.cluster import quiet_dask

    return quiet_dask()


def progress_text(step: Mapping[str, Any], objectives: Sequence[str]) -> str:
    """Return how far a search is, in words.

    >>> progress_text({"done": 412, "total": 1_600, "best": 0.06869, "secondsLeft": 20.4}, ["sharpe"])
    '412 of 1,600 candidates, best Sharpe a day 0.0687, 20 s left'
    """
    told = [f"{step['done']:,} of {step['total']:,} candidates"]
    if step.get("best") is not None:
        told.append(best_text(objectives, step["best"]))
    if step.get("secondsLeft") is not None:
        told.append(f"{step['secondsLeft']:,.0f} s left")
    return ", ".join(told)


def _refuse_failed(record: OptimizationRun, *, json: bool) -> None:
    """End the command with status 2 where the search came to no result."""
    if record.status == "completed":
        return
    error = record.error
    message = f"the search is {record.status}" if error is None else f"{error.message} [{error.code}]"
    if not json:
        console.report(message, json=False, code="NOT_DONE")
    raise typer.Exit(console.NOT_DONE)
