"""Candles: ``3 green candles in a row``, ``bullish engulfing``, ``2 closes above the ema``, ``gaps up 2%``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clauses import is_verb
from agent.language.builtin.conditions.counted import (
    ORDINALS,
    counted_colours,
    counted_fields,
    counted_run,
    field_in_a_row,
    ordinal_close,
)
from agent.language.builtin.conditions.directions import DOWN, LIES, RUNS, UP
from agent.language.builtin.conditions.distances import moved_by
from agent.language.builtin.conditions.extremes import beyond_the_bar_before
from agent.language.builtin.conditions.kinds import CLOSE
from agent.language.builtin.conditions.shapes import SHAPES
from agent.language.builtin.rules import Compare, Field, Lasting, Run, Span, before, joined

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand

ONE = ("one", "candle", "candlestick")
"""Words for a bar that are none of its units."""

OPEN = Field("open")


def candle(c: Cursor) -> Condition | None:
    """Read what is said of candles by their plain definitions; None, and the cursor where it was, without any."""
    start = c.at
    c.skip("on", "the")
    if c.is_text(*ORDINALS) and c.is_tag("field", ahead=1):
        counted = ordinal_close(c)
        if counted is not None:
            return counted
    c.at = start
    if c.is_text("this") and c.is_text(*ONE, ahead=1):
        c.take()
    elif not c.is_text(*ONE):
        c.skip_fillers(also=("this",))
    for read in (
        _coloured_bars,
        _coloured_bar,
        counted_run,
        field_in_a_row,
        counted_fields,
        counted_colours,
        _counted_candles,
    ):
        here = c.at
        found = read(c)
        if found is not None:
            return found
        c.at = here
    _count(c)  # "3 straight gaps": nobody means more than one
    found = _shape(c) or _gap(c) or beyond_the_bar_before(c)
    if found is None:
        c.at = start
    return found


def _coloured_bar(c: Cursor) -> Condition | None:
    """``the previous day was green``, ``the candle closes red``, ``this one is green``, ``yesterday's close red``."""
    yesterday = c.is_text("yesterday", "yesterdays")
    lag = 1 if yesterday or (c.is_tag("previous") and (c.is_tag("unit", ahead=1) or c.is_text(*ONE, ahead=1))) else 0
    if not lag and not c.is_tag("unit") and not c.is_text(*ONE):
        return None
    c.at += lag if not yesterday or c.is_tag("unit", "field", ahead=1) or c.is_text(*ONE, ahead=1) else 0
    if not c.is_tag("field"):
        c.take()
    while is_verb(c, "state") or (c.is_tag("field") and c.data() == "close"):
        c.take()
    if not is_verb(c, "turn") or not c.peek().text.endswith(("green", "red")):  # type: ignore[union-attr]
        return None
    way = c.take().data[1]
    return Compare(LIES[way], Field("close", lag), Field("open", lag))


def _coloured_bars(c: Cursor) -> Condition | None:
    """``the last 3 candles are green``."""
    if not c.accept_tag("previous") or not c.is_number() or not c.is_tag("unit", ahead=1):
        return None
    count = c.take().value or 1.0
    c.take()
    while is_verb(c, "state") or c.is_text("all", "were"):
        c.take()
    if not is_verb(c, "turn") or not c.peek().text.endswith(("green", "red")):  # type: ignore[union-attr]
        return None
    return Lasting(Compare(LIES[c.take().data[1]], CLOSE, OPEN), Span(count))


def _counted_candles(c: Cursor) -> Condition | None:
    """``a green candle``, ``3 red candles in a row``, ``2 straight up closes``, ``the previous candle is red``."""
    lag = 1 if c.is_tag("previous") and c.is_tag("candle", ahead=1) else 0
    share = _percent_of_candle(c) if not lag else None
    number = _count(c) if not lag else 1
    c.at += lag
    token = c.accept_tag("candle")
    if token is None:
        return None
    while c.is_text("in") and c.is_tag("row", ahead=1):
        c.take()
    c.accept_tag("row")
    way = UP if token.data == "up" else DOWN
    if share is not None:
        base = OPEN if "candle" in token.text or "bar" in token.text else Field("close", 1)
        return Compare("gte" if way == UP else "lte", CLOSE, moved_by(base, share, up=way == UP))
    by_closes = ("close" in token.text or "day" in token.text) and not token.text.startswith(("green", "red"))
    if by_closes and number == 1 and (than := _than(c)) is not None:
        return Compare(LIES[way], CLOSE, than)
    if lag:
        return Compare(LIES[way], Field("close", lag), Field("close", lag + 1) if by_closes else Field("open", lag))
    if by_closes and number > 1:
        return Run(RUNS[way], CLOSE, number)
    one = Compare(LIES[way], CLOSE, Field("close", 1) if by_closes else OPEN)
    return Lasting(one, Span(number)) if number > 1 else one


