"""Sizes said without a comparison: ``on 2x volume``, ``with twice the usual volume``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.kinds import is_series
from agent.language.builtin.operands import operand
from agent.language.builtin.rules import Compare, Field, Math, Number, Series

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition

LEADS = ("on", "with", "at", "of")


def volume_multiple(c: Cursor) -> Condition | None:
    """``on 2x volume``: that many times its average over the usual span; one behind it is that of another rule."""
    start = c.at
    led = c.is_text(*LEADS, ahead=-1) or c.accept_text(*LEADS) is not None
    factor = _factor(c) if led else None
    if factor is not None:
        c.skip("the", "its", "a")
        average = operand(c)
        if average == Field("volume"):
            average = c.mention(Series("volume_sma", bare=True))
        if is_series(average, ("volume_sma",)) and not c.is_tag("compare", "verb"):
            c.mind.topic = Field("volume")
            return Compare("gt", Field("volume"), Math("*", Number(factor), average))
    c.at = start
    return None


def _factor(c: Cursor) -> float | None:
    """Take ``2x``, ``twice``."""
    if c.is_tag("multiple"):
        return float(c.take().data)
    if c.is_number() and c.is_tag("times", ahead=1):
        value = c.take().value
        c.take()
        return value
    return None
