"""Conditions on the two series spoken of last: ``both below 20``, ``either over 70``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clauses import is_verb
from agent.language.builtin.conditions.kinds import price_scaled
from agent.language.builtin.conditions.predicate import predicate
from agent.language.builtin.operands import operand
from agent.language.builtin.rules import Series, joined

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand


def either_of(c: Cursor) -> Condition | None:
    """``either over 70``: one or the other of the two oscillators spoken of last."""
    start = c.at
    if c.is_text("either", "any of them", "any") and c.is_tag("compare", "verb", "sign", ahead=1):
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


def both_named(c: Cursor) -> Condition | None:
    """``k and d both under 15``, ``rsi and mfi are both over 70``: one rule said of two series."""
    start, topic = c.at, c.mind.topic
    first = operand(c)
    second = operand(c) if isinstance(first, Series) and c.accept_tag("and") else None
    while is_verb(c, "state"):
        c.take()
    if isinstance(first, Series) and isinstance(second, Series) and c.accept_text("both"):
        here = c.at
        one = predicate(c, first, implied=False)
        c.at = here
        other = predicate(c, second, implied=False)
        if one is not None and other is not None:
            c.mind.topic, c.mind.other = first, second
            return joined("and", [one, other])
    c.at, c.mind.topic = start, topic
    return None


def both_of(c: Cursor) -> Condition | None:
    """``both below 20``, ``both of them over their signal``: the two lines spoken of last."""
    start = c.at
    two = _two_lines(c)
    if two is not None and c.accept_text("both"):
        if c.accept_text("of"):
            c.accept_text("them", "those", "these", "the")
        c.accept_text("lines")
        here = c.at
        one = predicate(c, two[0], implied=True)
        end = c.at
        c.at = here
        other = predicate(c, two[1], implied=True)
        if one is not None and other is not None and c.at == end:
            return joined("and", [one, other])
    c.at = start
    return None


def _two_lines(c: Cursor) -> tuple[Operand, Operand] | None:
    """The two lines compared last, else the two mentioned last."""
    topic, other = c.mind.topic, c.mind.other
    if isinstance(topic, Series) and isinstance(other, Series):
        return topic, other
    spoken = list(dict.fromkeys(reversed(c.mind.mentions)))[:2]
    return (spoken[1], spoken[0]) if len(spoken) == 2 else None
