"""What a run reads of a market: candles, funding, minutes and finer candles, and the digests of all of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.backtest.finer import FinerCandles
from engine.backtest.minute_window import clipped_to_minutes
from engine.backtest.result import Source
from engine.backtest.window import Window, choose_window
from engine.market.lookup import FoundBars, candidate_symbols, find_market
from engine.market.minutes import MINUTE, closing_prices
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
class Reading:
    """Everything a run may know, by asset in the order of the universe; no bar opens at or after the window's end.

    ``bars`` begin with the first stored one. ``close_fill`` is the reference price of a fill at each of their closes,
    where the spec fills at one. ``asked`` is the window as it was asked for; ``finer`` reads what is stored of each
    asset on finer timeframes when it is asked to.
    """

    found: tuple[FoundBars, ...]
    asked: tuple[int | None, int | None]
    window: Window
    bars: Mapping[str, Bars]
    funding: Mapping[str, FundingSeries]
    close_fill: Mapping[str, FloatArray]
    finer: Mapping[str, FinerCandles]
    notices: tuple[Notice, ...]


def read_market(
    spec: StrategySpec,
    data: MarketData,
    *,
    start: int | None = None,
    end: int | None = None,
    full_window: bool = False,
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
    finer = {one.asset: FinerCandles(data, one, window) for one in found}
    close_fill = {}
    if defaults.fill_of(spec) == "vwap":
        close_fill = {asset: closing_prices(bars[asset], one.bars(MINUTE)) for asset, one in finer.items()}
    return Reading(
        found=tuple(found),
        asked=(start, end),
        window=window,
        bars=bars,
        funding={one.asset: one.funding for one in found if one.funding is not None},
        close_fill=close_fill,
        finer=finer,
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


def sources_of(read: Reading) -> tuple[Source, ...]:
    """Return the digests of all that was read so far."""
    return tuple(_source(one, read.bars[one.asset], read.finer[one.asset]) for one in read.found)


def _source(found: FoundBars, bars: Bars, candles: FinerCandles) -> Source:
    finer = tuple((timeframe, one.data_hash()) for timeframe, one in sorted(candles.read.items()))
    funding = found.funding
    if funding is None:
        return Source(found.symbol, bars.data_hash(), finer=finer, prints=found.prints)
    span = (int(funding.time[0]), int(funding.time[-1])) if funding.time.shape[0] else None
    return Source(found.symbol, bars.data_hash(), funding.symbol, funding.data_hash(), span, finer, found.prints)


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
