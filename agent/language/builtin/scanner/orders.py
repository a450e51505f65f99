"""Entries at a limit: ``limit buy 1% below the close, cancelled after 3 bars``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


BELOW = ("below", "under", "lower", "less", "beneath")
ABOVE = ("above", "over", "higher")


def limit_entry(c: Cursor) -> dict[str, float] | None:
    """Take a limit order; return its ``offset`` (a fraction) and ``expires_bars``, None where the price is not said."""
    c.take()
    c.accept_tag("action")
    c.accept_text("order", "at", "for", "of")
    c.skip_fillers()
    offset = _offset(c)
    if offset is None:
        return None
    bars = _expiry(c)
    return {"offset": offset} if bars is None else {"offset": offset, "expires_bars": bars}


def _offset(c: Cursor) -> float | None:
    """``1% below the close``, ``0.5% under``; for shorts above it."""
    start = c.at
    if c.is_number() and c.is_tag("percent", ahead=1):
        value = (c.take().value or 0.0) / 100
        c.take()
        if c.accept_tag("compare", "down", "up") or c.accept_text(*BELOW, *ABOVE):
            c.skip("than", "the", "signal", "bar", "last", "current", "market", tags=("previous", "current"))
            if not (c.is_tag("indicator", "line", "extreme", "average") or c.is_number()):
                c.accept_tag("field")
                return value
    c.at = start
    return None


def _expiry(c: Cursor) -> float | None:
    """``cancelled after 3 bars``, anywhere in the rest of the sentence."""
    start = c.at
    while (token := c.peek()) is not None and token.text not in (".", ";") and not c.is_tag("action", "stop"):
        if c.is_number() and c.is_tag("unit", ahead=1):
            bars = c.take().value or 1.0
            c.take()
            return bars
        c.take()
    c.at = start
    return None
