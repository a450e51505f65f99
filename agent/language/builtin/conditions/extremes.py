"""New highs and lows (``makes a new 20 day high``), and extremes that may not hold the bar compared with them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.directions import DOWN, LIES, UP
from agent.language.builtin.conditions.kinds import CLOSE, EXTREMES, is_series, is_volume
from agent.language.builtin.operands import operand
from agent.language.builtin.rules import Compare, Field, Math, Number, Series, Span, lagged

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand


def new_extreme(c: Cursor, left: Operand) -> Condition | None:
    """``makes a new 20 day high``, ``is the highest close of 50 bars``: beyond every bar before."""
    start = c.at
    c.skip_fillers()
    if c.is_tag("new", "extreme", "span") or (c.is_number() and c.is_tag("unit", ahead=1)):
        found = operand(c)
        if is_series(found, EXTREMES):
            extreme = _before(left, found)
            c.mind.topic, c.mind.other = left, replace(extreme, lag=found.lag)
            return Compare("gt" if extreme.type == "highest" else "lt", left, extreme)
    c.at = start
    return None


def extreme_alone(c: Cursor) -> Condition | None:
    """``highest volume in 50 days``: the volume beyond that of every bar before."""
    start = c.at
    c.skip_fillers(also=("its", "at"))
    if c.is_tag("new"):
        found = operand(c)
        if is_series(found, EXTREMES) and not c.is_tag("verb", "compare"):
            c.mind.topic = CLOSE
            return Compare("gt" if found.type == "highest" else "lt", CLOSE, replace(found, lag=max(found.lag, 1)))
    elif c.is_tag("extreme") and c.data()[1] is None and c.is_tag("field", ahead=1) and c.data(1) == "volume":
        found = operand(c)
        if is_series(found, EXTREMES) and not c.is_tag("verb", "compare"):
            volume = Field("volume")
            c.mind.topic = volume
            return Compare("gt" if found.type == "highest" else "lt", volume, replace(found, lag=max(found.lag, 1)))
    c.at = start
    return None


def beyond_the_bar_before(c: Cursor) -> Condition | None:
    """``higher high``, ``lower low than the bar before``: against that of the bar before."""
    start = c.at
    c.skip("a", "an")
    if not c.is_tag(UP, DOWN) or not c.is_text("high", "low", "close", "highs", "lows", ahead=1):
        c.at = start
        return None
    way = c.take().tag or UP
    field = c.take().data
    end = c.at
    c.skip("than", "the", "that", "of", "its")
    if c.accept_tag("previous"):
        c.accept_tag("unit")
    elif c.is_tag("unit") and c.is_tag("ago", ahead=1):
        c.at += 2
    else:
        c.at = end
    return Compare(LIES[way], Field(field), Field(field, 1))


def _before(left: Operand, extreme: Series) -> Series:
    """Return the extreme of what the left side is, over the bars before the one it stands on."""
    if isinstance(left, Series) and left.input("length") == Span(1):  # "yesterday's volume"
        extreme = replace(extreme.having(source=left.input("source")), timeframe=left.timeframe)
        return replace(extreme, lag=left.lag + 1)
    if isinstance(left, Series) and left.type not in EXTREMES:
        return replace(extreme.having(source=left), lag=1)
    if is_volume(left):
        return replace(extreme.having(source="volume"), lag=left.lag + 1)
    if isinstance(left, Field):
        return replace(extreme, lag=left.lag + 1)
    return replace(extreme, lag=1)


def excluding_now(left: Operand, right: Operand, when: str = "cross") -> Operand:
    """An extreme that holds the very bar it is compared with could never be passed: take it one bar back."""
    if isinstance(left, Series) and left.input("length") == Span(1) and left.timeframe is not None:
        left = CLOSE  # "1h close": the close of the strategy's own bar, as far as extremes go
    extreme = right.type if isinstance(right, Series) else None
    if when in ("gte", "lte") or (when, extreme) in (("gt", "lowest"), ("lt", "highest")):
        return right
    if _holds(right, left):
        return lagged(right, left.lag + 1 if isinstance(left, Field) else 1)
    if isinstance(right, Math):
        if right.op in "*/" and isinstance(right.right, Number):
            return Math(right.op, excluding_now(left, right.left, when), right.right)
        if right.op == "*" and isinstance(right.left, Number):
            return Math(right.op, right.left, excluding_now(left, right.right, when))
    return right


def _holds(extreme: Operand, left: Operand) -> bool:
    """True for an extreme that the left side's own bar is part of."""
    if not is_series(extreme, EXTREMES) or extreme.lag or extreme.timeframe is not None:
        return False
    if isinstance(left, Field):
        return left.name != "volume" or extreme.input("source") == "volume"
    return isinstance(left, Series) and extreme.input("source") == left
