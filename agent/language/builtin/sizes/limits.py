"""Limits: ``max 3 positions``, ``total exposure max 50%``, ``max drawdown 20%``, ``stop trading after 3% a day``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.sizes.amounts import Kind, Size, percent, stated
from agent.language.builtin.sizes.risks import leverage

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

ONE_POSITION = ("per position", "each position", "a position", "every position")
"""What a share is capped for."""


ORDERS = ("orders", "entries", "trades", "trade", "order")
PUT_IN = ("invested", "deployed", "exposed", "committed", "in the market", "at work")
ALL_OF_IT = ("everything", "all", "total", "overall", "it all", "the lot", "portfolio", "the whole")
"""What a cap is on when it is on all positions together."""


def limit(c: Cursor) -> Size | None:
    """Read one limit; None, and the cursor anywhere, when there is none."""
    if c.accept_tag("halt"):
        return _halted(c)
    if _one_at_a_time(c):
        return Size("max_positions", 1)
    capped = bool(c.accept_tag("max", "compare"))
    c.skip_fillers(also=("of", "only"))
    if c.is_text("one", "single") and c.is_text("position", "trade", ahead=1) and c.is_text("at", "max", ahead=2):
        c.at += 2
        c.skip("at", "a", "any", "time", "once", "max", "only", tags=("each", "max"))
        return Size("max_positions", 1)
    if c.is_number():
        return _counted(c, capped=capped)
    if c.is_tag("exposure", "drawdown"):
        return _of_the_account(c)
    if c.is_tag("tf") and c.data() == "1d" and c.is_tag("stop", ahead=1):
        c.at += 2
        c.accept_tag("max", "compare")
        return stated("max_daily_loss", percent(c))  # "daily loss limit 3%"
    if c.accept_tag("positions"):
        c.accept_tag("max", "compare")
        c.accept_text(":", "=", "of")
        if c.is_number():
            return Size("max_positions", c.take().value or 0.0)
    if capped and (c.accept_text("position", "size") or c.accept_tag("size")):
        c.accept_tag("size")
        return stated("max_position", percent(c))
    return leverage(c) if capped and c.is_tag("leverage") else None


def _one_at_a_time(c: Cursor) -> bool:
    """``one position at a time``, ``only a single trade at once``."""
    start = c.at
    c.skip("only", "just", "max", "a", tags=("max", "only"))
    if c.accept_text("one", "single") and c.accept_text("position", "trade", "coin", "asset"):
        behind = c.at
        c.skip("at", "a", "any", "time", "once", "max", "open", "at a time", tags=("max",))
        if c.at > behind:
            return True
    c.at = start
    return False


def _halted(c: Cursor) -> Size | None:
    """Behind ``stop trading``: ``for the day after losing 3%``, ``at 20% down``; with a day in it, a daily limit."""
    daily = bool(c.accept_tag("for"))
    if daily:
        c.accept_text("the", "that")
    while c.is_tag("unit", "after", "when", "tf", "stop") or c.is_text(
        "the", "day", "i", "we", "lose", "losing", "down", "it", "after", "at"
    ):
        daily = daily or c.is_tag("unit")
        c.take()
    value = percent(c)
    while c.is_tag("unit") or c.is_text("that", "in", "a", "on", "the", "day", "one"):
        daily = daily or c.is_tag("unit")
        c.take()
    return stated("max_daily_loss" if daily else "max_drawdown", value)


def _counted(c: Cursor, *, capped: bool) -> Size | None:
    """A limit by its number: ``3 positions``, ``max 50% exposure``, ``max 2 orders per hour``, ``20% drawdown``."""
    value = c.take().value or 0.0
    c.skip_fillers(also=("at most", "concurrent"))
    if capped and c.accept_text("open") and not c.is_tag("positions"):
        return Size("max_positions", value)
    if capped and c.is_text(*ORDERS) and c.is_text("per", "an", "every", "each", "a", ahead=1):
        c.take()
        hourly = c.take() is not None and c.is_tag("unit") and c.take().data == "hour"
        return Size("max_orders", value) if hourly else None
    if _names_positions(c, capped=capped) and value >= 1 and value == int(value):
        c.take()
        c.accept_tag("max")
        c.accept_text("at", "once", "max", "open", "a", "time")
        return Size("max_positions", value)
    if capped and c.accept_tag("percent"):
        kind = _capped_share(c)
        if kind is not None:
            return Size(kind, value / 100)
    if value and c.is_tag("percent") and _caps_everything(c):
        return Size("max_exposure", value / 100)
    if value and c.is_tag("percent") and c.is_tag("drawdown", "exposure", ahead=1):
        c.take()
        named: Kind = "max_drawdown" if c.take().tag == "drawdown" else "max_exposure"
        c.accept_tag("max")
        return Size(named, value / 100)
    return None


def _caps_everything(c: Cursor) -> bool:
    """Go past ``% cap on everything``, ``% total cap``: a share that all positions together keep to."""
    start = c.at
    c.take()
    total = bool(c.accept_text(*ALL_OF_IT))
    if c.accept_text("cap", "limit", "ceiling"):
        if not total and c.accept_text("on", "for", "over"):
            c.accept_text("the", "my")
            total = bool(c.accept_text(*ALL_OF_IT))
        if total:
            return True
    c.at = start
    return False


def _names_positions(c: Cursor, *, capped: bool) -> bool:
    """True before ``positions``, ``max 3 trades``, ``position``."""
    if c.is_tag("positions") or c.is_text("positions"):
        return True
    return (capped and c.is_text("trades", "position", "assets", "coins")) or (
        c.is_tag("size") and c.is_text("position")
    )


def _capped_share(c: Cursor) -> Kind | None:
    """What a share is a limit of: ``50% total exposure``, ``10% per position``, ``20% drawdown``, ``25% size``."""
    c.skip_fillers(also=("of", "total", "single", "per", "any"))
    c.accept_tag("each")
    if c.is_text(*ONE_POSITION, ahead=-1):
        return "max_position"
    if c.accept_tag("exposure") or c.accept_text(*PUT_IN):
        return "max_exposure"
    if c.accept_tag("drawdown"):
        return "max_drawdown"
    return "max_position" if c.accept_tag("size") or c.accept_text("position") else None


def _of_the_account(c: Cursor) -> Size | None:
    """``exposure max 50%``, ``drawdown reaches 20%``."""
    kind: Kind = "max_exposure" if c.take().tag == "exposure" else "max_drawdown"
    c.accept_tag("max", "compare")
    c.skip_fillers(also=("of", "is", "reaches", "hits", "exceeds", "at"))
    c.accept_tag("max", "compare", "verb")
    value = percent(c)
    c.accept_tag("drawdown")
    return stated(kind, value)
