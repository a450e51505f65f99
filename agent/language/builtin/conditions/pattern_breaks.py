"""Breaks of a pattern's bar: ``breaks the inside day's high``, ``inside bar breakout``, ``nr7 break up``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.candles import colour_of_entry
from agent.language.builtin.conditions.clauses import is_comparison, is_verb
from agent.language.builtin.conditions.directions import DOWN, LIES, POINTING, UP, accept_direction
from agent.language.builtin.conditions.kinds import CLOSE
from agent.language.builtin.conditions.shapes import SHAPES, narrowest
from agent.language.builtin.rules import Compare, Field, before, joined

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition

LEADS = ("of", "above", "below", "out of", "through", "the", "an", "a", "over", "under")
ENDS = {"high": UP, "low": DOWN, "highs": UP, "lows": DOWN}
SPANS = (2, 30)
"""How many bars a narrowest range is counted over."""


def pattern_break(c: Cursor) -> Condition | None:
    """``breaks the inside day's high``, ``inside bar breakout``: the pattern a bar before, and the close beyond it."""
    start = c.at
    found = _broken_pattern(c)
    if found is None:
        c.at = start
    return found


def _broken_pattern(c: Cursor) -> Condition | None:
    c.skip_fillers()
    field = c.accept_tag("field")
    if field is not None and field.data != "close":
        return None
    way: str | None = None
    broken = False
    while is_verb(c, "break") or is_comparison(c, "gt", "lt") or (broken and c.is_text(*LEADS)):
        token = c.take()
        broken = True
        way = way or (POINTING.get(token.data) if token.tag == "compare" else token.data[1] if token.data else None)
    shape = narrow_range(c) or shape_named(c)
    if shape is None:
        return None
    if is_verb(c, "break"):
        broken, way = True, way or c.take().data[1]
    c.skip("of", "the", "its")
    end = c.peek()
    if end is not None and end.text in ENDS:
        c.take()
        way = way or ENDS[end.text]
    if not broken:
        return None
    way = way or accept_direction(c) or (DOWN if colour_of_entry(c) == "bearish" else UP)
    c.mind.topic = CLOSE
    return joined("and", [before(shape, 1), Compare(LIES[way], CLOSE, Field("high" if way == UP else "low", 1))])


def shape_named(c: Cursor) -> Condition | None:
    """Take ``inside bar``, ``bullish engulfing``: the bars of the pattern that ends here."""
    if not c.is_tag("shape") or c.data() == "engulfing":
        return None
    name = c.take().data
    c.mind.notes.append(f"shape:{name}")
    return SHAPES[name]


def narrow_range(c: Cursor) -> Condition | None:
    """Take ``nr7``, ``the narrowest range of 7 days``: a bar smaller than each of those before it."""
    start = c.at
    c.skip_fillers()
    if c.accept_text("nr"):
        token = c.peek()
        if token is not None and token.kind == "number" and token.glued:
            return _narrowest(c, c.take().value or 0.0)
    elif c.accept_text("narrowest"):
        c.skip("range", "bar", "day", "candle", "of", "in", "the", tags=("previous", "unit", "within"))
        if c.is_number() and c.is_tag("unit", ahead=1):
            bars = c.take().value or 0.0
            c.take()
            return _narrowest(c, bars)
    c.at = start
    return None


def _narrowest(c: Cursor, bars: float) -> Condition | None:
    if bars != int(bars) or not SPANS[0] <= bars <= SPANS[1]:
        return None
    c.skip("day", "bar", "candle", tags=("unit",))
    c.mind.notes.append(f"shape:narrowest range of {bars:g} bars")
    return narrowest(int(bars))


def narrow_bar(c: Cursor) -> Condition | None:
    """``nr7``: the bar that closes now is the narrowest."""
    start = c.at
    found = narrow_range(c)
    if found is None:
        c.at = start
    return found
