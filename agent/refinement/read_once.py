"""Candles that are read once: a refinement checks and measures dozens of specs on the same ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.market.bars import Bars, FundingSeries, MarketData


class ReadOnce:
    """Market data that keep what was read of them, for as long as one refinement lasts.

    A market may put bars or funding together anew each time it is asked; the engine asks for every spec.

    Examples
    --------
    >>> from engine import DemoMarket
    >>> market = ReadOnce(DemoMarket())
    >>> market.funding("BTCUSDT-PERP") is market.funding("BTCUSDT-PERP"), market.name == DemoMarket().name
    (True, True)
    """

    def __init__(self, data: MarketData) -> None:
        self._data = data
        self._bars: dict[tuple[str, str], Bars | None] = {}
        self._funding: dict[str, FundingSeries | None] = {}

    @property
    def name(self) -> str:
        """As of the data themselves."""
        return self._data.name

    @property
    def generated(self) -> bool:
        """As of the data themselves."""
        return self._data.generated

    def symbols(self) -> Sequence[str]:
        """As of the data themselves."""
        return self._data.symbols()

    def timeframes(self, symbol: str) -> Sequence[str]:
        """As of the data themselves."""
        return self._data.timeframes(symbol)

    def bars(self, symbol: str, timeframe: str) -> Bars | None:
        """The bars as they were read the first time."""
        if (symbol, timeframe) not in self._bars:
            self._bars[symbol, timeframe] = self._data.bars(symbol, timeframe)
        return self._bars[symbol, timeframe]

    def span(self, symbol: str, timeframe: str) -> tuple[int, int] | None:
        """As of the data themselves."""
        return self._data.span(symbol, timeframe)

    def funding(self, symbol: str) -> FundingSeries | None:
        """The funding as it was read the first time."""
        if symbol not in self._funding:
            self._funding[symbol] = self._data.funding(symbol)
        return self._funding[symbol]
