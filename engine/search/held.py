"""Buy and hold: what an account that bought the assets of a strategy once was worth at the end of each day.

Bought once, in equal parts that then drift apart, the fee paid: what somebody could have had instead of the strategy.
The market that is taken off what a rule earned is another series (`engine.judging.holding`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.market.timeframe import DAY_MS
from engine.metrics.sharpe import day_levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.market.bars import MarketData
    from engine.spec.models import StrategySpec

    FloatArray = NDArray[np.float64]


def held_equity(
    spec: StrategySpec, data: MarketData, start: int, end: int, *, initial_equity: float = 10_000.0
) -> FloatArray:
    """Return the equity of buying once, at the first open, and holding, at the end of each UTC day of a window.

    It is the benchmark of a backtest of that window (`engine.metrics.benchmark.buy_and_hold`): bought in equal parts,
    the fee of a taker paid, never sold; no candle from ``end`` on is read.

    Parameters
    ----------
    start, end : int
        UTC midnights, ms, closed-open.
    initial_equity : float
        Quote currency.

    Returns
    -------
    ndarray of float64, shape (n_days,)

    Raises
    ------
    DataError, WindowError, HoldoutLocked
        As for a backtest.

    Examples
    --------
    >>> from engine import DemoMarket, check
    >>> from engine.spec.examples import SMA_CROSS
    >>> spring = 1_519_862_400_000
    >>> held_equity(check(SMA_CROSS).spec, DemoMarket(), spring, spring + 90 * DAY_MS).shape
    (90,)
    """
    from engine.backtest.market import align
    from engine.backtest.reading import read_market
    from engine.metrics.benchmark import buy_and_hold
    from engine.spec.defaults import fees_of

    read = read_market(spec, data, start=start, end=end)
    market = align(read.bars, read.window.start, read.window.end)
    curve = buy_and_hold(
        market.tables.open, market.tables.close, initial_equity=initial_equity, fee_rate=fees_of(spec).taker
    )
    closes = np.ascontiguousarray(market.tables.open_time + market.interval_ms)
    own = day_levels(start, closes, curve, initial_equity, finish_last_day=True)[1:]
    days = np.full((end - start) // DAY_MS, own[-1] if own.size else initial_equity)
    days[: own.size] = own[: days.size]
    return days
