"""Comparisons: ``> 30``, ``at least twice the average``, ``2% above the sma``, ``between 40 and 60``, ``over both``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeGuard

from agent.language.builtin.conditions.breaks import side_of
from agent.language.builtin.conditions.clauses import ends_here
from agent.language.builtin.conditions.crossings import repeats_a_cross
from agent.language.builtin.conditions.deviations import deviated
from agent.language.builtin.conditions.directions import CROSSES, DOWN, LIES, POINTING, UP
from agent.language.builtin.conditions.distances import by_a_distance, is_distance, moved_by, offset_before
from agent.language.builtin.conditions.extremes import excluding_now
from agent.language.builtin.conditions.kinds import (
    CHANNELS,
    CLOSE,
    FLIPPING,
    charted_mentions,
    drawn_line,
    is_series,
    is_volume,
    price_scaled,
)
from agent.language.builtin.conditions.loose_lines import sensible
from agent.language.builtin.conditions.right_sides import right_side
from agent.language.builtin.conditions.subjects import FARTHEST_LEVEL, spoken_of_later, subject
from agent.language.builtin.contraries import FLIPPED
from agent.language.builtin.operands import operand, pair
from agent.language.builtin.rules import Compare, Field, Group, Math, Number, Series, joined, lagged

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand, When

OR_EQUAL: dict[When, When] = {"gt": "gte", "lt": "lte"}


def compared(c: Cursor, left: Operand | None, *, implied: bool) -> Condition | None:
    """``> 30``, ``at least twice the average``, ``2% above the sma``, ``70 or higher``."""
    began = c.at
    if implied and c.is_tag(UP, DOWN, ahead=-1):
        return None  # "down more than three": of what unit, nobody says
    far_out = deviated(c) or _off_a_line(c, left)
    if far_out is not None:
        return far_out
    offset = offset_before(c)
    when = _operator(c, left)
    if when is None:
        return None
    if offset is None:
        offset = offset_before(c)
    if c.is_text("both") or (c.is_text("either") and when in POINTING):
        return _over_both(c, when, left or CLOSE)
    right = right_side(c, left or CLOSE)
    if right is None and (ends_here(c) or _lasts(c)):
        if not implied and is_series(left, FLIPPING):
            c.mind.topic = left
            return Compare(FLIPPED[when] if when in OR_EQUAL else when, CLOSE, left)  # "psar above"
        if implied:
            left, right, implied = _understood(c, left, offset)
    if left is None and isinstance(right, Number):
        left = _subject_of_level(c, right) if implied else None
        if left is None:
            return None
    if right is None:
        return None
    if is_distance(right) and (left is None or (isinstance(left, Field | Series) and price_scaled(left))):
        return None  # "under by half an atr": under what, nobody says
    right = by_a_distance(c, right, up=POINTING.get(when) == UP)
    left = subject(c, left, right) if implied else left or CLOSE
    if offset is not None and _or_more(c, began):
        when = OR_EQUAL.get(when, when)
    if c.is_tag("postfixed") and isinstance(right, Number):
        when = c.take().data
    return _settled(c, when, left, _by_offset(c, when, left, right, offset), implied=implied)


def _off_a_line(c: Cursor, left: Operand | None) -> Condition | None:
    """``8% off its 50 day high``: at least that far below it."""
    start = c.at
    c.skip_fillers()
    c.accept_tag("compare")
    if c.is_number() and c.is_tag("percent", ahead=1) and c.is_text("off", ahead=2):
        share = (c.take().value or 0.0) / 100
        c.at += 2
        price = left if left is not None and price_scaled(left) else CLOSE
        line = right_side(c, price)
        if isinstance(line, Series) and price_scaled(line):
            c.mind.topic = price
            return Compare("lte", price, moved_by(line, share, up=False))
    c.at = start
    return None


def _subject_of_level(c: Cursor, level: Number) -> Operand | None:
    """What a level is said of before anything was named: an oscillator that follows, the price beyond their scales."""
    if abs(level.value) <= FARTHEST_LEVEL:
        return spoken_of_later(c)
    return CLOSE if ends_here(c) else None


def _lasts(c: Cursor) -> bool:
    """True before how long it holds: ``below for 2 weeks``."""
    return c.is_tag("for") and c.is_number(1) and c.is_tag("unit", "row", ahead=2)


def _operator(c: Cursor, left: Operand | None) -> When | None:
    """Take what compares: ``above``, ``greater than or equal to``, ``=``, ``up than``, or nothing where it follows."""
    when: When | None = None
    if c.is_tag("compare"):
        when = c.take().data
        if not c.is_text("it", "that", "them", "both"):
            c.skip_fillers(also=("level",))
        if c.accept_tag("compare") and c.tokens[c.at - 1].data == "eq":
            when = OR_EQUAL.get(when, when)  # "greater than or equal to" in two words
        if c.is_text("=") and not c.is_tag("action", ahead=1) and when in OR_EQUAL:
            c.take()
            when = OR_EQUAL[when]
    elif left is not None and c.is_text("=") and not (is_series(left, CHANNELS) and left.output is None):
        c.take()  # but "keltner = 20 ema plus/minus 2 atr" says what it is made of
        when = "eq"
    elif c.is_tag(UP, DOWN) and c.is_text("than", ahead=1):
        when = LIES[c.take().tag or UP]
        c.take()
    elif left is not None and c.is_number() and c.is_tag("postfixed", ahead=1) and not c.is_tag("field", ahead=2):
        when = c.tokens[c.at + 1].data  # "70 or higher"
    elif c.is_tag("multiple") or (c.is_number() and c.is_tag("times", ahead=1)):
        when = "gt" if is_volume(left) else None  # "volume 2x its average"
    return when


def _understood(
    c: Cursor, left: Operand | None, offset: float | Operand | None
) -> tuple[Operand | None, Operand | None, bool]:
    """Return the sides of a comparison that names none, and whether the left one is still open.

    ``1% above it short, 1% below long``: those last compared over a distance; ``close over the 100 sma in, under
    out``: the right side spoken of; ``20 sma. above = long, below = flat``: the price against the line.
    """
    if offset is not None and c.mind.distanced is not None:
        return *c.mind.distanced, False
    if c.mind.other is None and isinstance(left, Series) and price_scaled(left):
        return CLOSE, left, False
    return left, c.mind.other, True


def _or_more(c: Cursor, began: int) -> bool:
    """True when the words since ``began`` hold an ``at least`` or an ``or more``: ``1% or more below``."""
    said = c.tokens[began : c.at]
    return any(one.tag == "postfixed" or one.text in ("at least", "minimum of") for one in said)


def _by_offset(c: Cursor, when: When, left: Operand, right: Operand, offset: float | Operand | None) -> Operand:
    """Return the right side moved by the distance in front of the comparison: ``2% above the sma``."""
    if offset is None:
        return right
    if isinstance(right, Math):
        before = c.mind.distanced
        if before is None or right.left != before[1]:
            return right
        right = before[1]  # "2.5 atr under the ema long, 2.5 atr over it short": over the ema
    c.mind.distanced = (left, right)
    return moved_by(right, offset, up=POINTING.get(when) == UP)


def _settled(c: Cursor, when: When, left: Operand, right: Operand, *, implied: bool) -> Condition:
    """Keep both sides in mind and return them compared."""
    left, right = sensible(c, left, right)
    if not implied or c.mind.topic is None:
        c.mind.topic = left
    if not isinstance(right, Number):
        c.mind.other = left if isinstance(right, Series) and replace(right, lag=0) == left else right
    if when == "beyond" and isinstance(right, Number):
        when = "cross"  # "rsi through 50"
    if when == "outside":
        way = side_of(right)
        when = "outside" if way is None else LIES[way]
    if _of_a_bar_before(left) and isinstance(right, Series) and not right.lag and drawn_line(right):
        right = lagged(right, left.lag)  # "the previous close was below the band": as the band was then
        c.mind.topic = CLOSE
    if implied and repeats_a_cross(c, left, right):
        when = CROSSES[POINTING.get(when, DOWN)]
    return Compare(when, left, excluding_now(left, right, when))


def _of_a_bar_before(left: Operand) -> TypeGuard[Field | Series]:
    """True for a price some bars or days ago: ``the previous close``, ``yesterday's close``."""
    return (isinstance(left, Field) and left.lag > 0) or (is_series(left, ("sma",)) and left.unsaid == "period")


