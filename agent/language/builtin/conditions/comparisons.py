"""Comparisons: ``> 30``, ``at least twice the average``, ``2% above the sma``, ``between 40 and 60``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.breaks import side_of
from agent.language.builtin.conditions.clauses import ends_here
from agent.language.builtin.conditions.directions import DOWN, UP
from agent.language.builtin.conditions.distances import by_a_distance, is_distance, offset_before
from agent.language.builtin.conditions.extremes import excluding_now
from agent.language.builtin.conditions.right_sides import right_side
from agent.language.builtin.conditions.scales import CLOSE, price_scaled, sensible
from agent.language.builtin.conditions.signs import LEVELS
from agent.language.builtin.operands import AVERAGES, operand, pair
from agent.language.builtin.rules import FLIPPED, Compare, Field, Group, Math, Number, Series, joined, lagged

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand, When

OR_EQUAL: dict[When | None, When] = {"gt": "gte", "lt": "lte"}


def compared(c: Cursor, left: Operand | None, *, implied: bool) -> Condition | None:
    """``> 30``, ``at least twice the average``, ``2% above the sma``, ``70 or higher``."""
    began = c.at
    if implied and c.is_tag("up", "down", ahead=-1):
        return None  # "down more than three": of what unit, nobody says
    deviated = _deviations(c)
    if deviated is not None:
        return deviated
    offset = offset_before(c)
    token = c.peek()
    if token is None:
        return None
    when: When | None = None
    if token.tag == "compare":
        when = c.take().data
        if not c.is_text("it", "that", "them", "both"):
            c.skip_fillers(also=("level",))
        if c.accept_tag("compare") and c.tokens[c.at - 1].data == "eq":
            when = OR_EQUAL.get(when, when)  # "greater than or equal to" in two words
        if c.is_text("=") and not c.is_tag("action", ahead=1) and when in OR_EQUAL:
            c.take()
            when = OR_EQUAL[when]
    elif token.text == "=" and left is not None:
        c.take()
        when = "eq"
    elif token.tag in ("up", "down") and c.is_text("than", ahead=1):
        c.take()
        c.take()
        when = "gt" if token.tag == "up" else "lt"
    elif token.tag == "trend":
        return None
    elif token.kind == "number" and left is not None and c.is_tag("postfixed", ahead=1):
        when = c.peek(1).data  # type: ignore[union-attr]
    elif token.tag == "multiple" or (token.kind == "number" and c.is_tag("times", ahead=1)):
        if isinstance(left, Field) and left.name == "volume":
            when = "gt"  # "volume 2x its average"
    if when is None:
        return None
    if offset is None:
        offset = offset_before(c)
    if c.is_text("both"):
        return _over_both(c, when, left or CLOSE)
    right = right_side(c, left or CLOSE)
    if (
        right is None
        and not implied
        and isinstance(left, Series)
        and left.type in ("psar", "supertrend")
        and ends_here(c)
    ):
        c.mind.topic = left
        return Compare(FLIPPED[when] if when in ("gt", "lt") else when, CLOSE, left)  # "psar above"
    if right is None and implied and ends_here(c):
        if isinstance(offset, float) and c.mind.distanced is not None:
            left, right = c.mind.distanced  # "1% above it short, 1% below long"
            implied = False
        else:
            right = c.mind.other  # "close over the 100 sma in, under out"
            if right is None and isinstance(left, Series) and price_scaled(left):
                left, right, implied = CLOSE, left, False  # "20 sma. above = long, below = flat"
    if right is None or (left is None and isinstance(right, Number)):
        return None
    if is_distance(right) and (left is None or (isinstance(left, Field | Series) and price_scaled(left))):
        return None  # "under by half an atr": under what, nobody says
    right = by_a_distance(c, right, up=when in ("gt", "gte"))
    left = _subject(c, left, right) if implied else left or CLOSE
    said = c.tokens[began : c.at]
    if offset is not None and (
        any(one.tag == "postfixed" for one in said) or any(one.text in ("at least", "minimum of") for one in said)
    ):
        when = OR_EQUAL.get(when, when)  # "1% or more below"
    if c.is_tag("postfixed") and isinstance(right, Number):
        when = c.take().data
    if isinstance(right, Math) is False and offset is not None:
        up = when in ("gt", "gte")
        if isinstance(offset, float):
            c.mind.distanced = (left, right)
            right = Math("*", right, Number(1 + offset if up else 1 - offset))
        else:
            right = Math("+" if up else "-", right, offset)
    left, right = sensible(c, left, right)
    if not implied or c.mind.topic is None:
        c.mind.topic = left
    if not isinstance(right, Number):
        c.mind.other = left if isinstance(right, Series) and replace(right, lag=0) == left else right
    if when == "outside":
        way = side_of(right)
        when = "gt" if way == UP else "lt" if way == DOWN else "outside"

    if isinstance(left, Field) and left.lag and isinstance(right, Series) and not right.lag and _drawn_line(right):
        right = lagged(right, left.lag)  # "the previous close was below the band": as the band was then
    last = c.mind.last
    if (
        implied
        and c.mind.acted
        and last is not None
        and last.when.startswith("crosses")
        and (last.left, last.right) == (left, right)
    ):
        when = (
            "crosses_above" if when in ("gt", "gte") else "crosses_below"
        )  # "flips above zero long, below zero short"
    return Compare(when, left, excluding_now(left, right, when))


def between(c: Cursor, left: Operand) -> Condition | None:
    inside = c.is_text("inside")
    c.take()
    if inside and isinstance(left, Series) and left.output is None and left.type in ("bbands", "keltner", "donchian"):
        start = c.at
        outer = operand(c)
        if isinstance(outer, Series) and outer.output is None and outer.type in ("bbands", "keltner", "donchian"):
            c.mind.topic = left
            over = Compare("lt", replace(left, output="upper"), replace(outer, output="upper"))
            return Group("and", (over, Compare("gt", replace(left, output="lower"), replace(outer, output="lower"))))
        c.at = start
    low = right_side(c, left)
    if low is None or not (c.accept_tag("and") or c.accept_text("-", "to", "and")):
        return None
    high = right_side(c, left)
    if high is None:
        return None
    c.mind.topic = left
    return Group("and", (Compare("gte", left, low), Compare("lte", left, high)))


def _over_both(c: Cursor, when: str, left: Operand) -> Condition | None:
    """``over both``, ``above both psar and the 200 ema``."""
    c.take()
    two = pair(c)
    if two is not None:
        c.mind.topic, c.mind.other = left, two[1]
        return joined("and", [Compare(when, left, one) for one in two])  # type: ignore[arg-type]
    first = operand(c)
    if first is not None:
        if not (c.accept_tag("and") or c.accept_text("and", "&")):
            return None
        second = operand(c)
    else:
        lines = [one for one in c.mind.mentions if price_scaled(one)]
        lines = list(dict.fromkeys(lines))
        first, second = (lines[-2], lines[-1]) if len(lines) >= 2 else (None, None)
    if first is None or second is None:
        return None
    c.mind.topic, c.mind.other = left, second
    return joined("and", [Compare(when, left, first), Compare(when, left, second)])  # type: ignore[arg-type]


def _subject(c: Cursor, left: Operand | None, right: Operand) -> Operand:
    """What a comparison without a left side is about: what lies on the same scale as its right side."""
    if isinstance(right, Number):
        if isinstance(left, Series) and not price_scaled(left):
            return left
        last = c.mind.last
        if last is not None and isinstance(last.right, Number) and not isinstance(last.left, Field):
            return last.left
        scaled = [one for one in c.mind.mentions if one.type in LEVELS or one.type == "zscore"]
        return scaled[-1] if scaled and abs(right.value) <= 200 else left or CLOSE
    if isinstance(right, Series) and right.input("source") == left:
        return left or CLOSE
    drawn = isinstance(left, Series) and left.type not in AVERAGES  # a band or a line, not a price
    if price_scaled(right) and (left is None or drawn or not price_scaled(left)):
        return CLOSE
    return left or CLOSE


def _drawn_line(series: Series) -> bool:
    """True for a line that moves with the price and is compared bar by bar."""
    return series.type in (*AVERAGES, "bbands", "keltner", "vwap", "supertrend", "psar") and series.timeframe is None


def _deviations(c: Cursor) -> Condition | None:
    """``2 standard deviations under its 20 period mean``: the z-score over the length of that mean."""
    start = c.at
    strict = c.accept_tag("compare")
    if c.is_number() and c.is_tag("sigma", ahead=1) and c.is_tag("compare", ahead=2):
        value = abs(c.take().value or 0.0)
        c.take()
        way = c.take().data
        mean = operand(c)
        if mean is None and c.accept_tag("average"):
            mean = Series("sma", bare=True)
        if isinstance(mean, Series) and mean.type == "sma":
            length = mean.input("length")
            score = Series("zscore", (("length", length),) if length is not None else (), bare=length is None)
            c.mind.mentions.append(score)
            c.mind.topic = score
            up = way in ("gt", "gte")
            return Compare("gt" if up else "lt", score, Number(value if up else -value))
    c.at = start
    del strict
    return None
