"""Turns and trends: ``supertrend flips up``, ``macd turns positive``, ``rising for 3 bars``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clauses import ends_here
from agent.language.builtin.conditions.directions import CROSSES, LIES, RUNS, UP
from agent.language.builtin.conditions.kinds import CLOSE, FLIPPING, STOCHASTICS, is_series
from agent.language.builtin.conditions.right_sides import right_side
from agent.language.builtin.conditions.spans import bars_in_a_row
from agent.language.builtin.contraries import CONTRARY
from agent.language.builtin.operands import AVERAGES
from agent.language.builtin.rules import Compare, Field, Group, Number, Run, Series, lagged

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand


def turned(c: Cursor, left: Operand | None, way: str, *, state: bool = False) -> Condition | None:
    """``supertrend flips up``, ``macd turns positive``, ``the histogram turns up``.

    ``state`` is True where it is so already, False where it becomes so.
    """
    right = None
    if c.accept_tag("compare"):
        right = right_side(c, left)
        if right is None and ends_here(c):
            right = c.mind.other
    if left == c.mind.topic:
        flipping = [series for series in c.mind.mentions if series.type in FLIPPING]
        left = flipping[-1] if flipping else left
    if left is None:
        return None
    c.mind.topic = left
    if right is not None:
        return Compare(CROSSES[way], left, right)
    coloured = any(colour in c.tokens[c.at - 1].text for colour in ("green", "red"))
    if (
        coloured
        and (isinstance(left, Field) or c.is_text("it", "it's", "its", ahead=-2))
        and not is_series(left, FLIPPING)
    ):
        return Compare(LIES[way], CLOSE, Field("open"))
    if is_series(left, ("bbands", "keltner")):
        return None
    about_its_line = _turned_about_its_line(left, way, state=state)
    if about_its_line is not None:
        return about_its_line
    if isinstance(left, Field) and left.name == "close":
        return Compare(LIES[way], CLOSE, Field("open") if state else Field("close", 1))
    turn, before = LIES[way], CONTRARY[LIES[way]]
    return Group("and", (Compare(turn, left, lagged(left, 1)), Compare(before, lagged(left, 1), lagged(left, 2))))


def _turned_about_its_line(left: Operand, way: str, *, state: bool) -> Condition | None:
    """The turn of an indicator that has a line, a side or a direction of its own."""
    when = LIES[way] if state else CROSSES[way]
    if is_series(left, ("supertrend",)):
        return Compare("eq", replace(left, output="direction"), Number(1.0 if way == UP else -1.0))
    if is_series(left, ("psar",)):
        return Compare(when, CLOSE, left)
    if is_series(left, ("macd",)) and left.output != "hist":
        return Compare(when, left, replace(left, output="signal"))
    if is_series(left, STOCHASTICS):
        return Compare(when, left, replace(left, output="d"))
    if is_series(left, AVERAGES) and state:
        return Compare(LIES[way], left, lagged(left, 1))
    return None


def trend(c: Cursor, left: Operand, way: str) -> Condition:
    """``rising``, ``falling for 3 bars``, ``up the last 3 days``."""
    c.mind.topic = left
    c.mind.turning = left if isinstance(left, Series) else c.mind.turning
    start = c.at
    c.accept_tag("for")
    c.skip_fillers(also=("over",))
    c.accept_tag("previous")
    bars = bars_in_a_row(c)
    if bars is None:
        c.at, bars = start, 1
    return against_before(left, way) if bars == 1 else Run(RUNS[way], left, bars)


def against_before(left: Operand, way: str) -> Compare:
    """Return the comparison of an operand with itself one bar before."""
    return Compare(LIES[way], left, lagged(left, 1))
