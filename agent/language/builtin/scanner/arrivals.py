"""Where an action takes place: at a line of the chart (``cover at vwap``) or a level (``flat around 0``)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.operands import SCALED, operand
from agent.language.builtin.rules import Compare, Field, Number, Series
from agent.language.builtin.scanner.progress import clause_ends

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.scanner.progress import Progress

TOWARDS_A_LINE = ("at", "near", "around", "on", "back", "to", "the", "by")
TOWARDS_A_LEVEL = (
    "at", "around", "near", "on", "when", "back", "to", "the", "about", "if", "it", "is", "mean", "zero",
)  # fmt: skip

EXTREMES = ("highest", "lowest")
"""The extremes of a span of bars: what the price comes to is that of the bars before."""


def read_arrival(so_far: Progress) -> bool:
    """``flat around 0``, ``buy at 30``, ``out at the middle band``: the rule of the action before it."""
    c, start = so_far.c, so_far.c.at
    if not so_far.follows("action"):
        return False
    topic = c.mind.topic
    found = _at_line(c)
    if found is None and isinstance(topic, Series) and (topic.type in SCALED or topic.output == "percent"):
        found = _at_level(c, topic)
    return found is not None and so_far.add("condition", found, start)


def _at_line(c: Cursor) -> Compare | None:
    """``cover at vwap``, ``out at the middle band``: an action where the price comes to a line."""
    start = c.at
    if not c.is_text(*TOWARDS_A_LINE):
        return None
    while c.is_text(*TOWARDS_A_LINE, "touch", "of", "a", "an") or (c.is_tag("opposite") and c.is_number(1)):
        c.take()
    counted = c.is_number() and c.is_tag("unit", "indicator", "average", ahead=1)
    found = operand(c) if not c.is_number() or counted or c.is_tag("previous") else None
    if isinstance(found, Series):
        if found.type in EXTREMES and found.timeframe is None:
            return Compare("reach", Field("close"), before_this_bar(found))
        if found.type == "donchian" and found.output is None:
            return Compare("outside", Field("close"), found)  # "out at the opposite 15 bar extreme"
        if found.type in SCALED and c.is_number() and not c.is_tag("percent", ahead=1):
            return Compare("reach", found, Number(c.take().value or 0.0))  # "exit at rsi 50"
        if found.type not in (*SCALED, "atr") and not goes_on(c):
            return Compare("reach", Field("close"), found)
    c.at = start
    return None


def goes_on(c: Cursor) -> bool:
    """``at the 20 ema pullback``, ``at vwap crossing``: the line is part of a rule that is still being said."""
    return c.is_tag("verb", "compare", "sign", "trend") or c.is_text(
        "pullback", "pullbacks", "retest", "retests", "touches", "support", "bounce"
    )


def before_this_bar(extreme: Series) -> Series:
    """Return the extreme of the bars before: the price of this bar cannot pass one that holds itself."""
    return extreme if extreme.type == "donchian" else replace(extreme, lag=max(extreme.lag, 1))


def _at_level(c: Cursor, topic: Series) -> Compare | None:
    """``flat around 0``, ``buy at 30``: an action at a level of the oscillator under discussion."""
    start = c.at
    while c.is_text(*TOWARDS_A_LEVEL) and not c.is_number() and not c.is_tag("average"):
        c.take()
    if topic.type == "zscore" and c.accept_tag("average"):
        return Compare("reach", topic, Number(0.0))
    sign = c.peek(1)
    if c.is_number() and sign is not None and sign.tag == "compare" and sign.data in ("gt", "lt"):
        if clause_ends(c, ahead=2):
            value = c.take().value or 0.0  # "short 2.5 above, long 2.5 below"
            c.take()
            below = sign.data == "lt" and topic.type == "zscore"
            return Compare(sign.data, topic, Number(-abs(value) if below else value))
    if c.is_number() and not c.is_tag("percent", "unit", "each", "equity", "indicator", "times", ahead=1):
        ended = clause_ends(c, ahead=1, marks=(",", ".", ";", ")")) or c.is_tag(
            "action", "and", "or", "stop", "target", ahead=1
        )
        if not c.is_text("$", "/", "-", ahead=1) and (c.at > start or ended):
            return Compare("reach", topic, Number(c.take().value or 0.0))
    c.at = start
    return None
