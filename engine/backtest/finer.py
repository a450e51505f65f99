"""Finer candles: read where a bar leaves open which of two levels came first, and let decide it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.backtest.market import with_finer
from engine.backtest.simulate import simulate
from engine.errors import DataError
from engine.market.finer import agreeing, finer_timeframes, kept_rows
from engine.market.minutes import PRICE_MINUTES
from engine.market.timeframe import MINUTE_MS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.backtest.config import Config
    from engine.backtest.market import AlignedMarket
    from engine.backtest.result import Simulation
    from engine.backtest.window import Window
    from engine.kernels.layout import Intents
    from engine.market.bars import Bars, MarketData
    from engine.market.lookup import FoundBars


@dataclass(frozen=True, slots=True, eq=False)
class Deciding:
    """The finer bars that may decide an asset's ambiguous bars, the finest series first.

    ``disagreeing`` counts the bars that are wholly covered and whose open, high or low is not that of the finer bars:
    those decide nothing.
    """

    series: tuple[Bars, ...]
    disagreeing: int


@dataclass(frozen=True, slots=True, eq=False)
class Decided:
    """A simulation, the market it ran on, and per asset the finer bars that were asked."""

    simulation: Simulation
    market: AlignedMarket
    deciding: Mapping[str, Deciding]


class FinerCandles:
    """The finer candles stored of one asset's symbol: read when somebody asks, and kept in ``read`` for the digests."""

    def __init__(self, data: MarketData, found: FoundBars, window: Window) -> None:
        self.data, self.symbol = data, found.symbol
        self.start, self.own = window.start, found.bars.between(window.start, window.end)
        self.until = int(self.own.time[-1]) + self.own.interval_ms if self.own.n_bars else window.start
        self.read: dict[str, Bars] = {}

    def bars(self, timeframe: str) -> Bars:
        """Return the stored candles from just before the window to the close of the asset's last bar in it.

        Raises
        ------
        DataError
            There are none, or they cannot be read.
        """
        if timeframe not in self.read:
            stored = self.data.bars(self.symbol, timeframe)
            if stored is None:
                raise DataError(f"{self.symbol}: its {timeframe} candles are listed and not there to be read")
            self.read[timeframe] = stored.between(self.start - PRICE_MINUTES * MINUTE_MS, self.until)
        return self.read[timeframe]

    def deciding(self, least_range: float) -> Deciding:
        """Return the finer candles under the bars whose high / low is ``least_range`` or more.

        Each bar's are of the finest timeframe that covers it wholly and has its prices.
        """
        own = self.own
        undecided = own.high >= own.low * least_range
        disputed = np.zeros(own.n_bars, dtype=bool)
        series = []
        for timeframe in finer_timeframes(self.data.timeframes(self.symbol), own.timeframe):
            span = self.data.span(self.symbol, timeframe)
            if span is None or not undecided.any() or span[1] <= own.time[0] or span[0] >= self.until:
                continue
            finer = self.bars(timeframe)
            whole, agree = agreeing(own, finer)
            disputed |= whole & undecided
            taken = agree & undecided
            undecided &= ~agree
            if taken.any():
                series.append(finer if taken.all() else kept_rows(own.time[taken], own.interval_ms, finer))
        return Deciding(tuple(series), int((disputed & undecided).sum()))


def simulate_decided(
    intents: Intents,
    market: AlignedMarket,
    config: Config,
    finer: Mapping[str, FinerCandles],
    least_range: float | None,
) -> Decided:
    """Run the account through every bar; where bars are ambiguous, read finer candles and run it again with them.

    ``least_range`` is the least high / low of an ambiguous bar, None when none is to be decided. Finer candles are
    read of an asset once a bar of it is ambiguous. What they decide may lead to other bars that are: it ends when every
    asset with such a bar was looked at.
    """
    simulation = simulate(intents, market, config)
    found: dict[str, Deciding] = {}
    while least_range is not None:
        asked = [asset for asset, seen in simulation.ambiguous.items() if seen.bars and asset not in found]
        found |= {asset: finer[asset].deciding(least_range) for asset in asked}
        if not any(found[asset].series for asset in asked):
            break
        market = with_finer(market, {asset: one.series for asset, one in found.items()})
        simulation = simulate(intents, market, config)
    return Decided(simulation, market, found)
