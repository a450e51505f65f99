"""The right side of a comparison: an operand, or a number in the unit of the left side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.scales import CLOSE, price_scaled
from agent.language.builtin.operands import AVERAGES, arithmetic, operand
from agent.language.builtin.rules import Field, Math, Number, Series, Span, lagged

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Operand
    from agent.language.builtin.tokens import Token

PERCENT_SCALED = ("rsi", "stoch", "stochf", "stochrsi", "mfi", "ultosc")


def right_side(c: Cursor, left: Operand | None, *, breaking: bool = False) -> Operand | None:
    """The right side: an operand, or a number in the unit of the left."""
    start = c.at
    earlier = _earlier(c, left)
    if earlier is not None:
        return earlier
    if left == CLOSE and c.is_text("last close", "the last close"):
        c.take()
        return arithmetic(c, Field("close", 1))
    if (
        c.is_text("that", "the", "this")
        and c.is_tag("average", ahead=1)
        and (average := _average_of(c, left)) is not None
    ):
        c.at += 2
        return average
    if c.is_text("it", "that", "them") and c.mind.other is not None and not c.is_tag("average", "indicator", ahead=1):
        c.take()
        lines = [one for one in c.mind.mentions if price_scaled(one)]
        if isinstance(left, Field) and left.name != "volume" and not price_scaled(c.mind.other) and lines:
            return lines[-1]
        return c.mind.other
    if c.is_text("it", "that") and c.mind.other is None and not c.is_tag("average", "indicator", ahead=1):
        drawn = [one for one in c.mind.mentions if price_scaled(one)]
        if drawn and isinstance(left, Field) and price_scaled(left):
            c.take()
            return drawn[-1]  # "kama(10): price over it in"
    c.skip_fillers(also=("level", "line", "of"))
    if c.is_number():
        token = c.peek()
        assert token is not None and token.value is not None
        if isinstance(left, Series) and not price_scaled(left) and c.is_tag("unit", ahead=1):
            c.take()
            average = _by_its_days(c, CLOSE, token)
            if average is not None:
                return average
            c.at -= 1
        product = operand(c)
        if product is not None:
            return product
        if (
            isinstance(left, Series)
            and left.type in AVERAGES
            and c.is_tag("unit", ahead=1)
            and not c.is_tag("ago", "row", ahead=2)
        ):
            c.take()  # "10 day average over the 40 day"
            other = replace(left.having(length=Span(token.value, c.take().data)), lag=0)
            c.mind.mentions.append(other)
            return other
        c.take()
        if c.is_text("st", "nd", "rd", "th") or c.is_text("closes", "highs", "lows"):
            c.at = start
            return None  # "under the 3rd deviation band", "higher than the 48 closes before"
        value = token.value
        if c.is_tag("percent") and isinstance(left, Math) and left.op == "/":
            c.take()
            return Number(round(value / 100, 12))  # "atr14/close < 5%"
        if c.is_tag("percent"):
            percent_scale = isinstance(left, Series) and left.type in (
                "roc",
                "natr",
                "rsi",
                "stoch",
                "mfi",
                "stochrsi",
                "adx",
                "williams_r",
            )
            if not percent_scale and not (isinstance(left, Series) and left.type in ("realized_vol", "bbands")):
                c.at = start
                return None
            c.take()
            if isinstance(left, Series) and left.type == "realized_vol":
                value /= 100
        elif c.is_tag("sigma"):
            c.take()
        elif c.is_tag("unit", "times") and not c.is_tag("row", ahead=1) and isinstance(left, Field):
            average = _by_its_days(c, left, token)
            if average is None:
                c.at = start
            return average
        if isinstance(left, Series) and left.type in PERCENT_SCALED and 0 < abs(value) < 1:
            value *= 100  # "stochrsi under .2": the scale of another platform
        if isinstance(left, Series) and left.type == "williams_r" and value > 0:
            value = -value
        if isinstance(left, Series) and left.unsaid == "cagr" and isinstance(left.input("length"), Span):
            value = _compounded(value, left.input("length"))
        c.accept_text("line", "level", "mark")
        if isinstance(left, Field) and left.name != "volume" and value == int(value):
            same = [one for one in c.mind.mentions if one.type in AVERAGES and one.input("length") == Span(value)]
            if same:
                return same[-1]  # "close over the 34" beside a 34 ema
        return Number(value)
    if c.is_text("$", "€") and c.is_number(1):
        c.take()
        return Number(c.take().value or 0.0)
    found = operand(c) or _bare_band(c)
    if found is None:
        c.at = start
    return found


def _by_its_days(c: Cursor, left: Field, number: Token) -> Operand | None:
    """``over the 200 day``: the moving average people call by its days alone."""
    if left.name == "volume" or not c.is_tag("unit") or (number.value or 0.0) < 5 or c.peek().text.endswith("s"):  # type: ignore[union-attr]
        return None
    if not c.is_text("the", "its", "own", "their", ahead=-2):
        return None
    if c.is_tag("ago", "field", "extreme", "average", "row", "indicator", "candle", ahead=1):
        return None
    average = Series("sma", (("length", Span(number.value or 0.0, c.take().data)),), unsaid="kind")
    c.mind.mentions.append(average)
    return average


def _bare_band(c: Cursor) -> Operand | None:
    """``over the upper``, ``under the lower``: a band of the channel spoken of."""
    channels = [one for one in c.mind.mentions if one.type in ("bbands", "keltner", "donchian")]
    led = c.is_text("the", "its", "either", ahead=-1) or c.is_tag("compare", ahead=-1)
    if channels and c.is_text("upper", "lower", "top", "bottom") and led:
        word = c.take().text
        c.accept_text("one")
        return Series(channels[-1].type, (), "upper" if word in ("upper", "top") else "lower", bare=True)
    return None


def _compounded(percent: float, length: Span) -> float:
    """Return the total growth, in per cent, of a yearly growth held over a span of years or months."""
    years = {"year": length.n, "month": length.n / 12, "bar": length.n / (252 if length.n % 252 == 0 else 365)}.get(
        length.unit, 1.0
    )
    return round(float((1 + percent / 100) ** years - 1) * 100, 6)


def _earlier(c: Cursor, left: Operand | None) -> Operand | None:
    """``higher than 3 bars ago``, ``above the previous bar``: the same series, earlier."""
    start = c.at
    if left is None or isinstance(left, Number):
        return None
    c.skip_fillers(also=("it", "was", "were"))
    while c.is_tag("verb") and c.peek().data[0] == "state":  # type: ignore[union-attr]
        c.take()
        c.skip_fillers()
    number = None
    if c.is_text("yesterday", "yesterdays") and not c.is_tag("field", "extreme", "unit", ahead=1):
        c.take()
        return lagged(left, 1)
    if c.is_number() and c.is_tag("unit", ahead=1) and c.is_tag("ago", ahead=2):
        number = int(c.take().value or 1)
        c.at += 2
    elif (
        (c.is_tag("unit") and c.is_tag("ago", ahead=1))
        or (c.is_tag("previous") and c.is_tag("unit", ahead=1) and not c.is_tag("field", "extreme", ahead=2))
        or (c.is_tag("previous") and c.is_text("value", "reading", "one", ahead=1))
    ):
        number = 1
        c.at += 2
    if number is None:
        c.at = start
        return None
    return lagged(left, number)


def _average_of(c: Cursor, left: Operand | None) -> Operand | None:
    """``that average``: the one of this series, else the one spoken of last."""
    for series in reversed(c.mind.mentions):
        if series.type in AVERAGES and left is not None and series.input("source") == left:
            return series
    other = c.mind.other
    return other if isinstance(other, Series) and other.type in AVERAGES else None
