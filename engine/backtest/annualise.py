"""How many bars make a year: of a run for its statistics, and of one asset at each close for its size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.market.timeframe import periods_per_year as nominal_periods
from engine.spec.tickers import find_ticker

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.backtest.market import AlignedMarket
    from engine.market.bars import Bars
    from engine.spec.models import StrategySpec

YEAR_MS = 365.25 * 86_400_000


def yearly_periods(spec: StrategySpec, market: AlignedMarket) -> float:
    """Return how many of the run's bars make a year, for annualising its statistics.

    Nominal (365 days around the clock) where every asset is crypto, otherwise the bars observed per 365.25 days.
    """
    universe = spec.universe
    if all(trades_around_the_clock(asset, universe.quote) for asset in universe.assets):
        return nominal_periods(universe.timeframe)
    clock = market.tables.open_time
    span = int(clock[-1]) - int(clock[0]) + market.interval_ms
    return float(clock.shape[0] / span * YEAR_MS)


def yearly_periods_so_far(asset: str, quote: str | None, bars: Bars) -> NDArray[np.float64]:
    """Return how many of an asset's own bars make a year, as known at each close, shape (n_bars,).

    Nominal for crypto. Otherwise the bars from the first stored one to bar t, per 365.25 days: what comes after bar t
    changes nothing, and neither do the other assets of the run.

    Examples
    --------
    >>> from engine.market.bars import make_bars
    >>> day = 86_400_000
    >>> week = make_bars("AAPL", "1d", [0, day, 4 * day], *[[1.0] * 3] * 4, [1.0] * 3)
    >>> yearly_periods_so_far("AAPL", None, week).tolist()
    [365.25, 365.25, 219.15]
    """
    if trades_around_the_clock(asset, quote):
        return np.full(bars.n_bars, nominal_periods(bars.timeframe))
    elapsed = bars.time - bars.time[:1] + bars.interval_ms
    return np.arange(1, bars.n_bars + 1) * YEAR_MS / elapsed


def trades_around_the_clock(asset: str, quote: str | None) -> bool:
    """Tell whether an asset is crypto; one the directory does not know is taken for it.

    >>> trades_around_the_clock("BTC", None), trades_around_the_clock("EUR", "USD")
    (True, False)
    """
    ticker = find_ticker(asset, quote)
    return ticker is None or ticker.kind == "crypto"
