"""Does a number of the words equal a number of a spec, in whatever unit each is written?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from agent.facts.timeframes import MINUTES
from engine.market.timeframe import DURATION_MS, MINUTE_MS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agent.facts.fact import Fact
    from agent.facts.held import Slot

CALENDAR: dict[str, tuple[float, ...]] = {
    "minute": (1,),
    "hour": (1,),
    "day": (1,),
    "week": (1, 5, 7),
    "month": (1, 4, 4.33, 20, 21, 22, 30, 365 / 12),
    "year": (1, 12, 52, 250, 252, 365),
}
"""How many days, weeks or bars people make of a unit: a month is 21 sessions, or 30 days, or 4 weeks."""

ROLES: dict[str, tuple[str, ...]] = {
    "stop": ("stop",),
    "target": ("target", "partial", "trail_take"),
    "profit": ("target", "partial", "trail_take", "activate", "breakeven"),
    "trail": ("trail", "trail_take"),
    "breakeven": ("breakeven", "activate"),
    "partial": ("partial", "part"),
    "size": ("size", "volatility", "part"),
    "risk": ("risk",),
    "volatility": ("volatility",),
    "leverage": ("leverage",),
    "limit": ("limit", "size", "leverage"),
    "drawdown": ("drawdown", "daily_loss"),
    "daily_loss": ("daily_loss", "drawdown"),
    "positions": ("positions",),
    "hold": ("hold",),
    "cooldown": ("cooldown", "orders"),
    "cost": ("cost",),
    "order": ("order", "factor", "stop"),
    "capital": (),
}
"""Where the number of a role may land."""


def near(left: float, right: float) -> bool:
    """Tell whether two numbers are the same but for rounding."""
    return math.isclose(left, right, rel_tol=1e-6, abs_tol=1e-9)


def lands(fact: Fact, slot: Slot, timeframe: str, *, base: float | None = None) -> bool:
    """Tell whether the number of a fact is the number of a slot.

    ``base`` is the distance of the stop, for multiples of it (``2R``).

    >>> from agent.facts.fact import Fact
    >>> from agent.facts.held import Slot
    >>> stop = Fact("stop", 2.0, "percent", "2%", 0, 2)
    >>> [lands(stop, Slot("stop", value, "percent", "$.risk.stop_loss.value"), "1h") for value in (0.02, 2.0)]
    [True, False]
    >>> lands(Fact("length", 10.0, "month", "10 months", 0, 9), Slot("length", 210.0, None, "$"), "1d")
    True
    """
    value = float(fact.value)
    if fact.unit == "r":
        return base is not None and near(slot.value, value * base)
    if slot.unit == "percent":
        return any(near(slot.value, one) for one in _fractions(abs(value), fact.unit))
    if slot.unit == "atr":
        return fact.unit in ("atr", "x", None) and near(slot.value, abs(value))
    if slot.unit == "quote":
        return fact.unit in ("quote", None) and near(slot.value, value)
    if slot.unit == "x":
        return fact.unit in ("x", None) and near(slot.value, value)
    return any(near(slot.value, one) for one in _plain(value, fact.unit, slot, timeframe))


def _fractions(value: float, unit: str | None) -> tuple[float, ...]:
    if unit == "percent":
        return (value / 100,)
    if unit == "part":
        return (value, 1 - value)
    if unit is None:
        return (value / 100, value) if value < 1 else (value / 100,)
    return (value,) if unit == "x" else ()


def _plain(value: float, unit: str | None, slot: Slot, timeframe: str) -> Iterator[float]:
    yield value
    if slot.role == "variant" and unit is None:
        yield value / 100  # of a list with one unit: 2, 3 and 4 per cent
    if unit == "percent":
        fraction = value / 100
        yield from (fraction, -fraction, -value, 1 + fraction, 1 - fraction, 100 - value)
        if "roc" in slot.types:  # a yearly rate, as the change over so many years
            yield from (100 * ((1 + fraction) ** years - 1) for years in range(2, 11))
    elif unit == "part":
        yield 1 - value
    elif unit in CALENDAR:
        yield from _bars(value, unit, slot, timeframe)
    elif slot.role in ("factor", "threshold") and unit in (None, "x", "atr", "quote"):
        yield -value
    if slot.unit == "bar" and slot.role in ("lag", "bars") and unit in (None, "bar", "day", "hour", "week"):
        yield from (value - 1, value + 1)


def _bars(value: float, unit: str, slot: Slot, timeframe: str) -> Iterator[float]:
    length = DURATION_MS.get(timeframe, MINUTE_MS) / MINUTE_MS
    for factor in CALENDAR[unit]:
        yield value * factor
    if slot.unit == "minute":
        yield value * MINUTES[unit]
        yield value * length
        return
    yield value * MINUTES[unit] / length
    if unit in ("week", "month", "year"):
        for factor in CALENDAR[unit]:
            yield value * factor * 1_440 / length
            yield float(round(value * factor * 1_440 / length))
    if unit == "day":
        yield value * 390 / length  # a session of 6.5 hours


def lands_anywhere(fact: Fact, slots: Iterable[Slot], timeframe: str, *, base: float | None = None) -> bool:
    """Tell whether the number of a fact equals any of some slots."""
    return any(lands(fact, slot, timeframe, base=base) for slot in slots)
