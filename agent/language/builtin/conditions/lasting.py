"""How long a condition has to hold: ``for 3 bars``, ``3 bars in a row``, ``within the last 5 bars``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.rules import Lasting, Run, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Unit


def lasting(c: Cursor, found: Condition) -> Condition:
    """``for 3 bars``, ``3 bars in a row``, ``within the last 5 bars``."""
    start = c.at
    within = False
    while c.is_text("at", "any", "some", "time", "point", "least", "once", "at least") and not c.is_number():
        c.take()
    for_words = bool(c.accept_tag("for"))
    if not for_words and c.accept_tag("within"):
        within = True
    if not for_words and not within and c.is_text("in", "over", "during") and c.is_tag("previous", ahead=1):
        c.take()
        within = True
    if not for_words and not within and c.is_text("at", "on") and c.is_text("some", "any", ahead=1):
        within = False
    c.skip_fillers()
    if (for_words and c.is_text("at least")) or (c.is_tag("compare") and c.is_text("at least")):
        c.take()
    if within:
        c.accept_tag("previous")
    if c.is_number() and (c.is_tag("unit", ahead=1) or c.is_tag("row", ahead=1)):
        number = c.take().value or 0.0
        unit: Unit = c.take().data if c.is_tag("unit") else "bar"
        row = c.accept_tag("row")
        while c.is_text("in") and c.is_text("row", "a", ahead=1):
            c.take()
            row = row or c.peek()
        if number >= 1 and (for_words or row is not None or within) and not c.is_tag("ago"):
            if isinstance(found, Run) and not within:
                return replace(found, bars=int(number))
            return Lasting(found, None, Span(number, unit)) if within else Lasting(found, Span(number, unit))
    elif c.is_number() and c.is_tag("row", ahead=1):
        pass
    c.at = start
    return found
