"""Rules whose subject stands before them: ``keltner touch lower``, ``aroon up > 70 and down < 30``, first green."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.directions import DOWN, UP
from agent.language.builtin.conditions.kinds import CHANNELS, CLOSE, DRAWN, channel_in_mind, is_series
from agent.language.builtin.conditions.predicate import predicate
from agent.language.builtin.operands import operand
from agent.language.builtin.rules import Compare, Field, Lasting, Series, Span, before, joined

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition

TOUCHES = ("touch", "touches", "touched", "tag", "tags", "tagged", "hit", "hits", "reach", "reaches")
ENDS = {"lower": "lower", "bottom": "lower", "upper": "upper", "top": "upper", "middle": "middle", "mid": "middle"}
COLOURS = {"green": "gt", "red": "lt"}
OPEN = Field("open")


def touch_of_an_end(c: Cursor) -> Condition | None:
    """``keltner(20,2) touch lower``: the close at that line of the channel spoken of."""
    start, channel = c.at, channel_in_mind(c)
    if channel is not None and c.is_text(*TOUCHES) and c.is_text(*ENDS, ahead=1):
        c.take()
        line = replace(channel, output=ENDS[c.take().text])
        c.skip("band", "line", "one")
        if not c.is_tag("compare", "verb"):
            c.mind.topic, c.mind.other = CLOSE, line
            return Compare("reach", CLOSE, line)
    c.at = start
    return None


def at_a_line(c: Cursor) -> Condition | None:
    """``at vwap sell``, ``at the lower band buy``: the close at the line, in front of the order it waits for."""
    start, mentions = c.at, list(c.mind.mentions)
    if c.ends(",", ".", ";", ":", "-", ahead=-1) and c.accept_text("at"):
        line = operand(c)
        drawn = is_series(line, DRAWN) and (line.type not in CHANNELS or line.output is not None)
        if drawn and isinstance(line, Series) and c.is_tag("action"):
            c.mind.topic, c.mind.other = CLOSE, line
            return Compare("reach", CLOSE, line)
    c.at, c.mind.mentions = start, mentions
    return None


def other_line_of_aroon(c: Cursor) -> Condition | None:
    """``aroon(25) up > 70 and down < 30``: the other line of the same indicator."""
    start, topic = c.at, c.mind.topic
    if is_series(topic, ("aroon",)) and c.is_tag(UP, DOWN) and c.is_tag("compare", ahead=1):
        line = replace(topic, output="up" if c.take().tag == UP else "down")
        found = predicate(c, line, implied=False)
        if found is not None:
            return found
    c.at = start
    return None


def first_of_a_colour(c: Cursor) -> Condition | None:
    """``first green after 4 red days``: this bar, and the run of the other colour up to the one before."""
    start = c.at
    c.skip("the", "a")
    c.accept_text("first")
    own = c.accept_text(*COLOURS)
    c.skip("one", "close", "candle", "bar", "day", tags=("unit",))
    if own is not None and c.accept_text("after", "following") and c.is_number():
        bars = c.take().value or 0.0
        c.skip("straight", "consecutive", tags=("row",))
        other = COLOURS.get(c.tokens[c.at].text.split()[0]) if c.peek() is not None else None
        if other is not None and other != COLOURS[own.text] and bars >= 1:
            c.take()
            c.skip("ones", "closes", "candles", "bars", "days", "in", "a", tags=("unit", "row"))
            now = Compare("gt" if own.text == "green" else "lt", CLOSE, OPEN)
            run = Lasting(Compare("lt" if own.text == "green" else "gt", CLOSE, OPEN), Span(bars))
            c.mind.topic = CLOSE
            return joined("and", [before(run, 1), now])
    c.at = start
    return None
