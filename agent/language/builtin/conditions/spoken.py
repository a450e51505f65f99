"""Conditions on the two series spoken of last: ``both below 20``, ``either over 70``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.predicate import predicate
from agent.language.builtin.conditions.scales import price_scaled
from agent.language.builtin.rules import Series, joined

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition


def either_of(c: Cursor) -> Condition | None:
    """``either over 70``: one or the other of the two series spoken of last."""
    start = c.at
    if c.is_text("either", "any of them", "any") and c.is_tag("compare", "verb", ahead=1):
        c.take()
        spoken = list(dict.fromkeys(one for one in reversed(c.mind.mentions) if not price_scaled(one)))[:2]
        here, found, end = c.at, [], c.at
        for series in reversed(spoken):
            c.at = here
            one = predicate(c, series, implied=True)
            if one is not None:
                found.append(one)
                end = c.at
        if len(found) == 2:
            c.at = end
            return joined("or", found)
    c.at = start
    return None


def both_of(c: Cursor) -> Condition | None:
    """``both below 20``: the two lines spoken of last."""
    start = c.at
    spoken = list(dict.fromkeys(one for one in reversed(c.mind.mentions)))[:2]
    known = isinstance(c.mind.topic, Series) and isinstance(c.mind.other, Series)
    if c.accept_text("both") and (known or len(spoken) == 2):
        if c.accept_text("of"):
            c.accept_text("them", "those", "these", "the")
        c.accept_text("lines")
        first, second = (c.mind.topic, c.mind.other) if known else (spoken[1], spoken[0])
        here = c.at
        one = predicate(c, first, implied=True)
        end = c.at
        c.at = here
        two = predicate(c, second, implied=True)
        if one is not None and two is not None and c.at == end:
            return joined("and", [one, two])
    c.at = start
    return None
