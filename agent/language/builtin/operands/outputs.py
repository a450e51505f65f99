"""Which line of an indicator is meant: ``bollinger upper band``, ``macd histogram``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.operands.numbers_behind import numbers_behind

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Operand, Series

OUTPUT_WORDS = {
    "bbands": {"upper": "upper", "top": "upper", "lower": "lower",
        "bottom": "lower", "middle": "middle", "mid": "middle",
               "basis": "middle", "width": "width", "high": "upper", "low": "lower"},
    "keltner": {"upper": "upper", "top": "upper", "lower": "lower",
        "bottom": "lower", "middle": "middle", "mid": "middle"},
    "donchian": {"upper": "upper", "top": "upper", "high": "upper", "lower": "lower", "bottom": "lower", "low": "lower",
                 "middle": "middle", "mid": "middle", "width": "width"},
    "macd": {"line": "line", "signal": "signal", "hist": "hist", "histogram": "hist", "signal line": "signal"},
    "stoch": {"k": "k", "d": "d", "%k": "k", "%d": "d"},
    "stochrsi": {"k": "k", "d": "d", "%k": "k", "%d": "d"},
    "opening_range": {"high": "high", "low": "low", "top": "high", "bottom": "low"},
    "supertrend": {"line": "line", "direction": "direction"},
    "aroon": {"up": "up", "down": "down", "oscillator": "oscillator"},
    "adx": {"adx": "adx"},
}  # fmt: skip


def output_behind(c: Cursor, series: Series) -> Series:
    """``bollinger upper band``, ``macd histogram``, ``bb.upper``: which line of the indicator is meant."""
    words = OUTPUT_WORDS.get(series.type)
    if words is None:
        return series
    start = c.at
    c.accept_text(".")
    token = c.peek()
    if token is None:
        return series
    output = None
    if token.tag == "line" and (token.data[0] == series.type or token.data[1] in words.values()):
        output = token.data[1]
    elif token.text in words:
        output = words[token.text]
    if output is None:
        c.at = start
        return series
    c.take()
    c.accept_text("band", "line", "channel", "bands")
    series = replace(series, output=output)
    return numbers_behind(c, series) if series.bare else series


def main_line(c: Cursor) -> Operand | None:
    """``line under the signal``: the main line of the oscillator spoken of; the cursor stays where there is none."""
    start = c.at
    c.accept_text("the")
    if c.accept_text("line") and c.is_tag("compare", "verb", "sign"):
        for series in reversed(c.mind.mentions):
            if series.type in ("macd", "stoch", "stochrsi"):
                return replace(series, output="line" if series.type == "macd" else "k")
    c.at = start
    return None
