"""`kek demo`: the specification's own example on the demo market, with its report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api import console
from api.commands.backtest import run_document, show, write_reports

REPORTS = Path("reports")


def demo(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the report is written.")] = REPORTS,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document: a BacktestRun with trades.")] = False,
) -> None:
    """Test the specification's own example on the demo market.

    Writes its report as one HTML file and as CSV.
    """
    from engine.backtest.run import backtest
    from engine.market.demo import DemoMarket
    from engine.spec.examples import SMA_CROSS

    result = backtest(SMA_CROSS, DemoMarket())
    if json:
        console.emit(run_document(result))
    else:
        show(result)
    write_reports(result, html=out / "demo.html")
    console.say(f"Open {console.clean(str(out / 'demo.html'))} in a browser for charts and every trade.", error=True)