def between(c: Cursor, left: Operand) -> Condition | None:
    """``between 40 and 60``, ``inside the keltner channel``, of one channel within another."""
    inside = c.take().text == "inside"
    if inside and is_series(left, CHANNELS) and left.output is None:
        start = c.at
        outer = operand(c)
        if is_series(outer, CHANNELS) and outer.output is None:
            c.mind.topic = left
            under = Compare("lt", replace(left, output="upper"), replace(outer, output="upper"))
            return Group("and", (under, Compare("gt", replace(left, output="lower"), replace(outer, output="lower"))))
        c.at = start
    start = c.at
    c.skip_fillers()
    two = pair(c)
    if two is not None:
        c.mind.topic = left
        return Group("or", tuple(_within(left, *ends) for ends in (two, two[::-1])))  # which lies higher, nobody says
    c.at = start
    low = right_side(c, left)
    if low is None or not (c.accept_tag("and") or c.accept_text("-", "to", "and")):
        return None
    high = right_side(c, left)
    if high is None:
        return None
    c.mind.topic = left
    return _within(left, low, high)


def _within(left: Operand, low: Operand, high: Operand) -> Condition:
    return Group("and", (Compare("gte", left, low), Compare("lte", left, high)))


def _over_both(c: Cursor, when: When, left: Operand) -> Condition | None:
    """``over both``, ``above both psar and the 200 ema``, ``below either``."""
    start = c.at
    op: Literal["and", "or"] = "or" if c.take().text == "either" else "and"
    c.skip("of", "them", "one", "those")
    two = pair(c) or _two_named(c)
    if two is None:
        c.at = start
        return None
    c.mind.topic, c.mind.other = left, two[1]
    return joined(op, [Compare(when, left, one) for one in two])


def _two_named(c: Cursor) -> tuple[Operand, Operand] | None:
    """Two lines joined by ``and``, or the two lines of the chart spoken of last."""
    first = operand(c)
    if first is None:
        lines = list(dict.fromkeys(charted_mentions(c)))
        return (lines[-2], lines[-1]) if len(lines) >= 2 else None
    second = operand(c) if c.accept_tag("and") or c.accept_text("and", "&") else None
    return None if second is None else (first, second)
