"""Figures as people read them: per cent, money, prices, dates and spans of time.

Inside the engine a share is a fraction and a time is UTC milliseconds; no reader ever sees either raw.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime

NONE = "n/a"
"""Stands where a figure has no value; the result's notices say why."""

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
LAST_MS = 253_402_300_799_999
"""The end of the year 9999, the last time the calendar can write."""


def percent(fraction: float | None, digits: int = 1, *, signed: bool = False) -> str:
    """Write a fraction as per cent.

    >>> percent(0.15), percent(-0.0234, 2), percent(0.5, signed=True), percent(None)
    ('15.0 %', '-2.34 %', '+50.0 %', 'n/a')
    """
    if fraction is None or math.isnan(fraction):
        return NONE
    if math.isinf(fraction):
        return "-∞ %" if fraction < 0 else "∞ %"
    value = fraction * 100
    if abs(value) >= 1000:
        digits = 0
    return _plain_zero(f"{value:{'+' if signed else ''},.{digits}f}") + " %"


def exact_percent(fraction: float) -> str:
    """Write a fraction that somebody wrote down as per cent, as short as it is exact.

    >>> exact_percent(0.04), exact_percent(0.025), exact_percent(0.07)
    ('4 %', '2.5 %', '7 %')
    """
    return f"{fraction * 100:.10g} %"


def number(value: float | None, digits: int = 2, *, signed: bool = False) -> str:
    """Write a plain number with thousands separators.

    >>> number(1234.5), number(0.333, 1, signed=True), number(None)
    ('1,234.50', '+0.3', 'n/a')
    """
    if value is None or math.isnan(value):
        return NONE
    if math.isinf(value):
        return "-∞" if value < 0 else "∞"
    return _plain_zero(f"{value:{'+' if signed else ''},.{digits}f}")


def money(value: float | None, quote: str = "", *, signed: bool = False) -> str:
    """Write an amount in quote currency: cents below a million, whole units above.

    >>> money(-1234.567, "USDT"), money(2_500_000.4), money(0.004, signed=True)
    ('-1,234.57 USDT', '2,500,000', '0.00')
    """
    digits = 2 if value is None or abs(value) < 1e6 else 0
    text = number(value, digits, signed=signed)
    return f"{text} {quote}" if quote and text != NONE else text


def price(value: float | None) -> str:
    """Write a price with six significant digits, never in powers of ten.

    >>> price(65432.123), price(1.5), price(0.0000123456), price(123456789.0)
    ('65,432.1', '1.50', '0.0000123456', '123,456,789')
    """
    if value is None or not math.isfinite(value):
        return NONE
    if value == 0:
        return "0"
    digits = min(max(5 - math.floor(math.log10(abs(value))), 0), 18)
    text = f"{value:,.{digits}f}"
    if digits > 2:
        whole, _, decimals = text.partition(".")
        text = f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"
    return text


def count(value: int | None) -> str:
    """Write a whole number with thousands separators.

    >>> count(12345), count(None)
    ('12,345', 'n/a')
    """
    return NONE if value is None else f"{value:,}"


def day(time_ms: int | None) -> str:
    """Write the UTC date of a time in milliseconds.

    >>> day(1_700_000_000_000), day(None)
    ('2023-11-14', 'n/a')
    """
    return NONE if time_ms is None else _moment(time_ms).strftime("%Y-%m-%d")


def minute(time_ms: int | None) -> str:
    """Write date and time of day in UTC, to the minute.

    >>> minute(1_700_000_000_000)
    '2023-11-14 22:13'
    """
    return NONE if time_ms is None else _moment(time_ms).strftime("%Y-%m-%d %H:%M")


def iso(time_ms: int) -> str:
    """Write a time as ISO 8601 in UTC, as files and the wire carry it.

    >>> iso(1_700_000_000_000), iso(1_700_000_000_123)
    ('2023-11-14T22:13:20Z', '2023-11-14T22:13:20.123Z')
    """
    text = _moment(time_ms).strftime("%Y-%m-%dT%H:%M:%S")
    rest = time_ms % 1000
    return f"{text}.{rest:03d}Z" if rest else f"{text}Z"


def span(length_ms: float | None) -> str:
    """Write a span of time in its two largest units.

    >>> span(45 * MINUTE_MS), span(27.5 * HOUR_MS), span(400 * DAY_MS), span(2 * DAY_MS), span(None)
    ('45 min', '1 d 3 h', '400 d', '2 d', 'n/a')
    """
    if length_ms is None or not math.isfinite(length_ms):
        return NONE
    minutes = int(length_ms // MINUTE_MS)
    days, rest = divmod(minutes, 1440)
    hours, left = divmod(rest, 60)
    if days >= 100 or (days and not hours):
        return f"{days:,} d"
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {left} min" if left else f"{hours} h"
    return f"{left} min"


def plural(n: int, one: str, many: str = "") -> str:
    """Write a count with its noun.

    >>> plural(1, "trade"), plural(1200, "trade"), plural(2, "entry", "entries")
    ('1 trade', '1,200 trades', '2 entries')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def _plain_zero(text: str) -> str:
    """Return ``text`` without a sign when every digit of it is 0."""
    return text.lstrip("+-") if not text.strip("+-0.,") else text


def _moment(time_ms: int) -> datetime:
    return datetime.fromtimestamp(min(max(int(time_ms), 0), LAST_MS) // 1000, UTC)
