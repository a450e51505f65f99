"""Limits: ``max 3 positions``, ``total exposure max 50%``, ``max drawdown 20%``, ``stop trading after 3% a day``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.sizes.amounts import Kind, Size, percent
from agent.language.builtin.sizes.risks import leverage

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def limit(c: Cursor) -> Size | None:
    """``max 3 positions``, ``total exposure max 50%``, ``max drawdown 20%``, ``max daily loss 3%``."""
    start = c.at
    if c.accept_tag("halt"):
        daily = bool(c.accept_tag("for")) and bool(c.accept_text("the", "that")) | True
        while c.is_tag("unit", "after", "when", "tf", "stop") or c.is_text(
            "the", "day", "i", "we", "lose", "losing", "down", "it", "after", "at"
        ):
            daily = daily or c.is_tag("unit")
            c.take()
        value = percent(c)
        while c.is_tag("unit") or c.is_text("that", "in", "a", "on", "the", "day", "one"):
            daily = daily or c.is_tag("unit")
            c.take()
        if value is not None:
            return Size("max_daily_loss" if daily else "max_drawdown", value)
        c.at = start
    capped = bool(c.accept_tag("max", "compare"))
    c.skip_fillers(also=("of", "only"))
    if c.is_number():
        value = c.take().value or 0.0
        c.skip_fillers(also=("at most", "concurrent"))
        if capped and c.accept_text("open") and not c.is_tag("positions"):
            return Size("max_positions", value)
        if (
            c.is_tag("positions")
            or (c.is_text("positions", "trades", "position", "assets", "coins") and (capped or c.is_text("positions")))
            or (c.is_tag("size") and c.is_text("position"))
        ):
            if value >= 1 and value == int(value):
                c.take()
                c.accept_tag("max")
                c.accept_text("at", "once", "max", "open", "a", "time")
                return Size("max_positions", value)
        if capped and c.is_tag("percent") and c.accept_tag("percent"):
            c.skip_fillers(also=("of", "total", "single", "per", "any"))
            c.accept_tag("each")
            if c.tokens[c.at - 1].text in ("per position", "each position", "a position", "every position"):
                return Size("max_position", value / 100)
            if c.accept_tag("exposure"):
                return Size("max_exposure", value / 100)
            if c.accept_tag("drawdown"):
                return Size("max_drawdown", value / 100)
            if c.is_tag("size") or c.is_text("position"):
                c.take()
                return Size("max_position", value / 100)
        if capped and c.is_text("orders", "entries", "trades", "trade", "order"):
            c.take()
            if c.accept_text("per", "an", "every", "each", "a") and (c.is_tag("unit") and c.take().data == "hour"):
                return Size("max_orders", value)
        if value and c.is_tag("percent") and c.is_tag("drawdown", "exposure", ahead=1):
            c.take()
            kind: Kind = "max_drawdown" if c.take().tag == "drawdown" else "max_exposure"
            c.accept_tag("max")
            return Size(kind, value / 100)
        c.at = start
        return None
    for tag, kind in (("exposure", "max_exposure"), ("drawdown", "max_drawdown")):
        if c.accept_tag(tag):
            c.accept_tag("max", "compare")
            c.skip_fillers(also=("of", "is", "reaches", "hits", "exceeds", "at"))
            c.accept_tag("max", "compare", "verb")
            value = percent(c)
            c.accept_tag("drawdown")
            return Size(kind, value) if value is not None else None
    if c.is_tag("tf") and c.is_tag("stop", ahead=1) and c.peek().data == "1d":  # type: ignore[union-attr]
        c.at += 2
        c.accept_tag("max", "compare")
        value = percent(c)
        return Size("max_daily_loss", value) if value is not None else None
    if c.is_tag("positions"):
        c.take()
        c.accept_tag("max", "compare")
        c.accept_text(":", "=", "of")
        if c.is_number():
            return Size("max_positions", c.take().value or 0.0)
    if capped and (c.is_text("position", "size") or c.is_tag("size")):
        c.take()
        c.accept_tag("size")
        value = percent(c)
        return Size("max_position", value) if value is not None else None
    if capped and c.is_tag("leverage"):
        return leverage(c)
    c.at = start
    return None
