"""Crosses: ``crosses above its signal``, ``cross(close, ma(close, 30))``, ``rsi 50 cross``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.directions import DOWN, UP, direction, whence
from agent.language.builtin.conditions.extremes import excluding_now
from agent.language.builtin.conditions.right_sides import right_side
from agent.language.builtin.conditions.scales import sensible
from agent.language.builtin.operands import AVERAGES, operand
from agent.language.builtin.rules import Compare, Field, Math, Number, Series

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand

ZEROED = ("macd", "momentum", "roc", "cci", "trix", "ppo", "cmo", "cmf", "obv", "zscore", "aroon", "linearreg")


def level_cross(c: Cursor) -> Condition | None:
    """``macd zero line cross``, ``rsi 50 cross``: a level named in front of the verb."""
    start = c.at
    left = operand(c)
    if isinstance(left, Series) and left.type not in AVERAGES and c.is_number():
        level = Number(c.take().value or 0.0)
        c.skip_fillers(also=("line", "level"))
        token = c.peek()
        if (
            token is not None
            and token.tag == "verb"
            and token.data[0] == "cross"
            and not c.is_tag("indicator", "line", ahead=1)
        ):
            way = c.take().data[1] or direction(c)
            c.mind.topic = left
            return Compare({UP: "crosses_above", DOWN: "crosses_below", None: "cross"}[way], left, level)  # type: ignore[arg-type]
    c.at = start
    return None


def cross_function(c: Cursor) -> Condition | None:
    """``cross(close, ma(close, 30))``, ``crossover(a, b)``, ``crossunder(a, b)``."""
    token = c.peek()
    if token is None or token.tag != "verb" or token.data[0] != "cross" or not c.is_text("(", ahead=1):
        return None
    c.at += 2
    left = operand(c)
    if left is None or not c.accept_text(","):
        return None
    right = operand(c)
    if right is None and c.is_number():
        right = Number(c.take().value or 0.0)
    if right is None or not c.accept_text(")"):
        return None
    c.mind.topic, c.mind.other = left, right
    return Compare("crosses_below" if "under" in token.text or token.data[1] == DOWN else "crosses_above", left, right)


def crossed(c: Cursor, left: Operand | None, way: str | None) -> Condition | None:
    if way is not None:
        c.accept_text("through", "thru", "back through", "past")
    when = {UP: "crosses_above", DOWN: "crosses_below", None: "cross"}[way]
    if way is not None and c.is_tag("compare") and c.is_text("above", "over", "below", "under", "past"):
        c.take()  # "crosses up over"
    right = right_side(c, left)
    if left is None:
        return None
    if (
        right is None
        and isinstance(left, Math)
        and left.op == "/"
        and isinstance(left.left, Series)
        and isinstance(left.right, Series)
    ):
        right = left.right  # "dema 10 / dema 40 cross"
        left = left.left
    if right is None:
        right = cross_partner(c, left)
        if right is None:
            return None
    elif way is None:
        located = c.is_tag("compare") and (c.is_number(1) or c.is_tag("indicator", "line", "field", ahead=1))
        way = whence(c) or (None if located else direction(c))
        when = {UP: "crosses_above", DOWN: "crosses_below", None: "cross"}[way]
    if not isinstance(right, Number):
        c.mind.other = right
    c.mind.topic = left
    if way is None:
        c.accept_tag("opposite")  # "crosses the average the other way": the way its role asks for
    left, right = sensible(c, left, right)
    if isinstance(left, Field) and left.name == "volume" and when == "cross":
        when = "gt"
    return Compare(when, left, excluding_now(left, right))  # type: ignore[arg-type]


def cross_partner(c: Cursor, left: Operand) -> Operand | None:
    """What a series is understood to cross when nothing is named: its signal line, its slow line, its own level."""
    if isinstance(left, Series):
        if left.type == "macd":
            return Number(0.0) if left.output == "hist" else replace(left, output="signal")
        if left.type in ("stoch", "stochf", "stochrsi"):
            return replace(left, output="d")
        if left.type == "adx" and left.output in (None, "adx"):
            return None
        if left.type in ("supertrend", "psar", "vwap", *AVERAGES) and c.mind.other is None:
            return None
        if left.type == "zscore" or (left.type in ZEROED and c.mind.other is None and left.type != "linearreg"):
            return Number(0.0)
    crossing = c.mind.crossing
    if c.mind.other == left and crossing is not None and crossing.right == left:
        return crossing.left  # "... and the minus line crosses above"
    return c.mind.other if c.mind.other != left else None
