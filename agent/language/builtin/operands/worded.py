"""Numbers with their names behind an indicator's: ``with length 20``, ``mult 3``, ``of volume``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.operands.parameters import AVERAGES, PARAMETERS, SCALED, as_input
from agent.language.builtin.rules import Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def worded(c: Cursor, series: Series) -> Series | None:
    """``with length 20``, ``mult 3``, ``2 std``, ``10 periods``, ``of 50 days``, ``of volume``."""
    start = c.at
    names = PARAMETERS.get(series.type, ("length",))
    length_name = next((name for name in names if name in ("length", "k", "fast")), None)
    c.accept_text(",")
    while c.is_text(
        "with", "of", "a", "the", "at", "using", "but", "and", "over", "last", "past", "on", "for", "its", "previous"
    ) or c.is_tag("current"):
        c.take()
    token = c.peek()
    if token is None:
        c.at = start
        return None
    joined = any(one.text in ("and", "but", ",") for one in c.tokens[start : c.at])
    if (
        joined
        and not (token.kind == "number" and c.is_tag("sigma", "mult", "times", ahead=1))
        and token.tag not in ("sigma", "mult", "length")
    ):
        c.at = start
        return None  # what follows "and" is something else
    if (
        token.tag == "field"
        and c.at > start
        and series.type in (*AVERAGES, "rsi", "zscore", "stdev", "highest", "lowest", "roc", "bbands", "macd")
        and token.data in ("volume", "high", "low", "open", "hl2", "hlc3", "ohlc4")
        and c.is_text("of", "on", "using", "the", ahead=-1)
        and series.input("source") is None
        and not c.is_tag("compare", "verb", ahead=1)
    ):
        c.take()
        return replace(series.having(source=token.data), bare=series.bare)
    if (
        token.tag == "field"
        and token.data == "close"
        and c.is_text("on", "of", "the", ahead=-1)
        and series.type in (*SCALED, *AVERAGES)
    ):
        c.take()
        return series
    if token.tag in ("length", "mult", "sigma", "fast", "slow"):
        c.take()
        c.accept_text("=", ":", "of")
        c.skip_fillers()
        value = c.peek()
        if value is not None and value.kind in ("number", "span") and value.value is not None and value.value > 0:
            name = {"length": length_name, "fast": "fast", "slow": "slow", "sigma": "stddev", "mult": None}[
                str(token.tag)
            ]
            if name is None:
                name = next((one for one in names if one in ("multiplier", "stddev")), None)
            if name in names and series.input(str(name)) is None:
                c.take()
                c.accept_tag("unit", "times")
                span = value.data if value.kind == "span" else Span(value.value)
                return replace(series.having(**{str(name): as_input(str(name), span)}), bare=False)
        c.at = start
        return None
    if token.kind == "number" and token.value is not None and token.value > 0:
        c.take()
        if c.is_tag("sigma", "mult") and ("stddev" in names or "multiplier" in names):
            c.take()
            name = "stddev" if "stddev" in names else "multiplier"
            if series.input(name) is None:
                return replace(series.having(**{name: token.value}), bare=False)
        elif c.accept_tag("times") and ("multiplier" in names or "stddev" in names):
            name = "multiplier" if "multiplier" in names else "stddev"
            if series.input(name) is None and not c.is_tag("indicator", "leverage"):
                c.accept_tag("mult", "indicator")
                return replace(series.having(**{name: token.value}), bare=False)
        elif (
            c.is_tag("unit", "length")
            and length_name
            and series.input(length_name) is None
            and token.value == int(token.value)
        ):
            unit = c.take()
            if not c.is_text("ago", "earlier", "in") and not c.is_tag("ago", "row", "field", "extreme"):
                return replace(series.having(**{length_name: Span(token.value, unit.data or "bar")}), bare=False)
    elif (
        token.kind == "span"
        and c.at > start
        and length_name
        and series.input(length_name) is None
        and series.type in AVERAGES
    ):
        c.take()
        return replace(series.having(**{length_name: token.data}), bare=False)
    c.at = start
    return None
