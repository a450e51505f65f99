"""Numbers in brackets behind an indicator's name: ``(20, 2, typical price)``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from agent.language.builtin.operands.fields import LETTERS
from agent.language.builtin.operands.parameters import AVERAGES, unsaid_parameters, with_numbers
from agent.language.builtin.operands.spans import frame_name
from agent.language.builtin.rules import Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.tokens import Token

OF_ANOTHER = (*AVERAGES, "highest", "lowest", "zscore", "stdev")
"""Indicators that people take of another indicator: ``sma(rsi, 10)``."""

LABELS = ("sigma", "mult", "length", "fast", "slow", "line", "indicator", "unit", "max")
"""Parts of speech that only name the numbers beside them."""

BETWEEN = (",", "/", "=", ":", "-", "on", "of", "and", "&", "default", "source", "src", "using", "step")
"""Words and marks between the numbers."""


@dataclass(slots=True)
class _Inside:
    """What the brackets hold: numbers in their order, a source, a timeframe, the length of a Keltner's range."""

    numbers: list[Span] = field(default_factory=list)
    source: Any = None
    frame: str | None = None
    atr_length: Span | None = None


def bracketed(c: Cursor, series: Series) -> Series | None:
    """Read the series with what stands in brackets, ``sma(20)``, ``bb(20, 2, hlc3)``; ``[14]`` is a lag, left alone."""
    start = c.at
    inside = _inside(c, series)
    found = None if inside is None else _filled(series, inside)
    if found is None:
        c.at = start
    return found


def _inside(c: Cursor, series: Series) -> _Inside | None:
    """All between the brackets; None where something else than numbers and their names stands there."""
    if not c.accept_text("(", "{"):
        return None
    inside = _Inside()
    while (token := c.peek()) is not None and token.text not in (")", "}"):
        if token.kind in ("number", "span"):
            _number(c, series, inside)
        elif token.tag == "field":
            inside.source = c.take().data
        elif token.raw in LETTERS and token.tag in (None, "line"):
            inside.source = LETTERS[c.take().raw]
        elif token.tag == "tf":
            inside.frame = str(c.take().data)
        elif not _another(c, series, inside, token):
            if c.peek() is not token or not _label(c, series, inside, token):
                return None  # an indicator that is arithmetic (IBS) is no source of another
    c.accept_text(")", "}")
    return inside


def _number(c: Cursor, series: Series, inside: _Inside) -> None:
    """A length, a number of deviations, or behind them a timeframe: ``20``, ``2 std``, ``4h``."""
    token = c.take()
    span = token.data if token.kind == "span" else Span(token.value or 0.0)
    if c.is_tag("unit"):
        span = Span(span.n, c.take().data)
    if c.accept_tag("sigma", "times"):
        span = Span(-span.n)  # marked: a number of deviations
    if token.kind == "span" and frame_name(span) and inside.numbers:
        inside.frame = frame_name(span)
        return
    inside.numbers.append(Span(-span.n) if span.n < 0 and series.type != "bbands" else span)


def _another(c: Cursor, series: Series, inside: _Inside, token: Token) -> bool:
    """The indicator another one is taken of, ``sma(rsi, 10)``: true when it was taken in."""
    first = not inside.numbers and inside.source is None
    if not (first and token.tag in ("indicator", "line") and series.type in OF_ANOTHER):
        return False
    from agent.language.builtin.operands.indicators import indicator  # the ring closes here, where brackets hold one

    inner = indicator(c)
    if isinstance(inner, Series):
        inside.source = inner
    return isinstance(inner, Series)


def _label(c: Cursor, series: Series, inside: _Inside, token: Token) -> bool:
    """Words that name the numbers and marks between them; false for anything else."""
    if token.tag not in LABELS and token.text not in BETWEEN:
        return False
    if series.type == "keltner" and token.tag == "indicator" and token.data.type == "atr":
        c.take()
        c.accept_text("(")
        if c.is_number():
            inside.atr_length = Span(c.take().value or 10.0)
        return True
    if token.tag == "indicator" and inside.numbers:
        return False
    c.take()
    return True


def _filled(series: Series, inside: _Inside) -> Series | None:
    """The series with what the brackets hold; None where it has no place for it."""
    numbers = inside.numbers
    if not numbers and inside.source is None and inside.frame is None:
        return None
    free = unsaid_parameters(series)
    if not free and len(numbers) == 1 and numbers[0].unit == "bar" and series.type == "roc":
        return series.having(length=numbers[0])  # "3y cagr (756 bars)": said again in bars
    if numbers and not free:
        return None
    found = with_numbers(series, numbers)
    if inside.atr_length is not None:
        found = found.having(atr_length=inside.atr_length)
    if inside.source is not None:
        found = replace(found.having(source=inside.source), bare=found.bare and not numbers)
    if inside.frame is not None:
        found = replace(found, timeframe=inside.frame)
    return found
