"""Market data held in memory: bars somebody has loaded already, for notebooks and tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import DataError
from engine.market.timeframe import DURATION_MS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.market.bars import Bars, FundingSeries


class MemoryMarket:
    """The `engine.market.bars.MarketData` over given bars and funding series.

    Raises
    ------
    DataError
        Two bars of one symbol and timeframe.

    Examples
    --------
    >>> from engine.market.bars import make_bars
    >>> market = MemoryMarket([make_bars("BTCUSDT", "1h", [0], [1], [1], [1], [1], [0])], name="my candles")
    >>> market.symbols(), market.timeframes("BTCUSDT"), market.name
    (['BTCUSDT'], ['1h'], 'my candles')
    """

    def __init__(
        self,
        bars: Iterable[Bars],
        funding: Iterable[FundingSeries] = (),
        *,
        name: str = "bars in memory",
        generated: bool = False,
    ) -> None:
        self._bars: dict[tuple[str, str], Bars] = {}
        for one in bars:
            if (one.symbol, one.timeframe) in self._bars:
                raise DataError(f"{one.symbol} {one.timeframe} is given twice")
            self._bars[one.symbol, one.timeframe] = one
        self._funding = {series.symbol: series for series in funding}
        self._name = name
        self._generated = generated

    @property
    def name(self) -> str:
        """How a result names this data."""
        return self._name

    @property
    def generated(self) -> bool:
        """True when the candles are made up."""
        return self._generated

    def symbols(self) -> list[str]:
        """All symbols with candles, sorted."""
        return sorted({symbol for symbol, _ in self._bars})

    def timeframes(self, symbol: str) -> list[str]:
        """Timeframes of a symbol, shortest first."""
        mine = [timeframe for name, timeframe in self._bars if name == symbol]
        return sorted(mine, key=DURATION_MS.__getitem__)

    def bars(self, symbol: str, timeframe: str) -> Bars | None:
        """Bars of a symbol on one timeframe, None when there are none."""
        return self._bars.get((symbol, timeframe))

    def n_bars(self, symbol: str, timeframe: str) -> int:
        """Number of bars of a symbol on one timeframe, 0 when there are none."""
        bars = self.bars(symbol, timeframe)
        return 0 if bars is None else bars.n_bars

    def span(self, symbol: str, timeframe: str) -> tuple[int, int] | None:
        """Opening time of the first and closing time of the last bar; None when there are none."""
        bars = self.bars(symbol, timeframe)
        return None if bars is None or bars.n_bars == 0 else (int(bars.time[0]), int(bars.time[-1]) + bars.interval_ms)

    def funding(self, symbol: str) -> FundingSeries | None:
        """The funding series of a perpetual, None when there is none."""
        return self._funding.get(symbol)
