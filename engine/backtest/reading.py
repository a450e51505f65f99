"""What a run reads of a market: candles, funding, minutes and finer candles, and the digests of all of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.backtest.ambiguity import least_ambiguous_range
from engine.backtest.minute_window import clipped_to_minutes
from engine.backtest.result import Source
from engine.backtest.window import Window, choose_window
from engine.errors import DataError
from engine.market.finer import agreeing, finer_timeframes, kept_rows
from engine.market.lookup import FoundBars, candidate_symbols, find_market
from engine.market.minutes import MINUTE, PRICE_MINUTES, closing_prices
from engine.market.timeframe import MINUTE_MS
from engine.spec import defaults

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from engine.market.bars import Bars, FundingSeries, MarketData
    from engine.notices import Notice
    from engine.spec.models import StrategySpec

    FloatArray = NDArray[np.float64]

ALWAYS = -(2**62)


@dataclass(frozen=True, slots=True, eq=False)
class FinerCandles:
    """The finer bars that may decide an asset's ambiguous bars, the finest series first.

    ``disagreeing`` counts the bars that are wholly covered and whose open, high or low is not that of the finer bars:
    those are left out.
    """

    series: tuple[Bars, ...]
    disagreeing: int


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Everything a run may know, by asset in the order of the universe; no bar opens at or after the window's end.

    ``bars`` begin with the first stored one. ``close_fill`` is the reference price of a fill at each of their closes,
    where the spec fills at one. ``finer`` is empty where no bar can be ambiguous or none was asked for.
    """

    found: tuple[FoundBars, ...]
    window: Window
    bars: Mapping[str, Bars]
    funding: Mapping[str, FundingSeries]
    close_fill: Mapping[str, FloatArray]
    finer: Mapping[str, FinerCandles]
    sources: tuple[Source, ...]
    notices: tuple[Notice, ...]


def read_market(
    spec: StrategySpec,
    data: MarketData,
    *,
    start: int | None = None,
    end: int | None = None,
    full_window: bool = False,
    finer: bool = True,
) -> Reading:
    """Read what a backtest of a checked spec needs.

    Raises
    ------
    DataError
        Candles of an asset are missing or broken, or the minutes that its fills need.
    WindowError
        The window is empty or holds no candles.
    HoldoutLocked
        The window reaches into the holdout without ``full_window``.
    """
    found, window, notices = find_window(spec, data, start=start, end=end, full_window=full_window)
    bars = {one.asset: one.bars.between(ALWAYS, window.end) for one in found}
    under = {one.asset: _Under(data, one, window) for one in found}
    close_fill = {}
    if defaults.fill_of(spec) == "vwap":
        close_fill = {asset: closing_prices(bars[asset], one.series(MINUTE)) for asset, one in under.items()}
    least = least_ambiguous_range(spec) if finer else None
    deciding = {} if least is None else {asset: one.deciding(least) for asset, one in under.items()}
    return Reading(
        found=tuple(found),
        window=window,
        bars=bars,
        funding={one.asset: one.funding for one in found if one.funding is not None},
        close_fill=close_fill,
        finer=deciding,
        sources=tuple(_source(one, bars[one.asset], under[one.asset]) for one in found),
        notices=tuple(notices),
    )


def find_window(
    spec: StrategySpec, data: MarketData, *, start: int | None = None, end: int | None = None, full_window: bool = False
) -> tuple[list[FoundBars], Window, list[Notice]]:
    """Return the candles of every asset, the window a backtest would measure, and what to tell about it.

    Raises
    ------
    As `read_market`.
    """
    universe = spec.universe
    found = find_market(data, universe.assets, universe.quote, defaults.market_type_of(spec), universe.timeframe)
    window = choose_window(found, start, end, full_window, _histories(spec, data))
    if defaults.fill_of(spec) == "vwap":
        window, notices = clipped_to_minutes(window, found, data)
        return found, window, notices
    return found, window, []


class _Under:
    """The finer candles stored of one asset's symbol, read when somebody asks and kept for the digests."""

    def __init__(self, data: MarketData, found: FoundBars, window: Window) -> None:
        self.data, self.symbol, self.window = data, found.symbol, window
        self.own = found.bars.between(window.start, window.end)
        self.read: dict[str, Bars] = {}

    def series(self, timeframe: str) -> Bars:
        """Return the stored candles from just before the window to the close of its last bar."""
        if timeframe not in self.read:
            stored = self.data.bars(self.symbol, timeframe)
            if stored is None:
                raise DataError(f"{self.symbol}: its {timeframe} candles are listed and not there to be read")
            own, start = self.own, self.window.start
            until = int(own.time[-1]) + own.interval_ms if own.n_bars else start
            self.read[timeframe] = stored.between(start - PRICE_MINUTES * MINUTE_MS, until)
        return self.read[timeframe]

    def deciding(self, least_range: float) -> FinerCandles:
        """Return the finer candles under the bars that are wide enough, each bar's from the finest that covers it."""
        own = self.own
        open_bars = own.high >= own.low * least_range
        series, disagreeing = [], 0
        for timeframe in finer_timeframes(self.data.timeframes(self.symbol), own.timeframe):
            span = self.data.span(self.symbol, timeframe)
            if not open_bars.any() or span is None or span[1] <= own.time[0] or span[0] >= self.window.end:
                continue
            finer = self.series(timeframe)
            whole, agree = agreeing(own, finer)
            disagreeing += int((whole & ~agree & open_bars).sum())
            taken = agree & open_bars
            open_bars &= ~agree
            if taken.any():
                series.append(kept_rows(own.time[taken], own.interval_ms, finer))
        return FinerCandles(tuple(series), disagreeing)


def _histories(spec: StrategySpec, data: MarketData) -> dict[str, tuple[int, int]]:
    """Return when the candles of each asset begin and end, over every timeframe and its spot and perpetual market."""
    histories = {}
    for asset in spec.universe.assets:
        spans = [
            span
            for symbol in candidate_symbols(asset, spec.universe.quote, "perp")
            for timeframe in data.timeframes(symbol)
            if (span := data.span(symbol, timeframe)) is not None
        ]
        if spans:
            histories[asset] = min(span[0] for span in spans), max(span[1] for span in spans)
    return histories


def _source(found: FoundBars, bars: Bars, under: _Under) -> Source:
    finer = tuple((timeframe, one.data_hash()) for timeframe, one in sorted(under.read.items()))
    funding = found.funding
    if funding is None:
        return Source(found.symbol, bars.data_hash(), finer=finer)
    span = (int(funding.time[0]), int(funding.time[-1])) if funding.time.shape[0] else None
    return Source(found.symbol, bars.data_hash(), funding.symbol, funding.data_hash(), span, finer)


def data_digest(sources: Iterable[Source]) -> str:
    """Return the SHA-256 of every candle and funding event that a run read."""
    return _digest(sources, finer=True)


def candles_digest(sources: Iterable[Source]) -> str:
    """Return the SHA-256 of the candles on the strategy's timeframe and of the funding.

    It is the same for every spec of the same assets and market, whatever else one of them makes a run read.
    """
    return _digest(sources, finer=False)


def _digest(sources: Iterable[Source], *, finer: bool) -> str:
    digest = hashlib.sha256()
    for one in sources:
        digest.update(one.bars_hash.encode())
        if one.funding_hash is not None:
            digest.update(one.funding_hash.encode())
        for timeframe, read in one.finer if finer else ():
            digest.update(f"{timeframe} {read}".encode())
    return digest.hexdigest()
