"""Averages: two lengths of one kind, the average of what is talked about, one named by its length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.language.builtin.lexicon import Named
from agent.language.builtin.operands.parameters import AVERAGES, mention
from agent.language.builtin.operands.spans import counted_span, extent, two_lengths
from agent.language.builtin.rules import Field, Operand, Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def pair(c: Cursor) -> tuple[Series, Series] | None:
    """Read two lengths of one average: ``20/50 sma``, ``ema 9 and 21``, ``9 & 21 ema``."""
    start = c.at
    c.skip_fillers()
    numbers = two_lengths(c)
    if numbers is not None:
        c.accept_tag("unit")
        token = c.accept_tag("indicator", "average")
        if token is not None:
            named = token.data if isinstance(token.data, Named) else Named("sma", unsaid="kind")
            if named.type in AVERAGES:
                return _both(c, named, numbers)
    c.at = start
    c.skip_fillers()
    token = c.accept_tag("indicator")
    if token is not None and token.data.type in AVERAGES:
        c.skip_fillers(also=())
        while c.is_tag("verb") and c.peek().data[0] == "cross":  # type: ignore[union-attr]
            c.take()
            c.skip_fillers()
        bracket = c.accept_text("(")
        c.accept_tag("length")
        numbers = two_lengths(c)
        if numbers is not None and not c.is_tag("percent"):
            c.accept_tag("unit")
            if bracket:
                c.accept_text(")")
            return _both(c, token.data, numbers)
    c.at = start
    return None


def _both(c: Cursor, named: Named, numbers: tuple[Span, Span]) -> tuple[Series, Series]:
    one, two = (Series(named.type, (("length", span),), named.output, unsaid=named.unsaid) for span in numbers)
    c.mind.mentions += [one, two]
    return one, two


def average_by_length(c: Cursor) -> Operand | None:
    """``8`` beside an 8/21 ribbon: the average of that length, where something is said of it."""
    token = c.peek()
    if token is None or token.kind != "number" or not c.is_tag("verb", "compare", ahead=1):
        return None
    for series in reversed(c.mind.mentions):
        if series.type in AVERAGES and series.input("length") == Span(token.value or 0.0):
            c.take()
            return series
    return None


def average(c: Cursor) -> Operand | None:
    """``its 20 avg``, ``average of the last 20 bars``, ``10 month average``: of what is talked about."""
    topic = c.mind.topic
    own = c.is_text("its", "own", ahead=-1) and isinstance(topic, Series) and not _on_the_chart(topic)
    span = counted_span(c)
    if span is None and c.is_number() and c.is_tag("average", ahead=1):
        span = Span(c.take().value or 0.0)
    token = c.accept_tag("average")
    if token is None and span is not None and span.unit in ("day", "week"):
        token = c.accept_text("line")  # "its 200-day line"
    if token is None:
        return None
    source: Any = "close"
    if own:
        source = topic
    elif c.is_tag("field"):
        source = c.take().data
    elif c.is_text("of") and c.is_tag("field", ahead=1):
        c.take()
        source = c.take().data
    elif isinstance(topic, Field) and topic.name == "volume":
        source = "volume"
    if span is None:
        span, _ = extent(c)
    if span is None and c.is_text("(") and c.is_number(1):
        c.take()
        span = Span(c.take().value or 0.0)
        c.accept_tag("unit")
        c.accept_text(")")
    if span is None and c.is_number() and not c.is_tag("percent", ahead=1):
        span = Span(c.take().value or 0.0)
        c.accept_tag("unit")
    if span is None and source == "close" and not isinstance(topic, Field):
        return None
    if span is None:
        series = Series("sma", (("source", source),), bare=True, unsaid="kind")
    else:
        series = Series("sma", (("length", span), ("source", source)), unsaid="kind" if source == "close" else None)
    return mention(c, series)


def _on_the_chart(series: Series) -> bool:
    """True for series on the scale of the price: averages, bands, extremes."""
    charted = ("bbands", "keltner", "donchian", "vwap", "highest", "lowest", "supertrend", "psar", "roc")
    return series.type in (*AVERAGES, *charted) and series.output not in ("width", "percent")
