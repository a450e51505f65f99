"""Fields of a bar and their extremes: ``its high``, ``C``, ``yesterday's low``, ``20 day high``, ``lowest low``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.language.builtin.operands.spans import counted_span, extent, length_here
from agent.language.builtin.rules import Field, Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Operand

LETTERS = {"C": "close", "O": "open", "H": "high", "L": "low", "V": "volume"}
"""Fields as formulas write them."""

KINDS = {"high": "highest", "low": "lowest"}
"""What the extreme of a field of the bar is called in the catalog."""

PEAKS = {
    "top": "high", "ceiling": "high", "peak": "high", "max": "high", "maximum": "high", "maximum of": "high",
    "max of": "high", "bottom": "low", "floor": "low", "trough": "low", "min": "low", "minimum": "low",
    "minimum of": "low", "min of": "low",
}  # fmt: skip
"""Other words for the extreme of a span of bars."""

SOURCES = {kind: source for source, kind in KINDS.items()}
"""What an extreme is of where nothing is said of it."""

FRAME_UNITS = {"1d": "day", "1w": "week", "1h": "hour"}
UNIT_FRAMES = {"day": "1d", "week": "1w", "hour": "1h", "month": "1w"}


def bar_field(c: Cursor) -> Operand | None:
    """Read ``close``, ``volume``, a formula's ``C``, and ``it`` for what is talked about."""
    token = c.peek()
    if token is not None and token.raw in LETTERS and _is_letter_of_a_field(c, token.raw):
        c.take()
        return Field(LETTERS[token.raw])
    field = c.accept_tag("field")
    if field is not None:
        return Field(field.data)
    if c.is_text("it") and c.mind.topic is not None:
        c.take()
        return c.mind.topic
    return None


def _is_letter_of_a_field(c: Cursor, letter: str) -> bool:
    """True for ``(H, L)``, ``C > O``, ``C crosses``; an ``L`` outside of brackets stands for long."""
    if c.is_text("(", ",", ahead=-1) and c.is_text(",", ")", ahead=1):
        return True
    return letter != "L" and (c.is_tag("compare", ahead=1) or (letter == "C" and c.is_tag("verb", ahead=1)))


def earlier_bar(c: Cursor) -> Operand | None:
    """Read ``previous close``, ``yesterday's high``, ``prior bar low``, ``last week's close``."""
    token = c.accept_tag("previous")
    if token is None:
        return None
    unit = None
    if c.is_tag("unit"):
        unit = c.take().data
    elif c.is_tag("tf"):
        unit = FRAME_UNITS.get(c.take().data)
    yesterday = token.text.startswith("yesterday")
    field = c.accept_tag("field")
    if field is None and (unit is not None or yesterday) and c.is_tag("verb") and c.data()[0] == "state":
        name = "close"  # "the prior day was above the 50 sma"
    elif field is None or (c.is_text("of", "over") and c.is_number(1)):
        return None
    else:
        name = field.data
    if yesterday:
        unit = "day"
    if unit in (None, "bar"):
        return Field(name, 1)
    inputs = (("length", Span(1)), ("source", name))
    return Series(KINDS.get(name, "sma"), inputs, None, 1, UNIT_FRAMES[unit], unsaid="period")


def bar_before(c: Cursor) -> Operand | None:
    """Read ``the day before's low``, ``the mother bar's high``: of the bar before the one that is talked about."""
    mother = c.is_text("mother") and (c.is_tag("unit", ahead=1) or c.is_text("candle", ahead=1))
    if not mother and not (c.is_tag("unit") and c.is_text("before", ahead=1) and c.is_tag("field", ahead=2)):
        return None
    c.at += 2
    field = c.accept_tag("field")
    if field is None:
        return None
    topic = c.mind.topic
    lag = topic.lag if isinstance(topic, Field | Series) else 0
    return Field(field.data, 2 if mother else lag + 1)


def previous_fields(c: Cursor) -> Operand | None:
    """Read ``the previous 16 highs``, ``last 8 lows``: their extreme, without that of this bar."""
    if not c.accept_tag("previous") or not c.is_number() or not c.is_text("highs", "lows", ahead=1):
        return None
    span = length_here(c)
    source = c.take().data
    return None if span is None else extreme_over(c, KINDS[source], span, source, prior=True)


