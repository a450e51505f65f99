"""Sizes by risk: ``risk 1% per trade``, ``target 15% annual vol``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.sizes.kinds import Size
from agent.language.builtin.sizes.shares import pass_base, percent

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
