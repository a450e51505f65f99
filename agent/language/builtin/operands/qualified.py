"""Operands of another timeframe or an earlier bar: ``daily rsi``, ``close 3 bars ago``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.operands.fields import UNIT_FRAMES, bar_field, named_extreme
from agent.language.builtin.operands.indicators import indicator
from agent.language.builtin.operands.lines import formula
from agent.language.builtin.operands.spans import timeframe_here
from agent.language.builtin.rules import Field, Series, Span, lagged

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Operand

PRIOR = ("previous", "prev", "prior", "preceding", "the previous")
"""Words that say by themselves that the bar before is meant; ``last`` says it of a bar alone."""

ENDS_OF_A_RANGE = ("top", "upper", "bottom", "lower")
EVENTS = ("cross", "break", "turn", "event")
"""Verbs behind an indicator that make it a thing that happened."""


def timed(c: Cursor) -> Operand | None:
    """Read ``daily rsi``, ``4h ema 50``, ``weekly close``: an operand of a timeframe of its own."""
    frame = timeframe_here(c)
    if frame is None:
        return None
    c.skip_fillers()
    c.accept_tag("chart")
    inner = indicator(c) or named_extreme(c)
    if isinstance(inner, Series):
        framed = replace(inner, timeframe=frame)
        if c.mind.mentions and c.mind.mentions[-1] == inner:
            c.mind.mentions[-1] = framed
        return framed
    inner = bar_field(c)
    if isinstance(inner, Field) and not _is_placed_in_a_range(c):
        return Series("sma", (("length", Span(1)), ("source", inner.name)), None, inner.lag, frame)
    return None


def _is_placed_in_a_range(c: Cursor) -> bool:
    """True before ``in the lower quarter of ...``: the frame in front is that of the strategy."""
    return c.is_text("in", "near", "at") and c.is_text("the", "its", ahead=1) and c.is_text(*ENDS_OF_A_RANGE, ahead=2)


def earlier_series(c: Cursor) -> Operand | None:
    """Read ``yesterday's rsi``, ``the prior bar's macd``, ``previous 20 ema``: an indicator one bar or day before."""
    token = c.accept_tag("previous")
    if token is None:
        return None
    unit = c.take().data if c.is_tag("unit") else None
    if token.text.startswith("yesterday"):
        unit = "day"
    numbered = c.is_number() and c.is_tag("indicator", ahead=1)
    if (unit is None and token.text not in PRIOR) or not (numbered or c.is_tag("indicator", "line")):
        return None
    found = formula(c) or indicator(c)
    if found is None or (c.is_tag("verb") and c.data()[0] in EVENTS):
        return None  # "the previous macd cross"
    if isinstance(found, Series) and unit in ("day", "week"):
        return replace(found, lag=1, timeframe=UNIT_FRAMES[unit], unsaid="period")
    return lagged(found, 1)


def suffixed(c: Cursor, found: Operand) -> Operand:
    """Read what stands behind an operand, ``[1]``, ``3 bars ago``, ``on the daily chart``: the operand with it."""
    start = c.at
    for reader in (_on_a_chart, _indexed, _bars_ago, _of_today, _of_the_previous):
        shifted = reader(c, found)
        if shifted is not None:
            return shifted
        c.at = start
    return found


def _on_a_chart(c: Cursor, found: Operand) -> Operand | None:
    """``on the daily chart``, ``of the 4h``."""
    if not isinstance(found, Series) or found.timeframe is not None or not c.accept_text("of", "on", "from"):
        return None
    c.accept_text("the", "a")
    frame = timeframe_here(c)
    if frame is None or c.is_tag("ago"):
        return None
    while c.is_tag("chart") or (c.is_tag("unit") and c.data() == "bar"):
        c.take()
    return c.mention(replace(found, timeframe=frame))


def _indexed(c: Cursor, found: Operand) -> Operand | None:
    """``[1]``, ``[-1]``."""
    if not c.accept_text("[") or not c.is_number():
        return None
    value = c.take().value or 0.0
    return lagged(found, int(abs(value))) if c.accept_text("]") and value == int(value) else None


def _bars_ago(c: Cursor, found: Operand) -> Operand | None:
    """``3 bars ago``, ``from a day ago``, ``5d ago``."""
    c.accept_text("from", "of")
    if c.is_text("the") and c.is_text("bar", "candle", "day", ahead=1) and c.is_number(2):
        c.at += 2  # "the high of the candle 2 bars ago"
    if c.is_tag("unit", ahead=1) and c.is_tag("ago", ahead=2):
        if c.is_number():
            value = c.take().value or 0.0
            c.at += 2
            return lagged(found, int(value))
        if c.is_text("one", "a"):
            c.at += 3
            return lagged(found, 1)
    token = c.peek()
    if token is not None and token.kind == "span" and c.is_tag("ago", ahead=1):
        c.at += 2
        return lagged(found, int(token.data.n))
    return None


def _of_today(c: Cursor, found: Operand) -> Operand | None:
    """``the low of today``: that of the bar that decides."""
    if not isinstance(found, Field | Series) or not c.accept_text("of", "on", "for"):
        return None
    return found if c.accept_text("today", "todays") else None


def _of_the_previous(c: Cursor, found: Operand) -> Operand | None:
    """``of the previous bar``, ``from yesterday``."""
    led = c.accept_text("of", "from", "on") is not None
    if not led and not c.is_tag("previous"):
        return None
    c.accept_text("the", "a")
    token = c.accept_tag("previous")
    if token is None:
        return None
    if c.is_tag("unit") and not c.is_number(1) and isinstance(found, Field | Series):
        c.take()
        return lagged(found, 1)
    if token.text not in ("yesterday", "yesterdays"):
        return None
    return lagged(found, 1) if led or isinstance(found, Field) else None  # else the whole rule was so yesterday
