"""Levels by their names, before or behind the distance: ``stop 2%``, ``1.5 atr trailing stop``, ``no target``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.levels.distances import atr_length, distance, pass_anchor, tag_after_distance
from agent.language.builtin.levels.kinds import KINDS, Distance, Level
from agent.language.builtin.levels.trailing import activation

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def ruled_out(c: Cursor) -> Level | None:
    """``no stop``, ``without a target``, ``no sl no tp``."""
    if not c.accept_tag("no"):
        return None
    c.skip_fillers(also=("hard", "fixed", "other", "want", "any", "need"))
    token = c.accept_tag("stop", "target", "trail")
    if token is not None:
        return Level(KINDS[str(token.tag)], none=True)  # type: ignore[arg-type]
    if c.is_tag("time_limit"):
        c.take()
        return Level("time_limit", none=True)
    return None


def named_level(c: Cursor) -> Level | None:
    """``stop 2%``, ``tp: 3 atr``, ``trailing stop 5% after 10% up``."""
    c.accept_text("hard", "fixed", "initial", "protective", "static")
    token = c.accept_tag("stop", "target", "trail")
    if token is None:
        return None
    if token.tag == "stop" and c.is_tag("trail"):
        token = c.take()
    if token.tag == "trail":
        c.accept_tag("stop")
    kind = KINDS[str(token.tag)]
    side = _side(c)
    c.accept_tag("each")
    if c.is_text(",") and c.is_text("which", "that", ahead=1):
        c.at += 2
    c.accept_text(":", "=", "-", "of", "at", "is", "by")
    if kind == "trailing_stop":
        while c.is_text("the", "rest", "remainder", "it", "by", "of", "position", "remaining", "half", "other"):
            c.take()
    while c.is_tag("verb") or c.is_text("set", "at", "of", "by", "is", "placed", "hits", "reaches", "around"):
        c.take()
    if c.is_tag("compare") and c.is_number(1):
        c.take()
    if c.is_tag("no") and not c.is_tag("stop", "target", "trail", ahead=1):
        c.take()
        return Level(kind, none=True)  # type: ignore[arg-type]
    found = distance(c)
    if found is None or c.is_tag("vol_target"):
        return None
    if kind == "stop_loss" and c.accept_tag("trail"):
        while c.is_text("from", "off", "the", "top", "peak", "high"):
            c.take()
        return Level("trailing_stop", found, activate=activation(c), side=side)
    pass_anchor(c)
    if kind == "trailing_stop":
        return Level("trailing_stop", found, activate=activation(c), side=side)
    return Level(kind, found, side=side)  # type: ignore[arg-type]


def _side(c: Cursor) -> str | None:
    start = c.at
    c.accept_text("for", "on")
    if c.is_tag("action") and c.peek().text in ("long", "longs", "short", "shorts"):  # type: ignore[union-attr]
        return str(c.take().data[1])
    c.at = start
    return None


def level_behind(c: Cursor) -> Level | None:
    """``2% stop``, ``1.5 atr trailing stop``, ``6% target``, ``take 10%``."""
    start = c.at
    led_bare = start == 0 or c.tokens[start - 1].kind == "line" or c.tokens[start - 1].text in (",", ";", ".")
    bare = led_bare and c.is_number() and c.is_tag("stop", "target", "trail", ahead=1)
    found = distance(c, bare=bare and c.is_text("sl", "tp", "stop", "target", "pt", "tsl", ahead=1))
    if found is None:
        return None
    if found.type == "price":
        return None
    c.skip_fillers(also=("hard", "fixed", "initial", "distance", "or", "from")) if not c.is_text("or") else None
    token = c.accept_tag("stop", "target", "trail")
    if token is None:
        return None
    if token.tag == "stop" and c.is_tag("trail"):
        token = c.take()
    if token.tag == "trail":
        c.accept_tag("stop")
    here = c.at
    following = distance(c, bare=False)
    c.at = here
    led = (
        start == 0
        or c.tokens[start - 1].kind == "line"
        or c.tokens[start - 1].text in (",", ".", ";", ":", "and", "with", "/", "(")
    )
    if following is not None and token.tag != "trail" and not led and not c.is_text(",", "and", "."):
        after_that = tag_after_distance(c)
        if after_that not in ("stop", "target", "trail"):
            return None  # "2% stop 3%": the word belongs to what follows it
    pass_anchor(c)
    if found.type == "atr" and found.length is None and c.is_text("(") and c.is_number(1) and c.is_text(")", ahead=2):
        c.take()
        found = replace(found, length=c.take().value)
        c.take()
    if token.tag == "trail":
        return Level("trailing_stop", found, activate=activation(c))
    return Level(KINDS[str(token.tag)], found)  # type: ignore[arg-type]


def atr_stop(c: Cursor) -> Level | None:
    """``atr stop 2.5x``, ``atr(10) trailing stop 3``: the range first, its multiple last."""
    token = c.peek()
    if token is None or token.tag != "indicator" or token.data.type != "atr":
        return None
    length = atr_length(c)
    word = c.accept_tag("stop", "target", "trail")
    if word is None:
        return None
    if word.tag == "trail":
        c.accept_tag("stop")
    c.accept_text("of", "at", "=", ":", "is")
    if not c.is_number() or c.is_tag("percent", ahead=1):
        return None
    value = c.take().value or 0.0
    c.accept_tag("times")
    return Level(KINDS[str(word.tag)], Distance("atr", value, length)) if value > 0 else None  # type: ignore[arg-type]
