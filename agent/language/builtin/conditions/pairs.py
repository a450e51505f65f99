"""Crosses named by their two lines: ``20/50 ema cross``, ``golden cross of ma 5 over ma 20``, ``9 over 21 ema``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clauses import is_verb
from agent.language.builtin.conditions.directions import CROSSES, direction
from agent.language.builtin.conditions.kinds import is_series
from agent.language.builtin.operands import AVERAGES, operand, pair
from agent.language.builtin.rules import Compare, Number, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand, Series, When

REACH_BACK = 6
"""How many tokens before a pair its verb may stand: ``crossover of the 9 and 21``."""


def pair_cross(c: Cursor) -> Condition | None:
    """``20/50 ema cross``, ``ma crossover 9 21``, ``sma 50 and 200 golden cross``, ``9 over 21 ema``."""
    named = _named_cross(c)
    if named is not None:
        return named
    both = pair(c) or _lengths_of_averages(c)
    if both is None:
        return None
    c.skip_fillers()
    when = _said_of_both(c)
    if when is not None:
        fast, slow = sorted(both, key=lambda series: series.input("length").n)
        c.mind.topic, c.mind.other = fast, slow
        return Compare(when, fast, slow)
    if any(token.text == "over" for token in c.tokens[max(0, c.at - 4) : c.at]):
        c.mind.topic, c.mind.other = both
        return Compare("gt", *both)
    return None


def _lengths_of_averages(c: Cursor) -> tuple[Series, Series] | None:
    """``9/21 crossing back``: two averages spoken of before, by their lengths alone, in front of a cross."""
    if not (c.is_number() and c.is_text("/", "-", "&", ahead=1) and c.is_number(2) and is_verb(c, "cross", ahead=3)):
        return None
    found: list[Series] = []
    for number in (c.peek(), c.peek(2)):
        said = [one for one in c.mind.mentions if one.type in AVERAGES and one.timeframe is None]
        named = [one for one in said if number is not None and one.input("length") == Span(number.value or 0.0)]
        if not named:
            return None
        found.append(named[-1])
    c.at += 3
    return found[0], found[1]


def crossed_by_x(c: Cursor, left: Operand | None) -> Condition | None:
    """``sma 20 x sma 100``, the first of the two read already."""
    slow = operand(c) if c.accept_text("x") else None
    if left is None or not is_series(slow, AVERAGES):
        return None
    c.mind.topic, c.mind.other = left, slow
    return Compare(CROSSES[direction(c)], left, slow)


def _said_of_both(c: Cursor) -> When | None:
    """Read what is said of a pair, behind it or before: a verb, a golden or a death cross."""
    if is_verb(c, "cross", "break", "event", "turn"):
        way = c.take().data[1]
        c.accept_text("back")
        return CROSSES[way or direction(c)]
    if c.is_tag("setup"):
        return _named(c.take().data)
    before = c.tokens[max(0, c.at - REACH_BACK) : c.at]
    verbs = [token for token in before if token.tag == "verb" and token.data[0] == "cross"]
    return CROSSES[verbs[-1].data[1] or direction(c)] if verbs else None


def _named_cross(c: Cursor) -> Condition | None:
    """``golden cross of ma 5 over ma 20``, ``sma 5 golden cross sma 20``."""
    start = c.at
    left = operand(c) if not c.is_tag("setup") else None
    name = c.accept_tag("setup")
    if name is None or name.data not in ("golden_cross", "death_cross"):
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
    return Compare(_named(name.data), left, right)


def _named(cross: str) -> When:
    return "crosses_above" if cross == "golden_cross" else "crosses_below"
