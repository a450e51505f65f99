"""Indicators that are arithmetic of others: Ichimoku's lines, the awesome oscillator, internal bar strength."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.rules import Field, Math, Number, Operand, Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def formula(c: Cursor) -> Operand | None:
    """Indicators that are arithmetic of others: Ichimoku's lines, the awesome oscillator."""
    token = c.peek()
    if token is None:
        return None
    if token.tag == "line" and token.data[0] == "ichimoku":
        c.take()
        length = {"tenkan": 9.0, "kijun": 26.0}[token.data[1]]
        bracket = c.accept_text("(")
        if c.is_number() and (bracket or not c.is_tag("percent", ahead=1)):
            length = c.take().value or length
        if bracket:
            c.accept_text(")")
        high = Series("highest", (("length", Span(length)), ("source", "high")))
        low = Series("lowest", (("length", Span(length)), ("source", "low")))
        return Math("/", Math("+", high, low), Number(2.0))
    if token.tag == "indicator" and token.data.type == "ibs":
        c.take()
        above_low = Math("-", Field("close"), Field("low"))
        return Math("/", above_low, Math("-", Field("high"), Field("low")))
    if token.tag == "indicator" and token.data.type == "awesome":
        c.take()
        fast, slow = (Series("sma", (("length", Span(n)), ("source", "hl2"))) for n in (5.0, 34.0))
        return Math("-", fast, slow)
    return None
