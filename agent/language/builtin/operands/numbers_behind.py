"""Numbers behind an indicator's name, bare ones here: ``sma 50``, ``macd 12 26 9``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.operands.bracketed import bracketed
from agent.language.builtin.operands.parameters import SCALED, WHOLE, parameters, unsaid_parameters, with_numbers
from agent.language.builtin.operands.worded import worded
from agent.language.builtin.rules import Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Series

STOCHASTICS = ("stoch", "stochf", "stochrsi")
NEVER_LEVELS = ("aroon", "cci", "williams_r", "zscore", "roc", "cmo")
"""Oscillators whose levels are no small positive numbers: a number right behind the name is a length."""

ROUND_LEVELS = (20.0, 25.0, 30.0, 35.0, 40.0, 50.0, 60.0, 65.0, 70.0, 75.0, 80.0, 90.0, 100.0)
"""Numbers that are levels of an oscillator more often than lengths."""


def numbers_behind(c: Cursor, series: Series) -> Series:
    """Take in all numbers behind an indicator's name: in brackets, with their own names, and bare."""
    while True:
        for reader in (bracketed, worded, _listed):
            further = reader(c, series)
            if further is not None:
                series = further
                break
        else:
            return series


def _listed(c: Cursor, series: Series) -> Series | None:
    """Bare numbers: ``macd 12 26 9``, ``bb 20 2``, ``sma 50``, ``rsi14``."""
    start = c.at
    free = unsaid_parameters(series)
    if not free:
        return None
    if series.type == "keltner" and c.is_tag("indicator", ahead=1) and c.data(1).type == "ema":
        return None  # "keltner 30 ema, 1.2 x atr": what it is made of
    one_length = len(parameters(series)) == 1
    if one_length:
        c.accept_text("of", "=", ":")
    numbers: list[Span] = []
    while len(numbers) < len(free):
        here = c.at
        if series.type in STOCHASTICS and (_two_levels(c) or (not numbers and _lone_level(c))):
            break
        if numbers and not c.accept_text("/", ",", "-") and not c.is_number():
            break
        if not _fills(c, free[len(numbers)], first=not numbers):
            c.at = here
            break
        numbers.append(Span(c.take().value or 0.0))
    if not numbers or (one_length and series.type in SCALED and not _length_for_sure(c, start, numbers[0])):
        c.at = start
        return None
    if c.is_tag("unit") and c.data() == "bar":
        c.take()
    return with_numbers(series, numbers)


def _fills(c: Cursor, name: str, *, first: bool) -> bool:
    """True when a number stands here that can be the input ``name``, and what follows it does not claim it."""
    token = c.peek()
    if token is None or token.kind != "number" or token.value is None or token.value <= 0:
        return False
    if name in WHOLE and (token.value != int(token.value) or token.value > 5000):
        return False
    after = c.peek(1)
    if after is None:
        return True
    if after.text == "x" and name == "length" and c.is_tag("indicator", ahead=2) and c.is_number(3):
        return True  # "ema 8 x ema 34": a cross, no multiple
    if after.tag in ("percent", "times", "equity", "row", "r") or after.text == "$":
        return False
    if after.tag == "unit" and (c.is_tag("ago", ahead=2) or (after.data != "bar" and name != "length")):
        return False
    return first or after.tag not in ("indicator", "stop", "target", "unit", "line", "average")


def _two_levels(c: Cursor) -> bool:
    """True for a low and a high level, and nothing more: ``stoch 20/80`` against ``stoch 14/3/3``."""
    low, high = c.peek(), c.peek(2)
    if low is None or high is None or not (c.is_number() and c.is_number(2) and c.is_text("/", "-", ahead=1)):
        return False
    more = c.is_text("/", "-", ",", ahead=3) and c.is_number(4)
    return (low.value or 0.0) <= 40 and 60 <= (high.value or 0.0) <= 100 and not more


def _lone_level(c: Cursor) -> bool:
    token = c.peek()
    return token is not None and token.kind == "number" and _crossed_itself(c, token.value, ahead=1)


def _length_for_sure(c: Cursor, start: int, span: Span) -> bool:
    """True when the number behind an oscillator is its length, not a level: ``rsi 14 < 30`` against ``rsi 30/70``."""
    if start >= 2 and c.tokens[start - 2].text == "at" and _ended(c):
        return False  # "out at rsi 55"
    if _crossed_itself(c, span.n):
        return False  # "rsi 30 cross up"
    if c.tokens[c.at - 1].glued or c.is_tag("compare", "verb", "sign") or c.is_text(":"):
        return True
    name = c.tokens[start - 1]
    if name.tag == "indicator" and name.data.type in NEVER_LEVELS:
        return True
    if c.is_text("/", "-", "and") and c.is_number(1):
        return False
    return c.is_number() or c.is_tag("between") or span.n not in ROUND_LEVELS


def _crossed_itself(c: Cursor, number: float | None, *, ahead: int = 0) -> bool:
    """True for a level whose cross names nothing else that is crossed: ``30 cross up buy``, ``70 crosses down``."""
    if number not in ROUND_LEVELS or not c.is_tag("verb", ahead=ahead) or c.data(ahead)[0] != "cross":
        return False
    behind = ahead + (1 if c.data(ahead)[1] is not None else 2)
    named = c.is_number(behind) or c.is_tag("indicator", "line", "field", "average", ahead=behind)
    return not (named or c.is_text("its", "the", "a", "an", "own", ahead=behind))


def _ended(c: Cursor) -> bool:
    return c.ends(",", ".", ";", "/", ")") or c.is_tag("or", "and")
