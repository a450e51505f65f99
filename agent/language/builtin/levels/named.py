"""Levels by their names, before or behind the distance: ``stop 2%``, ``1.5 atr trailing stop``, ``no target``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.levels.distances import atr_length, distance, pass_anchor
from agent.language.builtin.levels.kinds import KINDS, Distance, Level
from agent.language.builtin.levels.trailing import activation

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.tokens import Token

MOST_LEVELS = 6
"""Levels of one kind are counted up to here: tp1 to tp5."""

NAMES = ("stop", "target", "trail")
"""Parts of speech that name a level."""


def _name(c: Cursor) -> Token | None:
    """Take the name of a level; of ``stop trailing`` and ``trailing stop`` the trailing one."""
    token = c.accept_tag(*NAMES)
    if token is not None and token.tag == "stop" and c.is_tag("trail"):
        token = c.take()
    if token is not None and token.tag == "trail":
        c.accept_tag("stop")
    return token


def ruled_out(c: Cursor) -> Level | None:
    """Read ``no stop``, ``without a target``, ``no sl no tp``, ``stopless``."""
    if c.accept_tag("stopless"):
        return Level("stop_loss", none=True)
    if not c.accept_tag("no"):
        return None
    c.skip_fillers(also=("hard", "fixed", "other", "want", "any", "need"))
    token = c.accept_tag(*NAMES)
    if token is not None:
        return Level(KINDS[str(token.tag)], none=True)
    return Level("time_limit", none=True) if c.accept_tag("time_limit") else None


def named_level(c: Cursor) -> Level | None:
    """Read ``stop 2%``, ``tp: 3 atr``, ``trailing stop 5% after 10% up``, ``target none``."""
    c.accept_text("hard", "fixed", "initial", "protective", "static")
    token = _name(c)
    if token is None:
        return None
    kind = KINDS[str(token.tag)]
    side = _side(c)
    if kind == "trailing_stop" and (late := _begun(c)) is not None:
        return late
    _pass_to_distance(c, kind)
    if c.is_tag("no") and not c.is_tag(*NAMES, ahead=1):
        c.take()
        return Level(kind, none=True)
    found = distance(c)
    if found is None or c.is_tag("vol_target") or _of_equity(c):
        return None
    if kind == "stop_loss" and c.accept_tag("trail"):
        c.skip("from", "off", "the", "top", "peak", "high")
        kind = "trailing_stop"
    elif kind == "trailing_stop":
        _pass_peak(c)
    else:
        pass_anchor(c)
    if kind == "trailing_stop":
        return Level(kind, found, activate=activation(c), side=side)
    return Level(kind, found, side=side)


def _begun(c: Cursor) -> Level | None:
    """``(trail) from +6% by 2.5%``, ``(trailing) once up 4%, 2%``: the gain first, how far it trails behind it."""
    start = c.at
    begin = activation(c)
    if begin is not None:
        c.skip("by", "with", "at", "of", ",", "distance", "it", ":")
        found = distance(c, bare=False)
        if found is not None and found.type == begin.type and not c.is_tag("stop", "target", "equity", "each"):
            return Level("trailing_stop", found, activate=begin)
    c.at = start
    return None


def _side(c: Cursor) -> str | None:
    """``for longs``, ``on the short``: the side a level is for."""
    start = c.at
    c.accept_text("for", "on")
    if c.is_tag("action") and c.is_text("long", "longs", "short", "shorts"):
        return str(c.take().data[1])
    c.at = start
    return None


def _pass_to_distance(c: Cursor, kind: str) -> None:
    """Go past what stands between the name and the distance: ``for each, which is set at``, ``the rest by``."""
    c.accept_tag("each")
    if c.is_text(",") and c.is_text("which", "that", ahead=1):
        c.at += 2
    c.accept_text(":", "=", "-", "of", "at", "is", "by")
    if kind == "trailing_stop":
        c.skip("the", "rest", "remainder", "it", "by", "with", "of", "position", "remaining", "half", "other")
    c.skip("set", "at", "of", "by", "is", "placed", "hits", "reaches", "around", tags=("verb",))
    if _is_index(c):
        c.take()  # "tp2 6%"
        c.skip("=", ":", "at", "is")
    if c.is_tag("compare") and c.is_number(1):
        c.take()
    elif c.is_tag("compare"):
        _pass_entry_by(c)


def _is_index(c: Cursor) -> bool:
    """True for the 2 of ``tp2 6%``: a count of the level, with the distance behind it."""
    token = c.peek()
    if token is None or token.kind != "number" or not token.glued or (token.value or 0.0) not in range(1, MOST_LEVELS):
        return False
    here = c.at
    c.take()
    c.skip("=", ":", "at", "is")
    found = distance(c, bare=False)
    c.at = here
    return found is not None


def _of_equity(c: Cursor) -> bool:
    """True before ``of the account``: a share of equity is no distance from the entry."""
    return c.is_text("of") and (c.is_tag("equity", ahead=1) or c.is_tag("equity", ahead=2))


def _pass_peak(c: Cursor) -> None:
    """Go past what a trailing stop is measured from: ``off the high``, ``below the highest close since entry``."""
    start = c.at
    if c.accept_text("from", "off", "behind", "back") or c.accept_tag("compare", "down"):
        c.skip("from", "the", "its", "my", "recent", "running")
        if c.accept_text("high", "highs", "peak", "top", "best", "price", "close") or c.accept_tag("extreme", "field"):
            c.skip("price", "close", "high", "reached", "since", "the", "entry", "in", "trade", tags=("field",))
            return
        c.at = start
        pass_anchor(c)


def _pass_entry_by(c: Cursor) -> None:
    """``below the entry by``: what the distance behind it is measured from."""
    start = c.at
    c.take()
    c.skip("the", "my", "our")
    if c.accept_text("entry", "fill", "buy", "purchase"):
        c.skip("price", "by", "at", tags=("field",))
        if c.is_number():
            return
    c.at = start


def level_behind(c: Cursor) -> Level | None:
    """Read ``2% stop``, ``1.5 atr trailing stop``, ``6% target``; a naked number only alone in its clause."""
    start = c.at
    alone = c.ends(",", ";", ".", ahead=-1) and c.is_number() and c.is_tag(*NAMES, ahead=1)
    found = distance(c, bare=alone and c.is_text("sl", "tp", "stop", "target", "pt", "tsl", ahead=1))
    if found is None or found.type == "price":
        return None
    if not c.is_text("or"):
        c.skip_fillers(also=("hard", "fixed", "initial", "distance", "or", "from"))
    token = _name(c)
    if token is None or (token.tag != "trail" and _belongs_to_what_follows(c, start)):
        return None
    pass_anchor(c)
    if found.type == "atr" and found.length is None and c.is_text("(") and c.is_number(1) and c.is_text(")", ahead=2):
        c.take()
        found = replace(found, length=c.take().value)
        c.take()
    if token.tag == "trail":
        return Level("trailing_stop", found, activate=activation(c))
    return Level(KINDS[str(token.tag)], found)


def _belongs_to_what_follows(c: Cursor, start: int) -> bool:
    """True for the stop of ``rsi 2% stop 3%``: another distance follows that has no name behind it."""
    here = c.at
    follows = distance(c, bare=False) is not None and not c.is_tag(*NAMES)
    c.at = here
    begins = c.ends(",", ".", ";", ":", "and", "with", "/", "(", ahead=start - 1 - here)
    return follows and not begins and not c.is_text(",", "and", ".")


def atr_stop(c: Cursor) -> Level | None:
    """Read ``atr stop 2.5x``, ``atr(10) trailing stop 3``: the range first, its multiple last."""
    c.skip("a", "an", "the")
    token = c.peek()
    if token is None or token.tag != "indicator" or token.data.type != "atr":
        return None
    length = atr_length(c)
    word = c.accept_tag(*NAMES)
    if word is None:
        return None
    if word.tag == "trail":
        c.accept_tag("stop")
    if not (c.is_text(",") and c.is_number(1) and c.is_tag("times", ahead=2)):
        c.accept_text("of", "at", "=", ":", "is")
    else:
        c.take()  # "an atr stop, 2.5x"
    if not c.is_number() or c.is_tag("percent", ahead=1):
        return None
    value = c.take().value or 0.0
    c.accept_tag("times")
    return Level(KINDS[str(word.tag)], Distance("atr", value, length)) if value > 0 else None
