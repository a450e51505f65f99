"""Which way an undirected rule looks: a cross, a break of a channel, a level that is reached.

``cross of the 20 ema``: above it for the entry of a long, below it for its exit.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.kinds import price_scaled
from agent.language.builtin.conditions.signs import LEVELS
from agent.language.builtin.operands import AVERAGES
from agent.language.builtin.rules import (
    Compare,
    Condition,
    Field,
    Group,
    Lasting,
    Not,
    Number,
    Series,
    Span,
    bounds_of,
    joined,
    leaves,
)
from agent.language.builtin.setups import channel_side, is_whole_channel

if TYPE_CHECKING:
    from agent.language.builtin.roles.sides import Side
    from agent.language.builtin.rules import Operand

UNDIRECTED = ("cross", "beyond", "outside")
"""Comparisons whose direction the side decides."""

LINES = ("lower", "middle", "upper")
"""Lines of a channel from the lowest to the highest."""

UPWARDS = ("gt", "gte", "crosses_above")
DOWNWARDS = ("lt", "lte", "crosses_below")


def directed(rule: Condition, side: Side, role: str, entry: Condition | None) -> Condition:
    """Give undirected crosses and reached levels the direction their role asks for."""
    if isinstance(rule, Group):
        rule = _with_touches(rule)
        return joined(rule.op, [directed(part, side, role, entry) for part in rule.parts])
    if isinstance(rule, Not):
        return Not(directed(rule.part, side, role, entry))
    if isinstance(rule, Lasting):
        return replace(rule, part=directed(rule.part, side, role, entry))
    if not isinstance(rule, Compare):
        return rule
    up = (side == "long") == (role == "entry")
    if is_whole_channel(rule):
        return channel_side(rule, up=up)
    if rule.when == "cross":
        if role == "exit" and _left_from_a_level(rule, entry):
            up = _reached_from_below(rule, side, role, entry)
        if isinstance(rule.left, Series) and rule.left.output == "direction":
            return Compare("eq", rule.left, Number(1.0 if up else -1.0))  # "supertrend flip"
        return replace(rule, when="crosses_above" if up else "crosses_below")
    if rule.when in ("beyond", "outside"):
        return replace(rule, when="gt" if up else "lt")
    if rule.when == "reach":
        return replace(rule, when="gte" if _reached_from_below(rule, side, role, entry) else "lte")
    return rule


def _left_from_a_level(rule: Compare, entry: Condition | None) -> bool:
    """True where the entry compares the same series with another level: ``rsi < 10 in, through 50 out``."""
    if entry is None or not isinstance(rule.right, Number):
        return False
    levels = [leaf.right for leaf in leaves(entry) if isinstance(leaf, Compare) and is_same(leaf.left, rule.left)]
    return any(isinstance(level, Number) and level != rule.right for level in levels)


def is_same(one: Operand, two: Operand) -> bool:
    """True for one series, also where one of the two names the timeframe: ``15m rsi2``, ``rsi2``."""
    if isinstance(one, Series) and isinstance(two, Series) and None in (one.timeframe, two.timeframe):
        return replace(one, timeframe=None) == replace(two, timeframe=None)
    return one == two or (_is_close(one) and _is_close(two))


def _with_touches(rule: Group) -> Group:
    """``touches vwap, closes above it``: what has to be touched and left again is touched by the wick."""
    if rule.op != "and":
        return rule
    parts: list[Condition] = []
    for part in rule.parts:
        if isinstance(part, Compare) and part.when == "reach" and _is_close(part.left):
            sides = [one.when for one in rule.parts if isinstance(one, Compare) and _same_pair(one, part)]
            up, down = any(when in UPWARDS for when in sides), any(when in DOWNWARDS for when in sides)
            if up != down:
                part = replace(part, when="lte" if up else "gte", left=Field("low" if up else "high"))
        parts.append(part)
    return replace(rule, parts=tuple(parts))


def _is_close(operand: Operand) -> bool:
    """True for the close, also for that of a timeframe: ``15m price``."""
    if isinstance(operand, Series):
        return bool(operand.input("length") == Span(1) and operand.input("source") == "close" and not operand.lag)
    return operand == Field("close")


def _same_pair(one: Compare, two: Compare) -> bool:
    return (one.left, one.right) == (two.left, two.right)


def _reached_from_below(rule: Compare, side: Side, role: str, entry: Condition | None) -> bool:
    """Which way a level is come to: by the line's nature, else from where the entry left the series."""
    right = rule.right
    if isinstance(right, Series):
        if right.output == "upper" or right.type == "highest":
            return True
        if right.output == "lower" or right.type == "lowest":
            return False
    if entry is not None and role == "exit":
        if isinstance(right, Series) and _is_close(rule.left) and _fades(entry, side):
            return side == "long"
        for leaf in leaves(entry):
            if isinstance(leaf, Compare) and is_same(leaf.left, rule.left):
                lines = _of_one_channel(leaf.right, right)
                if lines is not None:
                    return lines
                if isinstance(leaf.right, Number) and isinstance(right, Number) and leaf.right != right:
                    return right.value > leaf.right.value
                return leaf.when in DOWNWARDS
        if isinstance(right, Series) and _rides_a_trend(entry, side):
            return side == "short"
    bounds = bounds_of(rule.left)
    if isinstance(right, Number) and bounds is not None and bounds[1] < float("inf"):
        return right.value >= (bounds[0] + bounds[1]) / 2
    return (side == "long") == (role == "exit")


def _fades(entry: Condition, side: Side) -> bool:
    """True for an entry against the move, by an oscillator: ``rsi2 under 10 above the 200 sma``."""
    against = DOWNWARDS if side == "long" else UPWARDS
    said = [leaf for leaf in leaves(entry) if isinstance(leaf, Compare) and isinstance(leaf.right, Number)]
    swinging = [leaf for leaf in said if isinstance(leaf.left, Series) and leaf.left.type in (*LEVELS, "zscore")]
    return any(leaf.when in against for leaf in swinging)


def _rides_a_trend(entry: Condition, side: Side) -> bool:
    """True for an entry by two lines of the chart, the price's way: ``9 ema over 21``, left from above."""
    ahead = UPWARDS if side == "long" else DOWNWARDS
    said = [leaf for leaf in leaves(entry) if isinstance(leaf, Compare)]
    return any(leaf.when in ahead and price_scaled(leaf.left) and price_scaled(leaf.right) for leaf in said)


def _of_one_channel(left: Operand, come_to: Operand) -> bool | None:
    """Is the line come to above the one that was left; None where they are not two lines of one channel."""
    if not isinstance(left, Series) or not isinstance(come_to, Series):
        return None
    if come_to.type in (*AVERAGES, "vwap") and left.output in ("lower", "upper"):
        return left.output == "lower"
    if left.type != come_to.type:
        return None
    if left.output == come_to.output or left.output not in LINES or come_to.output not in LINES:
        return None
    return LINES.index(come_to.output) > LINES.index(left.output)


def has_direction(rule: Condition) -> bool:
    """False for a rule whose direction the side decides itself: ``cross of the 20 ema``."""
    return not all(isinstance(leaf, Compare) and leaf.when in UNDIRECTED for leaf in leaves(rule))


def look_opposite_ways(one: Condition, two: Condition) -> bool:
    """True for two comparisons of one series that look opposite ways: ``rsi < 30``, ``rsi > 70``."""
    if not (isinstance(one, Compare) and isinstance(two, Compare)) or one.left != two.left:
        return False
    return (one.when in UPWARDS and two.when in DOWNWARDS) or (one.when in DOWNWARDS and two.when in UPWARDS)
