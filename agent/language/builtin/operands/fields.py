"""Fields of a bar and their extremes: ``its high``, ``C``, ``yesterday's low``, ``20 day high``, ``lowest low``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.operands.parameters import mention
from agent.language.builtin.operands.spans import counted_span, extent, length_here
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


def named_extreme(c: Cursor) -> Operand | None:
    """``highest high of the last 20 bars``, ``lowest low (10)``, ``new 20 day high``."""
    prior = bool(c.accept_tag("previous"))
    token = c.accept_tag("extreme")
    if token is None:
        if not prior:
            return None
        return None
    kind, source = token.data
    if source is None:
        c.skip_fillers()
        field = c.accept_tag("field")
        source = field.data if field is not None else None
    span, prior_too = extent(c)
    if span is None:
        bracket = c.accept_text("(")
        if bracket and (field := c.accept_tag("field")):
            source = field.data
            c.accept_text(",")
        span = length_here(c)
        if span is not None and c.is_tag("unit"):
            span = Span(span.n, c.take().data)
        if bracket and not c.accept_text(")"):
            return None
    if source is None:
        field = c.accept_tag("field")
        source = field.data if field is not None else ("high" if kind == "highest" else "low")
    if span is None:
        return None
    if c.is_text("before") and c.tokens[c.at - 1].tag == "unit":
        c.take()
        prior = True
    return mention(c, Series(kind, (("length", span), ("source", source)), None, 1 if prior or prior_too else 0))


def counted_extreme(c: Cursor) -> Operand | None:
    """``20 bar high``, ``10-day low``, ``high of the last 20 bars``, ``20 period highest close``."""
    prior = bool(c.accept_tag("previous"))
    c.accept_tag("new")
    span = counted_span(c)
    if span is not None:
        if c.accept_text("extreme"):
            while c.is_text("against", "you", "me", "it", "us", "the", "trade", "position"):
                c.take()
            return mention(c, Series("donchian", (("length", span),)))
        token = c.peek()
        if token is not None and token.tag == "extreme":
            c.take()
            kind, source = token.data
            if source is None:
                field = c.accept_tag("field")
                source = field.data if field is not None else ("high" if kind == "highest" else "low")
            return mention(c, Series(kind, (("length", span), ("source", source)), None, int(prior)))
        prior = prior or bool(c.accept_tag("previous"))
        c.accept_tag("new")
        if c.is_text("high", "low") and c.is_text("/", "or", ahead=1) and c.is_text("high", "low", ahead=2):
            c.at += 3
            return mention(c, Series("donchian", (("length", span),)))  # "30 bar high/low"
        if c.is_tag("field") and c.peek().data in ("high", "low"):  # type: ignore[union-attr]
            source = c.take().data
            kind = "highest" if source == "high" else "lowest"
            return mention(c, Series(kind, (("length", span), ("source", source)), None, int(prior)))
        if c.is_tag("field") and c.peek().data == "close" and c.is_text("high", "low", ahead=1):  # type: ignore[union-attr]
            c.take()
            kind = "highest" if c.take().text == "high" else "lowest"
            return mention(c, Series(kind, (("length", span), ("source", "close")), None, int(prior)))
        return None
    if prior or not c.is_tag("field") or c.peek().data not in ("high", "low"):  # type: ignore[union-attr]
        return None
    source = c.take().data
    span, prior = extent(c)
    if span is None:
        return None
    kind = "highest" if source == "high" else "lowest"
    return mention(c, Series(kind, (("length", span), ("source", source)), None, int(prior)))
