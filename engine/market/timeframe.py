"""Timeframes: which exist, how long they are, where their periods begin (UTC, weeks on Monday)."""

from __future__ import annotations

MINUTE_MS = 60_000
DAY_MS = 86_400_000
MONDAY_MS = 4 * DAY_MS
"""1970-01-05, the first Monday after the epoch."""

YEAR_MS = 365 * DAY_MS

DURATION_MS: dict[str, int] = {
    "1m": MINUTE_MS,
    "3m": 3 * MINUTE_MS,
    "5m": 5 * MINUTE_MS,
    "15m": 15 * MINUTE_MS,
    "30m": 30 * MINUTE_MS,
    "1h": 60 * MINUTE_MS,
    "2h": 120 * MINUTE_MS,
    "4h": 240 * MINUTE_MS,
    "6h": 360 * MINUTE_MS,
    "8h": 480 * MINUTE_MS,
    "12h": 720 * MINUTE_MS,
    "1d": DAY_MS,
    "3d": 3 * DAY_MS,
    "1w": 7 * DAY_MS,
}
"""Every supported timeframe with its length in milliseconds, shortest first."""

TIMEFRAMES = tuple(DURATION_MS)


def periods_per_year(timeframe: str) -> float:
    """Return the nominal periods in 365 days of a market open around the clock.

    >>> periods_per_year("1h")
    8760.0
    """
    return YEAR_MS / DURATION_MS[timeframe]


def nests(finer: str, coarser: str) -> bool:
    """Tell whether every period of ``coarser`` is made of whole periods of ``finer``.

    >>> nests("1h", "4h"), nests("3m", "5m"), nests("3d", "1w")
    (True, False, False)
    """
    fine, coarse = DURATION_MS[finer], DURATION_MS[coarser]
    anchor = MONDAY_MS if coarser == "1w" else 0
    return coarse % fine == 0 and anchor % fine == 0
