"""The market as it was: today's candles without what has come since, and what has changed of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from api.replay.differences import ABSENT, Difference
from engine.market.bars import FundingSeries
from engine.market.quality import iso
from engine.market.timeframe import DURATION_MS
from storage.times import milliseconds_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from api.replay.made_from import MadeFrom
    from engine.market.bars import Bars, MarketData

Span = tuple[int, int]


class MarketThen:
    """An `engine.market.bars.MarketData` over another one, cut to what a run or a turn was made from.

    Candles are only ever added at their ends, new timeframes and new symbols; all of these are left out, so that the
    holdout lies where it lay. What was changed or taken away since cannot be brought back: it shows in the data's hash.
    """

    def __init__(self, market: MarketData, made: MadeFrom) -> None:
        self._market = market
        self._made = made

    @property
    def name(self) -> str:
        """How the market was called; digests of the candles tell whether it is the same."""
        return self._made.market or self._market.name

    @property
    def generated(self) -> bool:
        """True when today's candles are made up."""
        return self._market.generated

    def symbols(self) -> Sequence[str]:
        """All symbols with candles there were."""
        return self._market.symbols() if self._made.symbols is None else self._made.symbols

    def timeframes(self, symbol: str) -> Sequence[str]:
        """The timeframes there were of a symbol that are still stored."""
        if self._made.symbols is not None and symbol not in self._made.symbols:
            return ()
        known, stored = self._made.candles.get(symbol), self._market.timeframes(symbol)
        return stored if known is None else tuple(name for name in stored if name in known)

    def bars(self, symbol: str, timeframe: str) -> Bars | None:
        """Bars as they were stored, None when they are not."""
        if timeframe not in self.timeframes(symbol):
            return None
        bars, span = self._market.bars(symbol, timeframe), self._span(symbol, timeframe)
        return bars if bars is None or span is None else bars.between(span[0], span[1] - DURATION_MS[timeframe] + 1)

    def span(self, symbol: str, timeframe: str) -> Span | None:
        """When the bars there were begin and end (UTC ms)."""
        if timeframe not in self.timeframes(symbol):
            return None
        stored, known = self._market.span(symbol, timeframe), self._span(symbol, timeframe)
        if stored is None or known is None:
            return stored
        start, end = max(stored[0], known[0]), min(stored[1], known[1])
        return (start, end) if start < end else None

    def funding(self, symbol: str) -> FundingSeries | None:
        """The funding events there were."""
        series, read = self._market.funding(symbol), self._funding_read(symbol)
        if series is None or read is None:
            return series
        first, last = np.searchsorted(series.time, (read[0], read[1] + 1))
        return FundingSeries(series.symbol, series.time[first:last], series.rate[first:last])

    def _span(self, symbol: str, timeframe: str) -> Span | None:
        known = self._made.candles.get(symbol, {}).get(timeframe)
        return known if known is not None or self._made.until is None else (-(2**62), self._made.until)

    def _funding_read(self, symbol: str) -> Span | None:
        """Return the times of the first and last funding event of a perpetual that was read, None when not known."""
        for read in self._made.sources.values():
            span = read.get("funding")
            if span is not None and read.get("fundingSymbol") == symbol:
                return milliseconds_of(span[0], field="funding"), milliseconds_of(span[1], field="funding")
        return None


def candle_changes(
    made: MadeFrom, market: MarketData, sources: Mapping[str, Mapping[str, Any]]
) -> Iterator[Difference]:
    """Yield what has become of the candles that something was made from.

    ``sources`` are the digests of what is read of them today, by symbol. A span that got shorter tells from where to
    where; candles whose span is whole and whose digest differs were changed inside.
    """
    then = MarketThen(market, made)
    for symbol, series in made.candles.items():
        for timeframe, known in series.items():
            now = then.span(symbol, timeframe)
            if now != known:
                yield Difference(f"candles.{symbol}.{timeframe}", _words(known), ABSENT if now is None else _words(now))
    for symbol in dict.fromkeys([*made.sources, *sources]):
        before, after = (one.get(symbol, {}) for one in (made.sources, sources))
        for name, what in (("hash", "candles"), ("fundingHash", "funding")):
            if before.get(name) != after.get(name):
                yield Difference(f"{what}.{symbol}", before.get(name, ABSENT), after.get(name, ABSENT))
        finer_before, finer_after = before.get("finer", {}), after.get("finer", {})
        for timeframe in dict.fromkeys([*finer_before, *finer_after]):
            then_read, now_read = finer_before.get(timeframe, ABSENT), finer_after.get(timeframe, ABSENT)
            if then_read != now_read:
                yield Difference(f"candles.{symbol}.{timeframe}", then_read, now_read)


def _words(span: Span) -> str:
    return f"{iso(span[0])} to {iso(span[1])}"
