"""Stops that move: ``12% off the peak``, ``once its 3% up trail 1.5%``, ``stop to breakeven after 3%``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.levels.distances import distance
from agent.language.builtin.levels.kinds import Distance, Level

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def activation(c: Cursor) -> Distance | None:
    """``after 10% up``, ``once 5% in profit``, ``activated at 3%``."""
    start = c.at
    c.accept_text(",")
    here = c.at
    while c.is_tag("after", "when") or c.is_text(
        "that",
        "only",
        "which",
        "after",
        "once",
        "activated",
        "activates",
        "starting",
        "from",
        "at",
        "activate",
        "active",
        "armed",
        "kicks",
        "in",
        "and",
    ):
        c.take()
    if c.at > here:
        c.skip_fillers(also=("up", "reaching", "is", "its", "we", "are", "gain"))
        c.accept_tag("up", "target", "verb")
        found = distance(c, bare=False)
        if found is not None:
            c.accept_tag("up", "target", "postfixed")
            c.accept_text("in", "up", "profit")
            c.accept_tag("target")
            return found
    c.at = start
    return None


def off_the_peak(c: Cursor) -> Level | None:
    """``12% off the peak``, ``3 atr below the highest high since entry``: a trailing stop by what it trails."""
    found = distance(c, bare=False)
    if found is None or found.type == "price":
        return None
    if not (c.accept_text("off", "from", "below", "under", "back") or c.accept_tag("compare", "down")):
        return None
    c.accept_text("from", "off")
    c.accept_text("the", "its", "my", "our")
    if c.accept_text("peak", "top", "best", "peaks", "highs"):
        return Level("trailing_stop", found)
    return None


def armed(c: Cursor) -> Level | None:
    """``once its 3% up trail 1.5%``, ``after 4% profit trail by 2%``: when a trailing stop begins."""
    if not (c.accept_tag("when", "after") or c.accept_text("once", "after")):
        return None
    c.skip_fillers(also=("its", "up", "is", "we", "are", "position", "trade"))
    c.accept_tag("up")
    begin = distance(c, bare=False)
    if begin is None or begin.type == "price":
        return None
    while c.is_tag("up", "target") or c.is_text("in", "up", "profit", "gain", ",", "start", "then", "the", "stop"):
        c.take()
    if not c.accept_tag("trail"):
        return None
    c.accept_tag("stop")
    c.skip_fillers(also=("by", "at", "with", "it"))
    found = distance(c)
    return Level("trailing_stop", found, activate=begin) if found is not None else None


def breakeven(c: Cursor) -> Level | None:
    """``move the stop to breakeven after 3%``, ``at 5% profit breakeven``."""
    while c.is_text(
        "move", "set", "bring", "pull", "put", "the", "my", "raise", "shift", "to", "stop", "sl", "stop loss", "go"
    ):
        c.take()
    if not c.accept_tag("breakeven"):
        return None
    start = c.at
    while c.is_tag("after", "when", "target", "verb", "up", "action") or c.is_text(
        "after",
        "once",
        "at",
        "is",
        "up",
        "we",
        "price",
        "in",
        "the",
        "trade",
        "by",
        "gains",
        "reaches",
        "it",
        "position",
        "hits",
    ):
        if c.is_tag("action") and c.peek().text != "up":  # type: ignore[union-attr]
            break
        c.take()
    found = distance(c, bare=False)
    if found is None:
        c.at = start
        return Level("breakeven", words="breakeven")
    c.accept_tag("target", "up", "postfixed")
    c.accept_text("in", "profit", "up")
    c.accept_tag("target")
    return Level("breakeven", found)
