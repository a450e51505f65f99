"""A series named by what sets it apart from the one before it: ``the 30 bar one``, ``the slow one``, ``the 50 one``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.operands.parameters import AVERAGES
from agent.language.builtin.operands.spans import length_here
from agent.language.builtin.rules import Math, Number, Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Operand

ONES = ("one", "ones")
SIZES = {"slow": True, "slower": True, "longer": True, "long": True, "fast": False, "faster": False, "shorter": False,
         "quick": False, "short": False}  # fmt: skip
"""Words for one of two averages, and whether it is the longer one."""

CALLED = ("slow", "slower", "fast", "faster")
"""Names that a line with a length was given, and goes by alone from then on."""

TWO = 2


def sibling(c: Cursor) -> Operand | None:
    """Read ``the 30 bar one``, what is talked about over another length; ``the slow one``, of two the longer."""
    start = c.at
    found = _by_length(c)
    if found is None:
        c.at = start
        found = _by_size(c)
    return found


def _by_length(c: Cursor) -> Operand | None:
    span = length_here(c)
    if span is None or c.mind.topic is None:
        return None
    unit = c.accept_tag("unit")
    if unit is not None and span.unit == "bar":
        span = Span(span.n, unit.data)
    found = _over(c.mind.topic, span)
    if found is None or not c.accept_text(*ONES):
        return None
    return c.mention(found) if isinstance(found, Series) else found


def _by_size(c: Cursor) -> Operand | None:
    token = c.peek()
    if token is None or token.text not in SIZES:
        return None
    if token.text in CALLED and _stands_alone(c):
        called = c.mind.labels.get("slow" if SIZES[token.text] else "fast")
        c.at += called is not None
        return called
    if not c.is_text(*ONES, ahead=1):
        return None
    said = {one.input("length").n: one for one in c.mind.mentions if one.type in AVERAGES and one.input("length")}
    if len(said) != TWO:
        return None
    c.at += 2
    return said[(max if SIZES[token.text] else min)(said)]


def _stands_alone(c: Cursor) -> bool:
    """True before a comparison, or at the end of a clause: ``fast crosses above slow,``."""
    if c.is_tag("average", "indicator", ahead=1) or c.is_text(*ONES, ahead=1):
        return False
    behind = c.is_tag("compare", ahead=-1) or (c.is_text("the") and c.is_tag("compare", ahead=-2))
    return (
        behind
        or c.is_tag("compare", "verb", "up", "down", "action", ahead=1)
        or c.ends(",", ".", ";", ":", "->", "=", ahead=1)
    )


def _over(operand: Operand, span: Span) -> Operand | None:
    """Return an operand with the length of its series changed; None where it has none."""
    if isinstance(operand, Series):
        return replace(operand.having(length=span), bare=False) if operand.input("length") is not None else None
    if isinstance(operand, Math):
        left = operand.left if isinstance(operand.left, Number) else _over(operand.left, span)
        right = operand.right if isinstance(operand.right, Number) else _over(operand.right, span)
        return Math(operand.op, left, right) if left is not None and right is not None else None
    return None
