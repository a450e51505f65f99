"""The daily returns of one whole run, as a search keeps those of its candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.market.timeframe import DAY_MS
from engine.metrics.sharpe import path_of
from engine.search.outcome import Days

if TYPE_CHECKING:
    from engine.backtest.result import BacktestResult


def days_of(result: BacktestResult) -> Days | None:
    """Return the simple returns of the whole UTC days of a run's bars; None when there is no whole day.

    Every day counts, also one without a position; after a liquidation all of them are 0. They are those a sweep of the
    same spec on the same window has (`engine.sweeps.swept.Swept.daily_returns`), to the last bit.

    Examples
    --------
    >>> from engine import DemoMarket
    >>> from engine.backtest.run import backtest
    >>> from engine.spec.examples import SMA_CROSS
    >>> noon, march = 1_514_808_000_000, 1_519_862_400_000
    >>> days = days_of(backtest(SMA_CROSS, DemoMarket(), start=noon, end=march))
    >>> (days.first_day_ms - noon) // 3_600_000, days.returns.shape, days.returns.dtype.name
    (12, (58,), 'float32')
    """
    run = result.simulation
    first = -(-int(run.time[0]) // DAY_MS)
    n_days = int(run.close_time[-1]) // DAY_MS - first
    if n_days < 1:
        return None
    returns = np.zeros(n_days, dtype=np.float32)
    measured = path_of(run).daily_returns[:n_days]
    returns[: measured.size] = measured
    return Days(first * DAY_MS, returns)
