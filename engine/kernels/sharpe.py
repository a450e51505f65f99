"""Return per unit of deviation, summed in one fixed order so that every driver gets the same bits."""

from __future__ import annotations

import numpy as np

from engine.kernels.compiled import entry_point

DAY_MS = 86_400_000
SMALLEST_DEVIATION = 1e-12
"""Deviation, as a share of max(1, abs(mean)), at or below which returns count as constant."""


@entry_point
def fill_day_equity(close_time, equity, initial, first_midnight, out):
    """Write ``out[k]``: equity of the last bar with ``close_time <= first_midnight + k days``, else ``initial``."""
    t, value = 0, initial
    for k in range(out.shape[0]):
        midnight = first_midnight + k * DAY_MS
        while t < close_time.shape[0] and close_time[t] <= midnight:
            value = equity[t]
            t += 1
        out[k] = value


@entry_point
def return_moments(initial, levels):
    """Return mean and sample deviation (ddof 1) of the simple returns along ``initial, *levels``.

    Two passes, each adding from the first return to the last. The deviation of fewer than two is NaN.
    """
    n = levels.shape[0]
    total, before = 0.0, initial
    for k in range(n):
        total += levels[k] / before - 1.0
        before = levels[k]
    mean = total / n
    squares, before = 0.0, initial
    for k in range(n):
        away = levels[k] / before - 1.0 - mean
        squares += away * away
        before = levels[k]
    return mean, np.sqrt(squares / (n - 1)) if n > 1 else np.nan


@entry_point
def sharpe_of_levels(initial, levels, periods_per_year):
    """Return ``mean / deviation * sqrt(periods_per_year)``; NaN when undefined or the returns are constant."""
    mean, deviation = return_moments(initial, levels)
    if not deviation > SMALLEST_DEVIATION * max(1.0, abs(mean)):
        return np.nan
    return mean / deviation * np.sqrt(periods_per_year)
