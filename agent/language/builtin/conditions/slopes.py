"""Slopes of lines: ``slope of the 50 sma positive``, ``50 sma slope up``, ``ema slope < 0``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clauses import is_verb
from agent.language.builtin.conditions.directions import DOWN, LIES, POINTING, UP, accept_direction
from agent.language.builtin.conditions.turns import against_before
from agent.language.builtin.operands import AVERAGES, operand
from agent.language.builtin.rules import Compare, Math, Number, Series, lagged

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand

SIGNED = {"positive": UP, "negative": DOWN, "bullish": UP, "bearish": DOWN}
FLAT = 0.0


def sloping(c: Cursor) -> Condition | None:
    """Read what is said of a slope: the line against itself a bar before, or their difference against a number."""
    start = c.at
    c.skip_fillers()
    led = c.accept_tag("slope") is not None
    if led and not c.accept_text("of"):
        c.at = start
        return None
    again = None if led else _sloped_before(c)
    line = again or operand(c)
    if line is None or isinstance(line, Number) or not (led or c.accept_tag("slope")):
        c.at = start
        return None
    if isinstance(line, Series) and line.type == "linearreg":
        c.at = start
        return None  # the slope of the regression, not of the line it draws
    while is_verb(c, "state", "event"):
        c.take()
    found = _said_of_slope(c, line)
    if found is None:
        c.at = start
        return None
    c.mind.topic = Math("-", line, lagged(line, 1))
    return found


def _sloped_before(c: Cursor) -> Operand | None:
    """``20 sma slope positive long, slope negative out``: the line whose slope was spoken of before."""
    said = [token.tag for token in c.tokens[: c.at]]
    lines = [one for one in c.mind.mentions if one.type in AVERAGES]
    return lines[-1] if lines and "slope" in said and c.is_tag("slope") else None


def _said_of_slope(c: Cursor, line: Operand) -> Condition | None:
    way = None
    if c.is_tag("sign"):
        way = SIGNED.get(c.take().data)
    elif is_verb(c, "turn", "trend", "move"):
        way = c.take().data[1]
    elif c.is_tag("compare") and c.data() in POINTING and c.is_number(1):
        when = c.take().data
        value = c.take().value or FLAT
        if value != FLAT:
            return Compare(when, Math("-", line, lagged(line, 1)), Number(value))
        return Compare(when, line, lagged(line, 1))
    else:
        way = accept_direction(c)
    return None if way not in LIES else against_before(line, way)
