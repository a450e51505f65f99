"""Reading the hours of a day: ``after 9am``, ``between 8:30 and 16:00 utc``, ``by 20:45``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.rules import Compare, Condition, Field, Number, joined

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

Clock = tuple[int, int]
"""Hour and minute of a day."""

TO = ("to", "-", "until", "and")
"""Words between the two hours of a span."""

HOUR, MINUTE = Field("time.hour"), Field("time.minute")
BARE_NOTE = "clock:utc"
"""The note on a time of day that was said without a zone."""


def clock_part(c: Cursor) -> Condition | None:
    """``hour >= 7``, ``weekday < 6``: a part of the time compared with a number."""
    if not c.is_text("hour", "weekday", "minute", "hours"):
        return None
    if not c.is_tag("compare", ahead=1) and not c.is_text("=", ahead=1):
        return None
    part = c.take().text.rstrip("s")
    sign = c.take()
    if not c.is_number():
        return None
    number = c.take().value or 0.0
    c.accept_tag("zone")
    return Compare(sign.data if sign.tag == "compare" else "eq", Field(f"time.{part}"), Number(number))


def hours(c: Cursor) -> Condition | None:
    """``between 8:00 and 16:00 utc``, ``at 14:00``, ``after 9am``, ``nothing before 20:00``."""
    nothing = c.accept_text("nothing")
    if c.is_text(*TO, ahead=-1) and (c.is_number(-2) or _is_clock(c, -2)):
        return None  # the end of a span whose beginning nobody read
    if (c.is_tag("between") or c.is_text("from", "during", "outside")) and _are_full_hours(c, 1):
        c.take()
    if _are_full_hours(c):
        return _full_hours(c)
    bounded = c.accept_tag("between") or c.accept_text("from", "during")
    after = c.accept_tag("after") if bounded is None else None
    before = c.accept_text("before", "until") if bounded is None and after is None else None
    c.skip_fillers()
    first = clock(c)
    if first is None:
        return None
    zone = zone_of(c)
    if (bounded is not None and c.accept_text("and")) or c.accept_text("to", "-", "until"):
        second = clock(c)
        zone = zone_of(c) or zone
        return _told(c, zone, _between(first, second)) if second is not None else None
    if after or before:
        late = bool(after) != bool(nothing)
        return _told(c, zone, from_then(first) if late else _until(first))
    return _told(c, zone, at_that(first))


def clock(c: Cursor) -> Clock | None:
    """Take a time of day: ``14:00``, ``9am``, ``8:30pm``, ``noon``, ``14 utc``."""
    token = c.peek()
    found: Clock | None = None
    if token is None:
        return None
    if token.kind == "clock":
        hour, minute = token.text.split(":")
        found = int(hour), int(minute)
    elif token.tag == "noon":
        found = int(token.data), 0
    elif (
        token.kind == "number" and c.is_tag("clock", "zone", ahead=1) and token.value is not None and token.value <= 24
    ):
        found = int(token.value), 0
    if found is None:
        return None
    c.take()
    if c.is_tag("clock"):
        found = found[0] % 12 + (12 if c.take().data == "pm" else 0), found[1]
    return found


def zone_of(c: Cursor) -> str | None:
    """Take the zone behind a time of day; where none stands, the one the message names for other times holds."""
    here = c.accept_tag("zone")
    if here is not None:
        return str(here.data)
    named = {str(token.data) for token in c.tokens if token.tag == "zone"}
    return named.pop() if len(named) == 1 else None


def at_that(time: Clock) -> Condition:
    """The close at a time of day: a full hour lasts until the next."""
    hour, minute = time
    whole = Compare("eq", HOUR, Number(float(hour % 24)))
    return joined("and", [whole, Compare("eq", MINUTE, Number(float(minute)))]) if minute else whole


def rest_of_hour(time: Clock) -> Condition:
    """A time of day and what is left of its hour."""
    hour, minute = time
    whole = Compare("eq", HOUR, Number(float(hour)))
    return joined("and", [whole, Compare("gte", MINUTE, Number(float(minute)))]) if minute else whole


def from_then(time: Clock) -> Condition:
    """At a time of day or later on that day."""
    hour, minute = time
    if not minute:
        return Compare("gte", HOUR, Number(float(hour)))
    return joined("or", [Compare("gt", HOUR, Number(float(hour))), rest_of_hour(time)])


def _until(time: Clock) -> Condition:
    """Before a time of day."""
    hour, minute = time
    earlier = Compare("lt", HOUR, Number(float(hour)))
    if not minute:
        return earlier
    same = Compare("eq", HOUR, Number(float(hour)))
    return joined("or", [earlier, joined("and", [same, Compare("lt", MINUTE, Number(float(minute)))])])


def _between(first: Clock, second: Clock) -> Condition:
    """From one time of day to another, over midnight where the second is the earlier one."""
    if second in ((0, 0), (24, 0)):
        return from_then(first)
    return joined("and" if first < second else "or", [from_then(first), _until(second)])


def _told(c: Cursor, zone: str | None, found: Condition) -> Condition | None:
    """Times are UTC as the engine's are, and so is a time without a zone; another zone is left to whoever asked."""
    if zone is None:
        c.mind.notes.append(BARE_NOTE)
    return found if zone is None or zone == "UTC" else None


def _are_full_hours(c: Cursor, ahead: int = 0) -> bool:
    """True before ``8 to 16 utc``, ``9-5 pm``: two plain numbers that the word behind them makes hours."""
    return (
        c.is_number(ahead)
        and c.is_text(*TO, ahead=ahead + 1)
        and c.is_number(ahead + 2)
        and c.is_tag("zone", "clock", ahead=ahead + 3)
    )


def _full_hours(c: Cursor) -> Condition | None:
    """``8 to 16 utc``, ``9-5 pm``."""
    opening = int(c.take().value or 0)
    c.take()
    closing = int(c.take().value or 0)
    half = c.accept_tag("clock")
    if half is not None and half.data == "pm":
        closing = closing % 12 + 12
    zone = zone_of(c)
    if opening > 24 or closing > 24:
        return None
    return _told(c, zone, _between((opening, 0), (closing, 0)))


def _is_clock(c: Cursor, ahead: int) -> bool:
    token = c.peek(ahead)
    return token is not None and token.kind == "clock"
