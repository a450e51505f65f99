"""Breaks of levels, ranges and channels: ``breaks above the 20 day high``, ``40 bar breakout``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.directions import DOWN, UP
from agent.language.builtin.conditions.extremes import excluding_now
from agent.language.builtin.conditions.right_sides import right_side
from agent.language.builtin.conditions.scales import CLOSE, price_scaled
from agent.language.builtin.rules import Compare, Field, Number, Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand


def counted_break(c: Cursor) -> Condition | None:
    """``40 bar breakout``, ``20 day breakdown``: a close beyond every bar of the span before."""
    start = c.at
    c.accept_text("a", "an", "the")
    token = c.peek()
    span: Span | None = None
    if token is not None and token.kind == "span":
        span = c.take().data
    elif c.is_number() and c.is_tag("unit", ahead=1):
        span = Span(c.take().value or 0.0, c.take().data)
    if span is not None and (span.unit in ("minute", "hour") or span.n < 2):
        span = None  # "5 min breakout": the timeframe
    verb = c.peek()
    if span is not None and verb is not None and verb.tag == "verb" and verb.data[0] == "break":
        if verb.text in ("breakout", "breakouts", "breakdown", "breakdowns", "upside breakout", "downside breakout"):
            c.take()
            c.accept_text("up", "down")
            channel = Series("donchian", (("length", span),))
            c.mind.mentions.append(channel)
            if verb.data[1] is None:
                return Compare("cross", CLOSE, channel)
            up = verb.data[1] == UP
            return Compare("gt" if up else "lt", CLOSE, replace(channel, output="upper" if up else "lower"))
    c.at = start
    return None


def broken(c: Cursor, left: Operand | None, way: str | None) -> Condition | None:
    """``breaks above the 20 day high``, ``breaks out of the range``, ``break of the high``."""
    c.skip_fillers(also=("out", "of", "through"))
    here = c.at
    right = right_side(c, left, breaking=True)
    if right is not None and c.is_tag("action") and isinstance(right, Field) and right.name == "close":
        c.at, right = here, None
    if (
        right is None
        and (channel := _channel_in_mind(c)) is not None
        and (left is None or left == c.mind.topic or left == CLOSE)
    ):
        right, left = channel, CLOSE
    if (
        isinstance(left, Series)
        and left.type in ("donchian", "bbands", "keltner", "opening_range", "highest", "lowest")
        and right is None
    ):
        right, left = left, CLOSE  # "donchian breakout": the price breaks it
    if isinstance(right, Field) and right.name in ("high", "low") and not right.lag:
        ranges = [one for one in c.mind.mentions if one.type == "opening_range"]
        if ranges or any(
            token.tag == "indicator" and getattr(token.data, "type", "") == "opening_range" for token in c.tokens
        ):
            line = Series("opening_range", output=right.name, bare=True)
            c.mind.topic, c.mind.other = right, line
            return Compare("gt" if right.name == "high" else "lt", right, line)
    if right is None:
        return None
    if left is None or isinstance(left, Number):
        left = CLOSE
    if (
        isinstance(right, Series)
        and right.type in ("donchian", "bbands", "keltner", "opening_range")
        and right.output is None
    ):
        if way is None:
            return _channel_break(left, right)
        names = {"opening_range": ("high", "low")}.get(right.type, ("upper", "lower"))
        right = replace(right, output=names[0] if way == UP else names[1])
    if way is None:
        way = side_of(right)
    if way is None:
        when = "cross"
    else:
        when = "crosses_above" if way == UP else "crosses_below"
    if (
        isinstance(left, Series)
        and not price_scaled(left)
        and isinstance(right, Series)
        and right.type in ("highest", "lowest")
        and right.input("source") in (None, "high", "low")
    ):
        right = right.having(source=left)  # "obv breaks its own 20 bar high"
    c.mind.topic, c.mind.other = left, right
    return Compare(when, left, excluding_now(left, right))  # type: ignore[arg-type]


def _channel_in_mind(c: Cursor) -> Series | None:
    """The channel or extreme last spoken of: what a break without an object breaks."""
    for series in reversed(c.mind.mentions):
        if series.type in ("donchian", "bbands", "keltner", "opening_range") and series.output in (None, "width"):
            return replace(series, output=None)
    return None


def _channel_break(left: Operand, channel: Series) -> Condition:
    """A break whose direction the role decides: the channel stands open until then."""
    return Compare("cross", left, channel)


def side_of(right: Operand) -> str | None:
    if isinstance(right, Series):
        if right.type == "highest" or right.output in ("upper", "high"):
            return UP
        if right.type == "lowest" or right.output in ("lower", "low"):
            return DOWN
    if isinstance(right, Field):
        return {"high": UP, "low": DOWN}.get(right.name)
    return None
