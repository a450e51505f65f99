"""Crosses named by their two lines: ``20/50 ema cross``, ``golden cross of ma 5 over ma 20``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.directions import DOWN, UP, direction
from agent.language.builtin.operands import operand, pair
from agent.language.builtin.rules import Compare, Number

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition


def pair_cross(c: Cursor) -> Condition | None:
    """``20/50 ema cross``, ``ma crossover 9 21``, ``sma 50 and 200 golden cross``, ``9 over 21 ema``."""
    named = _named_cross(c)
    if named is not None:
        return named
    both = pair(c)
    if both is None:
        return None
    c.skip_fillers()
    token = c.peek()
    one, two = both
    fast, slow = sorted(both, key=lambda series: series.input("length").n)
    if token is not None and token.tag == "verb" and token.data[0] in ("cross", "break", "event", "turn"):
        _, way = c.take().data
        way = way or direction(c)
        c.mind.topic, c.mind.other = fast, slow
        return Compare({UP: "crosses_above", DOWN: "crosses_below", None: "cross"}[way], fast, slow)  # type: ignore[arg-type]
    if token is not None and token.tag == "setup":
        c.take()
        c.mind.topic, c.mind.other = fast, slow
        return Compare("crosses_above" if token.data == "golden_cross" else "crosses_below", fast, slow)
    made = any(t.tag == "verb" and t.data[0] == "cross" for t in c.tokens[max(0, c.at - 6) : c.at])
    if made:
        c.mind.topic, c.mind.other = fast, slow
        verbs = [t for t in c.tokens[max(0, c.at - 6) : c.at] if t.tag == "verb" and t.data[0] == "cross"]
        way = verbs[-1].data[1] or direction(c)
        return Compare({UP: "crosses_above", DOWN: "crosses_below", None: "cross"}[way], fast, slow)  # type: ignore[arg-type]
    if any(t.text == "over" for t in c.tokens[max(0, c.at - 4) : c.at]):
        c.mind.topic, c.mind.other = one, two
        return Compare("gt", one, two)
    return None


def _named_cross(c: Cursor) -> Condition | None:
    """``golden cross of ma 5 over ma 20``, ``sma 5 golden cross sma 20``."""
    start = c.at
    left = operand(c) if not c.is_tag("setup") else None
    token = c.accept_tag("setup")
    if token is None or token.data not in ("golden_cross", "death_cross"):
        c.at = start
        return None
    if left is None:
        c.accept_text("of", "between", "from")
        left = operand(c)
    while c.is_tag("compare", "and", "with") or c.is_text("over", "and", "/", "with", "the", "above"):
        c.take()
    right = operand(c) if left is not None else None
    if left is None or right is None or isinstance(left, Number):
        c.at = start
        return None
    c.mind.topic, c.mind.other = left, right
    return Compare("crosses_above" if token.data == "golden_cross" else "crosses_below", left, right)
