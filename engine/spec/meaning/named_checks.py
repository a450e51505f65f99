"""Named checks of risk: hours that hold a close, losses that can be seen within a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.market.timeframe import DAY_MS, DURATION_MS, MINUTE_MS
from engine.spec.tickers import crypto_symbols, find_ticker

if TYPE_CHECKING:
    from engine.spec.findings import Findings
    from engine.spec.models import Checks, SessionHours, Universe
    from engine.spec.place import Place

DAY_MINUTES = DAY_MS // MINUTE_MS


def check_named(checks: Checks, universe: Universe, findings: Findings) -> None:
    """Check named checks against the closes they look at."""
    place: Place = ("risk", "checks")
    if checks.session_hours is not None:
        _check_session(checks.session_hours, universe, (*place, "session_hours"), findings)
    if checks.max_daily_loss_pct is not None and DURATION_MS[universe.timeframe] >= DAY_MS:
        message = (
            f"never acts: a day has no more than one close on {universe.timeframe}, the one it begins with, so no loss "
            "since then is ever seen"
        )
        findings.warning((*place, "max_daily_loss_pct"), "NEVER_ACTS", message)


def minutes_of(written: str) -> int:
    """Return the minute of the day of HH:MM.

    >>> minutes_of("09:30")
    570
    """
    hours, minutes = written.split(":")
    return int(hours) * 60 + int(minutes)


def _check_session(hours: SessionHours, universe: Universe, place: Place, findings: Findings) -> None:
    try:
        start, end = minutes_of(hours.start), minutes_of(hours.end)
    except ValueError:
        return  # told by their form
    if start == end:
        message = f"from {hours.start} to {hours.end} is the whole day: leave it out, or write another end"
        findings.error((*place, "end"), "NO_MEANING", message)
    elif not closes_between(start, end, universe.timeframe):
        bar = DURATION_MS[universe.timeframe] // MINUTE_MS
        closes = "at 00:00 alone" if bar >= DAY_MINUTES else f"every {bar} minutes from 00:00 on"
        message = f"no bar of {universe.timeframe} closes from {hours.start} to {hours.end} UTC (they close {closes})"
        if _around_the_clock(universe):
            findings.error(place, "EMPTY_SESSION", f"{message}: no entry could ever be placed")
        else:
            findings.warning(place, "EMPTY_SESSION", f"{message}, unless the market keeps hours of its own")


def closes_between(start: int, end: int, timeframe: str) -> bool:
    """Tell whether a bar closes at a minute of the UTC day in [start, end); an end at or before start is tomorrow's.

    >>> closes_between(570, 600, "1h"), closes_between(570, 601, "1h"), closes_between(1380, 60, "4h")
    (False, True, True)
    """
    bar = min(DURATION_MS[timeframe] // MINUTE_MS, DAY_MINUTES)
    length = (end - start - 1) % DAY_MINUTES + 1
    first = -(-start // bar) * bar
    return first < start + length


def _around_the_clock(universe: Universe) -> bool:
    """Tell whether all assets are coins, whose bars begin at whole multiples of the timeframe."""
    tickers = [find_ticker(asset, universe.quote) for asset in universe.assets]
    return all(ticker is not None and ticker.symbol in crypto_symbols() for ticker in tickers)
