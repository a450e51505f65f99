"""`kek verify FILE`: the same strategy through another engine, trade by trade."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from api import console
from api.commands.options import Data, Database, End, Json, Start
from api.settings import read_settings
from api.spec_file import read_spec_file
from api.times import read_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.market.bars import MarketData
    from engine.spec.models import StrategySpec
    from engine.verify import Verification
    from engine.verify.compared import AssetComparison, Difference
    from engine.verify.trades import RoundTrip

DEFAULT_ROWS = 20
HEADING = ("no", "entry", "side", "at, ours", "theirs", "exit, ours", "theirs", "at, ours", "theirs", "off by", "cause")


def verify(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A strategy spec as JSON; - reads standard input.")],
    data: Data = None,
    db: Database = None,
    peer: Annotated[
        str, typer.Option("--with", metavar="ENGINE", help="The other engine: backtesting or vectorbt.")
    ] = "backtesting",
    start: Start = None,
    end: End = None,
    rows: Annotated[
        int, typer.Option(min=0, metavar="N", help="Differing trades shown of each asset; --json has all of them.")
    ] = DEFAULT_ROWS,
    python: Annotated[
        str | None,
        typer.Option(
            metavar="PATH", envvar="KEK_VERIFY_PYTHON", help="Interpreter that has the other engine; default: this one."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Run a strategy through backtesting.py or vectorbt as well, and explain every trade that differs.

    Our engine runs as the spec says, then under one convention of the other after the next: each change of a trade has
    the name of its cause, and in the end both must agree. Needs the extra verify. Whoever sees the trades has tried
    the strategy: it is a trial and goes into your trial ledger. Examples:

    kek verify strategy.json

    kek verify strategy.json --with vectorbt --data candles --json
    """
    from api.compose import market_data
    from api.own_ledger import OwnLedger
    from engine.backtest.window import HoldoutLocked
    from engine.verify import PEERS, PeerError
    from engine.verify import verify as compare

    if peer not in PEERS:
        console.refuse(f"--with {peer}: allowed are {', '.join(PEERS)}", json=json, code="INPUT")
    settings = read_settings(data=data, database=db)
    market = market_data(settings)
    spec = _checked(read_spec_file(file), market, json=json)
    first = None if start is None else read_time("--start", start)
    last = None if end is None else read_time("--end", end)
    try:
        found = compare(spec, market, peer=peer, python=python or sys.executable, start=first, end=last)
    except PeerError as failure:
        console.refuse(str(failure), console.NOT_DONE, json=json, code="PEER")
    except HoldoutLocked as locked:
        console.refuse(str(locked), json=json, code="HOLDOUT_LOCKED")
    kept = OwnLedger(settings).keep([found.ours], f"compared with {peer}")
    if json:
        console.emit(found.as_dict())
    else:
        show(found, rows)
        console.say(f"Ledger: {kept.words()}.")
    raise typer.Exit(console.DONE if found.explained else console.WRONG_INPUT)


def _checked(source: bytes, market: MarketData, *, json: bool) -> StrategySpec:
    from engine.spec import check

    checked = check(source, catalog=market)
    if checked.spec is None or not checked.valid:
        console.refuse_problems(checked.problems, json=json)
    console.print_problems(checked.problems, error=True)
    return checked.spec


def show(found: Verification, rows: int) -> None:
    """Print a comparison for people, the first ``rows`` differing trades of each asset."""
    from engine.market.quality import utc

    console.say(f"{found.peer} {console.clean(found.version)} on {console.clean(found.data)}")
    console.say(f"{utc(found.start)} to {utc(found.end)}")
    for one in found.assets:
        console.say()
        _asset(one, found.peer)
        _differences(one, rows)
    console.say()
    if found.explained:
        console.say("every difference is explained; under the same conventions both engines agree")
    else:
        console.say(f"not explained: even under its conventions {found.peer} has other trades", error=True)


def _asset(one: AssetComparison, peer: str) -> None:
    equal = f"equal (largest difference {one.largest_gap:.1g})" if one.equal else "NOT equal"
    console.say(
        f"{one.asset} ({one.symbol}, {one.n_bars:,} bars): {len(one.as_said):,} trades as the spec says, "
        f"{len(one.theirs):,} in {peer}; ours under its conventions {len(one.as_peer):,}, {equal}"
    )
    for kind, title in (("not_comparable", "not comparable, because"), ("convention", "conventions of its own")):
        steps = [step for step in one.steps if step.kind == kind]
        if steps:
            console.say(f"  {title}")
        for step in steps:
            console.say(f"    {step.cause}: {step.why} ({_trades(len(step.touched))} differ)")
    if one.withheld:
        console.say(
            f"  {one.withheld:,} entries withheld: no stop is known there, or a level is passed before the fill"
        )


def _differences(one: AssetComparison, rows: int) -> None:
    from engine.market.quality import utc

    if not one.differences:
        console.say("  no trade differs")
        return
    more = f"; the first {rows}" if rows < len(one.differences) else ""
    console.say(f"  {_trades(len(one.differences))} differ{more}")
    shown = [
        (
            str(row.number),
            utc(row.entry_time),
            row.side,
            *(_sides(row, lambda trip: f"{trip.entry_price:.8g}")),
            *(_sides(row, lambda trip: "open" if trip.exit_time is None else utc(trip.exit_time))),
            *(_sides(row, lambda trip: f"{trip.exit_price:.8g}")),
            "" if row.price_difference is None else f"{row.price_difference:.2e}",
            ", ".join(row.causes),
        )
        for row in one.differences[:rows]
    ]
    widths = [max(map(len, column)) for column in zip(HEADING, *shown, strict=True)]
    for line in (HEADING, *shown) if shown else ():
        console.say("  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _sides(row: Difference, cell: Callable[[RoundTrip], str]) -> tuple[str, str]:
    """Return a cell of our trade and of theirs, a dash where there is none."""
    ours, theirs = ("-" if trip is None else cell(trip) for trip in (row.ours, row.theirs))
    return ours, theirs


def _trades(number: int) -> str:
    return f"{number:,} trade" + ("" if number == 1 else "s")
