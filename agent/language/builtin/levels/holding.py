"""How long a position lives, by what is done with it: ``hold a week``, ``sell on the 3rd day``, ``out next bar``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.levels.distances import duration
from agent.language.builtin.levels.kinds import Level
from agent.language.builtin.levels.times import PASSED, pass_latest
from agent.language.builtin.rules import Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10,
}  # fmt: skip
ENDINGS = ("st", "nd", "rd", "th")

NEXT_BAR = (
    "next bar", "next candle", "on the next bar", "next open", "at the next open", "at next open", "next bar open",
    "next bars open", "next candle open", "open of the next bar",
)  # fmt: skip
"""Fills that, with nothing else said of an exit, are the exit itself."""

HELD = ("for", "it", "them", "position", "the", "only", "at", "most", "up", "to", "about", "around", "exactly")
"""Words between ``hold`` and how long."""


def held_for(c: Cursor) -> Level | None:
    """Read ``hold for 3 days``, ``hold max a week``, ``give it 10 bars``; not what the market must hold."""
    if c.accept_text("give"):
        if not c.accept_text("it", "them", "the trade", "each"):
            return None
    elif not (c.is_tag("action") and c.data()[0] == "hold"):
        return None
    elif c.is_text("must", "to", "should", "has to", "must be", ahead=-1):
        return None  # "the breakout must hold 2 bars"
    else:
        c.take()
    c.skip(*HELD, tags=("for", "max", "compare", "size", "each"))
    span = duration(c)
    if span is None or c.is_tag("ago", "row"):
        return None
    c.accept_tag("max", "time_limit")
    return Level("time_limit", span=span)


def left_after(c: Cursor) -> Level | None:
    """Read ``exit after 5 bars``, ``sell on the 3rd day``, ``get out next bar``, ``out when 12 bars have passed``."""
    if not (c.is_tag("action") and c.data()[0] == "exit"):
        return None
    led = _led(c)
    c.take()
    c.skip_fillers(also=("the", "position", "it", "anyway", "regardless", "everything", "all"))
    if c.is_tag("fill") and c.accept_text(*NEXT_BAR):
        return Level("time_limit", span=Span(1)) if not led and c.ends(",", ".", ";") else None
    counted = _counted_bar(c)
    return Level("time_limit", span=counted) if counted is not None else _afterwards(c)


def _afterwards(c: Cursor) -> Level | None:
    """``regardless after max 2 days``, ``5 bars later``, ``when 12 bars passed``; not ``after 3 red bars in a row``."""
    c.accept_tag("when")
    c.skip_fillers(also=("if",))
    after = c.accept_tag("after") or c.accept_text("after")
    c.skip_fillers(also=("holding", "max", "at", "most"))
    c.accept_tag("max", "compare")
    span = duration(c)
    if span is None or c.is_tag("row", "ago"):
        return None
    c.skip_fillers(also=("have", "has", "are"))
    passed = c.accept_text(*PASSED, "later")
    since = _pass_entry(c)
    if not (after or passed or since) or c.is_tag("compare", "verb"):
        return None
    c.accept_tag("time_limit", "max")
    pass_latest(c)
    return Level("time_limit", span=span)


def _led(c: Cursor) -> bool:
    """True where the clause of an action begins with a rule of its own: ``rsi > 70 sell next bar``."""
    at = c.at
    while at > 0 and c.tokens[at - 1].text not in (",", ".", ";") and c.tokens[at - 1].kind != "line":
        at -= 1
        if c.tokens[at].tag in ("compare", "indicator", "verb", "when", "setup") or c.tokens[at].kind == "opaque":
            return True
    return False


def _counted_bar(c: Cursor) -> Span | None:
    """``on the 5th day``, ``at the third bar``, ``on day 5``."""
    start = c.at
    if c.is_tag("fill") and c.is_text("of", ahead=1):
        c.take()  # "at the close of the 5th day"
    c.accept_text("on", "at", "by")
    c.skip_fillers(also=("the", "close", "of", "open"))
    n: float | None = None
    if c.is_number() and c.is_text(*ENDINGS, ahead=1):
        n = c.take().value
        c.take()
    elif c.is_text(*ORDINALS):
        n = float(ORDINALS[c.take().text])
    if n is not None and (unit := c.accept_tag("unit")) is not None:
        c.accept_text("close", "open")
        since = _pass_entry(c)
        if since or c.ends(",", ".", ";", ")", "->", "=>") or c.is_tag("or", "and"):
            return Span(n, unit.data)  # "the first day that closes higher" is none
    c.at = start
    c.accept_text("on", "at", "by")
    if (unit := c.accept_tag("unit")) is not None and c.is_number() and not c.is_tag("unit", "percent", ahead=1):
        return Span(c.take().value or 1.0, unit.data)
    c.at = start
    return None


def _pass_entry(c: Cursor) -> bool:
    """Go past ``after entry``, ``from the buy``: where every holding time begins."""
    start = c.at
    if c.accept_text("after", "from", "since") or c.accept_tag("after"):
        c.accept_text("the", "my", "a")
        if (c.is_tag("action") and c.data()[0] == "enter") or c.is_text("fill"):
            c.take()
            return True
    c.at = start
    return False
