"""Counted closes, highs and lows: ``3 closes in a row up``, ``two falling closes``, ``2 closes above the ema``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clauses import ends_here, is_verb
from agent.language.builtin.conditions.directions import DOWN, LIES, RUNS, UP, accept_direction
from agent.language.builtin.conditions.predicate import predicate
from agent.language.builtin.rules import Compare, Field, Lasting, Run, Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition

ORDINALS = {"second": 2.0, "third": 3.0, "fourth": 4.0, "fifth": 5.0}


def field_in_a_row(c: Cursor) -> Condition | None:
    """``close 3 bars in a row down``."""
    if not (c.is_tag("field") and c.is_number(1) and c.is_tag("unit", "row", ahead=2)):
        return None
    field, count = c.take().data, int(c.take().value or 1)
    c.take()
    return _run_of(c, field, count)


def counted_fields(c: Cursor) -> Condition | None:
    """``3 closes in a row up``, ``two closes in a row over the 200 ema``."""
    behind = 2 if c.is_tag("row", "tf", "postfixed", ahead=1) else 1
    plural = c.is_text("closes", "highs", "lows", ahead=behind)
    single = c.is_number() and c.tokens[c.at].value == 1 and c.is_text("close", ahead=1)
    if not (c.is_number() and (plural or single or (c.is_tag("row", ahead=1) and c.is_text("close", ahead=2)))):
        return None
    count = int(c.take().value or 1)
    c.accept_tag("row", "tf", "postfixed")  # "3 straight closes", "2 weekly closes", "3 or more closes"
    field = c.take().data
    run = _run_of(c, field, count)
    if run is not None or not c.is_tag("compare"):
        return run
    over = predicate(c, Field(field), implied=c.mind.other is not None)
    c.mind.topic = Field(field)
    return None if over is None else Lasting(over, Span(count)) if count > 1 else over


def ordinal_close(c: Cursor) -> Condition | None:
    """``the second close above the band in a row``: as many of them."""
    count, field = ORDINALS[c.take().text], Field(c.take().data)
    over = predicate(c, field, implied=False) if c.is_tag("compare") else None
    row = False
    while c.is_text("in", "a") or c.is_tag("row"):
        row = c.take().tag == "row" or row
    return Lasting(over, Span(count)) if over is not None and row else None


def counted_run(c: Cursor) -> Condition | None:
    """``two falling closes``, ``3 bar rising highs``, ``rising volume``: bars that follow each other one way."""
    bars = 1
    if c.is_number():
        bars = int(c.take().value or 1)
        c.skip(tags=("unit", "row"))
        c.accept_text("of")
    turning = is_verb(c, "trend") or (bars > 1 and c.is_tag("up", "down"))
    if not turning or not c.is_tag("field", ahead=1):
        return None
    token = c.take()
    way = token.tag if token.tag in (UP, DOWN) else token.data[1] or UP
    field = Field(c.take().data)
    while c.is_text("in", "a") or c.is_tag("row"):
        c.take()
    if not ends_here(c):
        return None
    return Run(RUNS[way], field, bars) if bars > 1 else Compare(LIES[way], field, Field(field.name, 1))


def counted_colours(c: Cursor) -> Condition | None:
    """``2 green then``, ``3 red in a row``: candles named by their colour alone."""
    if not (c.is_number() and c.is_text("green", "red", ahead=1)):
        return None
    count = c.take().value or 1.0
    up = c.take().text == "green"
    c.skip("in", "a", tags=("row",))
    return Lasting(Compare("gt" if up else "lt", Field("close"), Field("open")), Span(count)) if ends_here(c) else None


def _run_of(c: Cursor, field: str, bars: int) -> Condition | None:
    while c.is_text("in", "a") or c.is_tag("row"):
        c.take()
    way = accept_direction(c)
    return None if way is None else Run(RUNS[way], Field(field), bars)
