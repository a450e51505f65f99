"""Distances from a line: ``2% above``, ``1.5 atr under``, ``above it by more than 2 atr``."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from agent.language.builtin.conditions.clauses import is_comparison
from agent.language.builtin.conditions.kinds import is_series, price_scaled
from agent.language.builtin.operands import operand
from agent.language.builtin.rules import Math, Number

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Operand


def is_distance(left: Operand | None) -> TypeGuard[Math]:
    """True for a multiple of a range (``2 atr``), which is no level by itself."""
    return (
        isinstance(left, Math)
        and left.op == "*"
        and isinstance(left.left, Number)
        and is_series(left.right, ("atr", "stdev"))
    )


def offset_before(c: Cursor) -> float | Operand | None:
    """Take ``2%`` (a fraction then) or ``1.5 atr`` before above or below: how far."""
    start, mentions = c.at, list(c.mind.mentions)
    c.skip_fillers()
    c.accept_tag("compare")
    c.skip_fillers()
    if c.is_number() and c.is_tag("percent", ahead=1):
        if is_comparison(c, "gt", "lt", ahead=3 if c.is_tag("postfixed", ahead=2) else 2):
            return _percent(c)
    elif c.is_number() or c.is_tag("multiple"):
        distance = operand(c)
        if isinstance(distance, Math) and c.is_tag("compare"):
            return distance
    c.at = start
    c.mind.mentions[:] = mentions
    return None


def by_a_distance(c: Cursor, line: Operand, *, up: bool) -> Operand:
    """Return a line moved by the distance said behind it: ``above the 20 ema by more than 2 atr``."""
    start = c.at
    if not c.accept_text("by"):
        return line
    if not price_scaled(line):
        c.skip_fillers(also=("at least",))
        c.accept_tag("compare")
        ended = c.is_number() and not c.is_tag("percent", "unit", "times", "indicator", ahead=1)
        if ended and not isinstance(line, Number):
            return Math("+" if up else "-", line, Number(c.take().value or 0.0))  # "+di above -di by at least 10"
        c.at = start
        return line
    c.skip_fillers(also=("at least",))
    c.accept_tag("compare")
    if c.is_number() and c.is_tag("percent", ahead=1):
        value = (c.take().value or 0.0) / 100
        c.take()
        return moved_by(line, value, up=up)
    if c.is_text("an", "a") and c.is_tag("indicator", ahead=1):
        c.take()
        one = operand(c)
        if is_series(one, ("atr",)):
            return moved_by(line, one, up=up)
    found = operand(c)
    if is_distance(found):
        return moved_by(line, found, up=up)
    c.at = start
    return line


def moved_by(line: Operand, distance: float | Operand, *, up: bool) -> Math:
    """Return a line moved by a fraction of itself, or by an operand in its own unit.

    >>> from agent.language.builtin.rules import Field
    >>> moved_by(Field("close"), 0.02, up=True).right
    Number(value=1.02)
    """
    if isinstance(distance, float):
        return Math("*", line, Number(1 + distance if up else 1 - distance))
    return Math("+" if up else "-", line, distance)


def _percent(c: Cursor) -> float:
    """Take ``2%``, ``2% or more`` as a fraction."""
    value = (c.take().value or 0.0) / 100
    c.take()
    c.accept_tag("postfixed")
    return value
