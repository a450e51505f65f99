"""Sizes by the range of the bars: ``1% / atr``, ``1 atr = 1% of equity``, ``risk 1% per 2 atr``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.levels import distance
from agent.language.builtin.sizes.amounts import Size, pass_base, percent

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

COSTING = ("=", "is", "equals", "to", "costs", "represents", "of", "move", "moves", "about", "worth", "a", "loss")
"""Words between a number of ATRs and the share of equity it stands for."""

TURTLE_LENGTH = 20.0
"""Bars of the turtles' N."""

FARTHEST = 8
"""Tokens in which the ATR of a size stands."""


def by_range(c: Cursor) -> Size | None:
    """Read a size that risks a share of equity over so many ATRs; None, and the cursor anywhere, when there is none."""
    if not c.is_number() and not c.is_tag("risk"):
        return None
    if not any(_is_atr(c, ahead) or _is_turtles(c, ahead) for ahead in range(FARTHEST)):
        return None
    start = c.at
    for reader in (_divided, _equal):
        found = reader(c)
        if found is not None:
            return found
        c.at = start
    return None


def _is_atr(c: Cursor, ahead: int) -> bool:
    return c.is_tag("indicator", ahead=ahead) and c.data(ahead).type == "atr"


def _is_turtles(c: Cursor, ahead: int) -> bool:
    """True before the turtles' N, their average true range."""
    token = c.peek(ahead)
    return token is not None and token.raw == "N"


def _divided(c: Cursor) -> Size | None:
    """``1% / atr``, ``risk 1% of equity per 2 atr(20)``."""
    c.accept_tag("risk")
    value = percent(c)
    if value is None:
        return None
    pass_base(c)
    c.accept_tag("risk")
    if not (c.accept_text("/", "per", "divided by", "over", "for") or c.accept_tag("for")):
        return None
    c.skip("each", "every", "the", "a", "one")
    return _over(c, value)


def _over(c: Cursor, value: float) -> Size | None:
    """The ATRs a share of equity is spread over; a bare ``atr`` is one of them."""
    if _is_turtles(c, 0):
        c.take()
        return Size("atr_risk", value, multiple=1.0, length=TURTLE_LENGTH)
    if _is_atr(c, 0):
        here = c.at
        far = distance(c, bare=False)
        if far is None:
            c.at = here
            c.take()
            bracket = c.accept_text("(")
            length = c.take().value if c.is_number() else None
            if bracket:
                c.accept_text(")")
            return Size("atr_risk", value, multiple=1.0, length=length)
    else:
        far = distance(c, bare=False)
    if far is None or far.type != "atr" or far.value <= 0:
        return None
    return Size("atr_risk", value, multiple=far.value, length=far.length)


def _equal(c: Cursor) -> Size | None:
    """``1 atr = 1% of equity``, ``2 atr move is half a percent of the account``."""
    far = distance(c, bare=False)
    if far is None or far.type != "atr" or far.value <= 0 or c.is_tag("stop", "target", "trail"):
        return None
    if not c.is_text(*COSTING) and not c.is_tag("verb"):
        return None
    c.skip(*COSTING, tags=("verb",))
    value = percent(c)
    if value is None or not (c.is_tag("equity", "each", "risk") or c.is_tag("equity", ahead=1) or c.is_text("of")):
        return None
    pass_base(c)
    c.accept_tag("risk")
    return Size("atr_risk", value, multiple=far.value, length=far.length)
