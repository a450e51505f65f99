"""All bars before at once: ``anything seen in 30 bars``, ``the last 4 closes``; beyond all is beyond their extreme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.operands.fields import KINDS, extreme_over, field_said
from agent.language.builtin.operands.spans import extent
from agent.language.builtin.rules import Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

ALL_OF = ("anything", "everything", "all", "every", "each", "any", "whatever")


def everything_before(c: Cursor, *, up: bool) -> Series | None:
    """Read ``anything seen in 30 bars``, ``every high of the past 15 bars``, ``all of the last 20 closes``.

    What lies above (``up``) or below all of it lies beyond the extreme of the bars before.
    """
    start = c.at
    if not c.accept_text(*ALL_OF):
        return _last_ones(c, up=up)
    c.skip("of", "the", "price", "prices", "seen", "traded", "it", "has", "been", "at", "was", "were", "that")
    source = field_said(c)
    span, _ = extent(c)
    if span is None:
        c.at = start
        return None
    if c.is_text("highs", "lows", "closes"):
        source = c.take().data
    kind = "high" if up else "low"
    return extreme_over(c, KINDS[kind], span, source or kind, prior=True)


def _last_ones(c: Cursor, *, up: bool) -> Series | None:
    """Read ``the last 4 closes``, ``the 4 closes before``, ``the prior 3 days' highs``: all of them."""
    start = c.at
    c.accept_text("the", "its")
    led = c.accept_tag("previous")
    span = Span(c.take().value or 0.0) if c.is_number() and (c.peek().value or 0.0) >= 2 else None  # type: ignore[union-attr]
    led = c.accept_tag("previous") or led
    if span is not None and c.is_tag("unit"):
        span = Span(span.n, c.take().data)
    if span is not None and c.is_text("closes", "highs", "lows"):
        source = c.take().data
        if led is not None or c.accept_text("before", "before it") or c.accept_tag("ago"):
            return extreme_over(c, KINDS["high" if up else "low"], span, source, prior=True)
    c.at = start
    return None
