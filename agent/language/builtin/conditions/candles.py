"""Candles and gaps: ``3 green candles in a row``, ``bullish engulfing``, ``gaps up 2%``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.predicate import predicate
from agent.language.builtin.conditions.scales import CLOSE
from agent.language.builtin.rules import Compare, Field, Lasting, Math, Number, Run, Span, joined, lagged

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand


def candles(c: Cursor) -> Condition | None:
    """Shapes of candles and gaps, by their plain definitions."""
    start = c.at
    number = 1
    c.skip_fillers(also=("this",))
    before = 0
    if c.is_tag("previous") and c.is_tag("candle", ahead=1):
        c.take()
        before = 1
    elif (
        c.is_tag("previous")
        and c.is_tag("unit", ahead=1)
        and c.is_tag("verb", ahead=2)
        and c.is_text("red", "green", "is red", "is green", ahead=2)
    ):
        c.at += 2
        colour = c.take().text
        return Compare("gt" if "green" in colour else "lt", Field("close", 1), Field("open", 1))
    elif c.is_tag("unit") and c.is_tag("verb", ahead=1) and c.is_text("red", "green", "is red", "is green", ahead=1):
        c.at += 1
        return Compare("gt" if "green" in c.take().text else "lt", CLOSE, Field("open"))
    if (
        c.is_text("yesterday", "yesterdays")
        and c.is_tag("field", ahead=1)
        and c.is_tag("verb", ahead=2)
        and c.is_text("red", "green", ahead=2)
    ):
        c.at += 2
        return Compare("gt" if c.take().text == "green" else "lt", Field("close", 1), Field("open", 1))
    if c.is_tag("field") and c.is_number(1) and c.is_tag("unit", "row", ahead=2):
        field, count = c.take().data, int(c.tokens[c.at].value or 1)
        c.at += 2
        while c.is_text("in", "a") or c.is_tag("row"):
            c.take()
        if c.is_tag("up", "down"):
            return Run("rising" if c.take().tag == "up" else "falling", Field(field), count)
        c.at = start
        return None
    if c.is_number() and c.is_tag("field", ahead=1) and c.peek(1).text in ("closes", "highs", "lows"):  # type: ignore[union-attr]
        count, field = int(c.take().value or 1), c.take().data
        while c.is_text("in", "a") or c.is_tag("row"):
            c.take()
        if c.is_tag("up", "down"):
            return Run("rising" if c.take().tag == "up" else "falling", Field(field), count)
        if c.is_tag("compare"):
            c.mind.topic = Field(field)
            over = predicate(c, Field(field), implied=False)
            if over is not None:
                return Lasting(over, Span(count))  # "two closes in a row over the 200 ema"
        c.at = start
        return None
    if c.is_number() and (c.is_tag("candle", ahead=1) or c.is_tag("row", ahead=1)):
        number = int(c.take().value or 1)
        c.accept_tag("row")
    elif c.accept_tag("row"):
        pass
    token = c.peek()
    if token is not None and token.tag == "candle":
        c.take()
        while c.is_text("in") and c.is_tag("row", ahead=1):
            c.take()
        c.accept_tag("row")
        up = token.data == "up"
        closes = "close" in token.text or "day" in token.text
        one: Condition = (
            Compare("gt" if up else "lt", CLOSE, Field("close", 1))
            if closes and not token.text.startswith(("green", "red"))
            else Compare("gt" if up else "lt", CLOSE, Field("open"))
        )
        if before and isinstance(one, Compare):
            return Compare(one.when, lagged(one.left, before), lagged(one.right, before))
        if number > 1 and isinstance(one, Compare) and one.right == Field("close", 1):
            return Run("rising" if up else "falling", CLOSE, number)
        return Lasting(one, Span(number)) if number > 1 else one
    if c.is_tag("previous") and c.is_tag("unit", ahead=1) and c.is_tag("shape", ahead=2):
        c.at += 2  # "the last candle engulfed the one before"
        token = c.peek()
    if token is not None and token.tag == "shape":
        c.take()
        name = token.data
        if name == "engulfing":
            name = f"{_colour_of_entry(c)}_engulfing"
        c.mind.notes.append(f"shape:{name}")
        return SHAPES[name]
    if token is not None and token.tag == "gap":
        c.take()
        up = token.data == "up"
        return _gap(c, up)
    c.at = start
    return None


def _colour_of_entry(c: Cursor) -> str:
    """``bearish`` where the nearest action of the sentence goes short, else ``bullish``."""
    for tokens in (c.tokens[c.at :], reversed(c.tokens[: c.at])):
        for token in tokens:
            if token.kind == "line" or token.text in (".", ";"):
                break
            if token.tag == "action" and token.data[0] == "enter" and token.data[1] in ("long", "short"):
                return "bearish" if token.data[1] == "short" else "bullish"
    return "bullish"


def _gap(c: Cursor, up: bool) -> Condition:
    c.skip_fillers(also=("by", "of"))
    c.accept_tag("compare")
    factor = 1.0
    if c.is_number() and c.is_tag("percent", ahead=1):
        value = abs(c.take().value or 0.0) / 100
        c.take()
        c.accept_tag("postfixed")
        factor = 1 + value if up else 1 - value
    before: Operand = Field("close", 1)
    if factor != 1.0:
        before = Math("*", before, Number(factor))
    return Compare("gt" if up else "lt", Field("open"), before)


def _bar(name: str, lag: int = 0) -> Field:
    return Field(name, lag)


SHAPES: dict[str, Condition] = {
    "bullish_engulfing": joined("and", [
        Compare("lt", _bar("close", 1), _bar("open", 1)), Compare("gt", _bar("close"), _bar("open")),
        Compare("lte", _bar("open"), _bar("close", 1)), Compare("gte", _bar("close"), _bar("open", 1)),
    ]),
    "bearish_engulfing": joined("and", [
        Compare("gt", _bar("close", 1), _bar("open", 1)), Compare("lt", _bar("close"), _bar("open")),
        Compare("gte", _bar("open"), _bar("close", 1)), Compare("lte", _bar("close"), _bar("open", 1)),
    ]),
    "inside_bar": joined("and", [
        Compare("lt", _bar("high"), _bar("high", 1)), Compare("gt", _bar("low"), _bar("low", 1)),
    ]),
    "outside_bar": joined("and", [
        Compare("gt", _bar("high"), _bar("high", 1)), Compare("lt", _bar("low"), _bar("low", 1)),
    ]),
}  # fmt: skip
