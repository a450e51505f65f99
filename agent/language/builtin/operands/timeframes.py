"""A timeframe in front of what it qualifies: ``daily``, ``4h``, ``15 minute``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.rules import Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def timeframe_here(c: Cursor) -> str | None:
    """Read a timeframe as it is written before what it qualifies."""
    token = c.peek()
    if token is None:
        return None
    if token.tag == "tf":
        c.take()
        return str(token.data)
    named = None
    if token.kind == "span":
        named = frame_name(token.data)
        used = 1
    elif token.kind == "number" and c.is_tag("unit", ahead=1) and token.value is not None:
        unit = c.peek(1).data  # type: ignore[union-attr]
        named = frame_name(Span(token.value, unit)) if unit in ("minute", "hour") else None
        used = 2
    if named is None:
        return None
    c.at += used
    return named


FRAMES = {
    ("minute", 1): "1m", ("minute", 3): "3m", ("minute", 5): "5m", ("minute", 15): "15m", ("minute", 30): "30m",
    ("minute", 60): "1h", ("minute", 120): "2h", ("minute", 240): "4h", ("hour", 1): "1h", ("hour", 2): "2h",
    ("hour", 4): "4h",
    ("hour", 6): "6h", ("hour", 8): "8h", ("hour", 12): "12h", ("hour", 24): "1d", ("day", 1): "1d", ("day", 3): "3d",
    ("week", 1): "1w", ("day", 7): "1w", ("minute", 1440): "1d",
}  # fmt: skip


def frame_name(span: Span) -> str | None:
    """Return the timeframe a span is, None when no bar has that length."""
    return FRAMES.get((span.unit, int(span.n))) if span.n == int(span.n) else None
