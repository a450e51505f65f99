"""What is known of an asset at each of its closes, in plain Python: ranges, volume, volatility, funding.

Every function takes all stored bars of the asset and returns one value per bar, None where it is unknown.
"""

from __future__ import annotations

from itertools import pairwise
from math import fsum, log, sqrt
from statistics import fmean
from typing import TYPE_CHECKING

from reference.case import Funding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference.case import Bar

ASSUMED_RATE = 0.0001
EIGHT_HOURS_MS = 8 * 3_600_000
YEAR_MS = 365 * 24 * 3_600_000


def average_true_range(bars: Sequence[Bar], length: int) -> list[float | None]:
    """Wilder's ATR: the mean of the first ``length`` true ranges (the first bar has none), then smoothed."""
    out: list[float | None] = [None] * len(bars)
    ranges = [max(now.high, before.close) - min(now.low, before.close) for before, now in pairwise(bars)]
    if len(ranges) < length:
        return out
    atr = fmean(ranges[:length])
    out[length] = atr
    for i in range(length, len(ranges)):
        atr = (atr * (length - 1) + ranges[i]) / length
        out[i + 1] = atr
    return out


def atr_ratio(bars: Sequence[Bar]) -> list[float | None]:
    """ATR(14) / close, the ``r`` of the slippage model."""
    return [
        None if atr is None else atr / bar.close for atr, bar in zip(average_true_range(bars, 14), bars, strict=True)
    ]


def mean_quote_volume(bars: Sequence[Bar]) -> list[float]:
    """Mean of close x volume over the last 24 own bars, fewer at the start: the ``v`` of the slippage model."""
    traded = [bar.close * bar.volume for bar in bars]
    return [fmean(traded[max(0, i - 23) : i + 1]) for i in range(len(bars))]


def annual_volatility(bars: Sequence[Bar], length: int, interval_ms: int) -> list[float | None]:
    """Sample deviation of the last ``length`` log returns, annualised for a market open around the clock."""
    out: list[float | None] = [None] * len(bars)
    returns = [log(now.close / before.close) for before, now in pairwise(bars)]
    for i in range(length, len(bars)):
        window = returns[i - length : i]
        mean = fsum(window) / length
        spread = fsum((value - mean) ** 2 for value in window)
        out[i] = sqrt(spread / (length - 1) * YEAR_MS / interval_ms)
    return out


def funding_events(stored: Sequence[tuple[int, float]] | None, start: int, end: int) -> list[Funding]:
    """Return the stored events and, before and from eight hours after them, the assumed ones of 00:00, 08:00, 16:00."""
    stored = stored or []
    events = [Funding(time, rate) for time, rate in stored if start <= time < end]
    first_assumed = -(-start // EIGHT_HOURS_MS) * EIGHT_HOURS_MS
    events += [
        Funding(time, ASSUMED_RATE, credited=False)
        for time in range(first_assumed, end, EIGHT_HOURS_MS)
        if not stored or not stored[0][0] <= time < stored[-1][0] + EIGHT_HOURS_MS
    ]
    return sorted(events, key=lambda event: event.time)
