"""Positions closed by the clock: ``flat at 21:00 utc``, ``close everything by 20:45``, ``out end of day utc``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.hours import BARE_NOTE, MINUTE, clock, from_then, rest_of_hour, zone_of
from agent.language.builtin.rules import Compare, Number, joined
from agent.language.port import LeftOut

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition
    from agent.language.builtin.scanner.progress import Progress

CLOSES = ("close", "closes", "closed", "closing")
CLOSED = ("everything", "all", "it", "out", "positions", "position", "trades", "trade", "the", "my", "any", "open")
DEADLINES = ("by", "before", "until", "till", "latest")
TOWARDS = (
    *DEADLINES,
    "at",
    "@",
    "on",
    "around",
    "about",
    "the",
    "always",
    "each",
    "every",
    "day",
    "is",
    "time",
    "positions",
)
DAY_ENDS = ("end of day", "eod")

REASON = "times of day are UTC: an exit by the clock of another place, which shifts with the seasons, cannot be written"
INSTEAD = "the time in UTC"


def read_clock_exit(so_far: Progress) -> bool:
    """``out 20:55``, ``close all by 21:00 utc``: a rule of the exit; in another zone than UTC it is left out."""
    c, start = so_far.c, so_far.c.at
    acted = so_far.follows("action") and so_far.items[-1].data[0] == "exit"
    if not acted and not c.accept_text(*CLOSES):
        return False
    if not acted:
        c.skip(*CLOSED, tags=("size", "positions"))
    here = c.at
    c.skip(*TOWARDS, tags=("each", "positions"))
    due = c.at
    rule = _rule(c, by=any(token.text in DEADLINES for token in c.tokens[here:due]))
    if rule is None or (not acted and due == here):
        c.at = start
        return False
    zone = zone_of(c)
    c.skip("latest", "at the latest", "sharp")
    if zone not in (None, "UTC"):
        begin = so_far.items.pop().start if acted else c.tokens[start].start
        words = so_far.text[begin : c.tokens[c.at - 1].end]
        return so_far.add("unsayable", LeftOut(words, "UNSUPPORTED", REASON, "exit.clock", INSTEAD), start)
    if zone is None:
        c.mind.notes.append(BARE_NOTE)
    if not acted:
        so_far.add("action", ("exit", None), start)
    return so_far.add("condition", rule, due)


def _rule(c: Cursor, *, by: bool) -> Condition | None:
    """The closes at which the time has come; a day ends at 0:00 UTC, so the zone has to be said."""
    if c.is_text(*DAY_ENDS):
        if not c.is_tag("zone", ahead=1) or c.data(1) != "UTC":
            return None
        c.take()
        return joined("and", [rest_of_hour((0, 0)), Compare("eq", MINUTE, Number(0.0))])
    time = clock(c)
    if time is None:
        return None
    return from_then(time) if by and not time[1] and time[0] else rest_of_hour(time)
