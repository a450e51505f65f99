"""A data catalog for specs whose assets were found before: only what a spec says in itself is left to check."""

from __future__ import annotations

from engine.market.timeframe import DURATION_MS


class AnyCandles:
    """Implements `engine.spec.meaning.universe.DataCatalog`: has candles of whatever it is asked for.

    What is stored was checked with its candles when it came in; tickers that only the user's own data has are known
    there, and by no list.

    >>> from engine.spec import check
    >>> from engine.spec.examples import SMA_CROSS
    >>> own = {**SMA_CROSS, "universe": {**SMA_CROSS["universe"], "assets": ["MYCOIN"]}}
    >>> check(own).spec is None, check(own, catalog=AnyCandles()).spec is None
    (True, False)
    """

    def symbols(self) -> tuple[str, ...]:
        """No symbol is named: every one is there."""
        return ()

    def timeframes(self, symbol: str) -> tuple[str, ...]:
        """Every timeframe, of any symbol."""
        return tuple(DURATION_MS)
