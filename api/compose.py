"""Where the parts are joined: the one place that chooses implementations for the ports."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.settings import Settings
    from engine.market.bars import MarketData


def market_data(settings: Settings) -> MarketData:
    """Return the candles a process works on: the folder it was told, else the generated demo market.

    Raises
    ------
    DataError
        The folder is not there or cannot be read.
    """
    if settings.data_dir is None:
        from engine.market.demo import DemoMarket

        return DemoMarket()
    from storage.candles import CandleStore

    return CandleStore(settings.data_dir)
