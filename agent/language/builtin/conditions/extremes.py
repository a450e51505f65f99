"""New highs and lows: ``makes a new 20 day high``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.operands import operand
from agent.language.builtin.rules import Compare, Field, Math, Number, Series, Span, lagged

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand


def new_extreme(c: Cursor, left: Operand) -> Condition | None:
    """``makes a new 20 day high``, ``is the highest close of 50 bars``: beyond every bar before."""
    start = c.at
    c.skip_fillers()
    if c.is_tag("new", "extreme") or (c.is_number() and c.is_tag("unit", ahead=1)) or c.is_tag("span"):
        found = operand(c)
        if isinstance(found, Series) and found.type in ("highest", "lowest"):
            lag = 1
            if isinstance(left, Series) and left.input("length") == Span(1):  # "yesterday's volume"
                lag = left.lag + 1
                found = replace(found.having(source=left.input("source")), timeframe=left.timeframe)
            elif isinstance(left, Series) and left.type not in ("highest", "lowest"):
                found = found.having(source=left)
            elif isinstance(left, Field) and (left.name == "volume" or left.lag):
                lag = left.lag + 1
                found = found.having(source=left.name) if left.name == "volume" else found
            c.mind.topic, c.mind.other = left, found
            return Compare("gt" if found.type == "highest" else "lt", left, replace(found, lag=lag))
    c.at = start
    return None


def excluding_now(left: Operand, right: Operand, when: str = "cross") -> Operand:
    """An extreme that holds the very bar it is compared with could never be passed: take it one bar back."""
    if isinstance(left, Series) and left.input("length") == Span(1) and left.timeframe is not None:
        left = Field("close")  # "1h close": the close of the strategy's own bar, as far as extremes go
    extreme = right.type if isinstance(right, Series) else None
    if when in ("gte", "lte") or (when, extreme) in (("gt", "lowest"), ("lt", "highest")):
        return right
    if isinstance(right, Series) and right.type in ("highest", "lowest") and right.lag == 0 and right.timeframe is None:
        if isinstance(left, Field) and left.lag == 0 and left.name != "volume":
            return lagged(right, 1)
        if isinstance(left, Field) and left.name == "volume" and right.input("source") == "volume" and left.lag == 0:
            return lagged(right, 1)
        if isinstance(left, Series) and right.input("source") == left:
            return lagged(right, 1)
    if isinstance(right, Math):
        if right.op in "*/" and isinstance(right.right, Number):
            return Math(right.op, excluding_now(left, right.left, when), right.right)
        if right.op == "*" and isinstance(right.left, Number):
            return Math(right.op, right.left, excluding_now(left, right.right, when))
    return right
