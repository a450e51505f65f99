"""Averages: two lengths of one kind, the average of what is talked about, one named by its length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.language.builtin.lexicon import Named
from agent.language.builtin.operands.parameters import AVERAGES, SCALED
from agent.language.builtin.operands.spans import counted_span, extent, two_lengths
from agent.language.builtin.rules import Field, Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Operand

CHARTED = (*AVERAGES, "bbands", "keltner", "donchian", "vwap", "highest", "lowest", "supertrend", "psar", "roc")
"""Indicators whose average nobody means by ``its average``: that is the price's."""

POOLED = "hl2"


def pair(c: Cursor) -> tuple[Series, Series] | None:
    """Read two lengths of one average: ``20/50 sma``, ``ema 9 and 21``, ``9 & 21 ema``."""
    start = c.at
    found = _lengths_first(c)
    if found is None:
        c.at = start
        found = _name_first(c)
    if found is None:
        c.at = start
        return None
    named, lengths = found
    one, two = (Series(named.type, (("length", span),), named.output, unsaid=named.unsaid) for span in lengths)
    return c.mention(one), c.mention(two)


def _lengths_first(c: Cursor) -> tuple[Named, tuple[Span, Span]] | None:
    """``20/50 sma``, ``9 and 21 moving averages``."""
    c.skip_fillers()
    lengths = two_lengths(c)
    if lengths is None:
        return None
    c.accept_tag("unit")
    token = c.accept_tag("indicator", "average")
    if token is None:
        return None
    named = token.data if isinstance(token.data, Named) else Named("sma", unsaid="kind")
    return (named, lengths) if named.type in AVERAGES else None


def _name_first(c: Cursor) -> tuple[Named, tuple[Span, Span]] | None:
    """``ema 9 and 21``, ``sma cross (20, 50)``."""
    c.skip_fillers()
    token = c.accept_tag("indicator")
    if token is None or token.data.type not in AVERAGES:
        return None
    c.skip_fillers(also=())
    while c.is_tag("verb") and c.data()[0] == "cross":
        c.take()
        c.skip_fillers()
    bracket = c.accept_text("(")
    c.accept_tag("length")
    lengths = two_lengths(c)
    if lengths is None or c.is_tag("percent"):
        return None
    c.accept_tag("unit")
    if bracket:
        c.accept_text(")")
    return token.data, lengths


def average_by_length(c: Cursor) -> Operand | None:
    """Read ``8`` beside an 8/21 ribbon: the average of that length, where something is said of it."""
    token = c.peek()
    if token is None or token.kind != "number" or not c.is_tag("verb", "compare", ahead=1):
        return None
    topic = c.mind.topic
    if c.is_tag("compare", ahead=-1) and isinstance(topic, Series) and topic.type in SCALED:
        return None  # "rsi through 50 is out"
    for series in reversed(c.mind.mentions):
        if series.type in AVERAGES and series.input("length") == Span(token.value or 0.0):
            c.take()
            return series
    return None


def average(c: Cursor) -> Operand | None:
    """Read ``its 20 avg``, ``average of the last 20 bars``, ``10 month average``: of what is talked about."""
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
    source = topic if own else _averaged_field(c)
    if span is None:
        span = _length_behind(c)
    elif source == POOLED and span.unit in ("minute", "hour") and extent(c)[0] is not None:
        return None  # "4h average of high and low over 10 bars": the timeframe in front
    if span is not None:
        unsaid = "kind" if source == "close" else None
        return c.mention(Series("sma", (("length", span), ("source", source)), unsaid=unsaid))
    if source == "close" and not isinstance(topic, Field):
        return None
    return c.mention(Series("sma", (("source", source),), bare=True, unsaid="kind"))


def _averaged_field(c: Cursor) -> Any:
    """The field an average is of: the one named behind it, the volume where that is talked about, else the close."""
    if c.is_tag("field"):
        return c.take().data
    if c.is_text("of"):
        if _of_high_and_low(c):
            return POOLED
        if c.is_tag("field", ahead=1):
            c.take()
            return c.take().data
    return "volume" if _is_volume(c.mind.topic) else "close"


def _is_volume(topic: Operand | None) -> bool:
    """True for the volume of a bar, and for that of a bar of a timeframe: ``4h vol < half its 30 avg``."""
    if isinstance(topic, Series):
        return bool(topic.input("length") == Span(1) and topic.input("source") == "volume")
    return isinstance(topic, Field) and topic.name == "volume"


def _of_high_and_low(c: Cursor) -> bool:
    """Take ``of high and low``, ``of the highs and the lows``: the average is that of the middle of each bar."""
    start = c.at
    c.accept_text("of")
    c.skip_fillers()
    first = c.accept_tag("field")
    if first is not None and (c.accept_tag("and") or c.accept_text("/", "+")):
        c.skip_fillers()
        second = c.accept_tag("field")
        if second is not None and {first.data, second.data} == {"high", "low"}:
            return True
    c.at = start
    return False


def _length_behind(c: Cursor) -> Span | None:
    """The length behind ``average``: ``of the last 20 bars``, ``(20)``, ``20 days``."""
    span, _ = extent(c)
    if span is None and c.is_text("(") and c.is_number(1):
        c.take()
        span = Span(c.take().value or 0.0)
        c.accept_tag("unit")
        c.accept_text(")")
    if span is None and c.is_number() and not c.is_tag("percent", ahead=1):
        span = Span(c.take().value or 0.0)
        c.accept_tag("unit")
    return span


def _on_the_chart(series: Series) -> bool:
    """True for series on the scale of the price: averages, bands, extremes."""
    return series.type in CHARTED and series.output not in ("width", "percent")
