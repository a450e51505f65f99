"""Sizes that name a range: ``1-2% of equity``, ``risk 1 to 2%``: which of them is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.sizes.amounts import Size, pass_base

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def between(c: Cursor) -> Size | None:
    """Read a range of shares of equity or of risk; None, and the cursor anywhere, when there is none."""
    risked = bool(c.accept_tag("risk"))
    sized = bool(c.accept_tag("size"))
    c.skip("is", "=", ":", "of", "between", tags=("between", "max"))
    ends = _ends(c)
    if ends is None:
        return None
    risked = risked or bool(c.accept_tag("risk"))
    here = c.at
    pass_base(c)
    if not (risked or sized or c.at > here):
        return None
    return Size("risk_per_trade" if risked else "percent_equity", ends[0], upto=ends[1])


def _ends(c: Cursor) -> tuple[float, float] | None:
    """``1-2%``, ``1% to 2%``: both ends as fractions."""
    if not c.is_number():
        return None
    low = c.take()
    c.accept_tag("percent")
    high = c.peek()
    glued = high is not None and high.kind == "number" and high.text[0] == "-" and high.start == low.end
    if not glued and not (c.accept_text("-", "to", "and") and c.is_number()):
        return None
    upper = abs(c.take().value or 0.0)
    if not c.accept_tag("percent") or not 0 < (low.value or 0.0) < upper:
        return None
    return (low.value or 0.0) / 100, upper / 100
