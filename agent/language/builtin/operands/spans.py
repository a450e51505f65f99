"""Lengths and timeframes beside an operand: ``20``, ``10 days``, ``of the last 20 bars``, ``20/50``, ``4h``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.rules import Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

FRAMES = {
    ("minute", 1): "1m", ("minute", 3): "3m", ("minute", 5): "5m", ("minute", 15): "15m", ("minute", 30): "30m",
    ("minute", 60): "1h", ("minute", 120): "2h", ("minute", 240): "4h", ("minute", 1440): "1d",
    ("hour", 1): "1h", ("hour", 2): "2h", ("hour", 4): "4h", ("hour", 6): "6h", ("hour", 8): "8h", ("hour", 12): "12h",
    ("hour", 24): "1d", ("day", 1): "1d", ("day", 3): "3d", ("day", 7): "1w", ("week", 1): "1w",
}  # fmt: skip
"""Timeframes as people count them."""


def two_lengths(c: Cursor) -> tuple[Span, Span] | None:
    """Read two lengths that differ, ``20/50``, ``9 and 21``, ``9 & 21``; None, and the cursor where it was, if none."""
    start = c.at
    first = length_here(c)
    ranged = (token := c.peek()) is not None and token.text == "-" and not token.glued
    if (
        first is not None
        and first.unit not in ("minute", "hour")
        and not ranged
        and (c.accept_text("/", "&", "and", "vs", "x", ",", "-", "over", "|") or c.is_number())
    ):
        c.accept_text("the")
        second = length_here(c)
        if second is not None and not c.is_tag("percent") and first.n != second.n:
            return first, second
    c.at = start
    return None


def length_here(c: Cursor) -> Span | None:
    """Read a length in front of an indicator or inside brackets: a whole number, or one with its unit."""
    token = c.peek()
    if token is None:
        return None
    if token.kind == "span":
        return c.take_span()
    if token.kind == "number" and token.value is not None and token.value >= 1 and token.value == int(token.value):
        c.take()
        if c.is_tag("unit") and c.is_tag("indicator", "average", ahead=1):
            return Span(token.value, c.take().data)
        return Span(token.value)
    return None


def extent(c: Cursor) -> tuple[Span | None, bool]:
    """Read ``of the last 20 bars``, ``over 10 days``, ``in the previous 5 candles``: the span; is this bar left out."""
    start = c.at
    c.skip("of", "in", "over", "for", "the", "from", "during", "within", "across", "its", "any")
    led = c.at > start
    previous = c.accept_tag("previous")
    span = None
    if led or previous is not None:
        span = counted_span(c, bare=previous is not None or c.is_text("of", ahead=-1))
    if span is None:
        c.at = start
        return None, False
    return span, previous is not None and previous.text in ("previous", "prior", "preceding", "the previous")


def counted_span(c: Cursor, *, bare: bool = False) -> Span | None:
    """Read ``20 bars``, ``10d``, and with ``bare`` a naked ``20``."""
    token = c.peek()
    if token is None:
        return None
    if token.kind == "span":
        return c.take_span()
    if token.kind != "number" or token.value is None or token.value < 1:
        return None
    if c.is_tag("unit", ahead=1):
        c.take()
        return Span(token.value, c.take().data)
    if bare and not c.is_tag("percent", ahead=1):
        c.take()
        return Span(token.value)
    return None


def timeframe_here(c: Cursor) -> str | None:
    """Read a timeframe as it is written before what it qualifies: ``daily``, ``4h``, ``15 minute``."""
    token = c.peek()
    if token is None:
        return None
    if token.tag == "tf":
        return str(c.take().data)
    named = None
    used = 1
    if token.kind == "span":
        named = frame_name(token.data)
    elif token.kind == "number" and c.is_tag("unit", ahead=1) and token.value is not None:
        unit = c.data(1)
        named = frame_name(Span(token.value, unit)) if unit in ("minute", "hour") else None
        used = 2
    if named is not None:
        c.at += used
    return named


def frame_name(span: Span) -> str | None:
    """Return the timeframe a span is, None when no bar has that length.

    >>> frame_name(Span(240, "minute")), frame_name(Span(5, "hour"))
    ('4h', None)
    """
    return FRAMES.get((span.unit, int(span.n))) if span.n == int(span.n) else None
