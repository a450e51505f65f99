"""Reading the calendar: weekdays, days of the month, months, and the hours of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.hours import clock_part, hours
from agent.language.builtin.rules import Compare, Condition, Field, Group, Number, joined

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

ORDINALS = {"second": 2.0, "third": 3.0, "fourth": 4.0, "fifth": 5.0, "sixth": 6.0, "seventh": 7.0, "tenth": 10.0}
ENDINGS = ("st", "nd", "rd", "th")
THROUGH = ("to", "-", "through", "thru", "till", "until")
BETWEEN_MONTHS = (*THROUGH, "and")


def calendar_condition(c: Cursor) -> Condition | None:
    """Read a condition on the time of the deciding close; None, and the cursor where it was, when there is none.

    Times are UTC as the engine's are; another zone is left to whoever asked.
    """
    start = c.at
    for read in READERS:
        c.skip_fillers(also=("only", "during", "every", "it", "is", "its"))
        found = read(c)
        if found is not None:
            return found
        c.at = start
    return None


def _equals(part: str, value: float) -> Compare:
    return Compare("eq", Field(f"time.{part}"), Number(value))


def _weekdays(c: Cursor) -> Condition | None:
    """``on weekdays``, ``monday to friday``, ``tuesdays and thursdays``."""
    weekday = Field("time.weekday")
    if c.accept_tag("weekdays"):
        return Compare("lte", weekday, Number(5.0))
    if c.accept_tag("weekend"):
        return Compare("gte", weekday, Number(6.0))
    days: list[float] = []
    while c.is_tag("weekday"):
        days.append(float(c.take().data))
        if c.accept_text("to", "-", "through", "thru", "till") and c.is_tag("weekday"):
            last = float(c.take().data)
            return Group("and", (Compare("gte", weekday, Number(days[0])), Compare("lte", weekday, Number(last))))
        if not (c.is_text(",", "and", "or", "&", "/") and c.is_tag("weekday", ahead=1)):
            break
        c.take()
    return joined("or", [_equals("weekday", day) for day in days]) if days else None


def _month_day(c: Cursor) -> Condition | None:
    """``first trading day of the month``, ``on the 15th``, ``last day of the month``."""
    if c.accept_tag("first"):
        return _first_bar(c, "calendar:first_day")
    if c.is_tag("previous") and c.accept_text("last"):
        c.accept_tag("field")
        return _first_bar(c, "calendar:last_day")
    if c.is_text(*ORDINALS) and c.is_tag("unit", "of_month", ahead=1):
        value = ORDINALS[c.take().text]
        return _equals("day", value) if _day_of_month(c) else None
    return _numbered_day(c) if c.is_number() else None


def _first_bar(c: Cursor, note: str) -> Condition | None:
    """The first or last day of the month: both are decided at the close before, on the first bar of a month."""
    if not _day_of_month(c):
        return None
    c.mind.notes.append(note)
    return _equals("day", 1.0)


def _numbered_day(c: Cursor) -> Condition | None:
    """``on the 15th``, ``the 3rd of each month``; an ordinal alone needs a month somewhere in the message."""
    on_the = c.at > 0 and c.tokens[c.at - 1].text in ("the", "on")
    value = c.take().value or 0.0
    if not c.accept_text(*ENDINGS) or not 1 <= value <= 31:
        return None
    day = c.accept_tag("unit")
    if c.accept_tag("of_month") or _of_month(c):
        return _equals("day", value)
    monthly = any("month" in token.text for token in c.tokens)
    return _equals("day", value) if monthly and (day is not None or on_the) else None


def _day_of_month(c: Cursor) -> bool:
    """Take ``day of the month``, ``trading day of each month``, ``of the month``."""
    day = c.accept_tag("unit")
    return c.accept_tag("of_month") is not None or (day is not None and _of_month(c))


def _of_month(c: Cursor) -> bool:
    """Take ``of the month``, ``of a new one``, ``each month``."""
    start = c.at
    if c.accept_text("of"):
        c.accept_text("the", "each", "every", "a")
        new = c.accept_text("new", "next") or c.accept_tag("new")
        if c.is_tag("unit"):
            return bool(c.take().data == "month")
        if new is not None and c.accept_text("one"):
            return True
    if c.is_tag("each") and c.is_tag("unit", ahead=1):
        c.at += 2
        return True
    c.at = start
    return False


def _months(c: Cursor) -> Condition | None:
    """``in january``, ``nov to april``, ``between may and october``, ``in march and june``."""
    bounded = c.accept_tag("between") is not None
    c.accept_text("in", "during", "from", "the", "months")
    months: list[float] = []
    while (name := _month(c)) is not None:
        months.append(name)
        through = c.accept_text(*THROUGH) or (bounded and c.accept_text("and"))
        last = _month(c) if through else None
        if last is not None:
            month = Field("time.month")
            ends = (Compare("gte", month, Number(months[0])), Compare("lte", month, Number(last)))
            return Group("and" if months[0] < last else "or", ends)
        if not (c.is_text(",", "and", "or") and c.is_tag("month_name", ahead=1)):
            break
        c.take()
    return joined("or", [_equals("month", month) for month in months]) if months else None


def _month(c: Cursor) -> float | None:
    """Take a month by its name, ``may`` only where months stand: ``in may``, ``may to july``, ``june and may``."""
    if c.is_tag("month_name"):
        return float(c.take().data)
    begun = c.is_text("in", "of", "until", "every", "during", ahead=-1)
    begins = c.is_text(*BETWEEN_MONTHS, ahead=1) and c.is_tag("month_name", ahead=2)
    ends = c.is_text(*BETWEEN_MONTHS, ahead=-1) and c.is_tag("month_name", ahead=-2)
    if (begun or begins or ends) and c.accept_text("may"):
        return 5.0
    return None


READERS = (clock_part, _weekdays, _month_day, hours, _months)
