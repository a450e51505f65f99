"""The market of a strategy: what holding its assets in equal parts, rebalanced each day, earned on each day.

Free of costs: a series of returns for a beta, which nobody could have had as an account. Buy and
hold, bought once and the fee paid, is `engine.search.held`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.market.timeframe import DAY_MS
from engine.metrics.sharpe import day_levels, simple_returns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.market.bars import Bars

    FloatArray = NDArray[np.float64]


def holding_returns(bars: Mapping[str, Bars], first_day_ms: int, n_days: int) -> FloatArray:
    """Return the mean over the assets of their price's simple return on each UTC day, shape (n_days,).

    A day's price is that of the last bar closed by its midnight; before an asset's first close it earns nothing. The
    same part of the account is in each asset every day.

    Parameters
    ----------
    bars : mapping
        Asset -> its bars, from before the first day where there are any.
    first_day_ms : int
        UTC midnight, ms.

    Examples
    --------
    >>> from engine import DemoMarket
    >>> market = DemoMarket()
    >>> timeframe = market.timeframes("BTCUSDT")[-1]
    >>> bars = market.bars("BTCUSDT", timeframe)
    >>> first = -(-int(bars.time[0]) // DAY_MS) * DAY_MS
    >>> held = holding_returns({"BTC": bars}, first + 7 * DAY_MS, 30)
    >>> held.shape, bool(np.abs(held).max() < 0.5)
    ((30,), True)
    """
    total = np.zeros(n_days)
    for one in bars.values():
        close_time = one.time + one.interval_ms
        kept = close_time <= first_day_ms + n_days * DAY_MS
        if not kept.any():
            continue
        start = min(int(one.time[0]), first_day_ms)
        levels = day_levels(start, close_time[kept], one.close[kept], float(one.close[0]), finish_last_day=True)
        first = -(-start // DAY_MS) * DAY_MS
        grid = np.full(n_days + 1, levels[-1])
        own = levels[(first_day_ms - first) // DAY_MS :][: n_days + 1]
        grid[: own.shape[0]] = own
        total += simple_returns(float(grid[0]), grid[1:])
    return total / max(1, len(bars))
