"""Numbers on the right side of a comparison, in the unit of the left side: levels, per cents, lengths of averages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.kinds import CLOSE, is_series, price_scaled
from agent.language.builtin.operands import AVERAGES, SCALED, operand
from agent.language.builtin.rules import Field, Math, Number, Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Operand
    from agent.language.builtin.tokens import Token

PERCENT_SCALED = ("rsi", "stoch", "stochf", "stochrsi", "mfi", "ultosc")
"""Series from 0 to 100 that other platforms draw from 0 to 1."""

IN_PERCENT = ("roc", "natr", "rsi", "stoch", "mfi", "stochrsi", "adx", "williams_r", "realized_vol", "bbands")
"""Series that a level in per cent can be compared with."""

OF_A_SCALE = (*SCALED, "macd")
"""Series whose levels are no prices."""

NO_LEVELS = ("st", "nd", "rd", "th", "closes", "highs", "lows")
"""Words behind a number that is no level: ``under the 3rd deviation band``, ``higher than the 48 closes before``."""

LONG_BY_DAYS = 50
SHORTEST_BY_DAYS = 5
"""``over the 3 day`` is no moving average that people would call by its days alone."""


def number_side(c: Cursor, left: Operand | None) -> Operand | None:
    """Read the number that stands here as what ``left`` is compared with; None when it is something else."""
    token = c.tokens[c.at]
    level = _begins_the_next(c, left)
    found = None if level else _average_by_days(c, left, token) or operand(c) or _other_length(c, left, token)
    if found is not None:
        return found
    c.take()
    if c.is_text(*NO_LEVELS):
        return None
    value = 0.0 if token.value is None else token.value
    if c.is_tag("percent"):
        if isinstance(left, Math) and left.op == "/":
            c.take()
            return Number(round(value / 100, 12))  # "atr14/close < 5%"
        if not is_series(left, IN_PERCENT):
            return None
        c.take()
        if left.type == "realized_vol" or left.output in ("width", "percent"):
            value /= 100  # drawn as a share of one
    elif c.is_tag("sigma"):
        c.take()
    elif isinstance(left, Field) and c.is_tag("unit", "times") and not c.is_tag("row", ahead=1):
        return _by_its_days(c, left, token)
    elif c.is_tag("unit") and (left is None or price_scaled(left)):
        return None  # a length is no price
    value = _on_the_scale(value, left)
    c.accept_text("line", "level", "mark")
    return _average_by_length(c, left, value) or Number(value)


def _begins_the_next(c: Cursor, left: Operand | None) -> bool:
    """``adx > 30 +di > -di``, ``rsi > 50 ema 20 > ema 50``: a level, and the indicator behind it begins a rule."""
    if not is_series(left, OF_A_SCALE) or not c.is_tag("indicator", "line", "field", ahead=1):
        return False
    ahead = 2
    if c.is_text("(", ahead=ahead):
        while not c.is_text(")", ahead=ahead) and c.peek(ahead) is not None:
            ahead += 1
        ahead += 1
    while c.is_number(ahead) or c.is_text("/", ahead=ahead):
        ahead += 1
    return c.is_tag("compare", "verb", "sign", ahead=ahead)


def _average_by_days(c: Cursor, left: Operand | None, number: Token) -> Operand | None:
    """``rsi below 50 and over the 200 day``: behind an oscillator the days can only be an average of the price."""
    if not isinstance(left, Series) or price_scaled(left) or not c.is_tag("unit", ahead=1):
        return None
    c.take()
    average = _by_its_days(c, CLOSE, number)
    if average is None:
        c.at -= 1
    return average


def _by_its_days(c: Cursor, left: Field, number: Token) -> Operand | None:
    """``over the 200 day``: the moving average people call by its days alone; the cursor is behind the number."""
    days = number.value or 0.0
    if left.name == "volume" or not c.is_tag("unit") or days < SHORTEST_BY_DAYS or c.tokens[c.at].text.endswith("s"):
        return None
    led = c.is_text("the", "its", "own", "their", ahead=-2)
    if not led and not (c.is_tag("compare", ahead=-2) and days >= LONG_BY_DAYS):
        return None
    if c.is_tag("ago", "field", "extreme", "average", "row", "indicator", "candle", ahead=1):
        return None
    average = Series("sma", (("length", Span(days, c.take().data)),), unsaid="kind")
    c.mind.mentions.append(average)
    return average


def _other_length(c: Cursor, left: Operand | None, number: Token) -> Operand | None:
    """``10 day average over the 40 day``: the same average over another length."""
    if not is_series(left, AVERAGES) or not c.is_tag("unit", ahead=1) or c.is_tag("ago", "row", ahead=2):
        return None
    c.take()
    other = replace(left.having(length=Span(number.value or 0.0, c.take().data)), lag=0)
    c.mind.mentions.append(other)
    return other


def _average_by_length(c: Cursor, left: Operand | None, value: float) -> Operand | None:
    """``close over the 34`` beside a 34 ema: the average of that length."""
    if not isinstance(left, Field) or left.name == "volume" or value != int(value):
        return None
    same = [one for one in c.mind.mentions if one.type in AVERAGES and one.input("length") == Span(value)]
    return same[-1] if same else None


def _on_the_scale(value: float, left: Operand | None) -> float:
    """Return a level on the scale the engine draws the left side on.

    >>> _on_the_scale(0.2, Series("stochrsi")), _on_the_scale(80, Series("williams_r"))
    (20.0, -80)
    """
    if not isinstance(left, Series):
        return value
    if left.type in PERCENT_SCALED and 0 < abs(value) < 1:
        return value * 100  # "stochrsi under .2": the scale of another platform
    if left.type == "williams_r" and value > 0:
        return -value
    length = left.input("length")
    return _compounded(value, length) if left.unsaid == "cagr" and isinstance(length, Span) else value


def _compounded(percent: float, length: Span) -> float:
    """Return the total growth, in per cent, of a yearly growth held over a span of years, months or daily bars.

    >>> _compounded(10, Span(2, "year")), _compounded(10, Span(504))
    (21.0, 21.0)
    """
    bars_a_year = 252 if length.n % 252 == 0 else 365
    years = {"year": length.n, "month": length.n / 12, "bar": length.n / bars_a_year}.get(length.unit, 1.0)
    return round(float((1 + percent / 100) ** years - 1) * 100, 6)
