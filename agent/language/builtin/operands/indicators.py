"""Indicators by name, their numbers before, behind or in brackets: ``14 period rsi``, ``macd signal``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agent.language.builtin.operands.lines import output_behind
from agent.language.builtin.operands.numbers_behind import numbers_behind
from agent.language.builtin.operands.parameters import AVERAGES, PARAMETERS, with_numbers
from agent.language.builtin.rules import Field, Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.lexicon import Named
    from agent.language.builtin.rules import Operand
    from agent.language.builtin.tokens import Token

RETURNS = (
    "return", "returns", "change", "performance", "price change", "price return", "total return", "gain", "gains",
)  # fmt: skip
"""What people call a rate of change when a span stands before it."""

FORMULAS = ("awesome", "ichimoku", "ibs", "rvol")
"""Indicators that are arithmetic of others."""

FAMILIES = {
    "bbands": ("keltner", "donchian"), "donchian": ("keltner", "bbands"), "stoch": ("stochrsi", "stochf"),
    "macd": ("stochrsi", "stoch", "stochf"),
}  # fmt: skip
"""Indicators that have lines of the same names."""

OWN_NAMES = ("bb", "boll", "keltner", "kc", "donchian", "stoch", "macd", "range")
"""Parts of a line's name that say which indicator it is of."""


def indicator(c: Cursor) -> Operand | None:
    """Read an indicator with its numbers; None, and the cursor anywhere, when there is none."""
    of_topic = c.is_text("its", "own", ahead=-1) and isinstance(c.mind.topic, Series | Field)
    label = c.accept_tag("fast", "slow")
    if label is None and c.is_text("short", "long") and c.is_tag("indicator", ahead=1) and c.data(1).type in AVERAGES:
        label = c.take()
    before = _numbers_before(c)
    token = c.accept_tag("indicator", "line")
    if token is None:
        return _return(c, before)
    if token.tag == "line" and token.text in ("d", "k") and not _names_a_stochastic(c):
        return None  # "tsla d": the daily bars
    if token.tag == "indicator" and token.data.type in FORMULAS:
        return None  # arithmetic of others
    if token.tag == "line":
        series = _line_of(c, _line(c, token.text, *token.data))
    else:
        named: Named = token.data
        inputs = named.inputs or (_session_said(c) if named.type == "vwap" else ())
        kind = _channel_spoken_of(c, token.text) or named.type
        series = Series(kind, inputs, named.output, bare=True, unsaid=named.unsaid)
    series = numbers_behind(c, _d_line(c, with_numbers(series, before)))
    series = _about_its_mean(c, series)
    if series.bare and _is_of_arithmetic(c):
        return None  # "sma(ibs, 10)": no average of a series that is none of the catalog
    if of_topic and series.type in AVERAGES and series.input("source") is None:
        series = _averaging(series, c.mind.topic)
    if label is not None:
        series = _labelled(c, series, label)
    return c.mention(output_behind(c, series))


def _about_its_mean(c: Cursor, series: Series) -> Series:
    """``zscore of price against its 30 bar mean``, ``z-score vs the 50 sma``: the length of the mean is its own."""
    start = c.at
    if series.type != "zscore" or not series.bare:
        return series
    c.skip("of", "the", "on", "between", "price", "close", tags=("field",))
    if c.accept_text("vs", "versus", "from", "against", "to", "around", "about", "over", "and") or c.accept_tag("and"):
        c.skip("the", "its", "own", "a")
        token = c.peek()
        span: Span | None = None
        if token is not None and token.kind == "span":
            span = c.take_span()
        elif c.is_number():
            span = Span(c.take().value or 0.0)
            if c.is_tag("unit"):
                span = Span(span.n, c.take().data)
        simple = c.is_tag("indicator") and c.data().type == "sma"
        if span is not None and (simple or c.is_tag("average")):
            c.take()
            return replace(series.having(length=span), bare=False)
    c.at = start
    return series


def _is_of_arithmetic(c: Cursor) -> bool:
    """True before ``(ibs, 10)``: brackets that hold an indicator which nobody could read there."""
    closed = any(token.text == ")" for token in c.tokens[c.at :])
    return closed and c.is_text("(") and c.is_tag("indicator", "line", ahead=1)


def _channel_spoken_of(c: Cursor, text: str) -> str | None:
    """``above the upper keltner, out back inside the channel``: the channel is the one spoken of."""
    if text not in ("channel", "channels"):
        return None
    return next((one.type for one in reversed(c.mind.mentions) if one.type in ("keltner", "donchian")), None)


def _names_a_stochastic(c: Cursor) -> bool:
    """True where the message names a stochastic, or a line of one by its sign: ``%k``."""
    letters = {token.text for token in c.tokens if token.tag == "line"}
    return letters >= {"k", "d"} or any(
        token.text.startswith(("%k", "%d", "stoch", "srsi", "slow k", "k line", "d line"))
        or (token.tag == "indicator" and token.data.type.startswith("stoch"))
        for token in c.tokens
    )


def _session_said(c: Cursor) -> tuple[tuple[str, Any], ...]:
    """``above session vwap ..., under vwap``: the session said before is meant again."""
    return next((one.inputs for one in reversed(c.mind.mentions) if one.type == "vwap" and one.inputs), ())


