"""Breaks of levels, ranges and channels: ``breaks above the 20 day high``, ``40 bar breakout``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clauses import is_verb
from agent.language.builtin.conditions.directions import CROSSES, DOWN, LIES, UP, accept_direction
from agent.language.builtin.conditions.extremes import excluding_now
from agent.language.builtin.conditions.kinds import (
    CHANNELS,
    CLOSE,
    EXTREMES,
    RANGES,
    channel_in_mind,
    is_series,
    price_scaled,
)
from agent.language.builtin.conditions.right_sides import right_side
from agent.language.builtin.conditions.spans import span_here
from agent.language.builtin.rules import Compare, Field, Number, Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand

BREAKOUTS = ("breakout", "breakouts", "breakdown", "breakdowns", "upside breakout", "downside breakout")
REACH_BACK = 6
"""How many tokens before its end a break may say whose high it is of."""

MOST_BARS = (5, 365)
"""Naked numbers behind a breakout that are its bars; others are prices."""

BOXES = ("range", "channel", "box")
FIELD_WAYS = {"high": UP, "low": DOWN}


def counted_break(c: Cursor) -> Condition | None:
    """``40 bar breakout``, ``range break of 30 bars up``: a close beyond every bar of the span before."""
    start = c.at
    c.accept_text("a", "an", "the")
    span = span_here(c)
    c.accept_text(*BOXES)
    if not is_verb(c, "break"):
        c.at = start
        return None
    named = c.is_text(*BREAKOUTS) or c.is_text(*BOXES, ahead=-1)
    way: str | None = c.take().data[1]
    if span is None:
        span, named = _naked_length(c, named=named) or _span_of_a_range(c, named=named)
    bars_counted = span is not None and span.unit not in ("minute", "hour") and span.n >= 2  # else the timeframe
    if not named or not bars_counted:
        c.at = start
        return None
    c.accept_text(*BOXES)
    way = accept_direction(c) or way
    channel = c.mention(Series("donchian", (("length", span),)))
    c.mind.topic = CLOSE
    if way is None:
        return Compare("cross", CLOSE, channel)
    found = Compare(LIES[way], CLOSE, replace(channel, output="upper" if way == UP else "lower"))
    c.mind.crossing = Compare("cross", CLOSE, channel)
    return found


def _naked_length(c: Cursor, *, named: bool) -> tuple[Span, bool] | None:
    """``breakout 20``: a number that ends its clause and is no price, for nothing says at or above it."""
    token = c.peek()
    if not named or token is None or token.kind != "number" or "." in token.text or not c.ends(",", ";", ".", ahead=1):
        return None
    if not _is_a_length(token.value or 0.0):
        return None
    c.take()
    return Span(token.value or 0.0), True


def _is_a_length(value: float) -> bool:
    return MOST_BARS[0] <= value <= MOST_BARS[1] and value == int(value)


def _span_of_a_range(c: Cursor, *, named: bool) -> tuple[Span | None, bool]:
    """Take ``of 30 bars``, ``the range of the last 24 bars``, ``out of the 20 bar range``; is it a range's span."""
    led = bool(c.accept_text("of", "out of", "out")) or named
    c.skip_fillers(also=("of", "out"))
    ranged = bool(c.accept_text(*BOXES))
    c.skip_fillers(also=("of", "over"))
    c.accept_tag("previous")
    span = span_here(c)
    if span is None:
        return None, False
    ranged = bool(c.accept_text(*BOXES)) or ranged
    return span, ranged or (led and not c.is_tag("field", "extreme", "indicator", "average"))


def channel_broken(spoken: Compare, way: str) -> Compare:
    """Return the cross spoken of in a direction; a break of a whole channel is one of its line on that side."""
    if is_series(spoken.right, RANGES) and spoken.right.output is None:
        names = ("high", "low") if spoken.right.type == "opening_range" else ("upper", "lower")
        line = replace(spoken.right, output=names[0] if way == UP else names[1])
        return Compare(LIES[way], spoken.left, line)
    return replace(spoken, when=CROSSES[way])


