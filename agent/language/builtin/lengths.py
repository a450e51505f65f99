"""Lengths as people say them, in bars: ten months, 52 weeks, 48 hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.market.timeframe import DURATION_MS

if TYPE_CHECKING:
    from agent.language.builtin.rules import Span

MINUTES = {"minute": 1, "hour": 60, "day": 1440, "week": 10_080}
TRADED_DAYS = {"day": 1.0, "week": 5.0, "month": 21.0, "year": 252.0}
"""Trading days of markets that close: five a week, 21 a month, 252 a year."""

ALL_DAYS = {"day": 1.0, "week": 7.0, "month": 365 / 12, "year": 365.0}
"""Days of markets that never close."""


@dataclass(frozen=True, slots=True)
class Bars:
    """A length in bars; ``note`` says how it was converted where that is more than a change of name."""

    n: int
    note: str | None = None


def in_bars(span: Span, timeframe: str, *, around_the_clock: bool) -> Bars:
    """Return a span in bars of a timeframe, at least 1.

    >>> from agent.language.builtin.rules import Span
    >>> in_bars(Span(10, "month"), "1d", around_the_clock=False)
    Bars(n=210, note='10 months are 210 daily bars (21 trading days a month)')
    >>> in_bars(Span(48, "hour"), "4h", around_the_clock=True).n
    12
    """
    if span.unit == "bar":
        return Bars(max(1, round(span.n)))
    bar_minutes = DURATION_MS[timeframe] / 60_000
    if span.unit in ("minute", "hour"):
        return Bars(max(1, round(span.n * MINUTES[span.unit] / bar_minutes)))
    days = ALL_DAYS if around_the_clock else TRADED_DAYS
    if timeframe == "1w":
        weeks = {"day": 1 / days["week"], "week": 1.0, "month": 52 / 12, "year": 52.0}[span.unit]
        return Bars(max(1, round(span.n * weeks)))
    n = max(1, round(span.n * days[span.unit] * 1440 / bar_minutes))
    if span.unit == "day" and timeframe == "1d":
        return Bars(n)
    if span.unit == "day":
        return Bars(n, f"{span.n:g} days are {n} bars of {timeframe}")
    per = f"{days[span.unit]:.3g} {'' if around_the_clock else 'trading '}days a {span.unit}"
    plural = "s" if span.n != 1 else ""
    what = "daily bars" if timeframe == "1d" else f"bars of {timeframe}"
    return Bars(n, f"{span.n:g} {span.unit}{plural} are {n} {what} ({per})")