def _numbers_before(c: Cursor) -> list[Span]:
    """Numbers in front of an indicator: ``14 period rsi``, ``20,2 bollinger``, ``12/26/9 macd``."""
    start = c.at
    numbers: list[Span] = []
    listed = False
    while len(numbers) < 4:
        token = c.peek()
        if token is None or token.kind not in ("number", "span") or token.value is None or token.value <= 0:
            break
        if token.kind == "span" and token.data.unit in ("minute", "hour"):
            break  # a timeframe
        c.take()
        span = token.data if token.kind == "span" else Span(token.value)
        if c.is_tag("unit"):
            span = Span(token.value, c.take().data)
        if c.accept_tag("sigma"):
            span = Span(-token.value)  # marked: a number of deviations
        numbers.append(span)
        following = c.peek()
        if following is None or following.text != "-" or following.glued:
            separator = c.accept_text("/", ",", "-")
            if separator is not None and separator.text == ",":
                if not c.is_number():
                    c.at -= 1
                    break
                listed = True
    if not c.is_text("on", "for", "with", "at"):
        c.skip_fillers()
    too_many = listed and len(numbers) > _most_numbers(c)
    multiple = len(numbers) == 1 and 0 < numbers[0].n != int(numbers[0].n)  # "4h 1.5 atr": no length, a multiple
    skipping = len(numbers) > 1 and _is_change(c) and c.is_text("-", ahead=-2 if c.is_number(-1) else -3)
    if (
        numbers
        and not too_many
        and not multiple
        and not skipping
        and (c.is_tag("indicator", "line") or c.is_text(*RETURNS))
    ):
        return numbers
    c.at = start
    return []


def _is_change(c: Cursor) -> bool:
    """True before ``momentum``, ``return``: one number and another, ``6-1 momentum``, leave its last month out."""
    return (c.is_tag("indicator") and c.data().type in ("momentum", "roc")) or c.is_text(*RETURNS)


def _most_numbers(c: Cursor) -> int:
    """How many settings what stands here has: in ``rsi under 10, 2 atr`` the 10 is none of them."""
    token = c.peek()
    if token is None or token.tag not in ("indicator", "line"):
        return 1
    kind = token.data.type if token.tag == "indicator" else token.data[0]
    return len(PARAMETERS.get(kind, ("length",)))


def _return(c: Cursor, before: list[Span]) -> Operand | None:
    """``3 month return``; ``that return`` of one spoken of."""
    if before and c.accept_text(*RETURNS):
        return c.mention(with_numbers(Series("roc", bare=True), before))
    said = [one for one in c.mind.mentions if one.type == "roc"]
    led = c.is_text("that", "the", "this", "its", "same", ahead=-1)
    if said and c.is_text(*RETURNS) and (led or c.is_tag("sign", "compare", ahead=1)):
        c.take()
        return said[-1]
    return None


def _line(c: Cursor, text: str, kind: str, output: str) -> Series:
    """A line named without its indicator is one of the indicator spoken of: ``the upper channel`` of a Keltner."""
    if not any(part in text for part in OWN_NAMES):
        for series in reversed(c.mind.mentions):
            if series.type == kind:
                break
            if series.type in FAMILIES.get(kind, ()):
                if kind == "macd":
                    output = "d" if output == "signal" else output
                if output in ("upper", "lower", "middle", "k", "d"):
                    kind = series.type
                break
    return Series(kind, (), output, bare=True, unsaid="line")


def _line_of(c: Cursor, series: Series) -> Series:
    """``the middle band of the bollinger bands (20, 2)``: the indicator behind its line."""
    start = c.at
    if c.accept_text("of", "from"):
        c.skip_fillers()
        token = c.accept_tag("indicator")
        if token is not None and token.data.type in ("bbands", "keltner", "donchian", "macd", "stoch", "stochrsi"):
            return Series(token.data.type, (), series.output, bare=True, unsaid=series.unsaid)
    c.at = start
    return series


def _d_line(c: Cursor, series: Series) -> Series:
    """``k(14) > d(3)``: the number behind the slow line of a stochastic smooths the fast one spoken of."""
    smoothed = series.type == "stoch" and series.output == "d" and series.bare
    if not (smoothed and c.is_text("(") and c.is_number(1) and c.is_text(")", ahead=2)):
        return series
    c.take()
    lines = [one for one in c.mind.mentions if one.type == "stoch" and one.input("k") is not None]
    k, d = lines[-1].input("k") if lines else None, Span(c.take().value or 3.0)
    c.take()
    series = series.having(**({"k": k} if k is not None else {}), d=d)
    return replace(series, bare=k is None and d.n == 3)


def _averaging(series: Series, topic: Operand | None) -> Series:
    """``its 20 sma``: the average of what is talked about."""
    if isinstance(topic, Field) and topic.name != "close":
        return replace(series.having(source=topic.name), bare=series.bare)
    if isinstance(topic, Series) and topic.type not in AVERAGES and topic.type not in ("highest", "lowest"):
        return replace(series.having(source=topic), bare=series.bare)
    return series


def _labelled(c: Cursor, series: Series, label: Token) -> Series:
    """``the fast ema``: the one called so before; one with numbers is called so from here on."""
    name = "fast" if label.text in ("fast", "faster", "quick", "short", "short term ma") else "slow"
    if not series.bare:
        c.mind.labels[name] = series
        return series
    return c.mind.labels.get(name) or replace(series, unsaid=name)
