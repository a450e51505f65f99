"""Moves to a level: ``drops below 30``, ``gets to 30``, ``goes above 70``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.changes import percent_change
from agent.language.builtin.conditions.clauses import ends_here
from agent.language.builtin.conditions.directions import (
    CROSSES,
    DOWN,
    LIES,
    POINTING,
    UP,
    accept_direction,
    direction,
    whence,
)
from agent.language.builtin.conditions.distances import by_a_distance
from agent.language.builtin.conditions.extremes import excluding_now
from agent.language.builtin.conditions.kinds import (
    CHANNELS,
    CHARTED,
    CLOSE,
    STOCHASTICS,
    is_series,
    is_volume,
    price_scaled,
)
from agent.language.builtin.conditions.loose_lines import sensible
from agent.language.builtin.conditions.right_sides import right_side
from agent.language.builtin.conditions.shapes import touched_and_held
from agent.language.builtin.conditions.signs import signed
from agent.language.builtin.conditions.turns import trend
from agent.language.builtin.contraries import contrary
from agent.language.builtin.operands import AVERAGES, PEAKS
from agent.language.builtin.rules import Compare, Field, Number, Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand


OBJECTS = ("the", "it", "that", "its", "them", "over", "at", "by", "more than", "value", "momentum")
BOUNCES = ("bounce", "bounces", "bounced")
"""A style (``cci bounce on gold``), or a hope; a rule only where it is said from what."""


def moved(c: Cursor, left: Operand | None, way: str) -> Condition | None:
    """``drops below 30``, ``falls 5% in 3 days``, ``rises``, ``rises back to 50``."""
    losing = any(c.is_text("lose", "loses", "lost", "losing", ahead=-behind) for behind in (1, 2, 3))
    if losing and not (
        c.is_number() or c.is_tag("indicator", "line", "average", "previous", "compare") or c.is_text(*OBJECTS)
    ):
        return None  # "lost on more volume", "lose either"
    bouncing = c.is_text(*BOUNCES, ahead=-1)
    change = percent_change(c, left or CLOSE, way)
    if change is not None:
        return change
    while c.accept_text("through", "thru", "back through", "past", "out of"):
        pass
    if c.is_tag("compare"):
        return _moved_beyond(c, left)
    if not c.is_text("it", "them"):
        c.skip_fillers(also=("to", "into", "back"))
    if left is None and (c.is_number() or c.is_tag("indicator", "line") or c.is_text("the")):
        line = right_side(c, CLOSE)
        met = isinstance(line, Series) and price_scaled(line)
        return _arrived(CLOSE, line, way) if met and line is not None else None  # "loses the 50 ema: short"
    if left is None:
        return None
    if c.is_tag("sign"):
        return signed(c, left, "move")
    if c.is_number() and c.is_tag("unit", "row", ahead=1) and not _is_a_level(c):
        return trend(c, left, way)
    right = right_side(c, left)
    if right is None:
        return None if bouncing else trend(c, left, way)
    c.mind.topic = left
    left, right = sensible(c, left, right)
    return _arrived(left, by_a_distance(c, right, up=way == UP), way)


def _is_a_level(c: Cursor) -> bool:
    """True before ``12 bar low``, ``20 day top``: no number of bars that it moved for."""
    return c.is_tag("field", "extreme", "indicator", "average", ahead=2) or c.is_text(*PEAKS, ahead=2)


def _moved_beyond(c: Cursor, left: Operand | None) -> Condition | None:
    """``falls below 30``, ``rises over``: the direction is the comparison's."""
    way = direction(c)
    right = right_side(c, left or CLOSE)
    if left is None and isinstance(right, Series) and price_scaled(right):
        left = CLOSE  # "pops over the 50 ema: long"
    if left is None:
        return None
    if way is not None and right is None and ends_here(c) and c.mind.crossing is not None:
        return replace(c.mind.crossing, when=CROSSES[way])  # "... cover when it recovers over"
    if way is None or right is None:
        return None
    c.mind.topic = left
    left, right = sensible(c, left, right)
    return _arrived(left, right, way)


def _arrived(left: Operand, right: Operand, way: str) -> Condition:
    """A cross, but of volume, which has no path from bar to bar, a comparison."""
    of_a_frame = isinstance(left, Series) and left.input("source") == "volume" and left.input("length") == Span(1)
    if is_volume(left) or of_a_frame:
        return Compare(LIES[way], left, right)
    return Compare(CROSSES[way], left, excluding_now(left, right))


