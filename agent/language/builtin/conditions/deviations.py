"""Distances counted in standard deviations: ``2 standard deviations under its 20 period mean``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.directions import POINTING, UP
from agent.language.builtin.conditions.kinds import is_series
from agent.language.builtin.operands import operand
from agent.language.builtin.rules import Compare, Number, Series

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition


def deviated(c: Cursor) -> Condition | None:
    """``2 standard deviations under its 20 period mean``: the z-score over the length of that mean."""
    start = c.at
    c.accept_tag("compare")
    if c.is_number() and c.is_tag("sigma", ahead=1) and c.is_tag("compare", ahead=2):
        deviations = abs(c.take().value or 0.0)
        c.take()
        up = POINTING.get(c.take().data) == UP
        mean = operand(c)
        if mean is None and c.accept_tag("average"):
            mean = Series("sma", bare=True)
        if is_series(mean, ("sma",)):
            length = mean.input("length")
            score = Series("zscore", (("length", length),) if length is not None else (), bare=length is None)
            c.mind.mentions.append(score)
            c.mind.topic = score
            return Compare("gt" if up else "lt", score, Number(deviations if up else -deviations))
    c.at = start
    return None
