"""Edges that are planted into noise, by the drift they give each hour; what is known at its open decides.

The annual Sharpe ratio, of daily returns, of whoever trades an edge exactly, free of costs, is the one asked for. In
the share ``p`` of hours in which the edge acts a drift ``m`` has the mean ``p m`` and the variance
``p (deviation^2 + (1 - p) m^2)``.
"""

from __future__ import annotations

from collections import deque
from math import exp, sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

HOURS_A_YEAR = 8760
FAST, SLOW = 12, 46
RSI_LENGTH, OVERSOLD = 14, 30.0
OVERSOLD_SHARE, OVERSOLD_DECAY = 0.0626, 2.2
"""Share of hours that follow an RSI of 14 below 30 in t(4) noise, and how it shrinks by the drift in deviations.

Measured on 24 markets of three years each at Sharpe ratios from 0 to 3; a test measures it again.
"""
DAILY_GAIN = 0.033
"""How much higher, for each 1 of it, the ratio of the reversion's days is than that of its hours: a good hour ends it.

Measured on 20 markets of six years each at Sharpe ratios from 1 to 4; a test measures it again.
"""
EDGE_HOUR = 13
DAY_HOURS = 24


def drift_for(sharpe: float, deviation: float, share: float = 1.0) -> float:
    """Return the drift of an hour in which an edge acts, a fraction, for an annual Sharpe ratio.

    >>> round(drift_for(2.0, 0.006), 6)
    0.000128
    """
    hourly = sharpe / sqrt(HOURS_A_YEAR)
    return hourly * deviation / sqrt(share - hourly**2 * (1.0 - share))


def oversold_share(sharpe: float) -> float:
    """Return the share of hours in which the reversion acts: the stronger it pulls, the shorter it is needed.

    ``sharpe`` is that of its hourly returns.

    >>> round(oversold_share(0.0), 4), round(oversold_share(3.0), 4)
    (0.0626, 0.0447)
    """
    share = OVERSOLD_SHARE
    for _ in range(50):
        share = OVERSOLD_SHARE * exp(-OVERSOLD_DECAY * drift_for(sharpe, 1.0, share))
    return share


def hourly_ratio(sharpe: float) -> float:
    """Return the annual Sharpe ratio of the reversion's hourly returns for that of its daily ones.

    >>> round(hourly_ratio(3.0), 2)
    2.75
    """
    return (sqrt(1.0 + 4.0 * DAILY_GAIN * sharpe) - 1.0) / (2.0 * DAILY_GAIN)


def trend(noise: FloatArray, sharpe: float, deviation: float) -> FloatArray:
    """Return a drift towards the side of the average of 12 closes against that of 46; long and short trade it."""
    drift = drift_for(sharpe, deviation)
    out = np.zeros(noise.shape[0])
    closes = deque([1.0] * SLOW, maxlen=SLOW)
    fast, slow, level = float(FAST), float(SLOW), 1.0
    for t, move in enumerate(noise.tolist()):
        if t >= SLOW:
            ahead = fast * SLOW - slow * FAST
            now = drift if ahead > 0.0 else -drift if ahead < 0.0 else 0.0
            out[t] = now
            move += now
        level *= 1.0 + move
        fast += level - closes[-FAST]
        slow += level - closes[0]
        closes.append(level)
    return out


def reversion(noise: FloatArray, sharpe: float, deviation: float) -> FloatArray:
    """Return a drift upwards after a close with an RSI of 14 (Wilder) below 30; long only trades it."""
    hourly = hourly_ratio(sharpe)
    drift = drift_for(hourly, deviation, oversold_share(hourly))
    out = np.zeros(noise.shape[0])
    level, gained, lost = 1.0, 0.0, 0.0
    for t, move in enumerate(noise.tolist()):
        if t > RSI_LENGTH and 100.0 * gained < OVERSOLD * (gained + lost):
            out[t] = drift
            move += drift
        change = level * move
        level += change
        if t < RSI_LENGTH:
            gained += max(change, 0.0) / RSI_LENGTH
            lost += max(-change, 0.0) / RSI_LENGTH
        else:
            gained += (max(change, 0.0) - gained) / RSI_LENGTH
            lost += (max(-change, 0.0) - lost) / RSI_LENGTH
    return out


def hour_of_day(noise: FloatArray, sharpe: float, deviation: float) -> FloatArray:
    """Return a drift upwards in the hour from 13:00 UTC; long only trades it. The first hour is that of a midnight."""
    hours = np.arange(noise.shape[0]) % DAY_HOURS
    return np.where(hours == EDGE_HOUR, drift_for(sharpe, deviation, 1.0 / DAY_HOURS), 0.0)


EDGES: dict[str, Callable[[FloatArray, float, float], FloatArray]] = {
    "trend": trend,
    "reversion": reversion,
    "hour": hour_of_day,
}
"""Name -> drift of each hour from the noise of all hours, the annual Sharpe ratio and the deviation of an hour."""
