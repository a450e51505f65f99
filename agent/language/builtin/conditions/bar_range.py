"""The width of a bar, and where in it the close lies: ``close in the top 25% of the bar``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.predicate import predicate
from agent.language.builtin.conditions.scales import CLOSE
from agent.language.builtin.rules import Compare, Field, Math, Number

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition


def in_range(c: Cursor) -> Condition | None:
    """``close in the top 25% of the bar``, ``bar range > 1.5x atr``: the close's place in the bar, its width."""
    start = c.at
    c.skip_fillers()
    width = Math("-", Field("high"), Field("low"))
    if (c.is_tag("unit") and c.is_text("range", "size", ahead=1)) or (
        c.is_text("range") and c.is_tag("compare", ahead=1)
    ):
        c.at += 2 if c.is_tag("unit") else 1
        found = predicate(c, width, implied=False)
        if found is None:
            c.at = start
        return found
    field = c.accept_tag("field")
    while c.is_tag("verb") or c.is_text("in", "at", "near", "within", "the", "finishing", "of"):
        c.take()
    token = c.peek()
    if (
        field is not None
        and token is not None
        and token.text in ("top", "upper", "bottom", "lower")
        and c.is_number(1)
        and c.is_tag("percent", ahead=2)
    ):
        c.take()
        share = (c.take().value or 0.0) / 100
        c.take()
        if c.accept_text("of"):
            c.skip_fillers(also=("days", "day"))
            if c.accept_tag("unit") or c.is_text("range"):
                c.accept_text("range")
                top = token.text in ("top", "upper")
                height = Math("*", Number(round(1 - share, 10) if top else share), width)
                return Compare("gte" if top else "lte", CLOSE, Math("+", Field("low"), height))
    c.at = start
    return None
