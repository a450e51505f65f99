"""Levels left and come back to: ``drops under 20, then comes back above``, ``was below 30 and is back over it``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clauses import ends_here, is_verb
from agent.language.builtin.conditions.directions import CROSSES, DOWN, LIES, POINTING, UP
from agent.language.builtin.conditions.right_sides import right_side
from agent.language.builtin.rules import Compare, Field, Number, Series, Span, joined

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand

AWAY = {"gt": UP, "gte": UP, "lt": DOWN, "lte": DOWN, "crosses_above": UP, "crosses_below": DOWN}
OTHER_WAY = {UP: DOWN, DOWN: UP}

JOINTS = (",", "it", "then", "now", "price", "that", "has", "again", "it's", "the")
RETURNING = (
    "recover", "recovers", "recovered", "recovering", "return", "returns", "returned", "reclaim", "reclaims", "regain",
    "regains",
)  # fmt: skip
"""Verbs that mean a way back by themselves."""

PAST = ("was", "were", "been", "has been", "have been", "had been")
NOW = ("now", "is", "are", "today")
LEVELS = ("it", "that", "the level", "there", "level")


def returned(c: Cursor, found: Condition, began: int, *, past: bool = False) -> Condition:
    """Return the cross back where one is said behind a condition that began at ``began``, else the condition."""
    if not isinstance(found, Compare) or found.when not in AWAY:
        return found
    then = _as_of_now(found)
    if then is not None:
        back = returned(c, then, began, past=True)
        if back is then:
            return found
        now = replace(then, when=LIES[OTHER_WAY[AWAY[found.when]]])
        return joined("and", [found, now])  # "the previous close was under the band, this one is back above"
    start = c.at
    past = past or any(token.text in PAST for token in c.tokens[began:start])
    way = OTHER_WAY[AWAY[found.when]]
    if _after_the_other_side(c, found, way):
        return Compare(CROSSES[OTHER_WAY[way]], found.left, found.right)
    c.at = start
    if "cross" not in found.when and is_verb(c, "cross") and c.data()[1] is None:
        c.take()
        if ends_here(c):
            return replace(found, when=CROSSES[OTHER_WAY[way]])  # "an ema 9 over ema 21 cross"
    c.at = start
    if _comes_back(c, found.left, way, past=past) and _to_the_same(c, found.left, found.right):
        return Compare(CROSSES[way], found.left, found.right)
    c.at = start
    return found


def _as_of_now(found: Compare) -> Compare | None:
    """``yesterday's rsi under 30`` as it would be today, None where it is not about the bar before."""
    left, right = found.left, found.right
    if "cross" in found.when or not isinstance(left, Field | Series) or left.lag != 1:
        return None
    if isinstance(right, Field | Series):
        if right.lag != 1:
            return None
        right = replace(right, lag=0)
    elif not isinstance(right, Number):
        return None
    return replace(found, left=replace(left, lag=0), right=right)


def newly(c: Cursor, found: Condition) -> Condition:
    """Take ``but not yesterday``, ``and not on the bar before`` behind a condition: it has just become so."""
    if not isinstance(found, Compare) or found.when not in AWAY or "cross" in found.when:
        return found
    start = c.at
    c.skip("today", "now", ",")
    if (c.accept_tag("but", "and") or c.at > start) and c.is_tag("not", "verb"):
        denied = False
        while c.is_tag("not", "verb") or c.is_text("on", "the", "it", "so", "wasnt", "wasn't"):
            denied = c.take().tag == "not" or c.tokens[c.at - 1].text.startswith("wasn") or denied
        if denied and _takes_the_bar_before(c) and ends_here(c):
            return replace(found, when=CROSSES[AWAY[found.when]])
    c.at = start
    return found


def _takes_the_bar_before(c: Cursor) -> bool:
    """Take ``yesterday``, ``the previous bar``, ``the bar before``, ``a bar ago``."""
    if c.accept_text("yesterday"):
        return True
    if c.is_tag("previous") and c.is_tag("unit", ahead=1):
        c.at += 2
        return True
    c.skip("the", "a")
    if c.is_number() and c.peek().value == 1:  # type: ignore[union-attr]
        c.take()
    if c.is_tag("unit") and c.is_tag("ago", ahead=1):
        c.at += 2
        return True
    return False


def _after_the_other_side(c: Cursor, found: Compare, other_way: str) -> bool:
    """Take ``after a close under it``: the other side of the level, a bar before."""
    if "cross" in found.when or not c.accept_tag("after"):
        return False
    c.skip("a", "an", "one", "the", "being", "having", "been", tags=("field", "verb"))
    sign = c.accept_tag("compare")
    return sign is not None and POINTING.get(sign.data) == other_way and _to_the_same(c, found.left, found.right)


def _comes_back(c: Cursor, left: Operand, way: str, *, past: bool) -> bool:
    """Take ``then comes back above``, ``and is back over``, ``crossing back up``: the way back, in that direction."""
    back, in_turn = False, False
    start = c.at
    while c.is_text(*JOINTS) or c.is_tag("and", "but", "current") or _is_subject(c, left):
        back = back or (past and c.is_text(*NOW))
        in_turn = c.take().text.endswith("then") or in_turn
    crossing = c.at == start and is_verb(c, "cross")
    while is_verb(c, "reach", "state", "event", "move", "cross", "turn") or c.is_text("back", "again", "now"):
        token = c.take()
        back = back or crossing or "back" in token.text or token.text in RETURNING or (past and token.text in NOW)
        if token.tag == "verb" and token.data[1] == OTHER_WAY[way]:
            return False
    pointed = False
    while c.is_tag("compare", UP, DOWN):
        token = c.take()
        inside = token.text.startswith("back ")
        if not inside and way != (POINTING.get(token.data) if token.tag == "compare" else token.tag):
            return False
        back, pointed = back or inside, True
    return (back or in_turn) if pointed else (back and ends_here(c))


def _is_subject(c: Cursor, left: Operand) -> bool:
    """True before the left side, named once more: ``closes back above``."""
    if not c.is_tag("field"):
        return False
    if isinstance(left, Series) and left.input("length") == Span(1):
        return bool(left.input("source") == c.data())  # the close of a timeframe
    return left == Field(c.data())


def _to_the_same(c: Cursor, left: Operand, right: Operand) -> bool:
    """Take the level that was left, named again or not at all; False where another one is named."""
    c.accept_text("today", "now")
    if ends_here(c) or c.accept_text(*LEVELS):
        return True
    return right_side(c, left) == right
