"""Sizes by risk, and leverage: ``risk 1% per trade``, ``target 15% annual vol``, ``2x leverage``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.sizes.amounts import Size, pass_base, percent

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def risked(c: Cursor) -> Size | None:
    """``risk 1% per trade``, ``1% risk``, ``risking 0.5% of equity``."""
    start = c.at
    if c.accept_tag("risk"):
        c.accept_tag("max", "compare", "size")
        value = percent(c)
        if value is not None:
            pass_base(c)
            return Size("risk_per_trade", value)
    c.at = start
    value = percent(c)
    if value is not None:
        c.skip_fillers(also=("of",))
        c.accept_tag("equity")
        if c.accept_tag("risk"):
            pass_base(c)
            return Size("risk_per_trade", value)
    c.at = start
    c.accept_tag("target")
    value = percent(c)
    if value is not None and c.accept_tag("vol_target"):
        return Size("volatility_target", value)
    c.at = start
    if c.accept_tag("vol_target"):
        c.skip_fillers(also=("of", "at"))
        value = percent(c)
        if value is not None:
            return Size("volatility_target", value)
    c.at = start
    value = percent(c)
    if value is not None and c.accept_tag("vol_target"):
        return Size("volatility_target", value)
    return None


def leverage(c: Cursor) -> Size | None:
    """``2x leverage``, ``leverage 3``, ``2:1 leveraged``, ``max leverage 2x``, ``3x long perps``."""
    start = c.at
    if c.accept_tag("leverage"):
        c.accept_tag("max", "compare")
        c.skip_fillers(also=("of", "to", "at", "=", "is"))
        c.accept_text(":", "=", "of")
        c.accept_tag("max", "compare")
        if c.is_number():
            value = c.take().value or 0.0
            c.accept_tag("times")
            if c.accept_text(":") and c.is_number():
                c.take()
            return Size("leverage", value)
        c.at = start
        return None
    if c.accept_tag("no") and (c.accept_tag("leverage") or c.accept_text("margin", "borrowing")):
        return Size("leverage", 1.0)
    c.at = start
    if c.is_number():
        value = c.take().value or 0.0
        if c.accept_tag("times"):
            if c.accept_tag("leverage"):
                c.accept_tag("max")
                return Size("leverage", value)
            if c.is_tag("market") and c.peek().data == "perp":  # type: ignore[union-attr]
                return Size("leverage", value)
        elif c.accept_text(":") and c.is_number() and c.peek().value == 1:  # type: ignore[union-attr]
            c.take()
            if c.accept_tag("leverage"):
                return Size("leverage", value)
    c.at = start
    return None
