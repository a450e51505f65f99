"""Stops, targets and time limits, as they stand beside what was said: ``stop 2%``, ``or in 5 days``, ``no stops``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.levels import KINDS, Level, armed, distance, duration, gain, level
from agent.language.builtin.scanner.items import Item
from agent.language.builtin.scanner.progress import clause_ends
from engine.market.timeframe import DURATION_MS

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.scanner.progress import Progress


def read_armed_trail(so_far: Progress) -> bool:
    """``once its 3% up trail 1.5%``, before ``once`` is read as when."""
    c, start = so_far.c, so_far.c.at
    found = armed(c)
    if found is None:
        c.at = start
        return False
    return so_far.add("level", found, start)


def skip_risk_said_again(so_far: Progress) -> bool:
    """``so 1R = 3%``: the distance of the stop, which was said already."""
    c = so_far.c
    if not (c.is_tag("r") and c.is_text("=", ahead=1) and c.is_number(2) and c.is_tag("percent", ahead=3)):
        return False
    c.at += 4
    return True


def read_longest_time(so_far: Progress) -> bool:
    """``no more than 40 bars``: a comparison of nothing with a length of time."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    if token.tag != "compare" or token.data != "lte" or not so_far.follows("comma", "stop", "and"):
        return False
    c.take()
    span = duration(c)
    c.skip("in", "the", "trade", "position", tags=("each",))
    if span is None or not clause_ends(c):
        c.at = start
        return False
    return so_far.add("level", Level("time_limit", span=span), start)


def read_or_in_time(so_far: Progress) -> bool:
    """``out at vwap or in 5 days``, ``be out in 3 days``: a time limit beside another way out."""
    c, start = so_far.c, so_far.c.at
    leaving = so_far.last_action() == "exit" and so_far.follows("or", "action", "comma")
    if so_far.follows("comma") and so_far.token.text in DURATION_MS and not _framed(so_far):
        return False  # "buy at 9:00, sell at 17:00, 1h"
    if not leaving and not _behind_a_way_out(so_far):
        return False
    c.accept_text("in", "within")
    c.accept_tag("within", "after")
    span = duration(c)
    if span is None:
        c.at = start
        return False
    if c.accept_text("later", "on", "in", "pass", "passed", "elapsed") or c.accept_tag("after"):
        return so_far.add("level", Level("time_limit", span=span), start)  # "sell 3 days later", "or 4 bars in"
    ended = clause_ends(c, marks=(",", ".", ";", "->", "=>", "-->", "→", "=")) or c.is_tag("or", "max") or _leaves(c)
    if not ended or (span.unit not in ("bar", "day", "hour", "week") and c.at - start <= 1):
        c.at = start
        return False
    return so_far.add("level", Level("time_limit", span=span), start)


def _framed(so_far: Progress) -> bool:
    """True where the timeframe was said before, alone or with an indicator."""
    return any(item.kind == "timeframe" for item in so_far.items) or any(
        one.timeframe is not None for one in so_far.c.mind.mentions
    )


def _behind_a_way_out(so_far: Progress) -> bool:
    """True behind ``or`` where a rule or a level stands before it: ``stop 2% or 30 bars``, ``z > 0 or 30 bars ->``."""
    items = so_far.items
    said = [item.kind for item in items[-3:] if item.kind != "comma"]
    return so_far.follows("or") and len(said) > 1 and said[-2] in ("condition", "level")


def _leaves(c: Cursor) -> bool:
    """True for a word that closes a position: ``... or 30 bars get out``."""
    token = c.peek()
    return token is not None and token.tag == "action" and token.data[0] == "exit"


def read_denied_with(so_far: Progress) -> bool:
    """``no stops or targets``: what is ruled out together with the protection before it."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    if not so_far.follows("or") or len(so_far.items) < 2 or token.tag not in ("stop", "target", "trail"):
        return False
    ruled = so_far.items[-2]
    if ruled.kind != "level" or not ruled.data.none:
        return False
    c.take()
    return so_far.add("level", replace(ruled.data, kind=KINDS[str(token.tag)]), start)


def read_protection(so_far: Progress) -> bool:
    """``stop 2%``, ``tp 3 atr``, ``trail 1%``, ``exit after 10 bars``."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    found = level(c)
    if found is None:
        return False
    if token.tag == "action" and token.data[0] == "exit" and found.kind == "time_limit":
        so_far.items.append(Item("action", token.data, token.start, token.end, token.raw))
    return so_far.add("level", found, start)


def read_multiple_alone(so_far: Progress) -> bool:
    """``stop 2%, 1.8r``, ``sl 2%, 2r out``: a multiple of the risk beside a stop, and no word for it, is the target."""
    c, start = so_far.c, so_far.c.at
    levels = [item.data.kind for item in so_far.items if item.kind == "level"]
    if "stop_loss" not in levels or "take_profit" in levels or not (c.is_number() or c.is_tag("r")):
        return False
    found = distance(c, bare=False) if so_far.follows("comma", "stop", "level", "and", "action") else None
    if found is None or found.type != "r" or not (clause_ends(c) or _leaves(c)):
        c.at = start
        return False
    if _leaves(c):
        c.take()
    return so_far.add("level", Level("take_profit", found), start)


def read_gain(so_far: Progress) -> bool:
    """``sell at 5% profit``: a target under an exit."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    if so_far.last_action() != "exit" or token.tag in ("stop", "target"):
        return False
    found = gain(c)
    return found is not None and so_far.add("level", found, start)
