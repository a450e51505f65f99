"""The width of a bar, and where in it the close lies: ``in the top 25% of the bar``, ``upper third of 20 days``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clauses import ends_here
from agent.language.builtin.conditions.kinds import CLOSE
from agent.language.builtin.conditions.predicate import predicate
from agent.language.builtin.conditions.spans import span_here
from agent.language.builtin.rules import Compare, Field, Math, Number, Series, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand

WIDTH = Math("-", Field("high"), Field("low"))
LEADING_IN = ("in", "at", "near", "within", "the", "finishing", "of", "inside", "into")
PLACED = ("in", "at", "near", "within", "inside", "into")
TOP = ("top", "upper", "highest", "best")
BOTTOM = ("bottom", "lower", "lowest", "worst")
PARTS = {"half": 0.5, "third": 1 / 3, "quarter": 0.25, "fourth": 0.25, "fifth": 0.2, "tenth": 0.1, "decile": 0.1}
RANGES = ("range", "ranges", "bar", "candle")


def in_range(c: Cursor) -> Condition | None:
    """``close in the top 25% of the bar``, ``bar range > 1.5x atr``: the close's place in the bar, its width."""
    start = c.at
    c.skip_fillers()
    if _is_width(c):
        found = _width(c)
    else:
        c.at = start
        found = _place_of_close(c)
    if found is None:
        c.at = start
    return found


def _is_width(c: Cursor) -> bool:
    if c.is_tag("unit"):
        return c.is_text("range", "size", ahead=1)
    return c.is_text("range") and c.is_tag("compare", ahead=1)


def _width(c: Cursor) -> Condition | None:
    """``bar range > 1.5x atr``, ``range above its average``."""
    c.at += 2 if c.is_tag("unit") else 1
    return predicate(c, WIDTH, implied=False)


def _place_of_close(c: Cursor) -> Condition | None:
    """``close in the top 25% of the bar``, ``closes in the bottom third of the last 20 days range``."""
    if not c.is_text(*PLACED):
        c.skip_fillers()
    field = c.accept_tag("field")
    led = field is not None
    while c.is_tag("verb") or c.is_text(*LEADING_IN):
        led = led or c.is_text(*PLACED)
        c.take()
    if not c.is_text(*TOP, *BOTTOM) or (field is not None and field.data != "close"):
        return None
    top = c.take().text in TOP
    share = _share(c)
    if share is None:
        return None
    here = c.at
    ends = _range(c)
    named = any(token.text in RANGES for token in c.tokens[here : c.at])
    if ends is None or not (led or named or ends == c.mind.spread):
        return None  # "the top 10% of the list"
    c.mind.spread = low, high = ends
    c.mind.topic = CLOSE
    height = Math("*", Number(round(1 - share, 10) if top else share), Math("-", high, low))
    return Compare("gte" if top else "lte", CLOSE, Math("+", low, height))


def _share(c: Cursor) -> float | None:
    """Take ``25%`` or ``quarter`` as a fraction of one."""
    if c.is_number() and c.is_tag("percent", ahead=1):
        value = (c.take().value or 0.0) / 100
        c.take()
        return value if 0 < value < 1 else None
    for word, value in PARTS.items():
        if c.is_text(word) or c.is_text(f"{word}s"):
            c.take()
            return round(value, 10)
    return PARTS["half"] if c.accept_text("half of", "half") else None


def _range(c: Cursor) -> tuple[Operand, Operand] | None:
    """Take ``of the bar``, ``of its 20 day range``, ``of the range of the last 10 bars``: its lower and upper end."""
    if not c.accept_text("of") and c.tokens[c.at - 1].text != "half of":
        return c.mind.spread if ends_here(c) else None  # "... sell on a close in the bottom half"
    span = _length(c)
    named = c.accept_text(*RANGES) or c.accept_tag("unit")
    if named is None and span is None:
        return None
    c.accept_text("range")
    if span is None and c.is_text("of", "over"):
        here = c.at
        c.take()
        span = _length(c)
        if span is None:
            c.at = here
            c.accept_text("of")
            c.skip_fillers()
            c.accept_tag("unit", "current")
    if span is None and named is not None and named.text == "range" and c.mind.spread is not None:
        return c.mind.spread  # "... its 10 day range, upper third of its range": of the same one
    if span is None or span == Span(1.0):
        return Field("low"), Field("high")
    lowest = Series("lowest", (("length", span), ("source", "low")))
    return lowest, Series("highest", (("length", span), ("source", "high")))


def _length(c: Cursor) -> Span | None:
    """Take ``the last 20 days``, ``its 20 day``, and go past ``the day's``."""
    c.skip_fillers(also=("days", "day", "todays"))
    c.accept_tag("previous", "current")
    c.skip_fillers()
    return span_here(c)
