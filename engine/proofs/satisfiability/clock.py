"""The clock as finite sets: when bars of a timeframe close, and which closes a condition on the time leaves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from engine.market.timeframe import DAY_MS, DURATION_MS, MINUTE_MS
from engine.proofs.satisfiability.terms import passed_on

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.proofs.satisfiability.terms import Terms

GROUPS = (("hour", "minute"), ("weekday",), ("month", "day"))
"""Parts of the time that depend on each other; of different groups every combination occurs."""

DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
MAX_COMBINATIONS = 20_000

Moment = tuple[float, ...]


@cache
def moments(timeframe: str, on_grid: bool) -> tuple[tuple[Moment, ...], ...]:
    """Return, per group, every combination at which a bar of the timeframe can close (UTC).

    Without the grid (bars that were stored off it) any minute may be.

    >>> [moment for moment in moments("8h", True)[0]]
    [(0.0, 0.0), (8.0, 0.0), (16.0, 0.0)]
    """
    step = min(DURATION_MS[timeframe], DAY_MS) // MINUTE_MS if on_grid else 1
    clock = tuple((float(minute // 60), float(minute % 60)) for minute in range(0, 1440, step))
    weekdays = tuple((float(day),) for day in ((1,) if timeframe == "1w" and on_grid else range(1, 8)))
    dates = tuple((float(month + 1), float(day + 1)) for month, days in enumerate(DAYS_IN_MONTH) for day in range(days))
    return clock, weekdays, dates


@dataclass(frozen=True, slots=True)
class Readings:
    """What a term reads of the time: the parts of one close, ``back`` bars back."""

    back: int
    parts: frozenset[str]


def readings(terms: Terms, pair: tuple[int, int]) -> Readings | None:
    """Return what two terms read, None where it is anything but one close's time and constants."""
    backs: set[int] = set()
    parts: set[str] = set()
    stack = list(pair)
    while stack:
        term = terms.all[stack.pop()]
        stack += term.args
        if term.leaf is not None:
            if term.leaf.kind != "time":
                return None
            backs.add(term.leaf.first)
            parts.add(str(term.leaf.base.series))
    return Readings(backs.pop(), frozenset(parts)) if len(backs) == 1 else None


def group_of(parts: frozenset[str]) -> int | None:
    """Return the group that holds all parts, None where they are of several."""
    return next((at for at, group in enumerate(GROUPS) if parts <= set(group)), None)


class InfiniteError(Exception):
    """A part is infinite, and what is made of it need not be."""


def computed(terms: Terms, number: int, time: Mapping[str, float], finite: bool = True) -> float:
    """Return a term's value at a close, as the engine computes it; NaN where it has none.

    ``finite`` where an infinite value makes the whole unknown. Raises InfiniteError where it need not: a divisor that
    is infinite, or a part of a minimum (the sign of its zero is not followed).
    """
    term = terms.all[number]
    if term.op == "number":
        return term.value
    if term.leaf is not None:
        return time[str(term.leaf.base.series)]
    values = [computed(terms, arg, time, finite and kept) for arg, kept in zip(term.args, passed_on(term), strict=True)]
    a, b = values[0], values[-1]
    if math.isnan(a) or math.isnan(b):
        return math.nan
    if term.op == "/":
        if b == 0.0 and a != 0.0 and not finite:
            raise InfiniteError
        return a / b if b else math.nan
    return {
        "neg": lambda: -a,
        "min": lambda: min(a, b),
        "max": lambda: max(a, b),
        "+": lambda: a + b,
        "-": lambda: a - b,
        "*": lambda: a * b,
    }[term.op]()
