"""Crosses: ``crosses above its signal``, ``cross(close, ma(close, 30))``, ``rsi 50 cross``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clauses import ends_here, is_verb
from agent.language.builtin.conditions.directions import CROSSES, DOWN, POINTING, UP, accept_over, direction, whence
from agent.language.builtin.conditions.distances import by_a_distance
from agent.language.builtin.conditions.extremes import excluding_now
from agent.language.builtin.conditions.kinds import (
    CLOSE,
    FLIPPING,
    STOCHASTICS,
    channel_in_mind,
    is_series,
    is_volume,
    price_scaled,
)
from agent.language.builtin.conditions.lone_averages import crossed_by_a_price, two_lengths
from agent.language.builtin.conditions.loose_lines import sensible
from agent.language.builtin.conditions.placed_crosses import place_of_a_cross
from agent.language.builtin.conditions.right_sides import right_side
from agent.language.builtin.operands import AVERAGES, SCALED, operand
from agent.language.builtin.operands.numbers_behind import numbers_behind
from agent.language.builtin.rules import Compare, Field, Math, Number, Series, joined

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand

ENDS = (Field("high"), Field("low"))
"""The ends of a bar, the upper one first."""

SEVERAL_SETTINGS = ("macd", "ppo", "stoch", "stochf", "stochrsi")
"""Oscillators with more settings than a length: several numbers behind their cross are no level."""

OTHER_WAY = {UP: DOWN, DOWN: UP}
CROSSINGS = ("crosses_above", "crosses_below")
ZEROED = ("macd", "momentum", "roc", "cci", "trix", "ppo", "cmo", "cmf", "obv", "zscore", "aroon")
"""Series that swing about zero: what they cross where nothing is named."""


def crossed(c: Cursor, left: Operand | None, way: str | None) -> Condition | None:
    """Read what is crossed, behind the verb; ``way`` is the direction said so far."""
    aside = keeps_to_a_trend(c) or _lies_on_the_other_side(c, left, way)
    if isinstance(left, Series) and left.type in SEVERAL_SETTINGS:
        left = numbers_at_the_end(c, left)
    if way is not None and not aside:
        c.accept_text("through", "thru", "back through", "past")
        accept_over(c)
        c.accept_text("of")  # "reclaim of the 200 ema"
    lengths = two_lengths(c, left)
    right = lengths[1] if lengths is not None else None if aside else right_side(c, left)
    left = lengths[0] if lengths is not None else left
    if left is None and isinstance(right, Series) and price_scaled(right):
        left = CLOSE  # "reclaims the 50 ema: buy": who else
    if left is None and isinstance(right, Number) and c.mind.price_alone:
        left = CLOSE
    if left is None:
        return None
    named = right is not None
    right, way = _broken_end(c, left, right, way)
    both = _averages_in_mind(c, left) if right is None else None
    if both is not None:
        left, right = both  # "when the emas cross back"
    elif right is None and isinstance(left, Math) and left.op == "/":
        if isinstance(left.left, Series) and isinstance(left.right, Series):
            right = left.right  # "dema 10 / dema 40 cross"
            left = left.left
    if right is None and crossed_by_a_price(c, left, way):
        left, right = CLOSE, left  # "sma 50 cross up"
    if right is None:
        right = cross_partner(c, left)
        if right is None:
            return None
    elif way is None:
        right, way = _by_far(c, right)
    place = place_of_a_cross(c) if named else None
    if way is None:
        located = c.is_tag("compare") and (c.is_number(1) or c.is_tag("indicator", "line", "field", ahead=1))
        way = place[1] if place is not None else whence(c) or (None if located else direction(c))
    if not isinstance(right, Number):
        c.mind.other = right
    c.mind.topic = left
    if way is None:
        c.accept_tag("opposite")  # "crosses the average the other way": the way its role asks for
    left, right = sensible(c, left, right)
    if way is None and is_volume(left):
        return Compare("gt", left, excluding_now(left, right))
    cross = Compare(CROSSES[way], left, excluding_now(left, right))
    return cross if place is None else joined("and", [cross, place[0]])


def keeps_to_a_trend(c: Cursor) -> bool:
    """True before ``in the direction of the 200 ema``: a filter behind the cross, not what is crossed."""
    return c.is_text("in", "on", "with") and any(c.is_text("trend", "side", "direction", ahead=n) for n in (1, 2, 3))


def _lies_on_the_other_side(c: Cursor, left: Operand | None, way: str | None) -> bool:
    """``stoch crosses up under 20``: no level is crossed upwards from below it; it crosses its slow line there."""
    if way is None or not is_series(left, STOCHASTICS) or not c.is_tag("compare") or not c.is_number(1):
        return False
    return POINTING.get(c.data()) == OTHER_WAY[way]


def back_again(c: Cursor, left: Operand | None) -> str | None:
    """``k crosses d below 25 in; crosses back above 75 out``: the other way than it crossed, on the far side."""
    last = c.mind.crossing
    back = c.is_text("back", ahead=-1) and c.is_tag("compare") and c.is_number(1) and is_series(left, STOCHASTICS)
    if not back or last is None or last.left != left or not isinstance(last.right, Series):
        return None
    return DOWN if POINTING.get(c.data()) == UP else UP


def _by_far(c: Cursor, line: Operand) -> tuple[Operand, str | None]:
    """Take ``by half an atr up``: the line moved that way; the cursor stays where no direction follows."""
    start = c.at
    if c.is_text("by"):
        for way in (UP, DOWN):
            c.at = start
            moved = by_a_distance(c, line, up=way == UP)
            if moved is not line and direction(c) == way:
                return moved, way
    c.at = start
    return line, None


def _averages_in_mind(c: Cursor, left: Operand) -> tuple[Series, Series] | None:
    """The two averages spoken of last, where the cross names none of them: ``the emas cross back``."""
    if not isinstance(left, Series) or not left.bare or left.type not in AVERAGES:
        return None
    last = c.mind.last
    if last is not None and isinstance(last.left, Series) and isinstance(last.right, Series):
        if last.left.type in AVERAGES and last.right.type in AVERAGES:
            return last.left, last.right
    named = [replace(one, timeframe=None) for one in c.mind.mentions if one.type == left.type and not one.bare]
    said = list(dict.fromkeys(named))
    return (said[-2], said[-1]) if len(said) >= 2 else None


def cross_partner(c: Cursor, left: Operand) -> Operand | None:
    """What a series is understood to cross when nothing is named: its signal line, its slow line, its own level."""
    other, crossing = c.mind.other, c.mind.crossing
    if isinstance(left, Series):
        if left.type == "macd":
            return Number(0.0) if left.output == "hist" else replace(left, output="signal")
        if left.type in STOCHASTICS:
            return replace(left, output="d")
        if left.type == "adx" and left.output in (None, "adx"):
            return None
        if other is None and left.type in (*FLIPPING, "vwap", *AVERAGES):
            return None
        if left.type == "zscore" or (other is None and left.type in ZEROED):
            return Number(0.0)
    if other == left and crossing is not None and crossing.right == left:
        return crossing.left  # "... and the minus line crosses above"
    return other if other != left else None


def repeats_a_cross(c: Cursor, left: Operand, right: Operand) -> bool:
    """True behind an order that followed a cross of the same two: ``flips above zero long, below zero short``."""
    last = c.mind.last
    return c.mind.acted and last is not None and last.when in CROSSINGS and (last.left, last.right) == (left, right)


def cross_function(c: Cursor) -> Condition | None:
    """``cross(close, ma(close, 30))``, ``crossover(a, b)``, ``crossunder(a, b)``."""
    if not is_verb(c, "cross") or not c.is_text("(", ahead=1):
        return None
    name = c.take()
    c.take()
    left = operand(c)
    if left is None or not c.accept_text(","):
        return None
    right = operand(c)
    if right is None and c.is_number():
        right = Number(c.take().value or 0.0)
    if right is None or not c.accept_text(")"):
        return None
    c.mind.topic, c.mind.other = left, right
    down = "under" in name.text or name.data[1] == DOWN
    return Compare("crosses_below" if down else "crosses_above", left, right)


def _broken_end(c: Cursor, left: Operand, right: Operand | None, way: str | None) -> tuple[Operand | None, str | None]:
    """``30 bar breakout: cross of the high``: no close crosses the high of its own bar, but that of the channel."""
    channel = channel_in_mind(c)
    if left != CLOSE or channel is None or right not in ENDS:
        return right, way
    up = right == ENDS[0]
    return replace(channel, output="upper" if up else "lower"), way or (UP if up else DOWN)


def cross_before_level(c: Cursor) -> Condition | None:
    """``cross up 50 rsi``: verb, level and oscillator, in this order."""
    start = c.at
    if is_verb(c, "cross"):
        way: str | None = c.take().data[1] or direction(c)
        c.skip_fillers(also=("of",))
        scaled = c.is_number() and c.is_tag("indicator", ahead=1) and c.data(1).type in SCALED
        if scaled:
            level = Number(c.take().value or 0.0)
            left = operand(c)
            if isinstance(left, Series) and ends_here(c):
                c.mind.topic = left
                return Compare(CROSSES[way], left, level)
    c.at = start
    return None


def level_cross(c: Cursor) -> Condition | None:
    """``macd zero line cross``, ``rsi 50 cross``: a level named in front of the verb."""
    found = cross_before_level(c)
    if found is not None:
        return found
    start = c.at
    left = operand(c)
    if isinstance(left, Series) and left.type not in AVERAGES and c.is_number():
        level = Number(c.take().value or 0.0)
        c.skip_fillers(also=("line", "level"))
        if is_verb(c, "cross") and not c.is_tag("indicator", "line", ahead=1):
            way = c.take().data[1] or direction(c)
            left = c.mind.topic = numbers_at_the_end(c, left)
            return Compare(CROSSES[way], left, level)
    c.at = start
    return None


def numbers_at_the_end(c: Cursor, series: Series) -> Series:
    """``trix zero cross 15``, ``macd cross (8, 21, 5)``: the settings of a series named without, behind its rule."""
    start = c.at
    bracketed = c.is_text("(") and c.is_number(1)
    if not series.bare or not (bracketed or c.is_number()):
        return series
    found = numbers_behind(c, series)
    alone = series.type in SEVERAL_SETTINGS and len(found.inputs) < 2
    if found.bare or alone or not ends_here(c):
        c.at = start
        return series
    c.mind.mentions[:] = [found if one == series else one for one in c.mind.mentions]
    return found
