"""Comparisons: ``> 30``, ``at least twice the average``, ``2% above the sma``, ``between 40 and 60``, ``over both``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeGuard

from agent.language.builtin.conditions.breaks import side_of
from agent.language.builtin.conditions.clauses import ends_here
from agent.language.builtin.conditions.crossings import repeats_a_cross
from agent.language.builtin.conditions.deviations import deviated
from agent.language.builtin.conditions.directions import CROSSES, DOWN, LIES, POINTING, UP
from agent.language.builtin.conditions.distances import by_a_distance, is_distance, moved_by, offset_before
from agent.language.builtin.conditions.extremes import excluding_now
from agent.language.builtin.conditions.falls import off_a_line
from agent.language.builtin.conditions.kinds import (
    CHANNELS,
    CLOSE,
    EXTREMES,
    FLIPPING,
    drawn_line,
    is_series,
    is_volume,
    price_scaled,
)
from agent.language.builtin.conditions.loose_lines import sensible
from agent.language.builtin.conditions.subjects import level_before_its_name, subject, subject_of_level
from agent.language.builtin.conditions.two_sides import over_both, over_several
from agent.language.builtin.conditions.unsaid_sides import both_sides
from agent.language.builtin.contraries import FLIPPED
from agent.language.builtin.operands import ALL_OF, everything_before
from agent.language.builtin.rules import Compare, Field, Math, Number, Series, lagged

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand, When

OR_EQUAL: dict[When, When] = {"gt": "gte", "lt": "lte"}


def compared(c: Cursor, left: Operand | None, *, implied: bool) -> Condition | None:
    """``> 30``, ``at least twice the average``, ``2% above the sma``, ``70 or higher``."""
    began = c.at
    if implied and c.is_tag(UP, DOWN, ahead=-1):
        return None  # "down more than three": of what unit, nobody says
    mentions = list(c.mind.mentions)
    far_out = deviated(c) or off_a_line(c, left)
    if far_out is not None:
        return far_out
    c.mind.mentions[:] = mentions  # what was looked at in vain is not spoken of
    offset = offset_before(c)
    when = _operator(c, left)
    if when is None:
        return None
    up = POINTING.get(when) == UP
    if offset is None:
        offset = offset_before(c)
    when = _at_most(c, began, when) if offset is not None else when
    if c.is_text("both") or (c.is_text("either") and when in POINTING):
        return over_both(c, when, left or CLOSE)
    extreme = everything_before(c, up=up) if when in POINTING else None
    if extreme is not None:
        price = left if left is not None and not implied and price_scaled(left) else CLOSE
        c.mind.topic, c.mind.other = price, extreme
        return Compare(when, price, extreme)
    several = over_several(c, when, left or CLOSE)
    if several is not None:
        return several
    same = _same_level(c, when) if implied and offset is None and when in POINTING else None
    if same is not None:
        return same
    behind = level_before_its_name(c) if implied else None
    if behind is not None:
        return _settled(c, when, *behind, implied=False)
    left, right, implied = both_sides(c, left, offset, implied=implied)
    if right is None and not implied and is_series(left, FLIPPING) and ends_here(c):
        c.mind.topic = left
        return Compare(FLIPPED[when] if when in OR_EQUAL else when, CLOSE, left)  # "psar above"
    if left is None and isinstance(right, Number) and implied:
        left = subject_of_level(c, right)
    if right is None or (left is None and isinstance(right, Number)):
        return None
    if is_distance(right) and (left is None or (isinstance(left, Field | Series) and price_scaled(left))):
        return None  # "under by half an atr": under what, nobody says
    right = by_a_distance(c, right, up=POINTING.get(when) == UP)
    left = subject(c, left, right) if implied else left or CLOSE
    if offset is not None and _or_more(c, began):
        when = OR_EQUAL.get(when, when)
    if c.is_tag("postfixed") and isinstance(right, Number):
        when = c.take().data
    return _settled(c, when, left, _by_offset(c, left, right, offset, up=up), implied=implied)


def _same_level(c: Cursor, when: When) -> Compare | None:
    """``trix zero cross: long above``, ``rsi over 50 long, below short``: with no line to lie below, the level said."""
    last, crossing = c.mind.last, c.mind.crossing
    if c.mind.other is not None or not ends_here(c) or last is None or not isinstance(last.right, Number):
        return None
    if last.left != c.mind.topic or not isinstance(last.left, Series):
        return None
    return replace(last, when=CROSSES[POINTING[when]] if last == crossing else when)


def _at_most(c: Cursor, began: int, when: When) -> When:
    """``not more than 2% above``, ``less than 3% under``: no farther than that, on whichever side."""
    led = next((token for token in c.tokens[began : c.at] if token.tag == "compare" or token.kind == "number"), None)
    if led is None or led.tag != "compare" or led.data not in ("lt", "lte"):
        return when
    found: When = led.data if POINTING.get(when) == UP else FLIPPED[led.data]
    return found


def _operator(c: Cursor, left: Operand | None) -> When | None:
    """Take what compares: ``above``, ``greater than or equal to``, ``=``, ``up than``, or nothing where it follows."""
    when: When | None = None
    if c.is_tag("compare"):
        when = c.take().data
        if not c.is_text("it", "that", "them", "both", *ALL_OF):
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


def _or_more(c: Cursor, began: int) -> bool:
    """True when the words since ``began`` hold an ``at least`` or an ``or more``: ``1% or more below``."""
    said = c.tokens[began : c.at]
    return any(one.tag == "postfixed" or one.text in ("at least", "minimum of") for one in said)


def _by_offset(c: Cursor, left: Operand, right: Operand, offset: float | Operand | None, *, up: bool) -> Operand:
    """Return the right side moved by the distance in front of the comparison: ``2% above the sma``."""
    if offset is None:
        return right
    if isinstance(right, Math):
        before = c.mind.distanced
        if before is None or right.left != before[1]:
            return right
        right = before[1]  # "2.5 atr under the ema long, 2.5 atr over it short": over the ema
    c.mind.distanced = (left, right)
    return moved_by(right, offset, up=up)


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
    if _of_a_bar_before(left):
        right = _as_it_was_then(left, right)
        c.mind.topic = (
            replace(left, lag=0, unsaid=None) if isinstance(left, Series) and not price_scaled(left) else CLOSE
        )
    if implied and repeats_a_cross(c, left, right):
        when = CROSSES[POINTING.get(when, DOWN)]
    return Compare(when, left, excluding_now(left, right, when))


def _of_a_bar_before(left: Operand) -> TypeGuard[Field | Series]:
    """True for what was some bars or days ago: ``the previous close``, ``yesterday's rsi``."""
    return isinstance(left, Field | Series) and left.lag > 0 and not is_series(left, EXTREMES)


def _as_it_was_then(left: Field | Series, right: Operand) -> Operand:
    """``the previous close was below the band``: below the band as it was then, one indicator's lines at one bar."""
    if not isinstance(right, Series) or right.lag:
        return right
    if isinstance(left, Series) and left.type == right.type:
        return replace(right, lag=left.lag, timeframe=left.timeframe, unsaid=left.unsaid)
    return lagged(right, left.lag) if drawn_line(right) and price_scaled(left) else right
