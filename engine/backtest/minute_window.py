"""The part of a window in which one-minute candles can price the fills."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.errors import DataError, WindowError
from engine.market.minutes import MINUTE, PRICE_MINUTES
from engine.market.quality import iso, utc
from engine.market.timeframe import MINUTE_MS
from engine.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.backtest.window import Window
    from engine.market.bars import MarketData
    from engine.market.lookup import FoundBars


def clipped_to_minutes(window: Window, found: Sequence[FoundBars], data: MarketData) -> tuple[Window, list[Notice]]:
    """Return the part of the window in which every asset with bars has minutes before its closes, and what to tell.

    Raises
    ------
    DataError
        An asset has no one-minute candles; the message says how to bring them in.
    WindowError
        They begin after, or end before, every close of the window.
    """
    start, end = window.start, window.end
    narrowing = []
    spans = {one.symbol: data.span(one.symbol, MINUTE) for one in found}
    lacking = [symbol for symbol, span in spans.items() if span is None]
    if lacking:
        raise DataError(_no_minutes(data, lacking))
    for one in found:
        own = one.bars.between(window.start, window.end)
        span = spans[one.symbol]
        if own.n_bars == 0 or span is None:
            continue
        closes = own.time + own.interval_ms
        priced = (closes - PRICE_MINUTES * MINUTE_MS >= span[0]) & (closes <= span[1])
        if not priced.any():
            raise WindowError("NO_DATA", _outside(one.symbol, span, window))
        first, last = int(priced.argmax()), own.n_bars - 1 - int(priced[::-1].argmax())
        if first > 0 or last < own.n_bars - 1:
            narrowing.append(one.symbol)
        start = max(start, int(own.time[first])) if first > 0 else start
        end = min(end, int(own.time[last]) + own.interval_ms) if last < own.n_bars - 1 else end
    if start >= end:
        raise WindowError("NO_DATA", "fill 'vwap': the one-minute candles of the assets share no time in the window")
    return replace(window, start=start, end=end), [_told(narrowing, start, end)] if narrowing else []


def _told(symbols: Sequence[str], start: int, end: int) -> Notice:
    message = (
        f"measured {utc(start)} to {utc(end)} only: fill 'vwap' is priced by one-minute candles, and those of "
        f"{', '.join(symbols)} reach no further"
    )
    return Notice("VWAP_WINDOW", message, detail={"symbols": list(symbols), "start": iso(start), "end": iso(end)})


def _no_minutes(data: MarketData, symbols: Sequence[str]) -> str:
    parts = []
    for symbol in symbols:
        stored = ", ".join(data.timeframes(symbol))
        parts.append(
            f"fill 'vwap' is priced by one-minute candles and {symbol} has none (stored: {stored}); bring them in with "
            f"'kek data import FILE --symbol {symbol} --timeframe {MINUTE}' or "
            f"'kek data fetch {symbol} --timeframe {MINUTE}', or fill at 'close' or 'next_open'"
        )
    return f"{data.name}: " + "\n".join(parts)


def _outside(symbol: str, span: tuple[int, int], window: Window) -> str:
    locked = window.holdout is not None and not window.holdout.seen and span[0] >= window.end
    hint = "; what lies after the window is the holdout" if locked else ""
    return (
        f"fill 'vwap' is priced by one-minute candles, and those of {symbol} reach from {utc(span[0])} to "
        f"{utc(span[1])}: no bar of the window {utc(window.start)} to {utc(window.end)} closes there{hint}"
    )
