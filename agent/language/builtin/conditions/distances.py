"""Distances from a line: ``2% above``, ``1.5 atr under``, ``above it by more than 2 atr``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.scales import price_scaled
from agent.language.builtin.operands import operand
from agent.language.builtin.rules import Math, Number, Series

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Operand


def is_distance(left: Operand | None) -> bool:
    """True for a multiple of a range, which is no level by itself."""
    return (
        isinstance(left, Math)
        and left.op == "*"
        and isinstance(left.right, Series)
        and left.right.type in ("atr", "stdev")
        and isinstance(left.left, Number)
    )


def offset_before(c: Cursor) -> float | Operand | None:
    """``2%`` or ``1.5 atr`` before above/below: how far."""
    start = c.at
    c.skip_fillers()
    c.accept_tag("compare")
    c.skip_fillers()
    if c.is_number() and c.is_tag("percent", ahead=1):
        ahead = 2
        if c.is_tag("postfixed", ahead=2):
            ahead = 3
        if c.is_tag("compare", ahead=ahead) and c.peek(ahead).data in ("gt", "lt"):  # type: ignore[union-attr]
            value = (c.take().value or 0.0) / 100
            c.at = start + (c.at - start)
            c.take()
            c.accept_tag("postfixed")
            return value
    elif c.is_number() or c.is_tag("multiple"):
        here = c.at
        distance = operand(c)
        if distance is not None and c.is_tag("compare") and isinstance(distance, Math):
            return distance
        c.at = here
    c.at = start
    return None


def by_a_distance(c: Cursor, right: Operand, *, up: bool) -> Operand:
    """``above the 20 ema by more than 2 atr``: the line change by the distance."""
    start = c.at
    if not price_scaled(right) or not c.accept_text("by"):
        return right
    c.skip_fillers(also=("at least",))
    c.accept_tag("compare")
    if c.is_number() and c.is_tag("percent", ahead=1):
        value = (c.take().value or 0.0) / 100
        c.take()
        return Math("*", right, Number(1 + value if up else 1 - value))
    if c.is_text("an", "a") and c.is_tag("indicator", ahead=1):
        c.take()
        one = operand(c)
        if isinstance(one, Series) and one.type == "atr":
            return Math("+" if up else "-", right, one)
    found = operand(c)
    if is_distance(found):
        return Math("+" if up else "-", right, found)  # type: ignore[arg-type]
    c.at = start
    return right
