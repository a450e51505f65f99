"""A market as somebody would have had it at a moment: no bar that had not closed, no funding that was not due."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.market.bars import FundingSeries
from engine.market.timeframe import DURATION_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.market.bars import Bars, MarketData

EVER = -(2**62)


def closed_by(bars: Bars, time: int) -> Bars:
    """Return the bars that had closed at ``time`` (UTC ms)."""
    return bars.between(EVER, time - bars.interval_ms + 1)


@dataclass(frozen=True, slots=True)
class CutMarket:
    """What was known of ``data`` at ``time`` (UTC ms): bars that had closed and funding events before it.

    Bars of every timeframe are cut by their own closes, so a higher or a finer one is no way round the cut.
    """

    data: MarketData
    time: int
    _held: dict[tuple[str, str], Bars | None] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """Where the candles come from."""
        return self.data.name

    @property
    def generated(self) -> bool:
        """Whether they are generated."""
        return self.data.generated

    def symbols(self) -> Sequence[str]:
        """Return the symbols there are."""
        return self.data.symbols()

    def timeframes(self, symbol: str) -> Sequence[str]:
        """Return the timeframes of which a bar had closed."""
        spans = {one: self.data.span(symbol, one) for one in self.data.timeframes(symbol)}
        return [one for one, span in spans.items() if span is not None and span[0] + DURATION_MS[one] <= self.time]

    def bars(self, symbol: str, timeframe: str) -> Bars | None:
        """Return the bars that had closed, None where there were none."""
        key = symbol, timeframe
        if key not in self._held:
            whole = self.data.bars(symbol, timeframe)
            known = None if whole is None else closed_by(whole, self.time)
            self._held[key] = known if known is not None and known.n_bars else None
        return self._held[key]

    def span(self, symbol: str, timeframe: str) -> tuple[int, int] | None:
        """Return when the first bar opens and the last one closes."""
        bars = self.bars(symbol, timeframe)
        return None if bars is None else (int(bars.time[0]), int(bars.time[-1]) + bars.interval_ms)

    def funding(self, symbol: str) -> FundingSeries | None:
        """Return the funding that was due before the cut."""
        whole = self.data.funding(symbol)
        if whole is None:
            return None
        before = whole.time < self.time
        return FundingSeries(whole.symbol, whole.time[before], whole.rate[before])
