"""`kek data generate` and `kek data fetch`: candles that are not there yet."""

from __future__ import annotations

from typing import Annotated

import typer

from api import console
from api.commands.data_folder import AsJson, DataFolder, open_store
from api.progress import Meter
from api.times import read_time

EARLIEST = "2018-01-01"


def generate(
    data: DataFolder = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Another seed makes another market.")] = None,
    symbols: Annotated[list[str] | None, typer.Option("--symbol", help="Only this symbol; may be repeated.")] = None,
    timeframes: Annotated[list[str] | None, typer.Option("--timeframe", help="Default 1h; may be repeated.")] = None,
    json: AsJson = False,
) -> None:
    """Write candles of the generated demo market into a folder of their own.

    They look like a market and hold no edge; every result on them says that they are generated. Example:

    kek data generate --data demo-candles --seed 3 --timeframe 1h --timeframe 1d
    """
    from engine.errors import DataError
    from engine.market.demo import DEFAULT_SEED, DemoMarket

    market = DemoMarket(DEFAULT_SEED if seed is None else seed)
    chosen = [name.upper() for name in symbols] if symbols else list(market.symbols())
    frames = timeframes or ["1h"]
    for name in chosen:
        absent = [frame for frame in frames if frame not in market.timeframes(name)]
        if name not in market.symbols() or absent:
            what = f"{name} {absent[0]}" if name in market.symbols() else name
            raise DataError(
                f"the demo market has no {what}; it has {', '.join(market.symbols())} on "
                f"{', '.join(market.timeframes(market.symbols()[0]))}"
            )
    store = open_store(data, json=json)
    store.mark_generated(market.name)
    written: list[dict[str, object]] = []
    meter = Meter(silent=json)
    for number, name in enumerate(chosen):
        meter.show(name, number, len(chosen))
        for frame in frames:
            bars = market.bars(name, frame)
            if bars is not None:
                stored = store.write(bars, replace=True)
                written.append({"symbol": name, "timeframe": frame, "bars": stored.n_bars})
        funding = market.funding(name)
        if funding is not None:
            store.write_funding(funding)
    meter.clear()
    if json:
        console.emit({"data": store.name, "generated": True, "notice": market.notice.message, "series": written})
    else:
        console.say(f"{len(written)} series written: {console.clean(store.name)}")
        console.say(market.notice.message, error=True)


def fetch(
    symbols: Annotated[list[str], typer.Argument(metavar="SYMBOL...", help="Such as BTCUSDT or BTCUSDT-PERP.")],
    data: DataFolder = None,
    timeframe: Annotated[str, typer.Option(help="Candles of this length.")] = "1h",
    start: Annotated[
        str, typer.Option(metavar="TIME", help="First time to fetch, 2021-01-31 or with T12:00Z.")
    ] = EARLIEST,
    end: Annotated[str | None, typer.Option(metavar="TIME", help="Time before which to stop; default: now.")] = None,
    exchange: Annotated[str, typer.Option(help="A venue that ccxt knows.")] = "binance",
    funding: Annotated[bool, typer.Option("--funding/--no-funding", help="Also the funding of perpetuals.")] = True,
    json: AsJson = False,
) -> None:
    """Fetch candles from a venue (needs the extra: pip install 'kek-mix[live-data]').

    What is stored is not fetched again: the same command goes on after an interruption and brings a
    series up to date. Only closed candles are kept. Examples:

    kek data fetch BTCUSDT ETHUSDT --timeframe 1h --data candles

    kek data fetch BTCUSDT-PERP --timeframe 15m --start 2024-01-01 --exchange bybit
    """
    from datetime import UTC, datetime
    from time import sleep

    from engine.market.symbols import check_symbol
    from storage.sources.ccxt_source import CcxtSource, FetchError, connect

    names = [check_symbol(name) for name in symbols]
    first = read_time("--start", start)
    last = None if end is None else read_time("--end", end)
    store = open_store(data, json=json)
    store.refuse_if_generated()
    fetched: list[dict[str, object]] = []
    meter = Meter(silent=json)
    try:
        source = CcxtSource(
            connect(exchange),
            store,
            now=lambda: int(datetime.now(UTC).timestamp() * 1000),
            sleep=sleep,
            progress=lambda at: meter.show(f"{at.symbol} {at.what}", at.at - at.start, at.end - at.start),
        )
        for name in names:
            brought = [source.fetch_bars(name, timeframe, first, last)]
            if funding and name.endswith("-PERP"):
                brought.append(source.fetch_funding(name, first, last))
            for each in brought:
                fetched.append({"symbol": name, "what": each.what, "received": each.received, "stored": each.stored})
                if not json:
                    meter.clear()
                    console.say(f"{name} {each.what}: {each.received:,} new, {each.stored:,} stored")
    except FetchError as failure:
        meter.clear()
        console.refuse(str(failure), console.NOT_DONE, json=json, code="FETCH")
    finally:
        meter.clear()
    if json:
        console.emit({"data": store.name, "fetched": fetched})
