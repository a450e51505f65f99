"""How long a condition has to hold: ``for 3 bars``, ``3 bars in a row``, ``within the last 5 bars``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clauses import ends_here
from agent.language.builtin.rules import Compare, Lasting, Run, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Unit

ONCE = ("at", "any", "some", "time", "point", "least", "once", "at least", "any time", "anytime")


def lasting(c: Cursor, found: Condition) -> Condition:
    """Return a condition with the time it lasts, where one is said behind it; a run is as long as that."""
    start = c.at
    while c.is_text(*ONCE) and not c.is_number():
        c.take()
    throughout, within = _led(c)
    if c.is_number() and c.is_tag("unit", "row", ahead=1):
        number = c.take().value or 0.0
        unit: Unit = c.take().data if c.is_tag("unit") else "bar"
        in_a_row = _in_a_row(c)
        bare = isinstance(found, Compare) and number > 1 and ends_here(c)  # "%b below 0 two days, buy"
        if number >= 1 and (throughout or in_a_row or within or bare) and not c.is_tag("ago"):
            if within:
                return Lasting(found, None, Span(number, unit))
            if isinstance(found, Run):
                return replace(found, bars=int(number))
            return Lasting(found, Span(number, unit))
    c.at = start
    return found


def _led(c: Cursor) -> tuple[bool, bool]:
    """Take ``for at least``, ``within the last``: does it hold throughout the span, or once within it."""
    throughout = bool(c.accept_tag("for"))
    within = not throughout and bool(c.accept_tag("within"))
    if not throughout and not within and c.is_text("in", "over", "during") and c.is_tag("previous", ahead=1):
        c.take()
        within = True
    c.skip_fillers()
    if (throughout or c.is_tag("compare")) and c.is_text("at least"):
        c.take()
    if within:
        c.accept_tag("previous")
    return throughout, within


def _in_a_row(c: Cursor) -> bool:
    """Take ``in a row``, ``straight``, ``consecutive``."""
    row = c.accept_tag("row") is not None
    while c.is_text("in") and c.is_text("row", "a", ahead=1):
        c.take()
        row = True
    return row