def _percent_of_candle(c: Cursor) -> float | None:
    """Take the ``2%`` of ``a 2% down day``, as a fraction of one."""
    if not (c.is_number() and c.is_tag("percent", ahead=1) and c.is_tag("candle", ahead=2)):
        return None
    share = abs(c.take().value or 0.0) / 100
    c.take()
    return share


def _than(c: Cursor) -> Field | None:
    """Take ``than 20 bars ago``, ``than the open`` behind ``higher close``."""
    start = c.at
    if c.accept_text("than"):
        c.skip("the", "its", "that", "of")
        if c.is_tag("field") and c.data() == "open":
            c.take()
            return OPEN
        if c.is_number() and c.is_tag("unit", ahead=1) and c.is_tag("ago", ahead=2):
            bars = int(c.take().value or 1)
            c.at += 2
            return Field("close", bars)
    c.at = start
    return None


def _count(c: Cursor) -> int:
    """Take ``3``, ``3 straight``, ``consecutive`` before candles: how many."""
    number = 1
    if c.is_number() and c.is_tag("candle", "row", ahead=1):
        number = int(c.take().value or 1)
    elif c.is_number() and c.is_tag("unit", ahead=1) and c.is_text("of", ahead=2) and c.is_tag("candle", ahead=3):
        number = int(c.take().value or 1)  # "4 days of lower closes"
        c.at += 2
    c.accept_tag("row")
    return number


def _shape(c: Cursor) -> Condition | None:
    """``bullish engulfing``, ``inside bar``, ``the last candle engulfed the one before``."""
    start = c.at
    lag = 0
    if c.is_text("yesterday", "yesterdays", "previous", "prior") or c.is_tag("previous"):
        c.take()
        c.accept_tag("unit")
        while is_verb(c, "state") or c.is_text("an", "a"):
            lag = 1
            c.take()
    token = c.accept_tag("shape")
    if token is None:
        c.at = start
        return None
    name = f"{colour_of_entry(c)}_engulfing" if token.data == "engulfing" else token.data
    c.mind.notes.append(f"shape:{name}")
    return before(SHAPES[name], lag)


def colour_of_entry(c: Cursor) -> str:
    """``bearish`` where the nearest action of the sentence goes short, else ``bullish``."""
    for tokens in (c.tokens[c.at :], reversed(c.tokens[: c.at])):
        for token in tokens:
            if token.kind == "line" or token.text in (".", ";"):
                break
            if token.tag == "action" and token.data[0] == "enter" and token.data[1] in ("long", "short"):
                return "bearish" if token.data[1] == "short" else "bullish"
    return "bullish"


def _gap_between(c: Cursor, *, up: bool) -> Condition | None:
    """``between 1% and 3%``: the open no nearer and no farther than that from the close before it."""
    start = c.at
    shares: list[float] = []
    if c.accept_tag("between"):
        while c.is_number() and len(shares) < len(("from", "to")):
            shares.append((c.take().value or 0.0) / 100)
            c.accept_tag("percent")
            c.skip("-", "to", tags=("and",) if len(shares) == 1 else ())
    if len(shares) < len(("from", "to")):
        c.at = start
        return None
    near, far = (moved_by(Field("close", 1), share, up=up) for share in sorted(shares))
    inner = Compare("gte" if up else "lte", OPEN, near)
    return joined("and", [inner, Compare("lte" if up else "gte", OPEN, far)])


def _gap(c: Cursor) -> Condition | None:
    """``gaps up``, ``gap down of more than 2%``: the open against the close before it."""
    token = c.accept_tag("gap")
    if token is None:
        return None
    up = token.data == "up"
    c.skip_fillers(also=("by", "of"))
    between = _gap_between(c, up=up)
    if between is not None:
        return between
    sign = c.accept_tag("compare")
    least = sign is not None and sign.data in ("gte", "lte")
    base: Operand = Field("close", 1)
    if c.is_number() and c.is_tag("percent", ahead=1):
        value = abs(c.take().value or 0.0) / 100
        c.take()
        least = bool(c.accept_tag("postfixed")) or least
        base = moved_by(base, value, up=up) if value else base
    if least:
        return Compare("gte" if up else "lte", OPEN, base)
    return Compare("gt" if up else "lt", OPEN, base)
