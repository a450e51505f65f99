"""Numbers with their names behind an indicator's: ``with length 20``, ``mult 3``, ``of volume``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.operands.parameters import AVERAGES, SCALED, as_input, parameters
from agent.language.builtin.rules import Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Series
    from agent.language.builtin.tokens import Token

LEADING = (
    "with", "of", "a", "the", "at", "using", "but", "and", "over", "last", "past", "on", "for", "its", "previous",
)  # fmt: skip
"""Words between an indicator and its numbers."""

OF_FIELDS = (*AVERAGES, "rsi", "zscore", "stdev", "highest", "lowest", "roc", "bbands", "macd")
"""Indicators that can be taken of another field than the close."""

OTHER_FIELDS = ("volume", "high", "low", "open", "hl2", "hlc3", "ohlc4")

LENGTHS = ("length", "k", "fast")
WIDTHS = ("multiplier", "stddev")


def worded(c: Cursor, series: Series) -> Series | None:
    """Read the series with one number more that bears its name: ``with length 20``, ``2 std``, ``10 periods``."""
    start = c.at
    found = _one_more(c, series)
    if found is None:
        c.at = start
    return found


def _one_more(c: Cursor, series: Series) -> Series | None:
    start = c.at
    c.accept_text(",")
    if c.is_tag("for") and c.is_number(1) and c.is_tag("unit", ahead=2) and series.type not in AVERAGES:
        return None  # "below the lower keltner for two days"
    c.skip(*LEADING, tags=("current",))
    token = c.peek()
    if token is None or _is_something_else(c, start, token):
        return None
    if token.tag == "field":
        return _source(c, series, led=c.at > start)
    if token.tag in ("length", "mult", "sigma", "fast", "slow"):
        return _name_first(c, series)
    if token.kind == "number" and token.value is not None and token.value > 0:
        return _number_first(c, series, token.value)
    length = _length_name(series)
    if token.kind == "span" and c.at > start and length and series.input(length) is None and series.type in AVERAGES:
        return _said(series, length, c.take().data)
    return None


def _is_something_else(c: Cursor, start: int, token: Token) -> bool:
    """True when what follows "and" belongs to something else than the indicator."""
    joined = any(one.text in ("and", "but", ",") for one in c.tokens[start : c.at])
    counted = token.kind == "number" and c.is_tag("sigma", "mult", "times", ahead=1)
    return joined and not counted and token.tag not in ("sigma", "mult", "length")


def _source(c: Cursor, series: Series, *, led: bool) -> Series | None:
    """``of volume``, ``on the high``; ``of the close`` says nothing new."""
    spoken = led and c.is_text("of", "on", "using", "the", ahead=-1) and not c.is_tag("compare", "verb", ahead=1)
    open_to_it = series.type in OF_FIELDS and series.input("source") is None
    if spoken and open_to_it and c.data() in OTHER_FIELDS:
        return replace(series.having(source=c.take().data), bare=series.bare)
    if c.data() == "close" and c.is_text("on", "of", "the", ahead=-1) and series.type in (*SCALED, *AVERAGES):
        c.take()
        return series
    return None


def _name_first(c: Cursor, series: Series) -> Series | None:
    """``length 20``, ``multiplier = 3``, ``fast 12``."""
    tag = str(c.take().tag)
    c.accept_text("=", ":", "of")
    c.skip_fillers()
    value = c.peek()
    if value is None or value.kind not in ("number", "span") or value.value is None or value.value <= 0:
        return None
    named = {"length": _length_name(series), "fast": "fast", "slow": "slow", "sigma": "stddev"}.get(tag)
    name = named or _width_name(series, *WIDTHS)
    if name is None or name not in parameters(series) or series.input(name) is not None:
        return None
    c.take()
    c.accept_tag("unit", "times")
    return _said(series, name, value.data if value.kind == "span" else Span(value.value))


def _number_first(c: Cursor, series: Series, value: float) -> Series | None:
    """``2 std``, ``3x mult``, ``10 periods``."""
    c.take()
    deviations, multiple = _width_name(series, "stddev", "multiplier"), _width_name(series, *WIDTHS)
    if c.is_tag("sigma", "mult") and deviations:
        c.take()
        return _said(series, deviations, Span(value)) if series.input(deviations) is None else None
    if c.accept_tag("times") and multiple:
        if series.input(multiple) is not None or c.is_tag("indicator", "leverage"):
            return None
        c.accept_tag("mult", "indicator")
        return _said(series, multiple, Span(value))
    length = _length_name(series)
    if length != "length" and c.is_tag("unit") and c.data() != "bar":
        return None  # "macd under its signal three days": how long, no setting
    if c.is_tag("unit", "length") and length and series.input(length) is None and value == int(value):
        unit = c.take()
        if not c.is_text("ago", "earlier", "in") and not c.is_tag("ago", "row", "field", "extreme"):
            return _said(series, length, Span(value, unit.data or "bar"))
    return None


def _said(series: Series, name: str, span: Span) -> Series:
    return replace(series.having(**{name: as_input(name, span)}), bare=False)


def _length_name(series: Series) -> str | None:
    return next((name for name in parameters(series) if name in LENGTHS), None)


def _width_name(series: Series, *preferred: str) -> str | None:
    """What the width of a band is called; supertrend and Keltner have a multiplier, Bollinger deviations."""
    return next((name for name in preferred if name in parameters(series)), None)
