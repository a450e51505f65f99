"""`kek data`: candles brought in, looked over, generated and fetched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api import console
from api.commands.data_folder import AsJson, DataFolder, open_store
from api.commands.data_make import fetch, generate
from api.progress import Meter
from api.settings import read_settings

if TYPE_CHECKING:
    from engine.market.bars import MarketData
    from engine.market.files import LoadedBars
    from storage.candle_files import StoredSeries
    from storage.candles import Stored

app = typer.Typer(help="Bring candles in, look them over, generate or fetch them.", no_args_is_help=True)


@app.command("list")
def list_candles(data: DataFolder = None, json: AsJson = False) -> None:
    """List the candles there are. Without a folder: those of the demo market.

    kek data list --data candles
    """
    from api.compose import market_data
    from api.documents import candle_list, stored_series

    market = market_data(read_settings(data=data))
    if json:
        console.emit(candle_list(market))
        return
    found = stored_series(market)
    console.say(console.clean(market.name) + (":" if found else ": no candles"))
    for one in found:
        console.say(f"  {one.symbol:<16} {one.timeframe:>4} {console.clean(_series_text(one))}")


@app.command("import")
def import_candles(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="CSV, Parquet or Feather files.")],
    data: DataFolder = None,
    symbol: Annotated[
        str | None, typer.Option(help="Such as BTCUSDT, BTCUSDT-PERP or SPY; default: the file's name.")
    ] = None,
    timeframe: Annotated[str | None, typer.Option(help="Such as 1h; default: the file's name, else the rows.")] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Sort rows and drop those that are there twice.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Let new bars win over different stored ones.")] = False,
    json: AsJson = False,
) -> None:
    """Bring candles in from CSV, Parquet or Feather files.

    Times are opening times, UTC where no offset is written. A file that is not right is refused whole
    and says why; what is stored already stays and must agree. Examples:

    kek data import BTCUSDT_1h.csv --data candles

    kek data import prices.csv --symbol SPY --timeframe 1d --fix --data candles
    """
    from engine.errors import DataError
    from engine.market.files import read_bars

    store = open_store(data, json=json)
    store.refuse_if_generated()
    done: list[dict[str, object]] = []
    refused: list[dict[str, object]] = []
    meter = Meter(silent=json)
    for number, file in enumerate(files):
        meter.show(file.name, number, len(files))
        try:
            loaded = read_bars(file, symbol, timeframe, fix=fix)
            stored = store.write(loaded.bars, replace=replace)
        except DataError as refusal:
            refused.append({"file": str(file), "message": str(refusal)})
            _tell_problem(str(refusal), meter, json=json)
            continue
        done.append(_imported(file, loaded, stored))
        meter.clear()
        if not json:
            _say_imported(file, loaded, stored)
    meter.clear()
    if json:
        console.emit({"data": store.name, "imported": done, "refused": refused})
    if refused:
        raise typer.Exit(console.WRONG_INPUT)


@app.command("check")
def check_candles(
    symbols: Annotated[list[str] | None, typer.Argument(metavar="[SYMBOL...]", help="Default: all stored.")] = None,
    data: DataFolder = None,
    timeframe: Annotated[str | None, typer.Option(help="Only this timeframe.")] = None,
    json: AsJson = False,
) -> None:
    """Look the candles over: gaps, closing hours, bars without volume, outliers.

    Ends with status 1 when a file cannot be used. Examples:

    kek data check --data candles

    kek data check BTCUSDT --timeframe 1h
    """
    from api.compose import market_data
    from engine.errors import DataError
    from engine.market.quality import quality_report

    market = market_data(read_settings(data=data))
    wanted = _wanted(market, symbols, timeframe)
    reports: list[dict[str, object]] = []
    broken: list[dict[str, object]] = []
    meter = Meter(silent=json)
    for number, (name, frame) in enumerate(wanted):
        meter.show(f"{name} {frame}", number, len(wanted))
        try:
            bars = market.bars(name, frame)
            if bars is None or bars.n_bars == 0:
                raise DataError(f"{name} {frame}: no candles in it")
        except DataError as refusal:
            broken.append({"symbol": name, "timeframe": frame, "message": str(refusal)})
            _tell_problem(str(refusal), meter, json=json)
            continue
        report = quality_report(bars)
        reports.append(report.as_dict())
        meter.clear()
        if not json:
            for line in report.lines():
                console.say(line)
    meter.clear()
    if json:
        console.emit({"data": market.name, "generated": market.generated, "reports": reports, "broken": broken})
    elif not wanted:
        console.say(f"{console.clean(market.name)}: no candles")
    if broken:
        raise typer.Exit(console.WRONG_INPUT)


app.command("generate")(generate)
app.command("fetch")(fetch)


def _series_text(series: StoredSeries) -> str:
    from engine.market.quality import utc

    if series.problem is not None:
        return f"cannot be used: {series.problem}"
    if series.n_bars is None:
        return "generated when asked for"
    if series.start is None or series.end is None:
        return "no bars"
    return f"{series.n_bars:>10,} bars, {utc(series.start)} to {utc(series.end)}"


def _wanted(market: MarketData, symbols: list[str] | None, timeframe: str | None) -> list[tuple[str, str]]:
    """Return symbol and timeframe of each series to look over."""
    from engine.errors import DataError
    from engine.market.symbols import check_symbol
    from engine.spec.problems import nearest

    known = market.symbols()
    chosen = [check_symbol(name) for name in symbols] if symbols else list(known)
    for name in chosen:
        if name not in known:
            guess = nearest(name, known)
            hint = f" (did you mean '{guess}'?)" if guess else ""
            raise DataError(f"{market.name}: no candles of {name}{hint}")
    wanted = [(name, frame) for name in chosen for frame in market.timeframes(name) if timeframe in (None, frame)]
    if market.generated and not symbols and timeframe is None:
        wanted = [(name, frame) for name, frame in wanted if frame == "1h"]
    if not wanted and chosen:
        raise DataError(f"{market.name}: nothing is stored on {timeframe}")
    return wanted


def _tell_problem(message: str, meter: Meter, *, json: bool) -> None:
    """Print what is wrong with one file among several; with ``json`` it goes into the document instead."""
    meter.clear()
    if not json:
        console.report(message, json=False, code="DATA")


def _imported(file: Path, loaded: LoadedBars, stored: Stored) -> dict[str, object]:
    from engine.market.quality import quality_report

    return {
        "file": str(file),
        "symbol": stored.symbol,
        "timeframe": stored.timeframe,
        "bars": loaded.bars.n_bars,
        "added": stored.added,
        "replaced": stored.replaced,
        "stored": stored.n_bars,
        "remarks": list(loaded.remarks),
        "quality": quality_report(loaded.bars).as_dict(),
    }


def _say_imported(file: Path, loaded: LoadedBars, stored: Stored) -> None:
    from engine.market.quality import quality_report

    replaced = f", {stored.replaced} replaced" if stored.replaced else ""
    console.say(
        f"{console.clean(str(file))}: {stored.symbol} {stored.timeframe}, {loaded.bars.n_bars:,} bars, "
        f"{stored.added:,} new{replaced}, {stored.n_bars:,} stored"
    )
    for remark in (*loaded.remarks, *quality_report(loaded.bars).suspicious):
        console.say(f"  {console.clean(remark)}")
