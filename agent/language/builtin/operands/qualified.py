"""Operands of another timeframe or an earlier bar: ``daily rsi``, ``close 3 bars ago``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.operands.fields import bar_field, named_extreme
from agent.language.builtin.operands.indicators import indicator
from agent.language.builtin.operands.spans import timeframe_here
from agent.language.builtin.rules import Field, Operand, Series, Span, lagged

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def timed(c: Cursor) -> Operand | None:
    """``daily rsi``, ``4h ema 50``, ``weekly close``: an operand of a timeframe of its own."""
    frame = timeframe_here(c)
    if frame is None:
        return None
    c.skip_fillers()
    c.accept_tag("chart")
    inner = indicator(c) or named_extreme(c)
    if isinstance(inner, Series):
        framed = replace(inner, timeframe=frame)
        if c.mind.mentions and c.mind.mentions[-1] == inner:
            c.mind.mentions[-1] = framed
        return framed
    inner = bar_field(c)
    if isinstance(inner, Field):
        return Series("sma", (("length", Span(1)), ("source", inner.name)), None, inner.lag, frame)
    return None


def suffixed(c: Cursor, found: Operand) -> Operand:
    """Lags and timeframes: ``[1]``, ``3 bars ago``, ``of the previous bar``, ``on the daily chart``."""
    start = c.at
    if isinstance(found, Series) and found.timeframe is None and c.accept_text("of", "on", "from"):
        c.accept_text("the", "a")
        frame = timeframe_here(c)
        if frame is not None and not c.is_tag("ago"):
            while c.is_tag("chart") or (c.is_tag("unit") and c.peek().data == "bar"):  # type: ignore[union-attr]
                c.take()
            framed = replace(found, timeframe=frame)
            c.mind.mentions.append(framed)
            return framed
        c.at = start
    if c.accept_text("[") and c.is_number():
        value = c.take().value or 0.0
        if c.accept_text("]") and value == int(value):
            return lagged(found, int(abs(value)))
    c.at = start
    c.accept_text("from", "of")
    if c.is_number() and c.is_tag("unit", ahead=1) and c.is_tag("ago", ahead=2):
        value = c.take().value or 0.0
        c.at += 2
        return lagged(found, int(value))
    if c.is_text("one", "a") and c.is_tag("unit", ahead=1) and c.is_tag("ago", ahead=2):
        c.at += 3
        return lagged(found, 1)
    if c.peek() is not None and c.peek().kind == "span" and c.is_tag("ago", ahead=1):  # type: ignore[union-attr]
        span = c.take().data
        c.take()
        return lagged(found, int(span.n))
    c.at = start
    if c.is_text("of", "from", "on") or c.is_tag("previous"):
        c.accept_text("of", "from", "on")
        c.accept_text("the", "a")
        token = c.accept_tag("previous")
        if token is not None and c.is_tag("unit") and not c.is_number(1) and (isinstance(found, Field | Series)):
            c.take()
            return lagged(found, 1)
        if token is not None and token.text in ("yesterday", "yesterdays"):
            return lagged(found, 1)
    c.at = start
    return found
