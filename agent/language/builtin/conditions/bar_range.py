"""The width of a bar, and where in it the close lies: ``close in the top 25% of the bar``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.kinds import CLOSE
from agent.language.builtin.conditions.predicate import predicate
from agent.language.builtin.rules import Compare, Field, Math, Number

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition

WIDTH = Math("-", Field("high"), Field("low"))
LEADING_IN = ("in", "at", "near", "within", "the", "finishing", "of")
TOP = ("top", "upper")
BOTTOM = ("bottom", "lower")


def in_range(c: Cursor) -> Condition | None:
    """``close in the top 25% of the bar``, ``bar range > 1.5x atr``: the close's place in the bar, its width."""
    start = c.at
    c.skip_fillers()
    found = _width(c) if _is_width(c) else _place_of_close(c)
    if found is None:
        c.at = start
    return found


def _is_width(c: Cursor) -> bool:
    if c.is_tag("unit"):
        return c.is_text("range", "size", ahead=1)
    return c.is_text("range") and c.is_tag("compare", ahead=1)


def _width(c: Cursor) -> Condition | None:
    """``bar range > 1.5x atr``, ``range above its average``."""
    c.at += 2 if c.is_tag("unit") else 1
    return predicate(c, WIDTH, implied=False)


def _place_of_close(c: Cursor) -> Condition | None:
    """``close in the top 25% of the bar``, ``closes in the bottom 10% of the range``."""
    field = c.accept_tag("field")
    while c.is_tag("verb") or c.is_text(*LEADING_IN):
        c.take()
    if field is None or not c.is_text(*TOP, *BOTTOM) or not c.is_number(1) or not c.is_tag("percent", ahead=2):
        return None
    top = c.take().text in TOP
    share = (c.take().value or 0.0) / 100
    c.take()
    if not c.accept_text("of"):
        return None
    c.skip_fillers(also=("days", "day"))
    if not c.accept_tag("unit") and not c.is_text("range"):
        return None
    c.accept_text("range")
    height = Math("*", Number(round(1 - share, 10) if top else share), WIDTH)
    return Compare("gte" if top else "lte", CLOSE, Math("+", Field("low"), height))
