"""Moves to a level: ``drops below 30``, ``gets to 30``, ``goes above 70``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.changes import percent_change
from agent.language.builtin.conditions.clauses import ends_here
from agent.language.builtin.conditions.directions import DOWN, UP, direction
from agent.language.builtin.conditions.distances import by_a_distance
from agent.language.builtin.conditions.extremes import excluding_now
from agent.language.builtin.conditions.right_sides import right_side
from agent.language.builtin.conditions.scales import CLOSE, sensible
from agent.language.builtin.conditions.signs import signed
from agent.language.builtin.conditions.turns import trend
from agent.language.builtin.rules import Compare, Field, Number, contrary

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand, When


def moved(c: Cursor, left: Operand | None, way: str) -> Condition | None:
    """``drops below 30``, ``falls 5% in 3 days``, ``rises``, ``rises back to 50``."""
    up = way == UP
    change = percent_change(c, left or CLOSE, up)
    if change is not None:
        return change
    while c.is_text("through", "thru", "back through", "past", "out of"):
        c.take()
    if c.is_tag("compare"):
        towards = direction(c)
        if left is None:
            return None
        right = right_side(c, left)
        if right is None and ends_here(c) and c.mind.crossing is not None and towards is not None:
            crossing = c.mind.crossing  # "... cover when it recovers over"
            return replace(crossing, when="crosses_above" if towards == UP else "crosses_below")
        if right is None:
            return None
        c.mind.topic = left
        left, right = sensible(c, left, right)
        if isinstance(left, Field) and left.name == "volume":
            return Compare("gt" if towards == UP else "lt", left, right)
        return Compare("crosses_above" if towards == UP else "crosses_below", left, excluding_now(left, right))
    c.skip_fillers(also=("to", "into", "back"))
    if c.is_tag("sign") and left is not None:
        return signed(c, left, "move")
    if left is None:
        return None
    if c.is_number() and c.is_tag("unit", "row", ahead=1):
        return trend(c, left, way)
    right = right_side(c, left)
    if right is not None:
        c.mind.topic = left
        left, right = sensible(c, left, right)
        right = by_a_distance(c, right, up=up)
        if isinstance(left, Field) and left.name == "volume":
            return Compare("gt" if up else "lt", left, right)
        return Compare("crosses_above" if up else "crosses_below", left, excluding_now(left, right))
    return trend(c, left, way)


def reached(c: Cursor, left: Operand) -> Condition | None:
    c.skip_fillers(also=("to", "at", "back"))
    sign = c.accept_tag("compare")
    if sign is not None and sign.data == "beyond" and ends_here(c) and c.mind.crossing is not None:
        return contrary(c.mind.crossing)  # "when the 9 goes back through"
    right = right_side(c, left)
    if right is None:
        return None
    c.mind.topic = left
    if sign is not None and sign.data in ("gt", "lt"):
        when: When = "crosses_above" if sign.data == "gt" else "crosses_below"
        return Compare(when, left, excluding_now(left, right))  # "falls back below"
    if not isinstance(right, Number):
        c.mind.other = right
    return Compare("reach", left, right)


def went(c: Cursor, left: Operand | None) -> Condition | None:
    """``goes above 70``, ``moves up``, ``gets to 30``."""
    token = c.peek()
    if token is None or left is None:
        return None
    if token.tag in ("up", "down") and not c.is_tag("compare", ahead=1):
        c.take()
        found = percent_change(c, left, token.tag == "up")
        return found or trend(c, left, UP if token.tag == "up" else DOWN)
    through = c.accept_text("back through", "through", "thru")
    if through is not None and ends_here(c) and c.mind.crossing is not None:
        return contrary(c.mind.crossing)  # "when the 9 goes back through"
    way = direction(c)
    if way is None:
        if c.accept_text("to", "into"):
            return reached(c, left)
        return None
    right = right_side(c, left)
    if right is None and ends_here(c) and c.mind.crossing is not None and c.mind.crossing.left == left:
        return replace(c.mind.crossing, when="crosses_above" if way == UP else "crosses_below")
    if right is None:
        return None
    c.mind.topic = left
    left, right = sensible(c, left, right)
    return Compare("crosses_above" if way == UP else "crosses_below", left, excluding_now(left, right))
