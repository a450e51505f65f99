"""Reference prices out of one-minute candles: what was paid on average just before a close."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.market.timeframe import MINUTE_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.market.bars import Bars

MINUTE = "1m"
"""The timeframe the prices are made of."""

PRICE_MINUTES = 5
"""Minutes before a close that make its price."""


def closing_prices(bars: Bars, minutes: Bars) -> NDArray[np.float64]:
    """Return the volume-weighted typical price of the five minutes before each bar's close.

    Parameters
    ----------
    bars
        Bars of any timeframe.
    minutes
        One-minute bars of the same symbol.

    Returns
    -------
    array of float64, shape (n_bars,)
        ``sum((high + low + close) / 3 x volume) / sum(volume)`` over the minutes that open from five minutes to one
        before the close; the mean of their closes where none of them has volume; NaN where not all five are there.
        Value t is known at the close of bar t.

    Examples
    --------
    >>> from engine.market.bars import make_bars
    >>> price = [10.0, 10.0, 10.0, 10.0, 20.0]
    >>> minutes = make_bars("X", "1m", [60_000 * t for t in range(5)], price, price, price, price, [1, 1, 1, 1, 4])
    >>> closing_prices(make_bars("X", "5m", [0, 300_000], *[[1.0, 1.0]] * 4, [0, 0]), minutes).tolist()
    [15.0, nan]
    """
    closes = bars.time + bars.interval_ms
    out = np.full(bars.n_bars, np.nan)
    if minutes.n_bars < PRICE_MINUTES:
        return out
    last = np.searchsorted(minutes.time, closes - MINUTE_MS)
    rows = np.clip(last[:, None] - np.arange(PRICE_MINUTES - 1, -1, -1), 0, minutes.n_bars - 1)
    wanted = closes[:, None] - MINUTE_MS * np.arange(PRICE_MINUTES, 0, -1)
    whole = (minutes.time[rows] == wanted).all(axis=1)
    rows = rows[whole]
    typical = (minutes.high[rows] + minutes.low[rows] + minutes.close[rows]) / 3.0
    volume = minutes.volume[rows]
    traded = volume.sum(axis=1)
    quote = (typical * volume).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        out[whole] = np.where(traded > 0.0, quote / traded, minutes.close[rows].mean(axis=1))
    return out
