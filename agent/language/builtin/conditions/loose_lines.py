"""Lines named loosely: ``macd crosses signal``, ``its signal line`` of a stochastic, ``ema 20 crosses 50``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.kinds import CLOSE, STOCHASTICS, is_series
from agent.language.builtin.operands import AVERAGES
from agent.language.builtin.rules import Field, Number, Operand, Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

ENDS_OF_A_BAR: dict[Operand, str] = {Field("high"): "upper", Field("low"): "lower"}
"""Ends of the bar of now, and the lines of a channel that are called so."""

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
    if left == CLOSE and right in ENDS_OF_A_BAR:
        return left, _end_of_the_channel(c, right)
    return left, right


def _end_of_the_channel(c: Cursor, end: Operand) -> Operand:
    """``donchian 30: close over the high``: the channel's, since no close lies beyond the end of its own bar."""
    channels = [one for one in c.mind.mentions if one.type == "donchian" and one.output is None]
    return replace(channels[-1], output=ENDS_OF_A_BAR[end], bare=False) if channels else end


def _line_of(left: Series, right: Series) -> Series:
    """Return the line of the left side's indicator that the right side means, else the right side itself."""
    if left.type == right.type == "macd" and right.output == "signal" and right.bare:
        return replace(left, output="signal")
    if left.type == right.type == "stoch" and right.bare and not left.bare:
        return replace(left, output=right.output)
    if left.type == "stochrsi" and right.type == "stoch" and right.output == "d":
        return replace(left, output="d")
    if left.type == "trix" and right.type == "macd" and right.output == "signal":
        length = right.input("fast") if not right.bare else None
        span = length if isinstance(length, Span) else Span(9.0)
        return Series("ema", (("length", span), ("source", left)))  # "trix crosses its 9 signal"
    if left.type in STOCHASTICS and right.type == "macd" and right.unsaid == "line":
        return replace(left, output="d")  # "crosses its signal line"
    return right
