"""What lies on the price chart, and lines that were named loosely."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.operands import AVERAGES
from agent.language.builtin.rules import Field, Math, Number, Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Operand

CLOSE = Field("close")


def price_scaled(operand: Operand) -> bool:
    """True for what lies on the price chart."""
    if isinstance(operand, Field):
        return operand.name != "volume" and not operand.name.startswith("time.")
    if isinstance(operand, Math):
        return price_scaled(operand.left) or price_scaled(operand.right)
    if isinstance(operand, Series):
        source = operand.input("source")
        if isinstance(source, Series) or source == "volume" or operand.output in ("width", "percent", "direction"):
            return False
        charted = ("bbands", "keltner", "donchian", "vwap", "highest", "lowest", "supertrend", "psar", "opening_range")
        return operand.type in (*AVERAGES, *charted)
    return False


def sensible(c: Cursor, left: Operand, right: Operand) -> tuple[Operand, Operand]:
    """Mend lines that were named loosely: ``macd crosses signal``, ``plus di over minus di``, supertrend over price."""
    if (
        isinstance(left, Series)
        and isinstance(right, Number)
        and left.type in AVERAGES
        and left.input("source") in (None, "close")
    ):
        if not left.bare and right.value == int(right.value) and 2 <= right.value <= 500:
            right = replace(left.having(length=Span(right.value)), lag=0)  # "ema 20 crosses 50"
            c.mind.mentions.append(right)
    if isinstance(left, Series) and isinstance(right, Series):
        if left.type == right.type == "macd" and right.output == "signal" and right.bare:
            right = replace(left, output="signal")
        if left.type == "stoch" and right.type == "stoch" and right.bare and not left.bare:
            right = replace(left, output=right.output)
        if left.type == "stochrsi" and right.type == "stoch" and right.output == "d":
            right = replace(left, output="d")
        if right.unsaid == "line" and right.type == "macd" and left.type in ("stoch", "stochrsi", "stochf"):
            right = replace(left, output="d")  # "crosses its signal line"
        if (
            right.unsaid == "line"
            and right.type == "macd"
            and left.type in (*AVERAGES, "rsi", "obv", "cci", "trix", "adx")
        ):
            return left, right
    return left, right
