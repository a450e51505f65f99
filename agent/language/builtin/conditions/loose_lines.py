"""Lines named loosely: ``macd crosses signal``, ``its signal line`` of a stochastic, ``ema 20 crosses 50``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.kinds import STOCHASTICS, is_series
from agent.language.builtin.operands import AVERAGES
from agent.language.builtin.rules import Number, Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Operand

LENGTHS = (2, 500)
"""A whole number in this range beside an average is the length of another average, not a price."""


def sensible(c: Cursor, left: Operand, right: Operand) -> tuple[Operand, Operand]:
    """Return both sides with the right one mended where it names a line of the left one's indicator."""
    if is_series(left, AVERAGES) and isinstance(right, Number) and left.input("source") in (None, "close"):
        low, high = LENGTHS
        if not left.bare and right.value == int(right.value) and low <= right.value <= high:
            other = replace(left.having(length=Span(right.value)), lag=0)  # "ema 20 crosses 50"
            c.mind.mentions.append(other)
            return left, other
    if isinstance(left, Series) and isinstance(right, Series):
        return left, _line_of(left, right)
    return left, right


def _line_of(left: Series, right: Series) -> Series:
    """Return the line of the left side's indicator that the right side means, else the right side itself."""
    if left.type == right.type == "macd" and right.output == "signal" and right.bare:
        return replace(left, output="signal")
    if left.type == right.type == "stoch" and right.bare and not left.bare:
        return replace(left, output=right.output)
    if left.type == "stochrsi" and right.type == "stoch" and right.output == "d":
        return replace(left, output="d")
    if left.type in STOCHASTICS and right.type == "macd" and right.unsaid == "line":
        return replace(left, output="d")  # "crosses its signal line"
    return right
