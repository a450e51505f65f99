"""`kek backtest FILE`: a spec on candles, and what came of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api import console
from api.commands.options import Data, Database, End, Start
from api.settings import read_settings
from api.spec_file import read_spec_file
from api.times import read_time

if TYPE_CHECKING:
    from api.own_ledger import OwnLedger
    from engine.backtest.result import BacktestResult
    from engine.market.bars import MarketData
    from engine.spec.models import StrategySpec
    from storage.records import BacktestRun

COMPILES_FIRST = (
    "the engine compiles itself first, this once, which can take half a minute "
    "('python -m engine.warm_up' does it beforehand)"
)


def backtest(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A strategy spec as JSON; - reads standard input.")],
    data: Data = None,
    db: Database = None,
    variant: Annotated[str | None, typer.Option(metavar="ID", help="Test this variant of the spec.")] = None,
    start: Start = None,
    end: End = None,
    equity: Annotated[float, typer.Option(metavar="QUOTE", help="Initial equity in quote currency.")] = 10_000.0,
    full_window: Annotated[
        bool, typer.Option("--full-window", help="Open the holdout too: it then is SEEN for good.")
    ] = False,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report as one HTML file.")] = None,
    markdown: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report as Markdown.")] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write trades, fills, equity and events as CSV.")
    ] = None,
    picture: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a picture (.png or .svg).")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document: a BacktestRun with trades.")] = False,
) -> None:
    """Test a strategy spec on candles and say what came of it.

    Every test is a trial and goes into your trial ledger: the more you tried on an asset, the more a verdict asks for.
    The newest part of the data is held back (the holdout) unless you ask for it; only later data can validate then.
    Examples:

    kek backtest strategy.json

    kek backtest strategy.json --data candles --start 2021-01-01 --html report.html
    """
    from api.compose import market_data
    from api.memory import give_arrays_back
    from api.own_ledger import OwnLedger
    from engine.backtest.run import backtest as run
    from engine.backtest.window import HoldoutLocked
    from engine.kernel_cache import is_simulation_compiled
    from engine.report.pictures import picture_kind

    if picture is not None:
        picture_kind(picture)  # a wrong ending is told before anything is run or written
    give_arrays_back()
    settings = read_settings(data=data, database=db)
    market, ledger = market_data(settings), OwnLedger(settings)
    spec = chosen_spec(read_spec_file(file), variant, market, json=json)
    window = (
        None if start is None else read_time("--start", start),
        None if end is None else read_time("--end", end),
    )
    opened = full_window or _may_open(spec, market, window, ledger)
    if not is_simulation_compiled():
        console.say(COMPILES_FIRST, error=True)
    try:
        result = run(spec, market, start=window[0], end=window[1], initial_equity=equity, full_window=opened)
    except HoldoutLocked as locked:
        console.refuse(f"{locked} (--full-window)", json=json, code="HOLDOUT_LOCKED")
    holdout = result.holdout
    opens = holdout is not None and result.end > holdout.start
    kept = ledger.keep([result], f"{'the full window of ' if opens else ''}a spec's file")
    result = kept.results[0]
    write_reports(result, html=html, markdown=markdown, csv=csv, picture=picture)
    if json:
        record = run_record(result, variant)
        del result, kept, market, ledger  # candles and curves would lie in memory beside the text
        console.emit(record.as_json())
    else:
        show(result)
        console.say(f"Ledger: {kept.words()}.")


def chosen_spec(source: bytes, variant: str | None, market: MarketData, *, json: bool) -> StrategySpec:
    """Return the checked spec of a file, or one of its variants; warnings go to standard error."""
    from engine.spec import apply_variant, check

    checked = check(source, catalog=market)
    if variant is not None and checked.spec is not None and checked.valid:
        checked = apply_variant(checked.spec, variant, catalog=market)
    if checked.spec is None or not checked.valid:
        console.refuse_problems(checked.problems, json=json)
    console.print_problems(checked.problems, error=True)
    return checked.spec


def show(result: BacktestResult) -> None:
    """Print a result for people."""
    from rich.console import Console

    from engine.report import terminal

    Console(highlight=False).print(terminal(result))


def run_record(result: BacktestResult, variant: str | None = None) -> BacktestRun:
    """Return a result as a run that is not stored."""
    import uuid
    from datetime import UTC, datetime

    from storage.results import backtest_run

    created = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return backtest_run(result, run_id=str(uuid.uuid4()), created_at=created, variant_id=variant)


def write_reports(
    result: BacktestResult,
    *,
    html: Path | None = None,
    markdown: Path | None = None,
    csv: Path | None = None,
    picture: Path | None = None,
) -> None:
    """Write the reports that were asked for and name each on standard error."""
    from engine import report

    if html is not None:
        report.write_html(result, html)
    if markdown is not None:
        report.write_markdown(result, markdown)
    if csv is not None:
        report.write_csv(result, csv)
    if picture is not None:
        report.write_picture(result, picture)
    for written in (html, markdown, csv, picture):
        if written is not None:
            console.say(f"wrote {console.clean(str(written))}", error=True)


def _may_open(spec: StrategySpec, market: MarketData, window: tuple[int | None, int | None], ledger: OwnLedger) -> bool:
    """Say whether a window may reach into the holdout: what was seen before may, else a person is asked, once."""
    if window == (None, None):
        return False
    from engine.backtest.run import window_of
    from engine.backtest.window import HoldoutLocked

    try:
        window_of(spec, market, start=window[0], end=window[1])
    except HoldoutLocked as locked:
        begin, end = max(window[0] or locked.start, locked.start), min(window[1] or locked.end, locked.end)
        if ledger.has_seen(spec, begin, end):
            return True
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            return False
        console.say(str(locked), error=True)
        return typer.confirm("Open the holdout?", err=True)
    return False
