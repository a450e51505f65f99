"""By hand, in plain Python: the types that neither the core table nor TA-Lib has. With the core's, all of ours.

Hosoda: Ichimoku. Dreiss: choppiness. Le Beau: chandelier exit. Pivot points: the floor traders' formula ("classic"),
with Fibonacci's shares, Nick Scott's Camarilla and Ken Wood's weight of the close.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from math import fsum, log10
from typing import Any
from zoneinfo import ZoneInfo

from reference import indicator_formulas as core
from reference.indicator_formulas import Candles, Formula, Series, atr, join, true_ranges, windowed


def ichimoku(bars: Candles, tenkan: int, kijun: int, senkou: int) -> dict[str, Series]:
    def middle(n: int) -> Series:
        return join(lambda a, b: (a + b) / 2, windowed(bars.high, n, max), windowed(bars.low, n, min))

    conversion, base = middle(tenkan), middle(kijun)
    leading = join(lambda a, b: (a + b) / 2, conversion, base)
    return {"conversion": conversion, "base": base, "span_a": leading, "span_b": middle(senkou)}


def choppiness(bars: Candles, n: int) -> Series:
    path = windowed(true_ranges(bars), n, fsum)
    reach = join(lambda a, b: a - b, windowed(bars.high, n, max), windowed(bars.low, n, min))
    return join(lambda p, r: 100 * log10(p / r) / log10(n) if r else None, path, reach)


def chandelier(bars: Candles, n: int, multiplier: float) -> dict[str, Series]:
    swing = atr(bars, n)
    return {
        "long": join(lambda top, a: top - multiplier * a, windowed(bars.high, n, max), swing),
        "short": join(lambda bottom, a: bottom + multiplier * a, windowed(bars.low, n, min), swing),
    }


def first_day(moment: datetime, period: str) -> date:
    """Return the first day of the period a moment lies in."""
    day = moment.date()
    if period == "week":
        return day - timedelta(days=day.weekday())
    if period == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if period == "year" else day


def level_names() -> tuple[str, ...]:
    return ("pivot", "r1", "r2", "r3", "s1", "s2", "s3")


def levels(high: float, low: float, close: float, method: str) -> tuple[float, ...]:
    reach = high - low
    p = (high + low + 2 * close) / 4 if method == "woodie" else (high + low + close) / 3
    if method == "fibonacci":
        return (p, p + 0.382 * reach, p + 0.618 * reach, p + reach, p - 0.382 * reach, p - 0.618 * reach, p - reach)
    if method == "camarilla":
        up = [close + reach * 1.1 / part for part in (12, 6, 4)]
        return (p, *up, *(2 * close - level for level in up))
    return (p, 2 * p - low, p + reach, high + 2 * (p - low), 2 * p - high, p - reach, low - 2 * (high - p))


def pivots(bars: Candles, method: str, period: str) -> dict[str, Series]:
    opened = [datetime.fromtimestamp(ms / 1000, UTC) for ms in bars.time]
    marks = [first_day(moment, period) for moment in opened]
    rows: list[tuple[float | None, ...]] = []
    for t in range(bars.n):
        earlier = sorted({mark for mark in marks[: t + 1] if mark < marks[t]})
        of_it = [k for k in range(t) if earlier and marks[k] == earlier[-1]]
        begun = earlier and (
            earlier[-1] > marks[0] or opened[0] == datetime.combine(marks[0], time(), UTC)
        )  # the data may begin in the middle of its first period
        if not begun:
            rows.append((None,) * 7)
            continue
        top, bottom = max(bars.high[k] for k in of_it), min(bars.low[k] for k in of_it)
        rows.append(levels(top, bottom, bars.close[of_it[-1]], method))
    return {name: [row[at] for row in rows] for at, name in enumerate(level_names())}


def anchored_vwap(bars: Candles, p: dict[str, Any]) -> Series:
    def mark(ms: int) -> date | None:
        moment = datetime.fromtimestamp(ms / 1000, UTC)
        if p["anchor"] == "date":
            begin = date.fromisoformat(p["date"])
            return begin if moment.date() >= begin else None
        if p["anchor"] == "session":
            local = datetime.fromtimestamp(ms / 1000, ZoneInfo(p["tz"]))
            begun = local.strftime("%H:%M") >= p["start"]
            return local.date() if begun else local.date() - timedelta(days=1)
        return first_day(moment, p["anchor"])

    marks = [mark(ms) for ms in bars.time]
    typical = bars.source("hlc3")
    out: Series = []
    for t in range(bars.n):
        rows = [k for k in range(t + 1) if marks[k] is not None and marks[k] == marks[t]]
        volume = fsum(bars.volume[k] for k in rows)
        out.append(fsum(typical[k] * bars.volume[k] for k in rows) / volume if volume else None)
    return out


FORMULAS: dict[str, Formula] = {
    **core.FORMULAS,
    "ichimoku": lambda bars, x, p: ichimoku(bars, p["tenkan"], p["kijun"], p["senkou_b"]),
    "choppiness": lambda bars, x, p: choppiness(bars, p["length"]),
    "chandelier": lambda bars, x, p: chandelier(bars, p["length"], p["multiplier"]),
    "pivots": lambda bars, x, p: pivots(bars, p["method"], p["period"]),
    "anchored_vwap": lambda bars, x, p: anchored_vwap(bars, p),
}
"""Type name -> its formula, for every type that is written in the engine."""


def by_hand(name: str, bars: Any, inputs: dict[str, Any]) -> dict[str, Series]:
    """Return every output of an indicator by its formula, all starting where the last of them is defined."""
    candles = Candles(bars)
    found = FORMULAS[name](candles, candles.source(inputs.get("source") or "close"), inputs)
    return found if isinstance(found, dict) else {"value": found}
