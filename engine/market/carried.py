"""Market data that goes along: what some specs read of a market, copied, so that it can be sent to another machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from engine.market.bars import Bars, FundingSeries, MarketData


@dataclass(frozen=True, eq=False)
class CarriedMarket:
    """The `engine.market.bars.MarketData` of a part of another market; picklable.

    ``spans`` and ``counts`` (bars stored) are known of every series of the symbols that are there, ``series`` holds
    those whose candles came along; asking for the candles of another is a `DataError`.
    """

    name: str
    generated: bool
    spans: Mapping[tuple[str, str], tuple[int, int]]
    counts: Mapping[tuple[str, str], int]
    series: Mapping[tuple[str, str], Bars]
    fundings: Mapping[str, FundingSeries]
    frames: Mapping[str, tuple[str, ...]]

    def symbols(self) -> list[str]:
        """All symbols that are known here, sorted."""
        return sorted(self.frames)

    def timeframes(self, symbol: str) -> Sequence[str]:
        """Stored timeframes of a symbol, shortest first."""
        return self.frames.get(symbol, ())

    def bars(self, symbol: str, timeframe: str) -> Bars | None:
        """Bars of a symbol; DataError where they are stored and did not come along."""
        found = self.series.get((symbol, timeframe))
        if found is None and timeframe in self.timeframes(symbol):
            raise DataError(f"{symbol} {timeframe} did not come along")
        return found

    def n_bars(self, symbol: str, timeframe: str) -> int:
        """Number of bars stored, 0 where there are none."""
        return self.counts.get((symbol, timeframe), 0)

    def span(self, symbol: str, timeframe: str) -> tuple[int, int] | None:
        """Opening time of the first and closing time of the last bar; None when there are none."""
        return self.spans.get((symbol, timeframe))

    def funding(self, symbol: str) -> FundingSeries | None:
        """The funding series of a perpetual, None when there is none."""
        return self.fundings.get(symbol)


@dataclass(eq=False)
class Recording:
    """A market that takes note of what is read of it."""

    market: MarketData
    read: dict[tuple[str, str], Bars] = field(default_factory=dict)
    events: dict[str, FundingSeries] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """That of the market."""
        return self.market.name

    @property
    def generated(self) -> bool:
        """That of the market."""
        return self.market.generated

    def symbols(self) -> Sequence[str]:
        """Those of the market."""
        return self.market.symbols()

    def timeframes(self, symbol: str) -> Sequence[str]:
        """Those of the market."""
        self.asked.add(symbol)
        return self.market.timeframes(symbol)

    def bars(self, symbol: str, timeframe: str) -> Bars | None:
        """Read bars."""
        self.asked.add(symbol)
        found = self.market.bars(symbol, timeframe)
        if found is not None:
            self.read[symbol, timeframe] = found
        return found

    def span(self, symbol: str, timeframe: str) -> tuple[int, int] | None:
        """That of the market."""
        self.asked.add(symbol)
        return self.market.span(symbol, timeframe)

    def funding(self, symbol: str) -> FundingSeries | None:
        """Read funding."""
        self.asked.add(symbol)
        found = self.market.funding(symbol)
        if found is not None:
            self.events[symbol] = found
        return found


def carried(market: MarketData, reading: Callable[[MarketData], object]) -> CarriedMarket:
    """Return the part of a market that ``reading`` reads, with what is known of every series of its symbols.

    Examples
    --------
    >>> from engine.market.demo import DemoMarket
    >>> small = carried(DemoMarket(), lambda market: market.bars("BTCUSDT", "1h"))
    >>> small.symbols(), list(small.series)
    (['BTCUSDT'], [('BTCUSDT', '1h')])
    """
    recording = Recording(market)
    reading(recording)
    frames = {symbol: tuple(found) for symbol in sorted(recording.asked) if (found := market.timeframes(symbol))}
    keys = [(symbol, timeframe) for symbol, several in frames.items() for timeframe in several]
    counted = getattr(market, "n_bars", None)
    return CarriedMarket(
        name=market.name,
        generated=market.generated,
        spans={key: span for key in keys if (span := market.span(*key)) is not None},
        counts={} if counted is None else {key: counted(*key) for key in keys},
        series=recording.read,
        fundings=recording.events,
        frames=frames,
    )
