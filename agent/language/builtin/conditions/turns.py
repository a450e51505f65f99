"""Turns and trends: ``supertrend flips up``, ``macd turns positive``, ``rising for 3 bars``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clauses import ends_here
from agent.language.builtin.conditions.directions import UP
from agent.language.builtin.conditions.right_sides import right_side
from agent.language.builtin.conditions.scales import CLOSE
from agent.language.builtin.operands import AVERAGES
from agent.language.builtin.rules import Compare, Field, Group, Number, Run, Series, lagged

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand


def turned(c: Cursor, left: Operand | None, way: str, *, state: bool = False) -> Condition | None:
    """``supertrend flips up``, ``macd turns positive``, ``the histogram turns up``."""
    up = way == UP
    right = None
    if c.is_tag("compare"):
        c.take()
        right = right_side(c, left)
        if right is None and ends_here(c):
            right = c.mind.other
    if left == c.mind.topic:
        flipping = [series for series in c.mind.mentions if series.type in ("supertrend", "psar")]
        left = flipping[-1] if flipping else left
    if left is None:
        return None
    c.mind.topic = left
    if right is not None:
        return Compare("crosses_above" if up else "crosses_below", left, right)
    if isinstance(left, Field) and any(word in c.tokens[c.at - 1].text for word in ("green", "red")):
        return Compare("gt" if up else "lt", CLOSE, Field("open"))
    if isinstance(left, Series):
        if left.type == "supertrend":
            return Compare("eq", replace(left, output="direction"), Number(1.0 if up else -1.0))
        if left.type == "psar":
            return (
                Compare("crosses_above" if up else "crosses_below", CLOSE, left)
                if not state
                else Compare("gt" if up else "lt", CLOSE, left)
            )
        if left.type == "macd" and left.output != "hist":
            when = ("gt" if up else "lt") if state else ("crosses_above" if up else "crosses_below")
            return Compare(when, left, replace(left, output="signal"))  # type: ignore[arg-type]
        if left.type in ("stoch", "stochrsi", "stochf"):
            when = ("gt" if up else "lt") if state else ("crosses_above" if up else "crosses_below")
            return Compare(when, left, replace(left, output="d"))  # type: ignore[arg-type]
        if left.type == "bbands" or left.type == "keltner":
            return None
        if left.type in AVERAGES and state:
            return Compare("gt" if up else "lt", left, lagged(left, 1))
    if isinstance(left, Field) and left.name == "close":
        if state:
            return Compare("gt" if up else "lt", CLOSE, Field("open"))
        return Compare("gt" if up else "lt", CLOSE, Field("close", 1))
    turn = Compare("gt" if up else "lt", left, lagged(left, 1))
    before = Compare("lte" if up else "gte", lagged(left, 1), lagged(left, 2))
    return Group("and", (turn, before))


def trend(c: Cursor, left: Operand, way: str) -> Condition:
    c.mind.topic = left
    up = way == UP
    bars = 1
    start = c.at
    c.accept_tag("for")
    c.skip_fillers(also=("over",))
    c.accept_tag("previous")
    if c.is_number() and c.is_tag("unit", "row", ahead=1):
        bars = int(c.take().value or 1)
        c.take()
        c.accept_tag("row")
        while c.is_text("in") and c.is_tag("row", ahead=1):
            c.at += 2
    else:
        c.at = start
    if bars == 1:
        return Compare("gt" if up else "lt", left, lagged(left, 1))
    return Run("rising" if up else "falling", left, bars)
