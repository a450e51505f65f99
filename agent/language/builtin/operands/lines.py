"""Which line of an indicator is meant, and lines that are arithmetic of others: ``macd histogram``, ``kijun``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.operands.numbers_behind import numbers_behind
from agent.language.builtin.rules import Field, Math, Number, Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Operand

BANDS = {
    "upper": "upper", "top": "upper", "lower": "lower", "bottom": "lower", "middle": "middle", "mid": "middle",
}  # fmt: skip
OUTPUT_WORDS = {
    "bbands": {**BANDS, "basis": "middle", "width": "width", "high": "upper", "low": "lower"},
    "keltner": BANDS,
    "donchian": {**BANDS, "high": "upper", "low": "lower", "width": "width"},
    "macd": {"line": "line", "signal": "signal", "hist": "hist", "histogram": "hist", "signal line": "signal"},
    "stoch": {"k": "k", "d": "d", "%k": "k", "%d": "d"},
    "stochrsi": {"k": "k", "d": "d", "%k": "k", "%d": "d"},
    "opening_range": {"high": "high", "low": "low", "top": "high", "bottom": "low"},
    "supertrend": {"line": "line", "direction": "direction"},
    "aroon": {"up": "up", "down": "down", "oscillator": "oscillator"},
    "adx": {"adx": "adx"},
}
"""For each indicator with several lines: the words behind its name, and the line they mean."""

ICHIMOKU_LENGTHS = {"tenkan": 9.0, "kijun": 26.0}


def output_behind(c: Cursor, series: Series) -> Series:
    """Read which line is meant, ``bollinger upper band``, ``macd histogram``, ``bb.upper``: the series with it."""
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


def bare_width(c: Cursor) -> Series | None:
    """Read ``width`` beside a channel spoken of: how wide that is."""
    channels = [one for one in c.mind.mentions if one.type in ("bbands", "donchian")]
    if not channels or not c.accept_text("width"):
        return None
    return replace(channels[-1], output="width")


def formula(c: Cursor) -> Operand | None:
    """Read an indicator that is arithmetic of others: Ichimoku's lines, internal bar strength, awesome oscillator."""
    token = c.peek()
    if token is None:
        return None
    if token.tag == "line" and token.data[0] == "ichimoku":
        c.take()
        return _ichimoku(c, token.data[1])
    if token.tag == "indicator" and token.data.type == "ibs":
        c.take()
        above_low = Math("-", Field("close"), Field("low"))
        return Math("/", above_low, Math("-", Field("high"), Field("low")))
    if token.tag == "indicator" and token.data.type == "awesome":
        c.take()
        fast, slow = (Series("sma", (("length", Span(n)), ("source", "hl2"))) for n in (5.0, 34.0))
        return Math("-", fast, slow)
    return _relative_volume(c)


def _relative_volume(c: Cursor) -> Operand | None:
    """``rvol``, ``rvol(20)``, ``20 day rvol``: the volume in multiples of its own average."""
    named = c.is_tag("indicator") and c.data().type == "rvol"
    before = c.is_number() and any(c.is_tag("indicator", ahead=n) and c.data(n).type == "rvol" for n in (1, 2))
    if not named and not before:
        return None
    average = Series("sma", (("source", "volume"),), bare=True)
    if before:
        average = replace(average.having(length=Span(c.take().value or 20.0)), bare=False)
        c.accept_tag("unit")
    if not (c.is_tag("indicator") and c.data().type == "rvol"):
        return None
    c.take()
    average = numbers_behind(c, average) if c.is_text("(") else average
    return Math("/", Field("volume"), c.mention(average))


def _ichimoku(c: Cursor, line: str) -> Operand:
    """The middle between the extremes of a span, with the length behind the name if one is said."""
    length = ICHIMOKU_LENGTHS[line]
    bracket = c.accept_text("(")
    if c.is_number() and (bracket or not c.is_tag("percent", ahead=1)):
        length = c.take().value or length
    if bracket:
        c.accept_text(")")
    high = Series("highest", (("length", Span(length)), ("source", "high")))
    low = Series("lowest", (("length", Span(length)), ("source", "low")))
    return Math("/", Math("+", high, low), Number(2.0))
