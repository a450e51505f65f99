"""The timeframe of a strategy: ``1h``, ``15 min``, ``daily chart``, ``4-hour candles``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.operands import frame_name
from agent.language.builtin.rules import Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def timeframe(c: Cursor) -> str | None:
    """Read the strategy's timeframe: ``1h``, ``15 min``, ``daily chart``, ``4-hour candles``."""
    start = c.at
    token = c.peek()
    if token is None:
        return None
    before = c.peek(-1)
    if before is not None and (
        before.tag in ("for", "after", "within", "previous", "max") or before.text in ("last", "past", "over", "every")
    ):
        if token.tag != "tf" and before.text != "every":
            return None
    name = None
    if token.kind == "number" and token.value == 1 and c.is_tag("tf", ahead=1):
        c.take()  # "one day chart"
        token = c.tokens[c.at]
    if token.tag == "tf":
        c.take()
        name = str(token.data)
    elif token.kind == "span":
        name = frame_name(token.data)
        if name is None:
            return None
        c.take()
    elif token.kind == "number" and c.is_tag("unit", ahead=1) and token.value is not None:
        unit = c.peek(1).data  # type: ignore[union-attr]
        if unit == "bar":
            return None
        name = frame_name(Span(token.value, unit))
        ending = c.peek(2)
        alone = ending is None or ending.kind == "line" or ending.text in (",", ".", ";", "|", "/", "->")
        if name is None or (
            unit in ("day", "week") and not c.is_tag("chart", "unit", ahead=2) and not (token.value == 1 and alone)
        ):
            return None
        c.at += 2
    elif (
        token.text in ("one", "a", "each", "every") and c.is_tag("unit", ahead=1) and c.is_tag("chart", "unit", ahead=2)
    ):
        name = frame_name(Span(1, c.peek(1).data))  # type: ignore[union-attr]
        if name is None:
            return None
        c.at += 2
    if name is None:
        c.at = start
        return None
    while c.is_tag("chart") or (c.is_tag("unit") and c.peek().data == "bar"):  # type: ignore[union-attr]
        c.take()
    return name
