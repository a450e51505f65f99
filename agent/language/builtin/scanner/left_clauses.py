"""Clauses that are read and cannot be kept: parts sold on a rule, sessions named without hours, filters nobody read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.calendar import calendar_condition
from agent.language.builtin.conditions import condition
from agent.language.builtin.hours import clock
from agent.language.builtin.operands import operand
from agent.language.port import LeftOut

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand
    from agent.language.builtin.scanner.progress import Progress

PARTLY = (
    "a part of a position is sold at a profit in per cent or multiples of the stop; one sold on a rule cannot be "
    "written"
)
PARTLY_INSTEAD = "the profit at which the part is sold"

PARTING = (
    "bank",
    "book",
    "trim",
    "lock in",
    "take",
    "scale out",
    "scale out of",
    "close",
    "sell",
    "exit",
    "unload",
    "dump",
    "cut",
)
PARTS = ("half", "a half", "half of", "third", "a third", "quarter", "a quarter", "some", "part")

SESSION = "a session by its name has no hours here, and those of an exchange shift with the seasons"
SESSION_INSTEAD = "the hours in UTC"
PLACES = (
    "ny",
    "new york",
    "london",
    "asian",
    "asia",
    "tokyo",
    "us",
    "european",
    "eu",
    "europe",
    "sydney",
    "american",
    "cash",
)
LEADS = ("only", "during", "in", "at", "the", "trade", "trading", "entries", "trades", "just")
ENDS = ("end", "month end", "monthend", "end of the month", "end of month", "months end")

SESSION_WORDS = ("session", "sessions", "killzone", "kill zone", "hours", "market hours", "trading hours")


def read_part_on_rule(so_far: Progress) -> bool:
    """``sell half when rsi above 60``, ``take half off at the middle band``: left out by its words."""
    c, start = so_far.c, so_far.c.at
    if not c.accept_tag("partial") and not _part(c):
        c.at = start
        return False
    c.skip("of", "it", "off", "the", "position", "out", "my", tags=("positions", "size"))
    when = c.accept_tag("when") or c.accept_text("at", "on", "as", "once")
    c.skip("the", "a", "it", "price", "touches", "hits", "reaches", "gets", "back", "to")
    found: Condition | Operand | None = None
    if when is not None and not (c.is_number() and (c.is_tag("percent", "r", "times", "atr", ahead=1))):
        here = c.at
        found = condition(c)
        if found is None:
            c.at = here
        found = found or (None if c.is_number() else operand(c))
    if found is None:
        c.at = start
        return False
    return _leave_out(so_far, start, PARTLY, "risk.partial_exits", PARTLY_INSTEAD)


def _part(c: Cursor) -> bool:
    """Take ``bank a third``, ``trim half``."""
    if not c.accept_text(*PARTING):
        return False
    c.skip("a", "of")
    return c.accept_text(*PARTS) is not None


def read_session_name(so_far: Progress) -> bool:
    """``only trade during ny session``, ``london killzone``: left out by its words, unless its hours are said."""
    c, start = so_far.c, so_far.c.at
    c.skip(*LEADS, tags=("hours",))
    if not c.accept_text(*PLACES) or not c.accept_text(*SESSION_WORDS):
        c.at = start
        return False
    c.accept_text("only")
    here = c.at
    c.skip("(", ":", "=", "from", ",")
    if calendar_condition(c) is not None or _is_hour(c):
        c.at = start
        return False
    c.at = here
    return _leave_out(so_far, start, SESSION, "signals.session", SESSION_INSTEAD)


DAYS_LEFT = "months differ in length: a day counted back from the end of one cannot be written, but for the last"
DAYS_LEFT_INSTEAD = "a date to begin at (from the 27th on), or the last day of the month"


def read_days_left(so_far: Progress) -> bool:
    """``the last 3 days of the month``, ``last friday of the month``, ``2 days before month end``: left out by name."""
    c, start = so_far.c, so_far.c.at
    last = c.accept_text("last", "final", "the last") is not None
    c.skip("the")
    if last and c.is_tag("weekday"):
        c.take()
        if c.accept_tag("of_month") is not None or (c.accept_text("of", "in") is not None and _month_or_its_end(c)):
            return _leave_out(so_far, start, DAYS_LEFT, "signals.calendar", DAYS_LEFT_INSTEAD)
    counted = c.is_number() and (c.peek(0).value or 0) > 1  # type: ignore[union-attr]
    if counted:
        c.take()
    if counted and c.is_tag("unit") and c.data() == "day":
        c.take()
        of = c.accept_tag("of_month") is not None or (
            c.accept_text("of", "in", "before") is not None and _month_or_its_end(c)
        )
        if of and (last or c.tokens[c.at - 1].text in ENDS):
            return _leave_out(so_far, start, DAYS_LEFT, "signals.calendar", DAYS_LEFT_INSTEAD)
    c.at = start
    return False


def _month_or_its_end(c: Cursor) -> bool:
    c.skip("the", "a", "end", "of", tags=("each",))
    month = (c.is_tag("unit") and c.data() == "month") or c.is_tag("of_month")
    if month:
        c.take()
        c.accept_text(*ENDS)
    return month or c.accept_text(*ENDS) is not None


ELSEWHERE = "times of day are UTC: one of another place, which shifts with the seasons, cannot be written"
ELSEWHERE_INSTEAD = "the time in UTC"


def read_time_elsewhere(so_far: Progress) -> bool:
    """``(buy at) 9:30 et``, ``10:00-15:00 new york``: left out by its words."""
    c, start = so_far.c, so_far.c.at
    if clock(c) is not None:
        if c.accept_text("-", "to", "until", "and"):
            clock(c)
        zone = c.accept_tag("zone")
        if zone is not None and zone.data != "UTC":
            return _leave_out(so_far, start, ELSEWHERE, "signals.clock", ELSEWHERE_INSTEAD)
    c.at = start
    return False


def _is_hour(c: Cursor) -> bool:
    token = c.peek()
    return token is not None and (token.kind == "clock" or (c.is_number() and c.is_text("-", "to", ahead=1)))


def _leave_out(so_far: Progress, start: int, reason: str, path: str, instead: str) -> bool:
    tokens = so_far.c.tokens[start : so_far.c.at]
    words = so_far.text[tokens[0].start : tokens[-1].end]
    return so_far.add("unsayable", LeftOut(words, "UNSUPPORTED", reason, path, instead), start)
