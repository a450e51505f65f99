"""Distances counted in standard deviations: ``2 standard deviations under its 20 period mean``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.directions import POINTING, UP
from agent.language.builtin.conditions.kinds import CLOSE, charted_mentions, is_series
from agent.language.builtin.operands import AVERAGES, operand
from agent.language.builtin.rules import Compare, Math, Number, Series

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand


def deviated(c: Cursor) -> Condition | None:
    """``2 standard deviations under its 20 period mean``: deviations over the length of that mean, of what it is of."""
    start = c.at
    c.accept_tag("compare")
    c.skip_fillers()
    if c.is_number() and _is_deviation(c, ahead=1) and c.is_tag("compare", ahead=2):
        deviations = abs(c.take().value or 0.0)
        c.take()
        up = POINTING.get(c.take().data) == UP
        lines = [one for one in charted_mentions(c) if one.type in AVERAGES]
        mean: Operand | None = lines[-1] if lines and c.accept_text("it") else operand(c)
        if mean is None and c.accept_tag("average"):
            mean = Series("sma", bare=True)
        if is_series(mean, AVERAGES):
            return _far_from(c, mean, deviations, up=up)
    c.at = start
    return None


def _is_deviation(c: Cursor, *, ahead: int) -> bool:
    """True before ``deviations``, ``sigma``, ``stdev``, where no length of its own follows."""
    token = c.peek(ahead)
    named = token is not None and token.tag == "indicator" and token.data.type == "stdev"
    return c.is_tag("sigma", ahead=ahead) or named


def _far_from(c: Cursor, mean: Series, deviations: float, *, up: bool) -> Condition:
    """The z-score beyond a number where the mean is a simple one, else the price beyond the mean and its deviations."""
    inputs = tuple((name, value) for name, value in mean.inputs if name in ("length", "source"))
    if mean.type == "sma":
        score = c.mention(Series("zscore", inputs, timeframe=mean.timeframe, bare=mean.bare))
        c.mind.topic = score
        return Compare("gt" if up else "lt", score, Number(deviations if up else -deviations))
    spread = Math("*", Number(deviations), Series("stdev", inputs, timeframe=mean.timeframe, bare=mean.bare))
    c.mind.topic = CLOSE
    return Compare("gt" if up else "lt", CLOSE, Math("+" if up else "-", mean, spread))
