"""Shapes of candles by their plain definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.rules import Compare, Field, Group, Math, joined, lagged

if TYPE_CHECKING:
    from agent.language.builtin.rules import Condition, Operand

OPEN, HIGH, LOW, CLOSE = (Field(name) for name in ("open", "high", "low", "close"))
OPEN_BEFORE, HIGH_BEFORE, LOW_BEFORE, CLOSE_BEFORE = (Field(name, 1) for name in ("open", "high", "low", "close"))

SHAPES: dict[str, Condition] = {
    "bullish_engulfing": joined("and", [
        Compare("lt", CLOSE_BEFORE, OPEN_BEFORE), Compare("gt", CLOSE, OPEN),
        Compare("lte", OPEN, CLOSE_BEFORE), Compare("gte", CLOSE, OPEN_BEFORE),
    ]),
    "bearish_engulfing": joined("and", [
        Compare("gt", CLOSE_BEFORE, OPEN_BEFORE), Compare("lt", CLOSE, OPEN),
        Compare("gte", OPEN, CLOSE_BEFORE), Compare("lte", CLOSE, OPEN_BEFORE),
    ]),
    "inside_bar": joined("and", [Compare("lt", HIGH, HIGH_BEFORE), Compare("gt", LOW, LOW_BEFORE)]),
    "outside_bar": joined("and", [Compare("gt", HIGH, HIGH_BEFORE), Compare("lt", LOW, LOW_BEFORE)]),
}  # fmt: skip
"""Only the bodies are compared where a body swallows another, only the wicks where a bar lies within another."""


def narrowest(bars: int) -> Condition:
    """Return the bar whose range is smaller than that of each bar of the span before it (NR4, NR7)."""
    width = Math("-", HIGH, LOW)
    return joined("and", [Compare("lt", width, lagged(width, at)) for at in range(1, bars)])


def is_narrowest(rule: Condition) -> bool:
    """True for a narrowest range over any span."""
    return isinstance(rule, Group) and len(rule.parts) > 1 and rule == narrowest(len(rule.parts) + 1)


def touched_and_held(line: Operand, *, up: bool) -> Condition:
    """Return the touch of a line that holds: the low comes to it, the close stays above it; mirrored unless ``up``."""
    touch = Compare("lte", LOW, line) if up else Compare("gte", HIGH, line)
    return joined("and", [touch, Compare("gt" if up else "lt", CLOSE, line)])
