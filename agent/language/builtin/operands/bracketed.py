"""Numbers in brackets behind an indicator's name: ``(20, 2, typical price)``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agent.language.builtin.operands.fields import LETTERS
from agent.language.builtin.operands.parameters import AVERAGES, PARAMETERS, with_numbers
from agent.language.builtin.operands.spans import frame_name
from agent.language.builtin.rules import Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def bracketed(c: Cursor, series: Series) -> Series | None:
    """``(20, 2, typical price)``, ``[14]`` is a lag and is left alone."""
    from agent.language.builtin.operands.indicators import indicator  # an indicator may stand in another's brackets

    start = c.at
    if not c.accept_text("(", "{"):
        return None
    numbers: list[Span] = []
    source: Any = None
    frame = None
    atr_length: Span | None = None
    while (token := c.peek()) is not None and token.text not in (")", "}"):
        if token.kind in ("number", "span"):
            c.take()
            span = token.data if token.kind == "span" else Span(token.value or 0.0)
            if c.is_tag("unit"):
                span = Span(span.n, c.take().data)
            if c.accept_tag("sigma", "times"):
                span = Span(-span.n)
            if token.kind == "span" and frame_name(span) and numbers:
                frame = frame_name(span)
                continue
            if span.n < 0 and series.type != "bbands":
                span = Span(-span.n)
            numbers.append(span)
        elif token.tag == "field" or (token.raw in LETTERS and token.tag in (None, "line")):
            source = c.take().data if token.tag == "field" else LETTERS[c.take().raw]
        elif token.tag == "tf":
            frame = str(c.take().data)
        elif (
            token.tag in ("indicator", "line")
            and series.type in (*AVERAGES, "highest", "lowest", "zscore", "stdev")
            and not numbers
            and source is None
            and isinstance(inner := indicator(c), Series)
        ):
            source = inner  # "sma(rsi, 10)"
        elif token.tag in (
            "sigma",
            "mult",
            "length",
            "fast",
            "slow",
            "line",
            "indicator",
            "unit",
            "max",
        ) or token.text in (
            ",",
            "/",
            "=",
            ":",
            "-",
            "on",
            "of",
            "and",
            "&",
            "default",
            "source",
            "src",
            "using",
            "step",
        ):
            if series.type == "keltner" and token.tag == "indicator" and token.data.type == "atr":
                c.take()
                c.accept_text("(")
                if c.is_number():
                    atr_length = Span(c.take().value or 10.0)
                continue
            if token.tag == "indicator" and numbers:
                c.at = start
                return None
            c.take()
        else:
            c.at = start
            return None
    c.accept_text(")", "}")
    if not numbers and source is None and frame is None:
        c.at = start
        return None
    free = [name for name in PARAMETERS.get(series.type, ("length",)) if series.input(name) is None]
    if not free and len(numbers) == 1 and numbers[0].unit == "bar" and series.type == "roc":
        return series.having(length=numbers[0])  # "3y cagr (756 bars)": said again in bars
    if numbers and not free:
        c.at = start
        return None
    found = with_numbers(series, numbers)
    if atr_length is not None:
        found = found.having(atr_length=atr_length)
    if source is not None:
        found = replace(found, inputs=found.having(source=source).inputs, bare=found.bare and not numbers)
    if frame is not None:
        found = replace(found, timeframe=frame)
    return found