def named_extreme(c: Cursor) -> Operand | None:
    """Read ``highest high of the last 20 bars``, ``lowest low (10)``, ``highest close 20``."""
    prior = bool(c.accept_tag("previous"))
    token = c.accept_tag("extreme")
    if token is None:
        return None
    kind, source = token.data
    if source is None:
        c.skip_fillers()
        source = field_said(c)
    span, prior_too = extent(c)
    if span is None:
        bracket = c.accept_text("(")
        if bracket and (field := c.accept_tag("field")):
            source = field.data
            c.accept_text(",")
        if not bracket and c.is_text("of", "over", "in") and c.is_text("the", ahead=1) and c.is_number(2):
            c.at += 2  # "of the 12 before": bars, as those of the rule in front
        span = length_here(c)
        if span is not None and c.is_tag("unit"):
            span = Span(span.n, c.take().data)
        if bracket and not c.accept_text(")"):
            return None
    if source is None:
        source = field_said(c) or SOURCES[kind]
    if span is None:
        return None
    if c.is_text("before", "prior", "earlier") and (c.is_tag("unit", ahead=-1) or c.is_number(-1)):
        c.take()
        prior = True
    return extreme_over(c, kind, span, source, prior=prior or prior_too)


def counted_extreme(c: Cursor) -> Operand | None:
    """Read ``20 bar high``, ``10-day low``, ``high of the last 20 bars``, ``20 period highest close``."""
    prior = bool(c.accept_tag("previous"))
    c.accept_tag("new")
    span = counted_span(c)
    if span is not None:
        return _extreme_behind(c, span, prior=prior)
    if not prior and c.is_text(*PEAKS):
        return _peak(c)
    if prior or not c.is_tag("field") or c.data() not in KINDS:
        return None
    source = c.take().data
    span, prior = extent(c)
    if span is None or c.is_tag("ago"):
        return None  # "the low of 2 bars ago": of that bar alone
    return extreme_over(c, KINDS[source], span, source, prior=prior)


def _peak(c: Cursor) -> Operand | None:
    """Read ``top of the prior 24 bars (highs)``, ``max over 40 candles``, ``minimum of the last 10 closes``."""
    word = c.take().text
    span, prior = extent(c)
    if span is None and (word.endswith(" of") or c.accept_text("over", "in")):
        span = counted_span(c, bare=True)
    if span is None:
        return None
    source = field_said(c)
    if c.is_text("(") and c.is_text("highs", "lows", "closes", ahead=1) and c.is_text(")", ahead=2):
        c.take()
        source = c.take().data
        c.take()
    return extreme_over(c, KINDS[PEAKS[word]], span, source or PEAKS[word], prior=prior)


def _extreme_behind(c: Cursor, span: Span, *, prior: bool) -> Operand | None:
    """Read what a span stands before: ``extreme against me``, ``highest close``, ``high/low``, ``closing low``."""
    if c.accept_text("extreme"):
        c.skip("against", "you", "me", "it", "us", "the", "trade", "position")
        return _channel(c, span)
    if c.is_tag("extreme"):
        kind, source = c.take().data
        return extreme_over(c, kind, span, source or field_said(c) or SOURCES[kind], prior=prior)
    prior = bool(c.accept_tag("previous")) or prior
    c.accept_tag("new")
    if c.is_text("high", "low") and c.is_text("/", "or", ahead=1) and c.is_text("high", "low", ahead=2):
        c.at += 3
        return _channel(c, span)  # "30 bar high/low"
    if c.is_text(*PEAKS):
        source = PEAKS[c.take().text]
        return extreme_over(c, KINDS[source], span, source, prior=prior)
    if not c.is_tag("field"):
        return None
    if c.data() in KINDS:
        kind = KINDS[c.take().data]
        source = "close" if _of_the_close(c) else SOURCES[kind]
        return extreme_over(c, kind, span, source, prior=prior)
    if c.data() == "close" and c.is_text("high", "low", ahead=1):
        c.take()
        return extreme_over(c, KINDS[c.take().text], span, "close", prior=prior)
    return None


def _of_the_close(c: Cursor) -> bool:
    """Take ``of the close`` behind ``3 day low``: the extreme of closes."""
    start = c.at
    if c.accept_text("of"):
        c.skip("the", "all")
        if c.accept_text("close", "closes", "closing prices"):
            return True
    c.at = start
    return False


def field_said(c: Cursor) -> Any:
    """Take the field that stands here, None where none does."""
    field = c.accept_tag("field")
    return None if field is None else field.data


def _channel(c: Cursor, span: Span) -> Series:
    return c.mention(Series("donchian", (("length", span),)))


def extreme_over(c: Cursor, kind: str, span: Span, source: str, *, prior: bool) -> Series:
    """Return the extreme of a field over a span, without this bar where ``prior``, and keep it in mind."""
    return c.mention(Series(kind, (("length", span), ("source", source)), None, int(prior)))