def broken(c: Cursor, left: Operand | None, way: str | None) -> Condition | None:
    """``breaks above the 20 day high``, ``breaks out of the range``, ``break of the high``."""
    if is_series(left, CHANNELS) and left.output is None and c.is_tag("field") and c.is_tag("compare", "verb", ahead=1):
        return None  # "keltner breakout close above the upper": a title, and its rule
    left, right = _breaker_and_broken(c, left)
    opened = _opening_range_break(c, right)
    if opened is not None:
        return opened
    if right is None:
        return None
    if is_series(left, CHANNELS) and left.bare and isinstance(right, Number) and _is_a_length(right.value):
        way = way or side_of(left)
        right = replace(left.having(length=Span(right.value)), bare=False)  # "donchian breakout 55"
        left = CLOSE
    if is_series(left, RANGES) and is_series(right, RANGES) and left.output is None and left.type == right.type:
        right = replace(left, output=right.output)  # "keltner 50, 1.75: long on a break of the top band"
        left = CLOSE
    if left is None or isinstance(left, Number):
        left = CLOSE
    if is_series(right, RANGES) and right.output is None:
        if way is None:
            return Compare("cross", left, right)  # its role decides, until then the channel stands open
        names = ("high", "low") if right.type == "opening_range" else ("upper", "lower")
        right = replace(right, output=names[0] if way == UP else names[1])
    if isinstance(left, Series) and not price_scaled(left) and is_series(right, EXTREMES):
        own = any(token.text in ("its", "own") for token in c.tokens[max(0, c.at - REACH_BACK) : c.at])
        if right.input("source") in (None, "high", "low") and own:
            right = right.having(source=left)  # "obv breaks its own 20 bar high"
        elif not own:
            left = CLOSE  # "atr under its average, then break of the 24 bar high"
    c.mind.topic, c.mind.other = left, right
    return Compare(CROSSES[way or side_of(right)], left, excluding_now(left, right))


def side_of(right: Operand) -> str | None:
    """Return which way a line is broken: upper bands and highs upwards, lower bands and lows downwards.

    >>> side_of(Series("bbands", output="lower")), side_of(CLOSE)
    ('down', None)
    """
    if isinstance(right, Series):
        if right.type == "highest" or right.output in ("upper", "high"):
            return UP
        if right.type == "lowest" or right.output in ("lower", "low"):
            return DOWN
    return FIELD_WAYS.get(right.name) if isinstance(right, Field) else None


def _breaker_and_broken(c: Cursor, left: Operand | None) -> tuple[Operand | None, Operand | None]:
    """Read what is broken; where nothing is named, the channel spoken of last is, or the left side itself."""
    c.skip_fillers(also=("out", "of", "through"))
    here = c.at
    right = right_side(c, left)
    if c.is_tag("action") and isinstance(right, Field) and right.name == "close":
        c.at, right = here, None  # "on the break close long": an order, not a price
    if right is not None:
        return left, right
    if left is None or left in (c.mind.topic, CLOSE):
        channel = channel_in_mind(c)
        if channel is not None:
            return CLOSE, channel
    if is_series(left, (*RANGES, *EXTREMES)):
        return CLOSE, left  # "donchian breakout": the price breaks it
    return left, None


def _opening_range_break(c: Cursor, right: Operand | None) -> Condition | None:
    """``break of the high`` where an opening range is spoken of: the high of that range."""
    if not isinstance(right, Field) or right.name not in FIELD_WAYS or right.lag:
        return None
    named = any(t.tag == "indicator" and getattr(t.data, "type", "") == "opening_range" for t in c.tokens)
    if not named and not any(one.type == "opening_range" for one in c.mind.mentions):
        return None
    line = Series("opening_range", output=right.name, bare=True)
    c.mind.topic, c.mind.other = right, line
    return Compare(LIES[FIELD_WAYS[right.name]], right, line)
