"""Fields of a bar: ``close``, ``its high``, ``C``, ``yesterday's low``, ``prior bar high``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.rules import Field, Operand, Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

LETTERS = {"C": "close", "O": "open", "H": "high", "L": "low", "V": "volume"}
"""Fields as formulas write them."""


def earlier_bar(c: Cursor) -> Operand | None:
    """``previous close``, ``yesterday's high``, ``prior bar low``, ``close of the previous bar``."""
    token = c.accept_tag("previous")
    if token is None:
        return None
    unit = None
    if c.is_tag("unit"):
        unit = c.take().data
    elif c.is_tag("tf"):
        unit = {"1d": "day", "1w": "week", "1h": "hour"}.get(c.take().data)
    field = c.accept_tag("field")
    if field is None or (c.is_text("of", "over") and c.is_number(1)):
        return None
    if token.text.startswith("yesterday"):
        unit = "day"
    if unit in (None, "bar"):
        return Field(field.data, 1)
    kind = "highest" if field.data == "high" else "lowest" if field.data == "low" else "sma"
    inputs = (("length", Span(1)), ("source", field.data))
    frame = {"day": "1d", "week": "1w", "hour": "1h", "month": "1w"}[unit]
    return Series(kind, inputs, None, 1, frame, unsaid="period")  # fmt: skip


def bar_field(c: Cursor) -> Operand | None:
    letter = c.peek()
    if (
        letter is not None
        and letter.raw == "L"
        and not (c.is_text("(", ",", ahead=-1) and c.is_text(",", ")", ahead=1))
    ):
        letter = None  # L stands for long
    if letter is not None and letter.raw in LETTERS:
        around = (
            c.is_text("(", ",", ahead=-1) and c.is_text(",", ")", ahead=1),
            c.is_tag("compare", ahead=1),
            c.is_tag("verb", ahead=1) and letter.raw == "C",
        )
        if any(around):
            c.take()
            return Field(LETTERS[letter.raw])
    token = c.accept_tag("field")
    if token is None:
        if c.is_text("it") and c.mind.topic is not None:
            c.take()
            return c.mind.topic
        return None
    return Field(token.data)