def reached(c: Cursor, left: Operand) -> Condition | None:
    """``gets back to 50``, ``touches the upper band``, ``falls back below``."""
    if not c.is_text("it", "them"):
        c.skip_fillers(also=("to", "at", "back"))
    sign = c.accept_tag("compare")
    if sign is not None and sign.data == "beyond" and ends_here(c) and c.mind.crossing is not None:
        return contrary(c.mind.crossing)  # "when the 9 goes back through"
    right = right_side(c, left)
    if right is None:
        return _line_reached(c, left) if sign is None else None
    if isinstance(left, Series) and left.type in CHARTED and isinstance(right, Series) and right.type == left.type:
        if right.output is not None:
            left = CLOSE  # "bollinger: touch of the lower band": of the price
    c.mind.topic = left
    if sign is not None and sign.data == "beyond" and isinstance(right, Number):
        return Compare("cross", left, right)  # "climbs back through 0"
    if sign is not None and sign.data in ("gt", "lt"):
        return Compare(CROSSES[POINTING[sign.data]], left, excluding_now(left, right))  # "falls back below"
    if not isinstance(right, Number):
        c.mind.other = right
    way = whence(c)
    return Compare("reach", left, right) if way is None else _touched(left, right, way)


def _line_reached(c: Cursor, line: Operand) -> Condition | None:
    """``lower band touch``, ``200 ema touch from above``: the price comes to the line that stands in front."""
    if not isinstance(line, Series) or line.type not in CHARTED or (line.type in CHANNELS and line.output is None):
        return None
    way = whence(c)
    if not ends_here(c):
        return None
    c.mind.topic, c.mind.other = CLOSE, line
    return Compare("reach", CLOSE, line) if way is None else _touched(CLOSE, line, way)


def _touched(left: Operand, right: Operand, way: str) -> Condition:
    """``touches the 200 ema from above``: the low comes to the line and the close stays on its side."""
    if isinstance(left, Field) and price_scaled(left) and price_scaled(right):
        return touched_and_held(right, up=way == DOWN)
    return Compare("lte" if way == DOWN else "gte", left, right)


def _flipped(c: Cursor, left: Operand | None) -> Condition | None:
    """``psar flip``, ``supertrend flips``, ``macd flips back``: the way its role asks for."""
    start = c.at
    behind = -2 if c.is_text("back", "again", ahead=-1) else -1
    flipping = c.is_text("flip", "flips", "flipped", "flipping", ahead=behind)
    c.skip("back", "again", "sides")
    both = c.is_tag("action") and c.data()[1] == "both"  # "psar flip long/short": its usual rule
    if flipping and ends_here(c) and not both:
        last = c.mind.last
        averages = last is not None and is_series(last.left, AVERAGES) and is_series(last.right, AVERAGES)
        if averages and c.is_text("they", ahead=behind - 1):
            return replace(last, when="cross")  # type: ignore[type-var]
        if is_series(left, ("supertrend",)):
            return Compare("cross", replace(left, output="direction"), Number(0.0))
        if is_series(left, ("psar",)):
            return Compare("cross", CLOSE, left)
        if is_series(left, ("macd", *STOCHASTICS)) and left.output in ("line", "k"):
            return Compare("cross", left, replace(left, output="signal" if left.type == "macd" else "d"))
    c.at = start
    return None


def went(c: Cursor, left: Operand | None) -> Condition | None:
    """``goes above 70``, ``goes up``, ``gets to 30``, ``goes back through``."""
    flipped = _flipped(c, left)
    if flipped is not None:
        return flipped
    if left is None or c.peek() is None:
        return None
    if not c.is_tag("compare", ahead=1):
        plain = accept_direction(c)
        if plain is not None:
            return percent_change(c, left, plain) or trend(c, left, plain)
    through = c.accept_text("back through", "through", "thru")
    if through is not None and ends_here(c) and c.mind.crossing is not None:
        return contrary(c.mind.crossing)  # "when the 9 goes back through"
    way = direction(c)
    if way is None:
        return reached(c, left) if c.accept_text("to", "into") else None
    right = right_side(c, left)
    if right is None and is_series(left, ("psar",)) and ends_here(c):
        return Compare(CROSSES[way], left, CLOSE)  # "sar flips above"
    if right is None:
        crossing = c.mind.crossing
        if crossing is not None and crossing.left == left and ends_here(c):
            return replace(crossing, when=CROSSES[way])
        return None
    c.mind.topic = left
    left, right = sensible(c, left, right)
    return Compare(CROSSES[way], left, excluding_now(left, right))
