"""Reading the calendar: weekdays, days of the month, months, and the hours of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.hours import clock_part, hours
from agent.language.builtin.rules import Compare, Condition, Field, Group, Number, joined

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

ORDINALS = {"second": 2.0, "third": 3.0, "fourth": 4.0, "fifth": 5.0, "sixth": 6.0, "seventh": 7.0, "tenth": 10.0}
NTH = {"second": 2, "third": 3, "fourth": 4}
ENDINGS = ("st", "nd", "rd", "th")
THROUGH = ("to", "-", "through", "thru", "till", "until")
WEEKDAY_CLOSE = Field("time.weekday_close")
"""The weekday whose bar closes, told apart from ``time.weekday`` until the markets are known: it closes as it ends."""

AT_THE_OPEN = "weekday:open"
"""The note on an order for the open of a weekday."""

WORDS_TOO = {"may": 5.0, "mar": 3.0}
"""Months that are other words as well."""

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
    """``on weekdays``, ``monday to friday``, ``friday to monday``, ``tuesdays and thursdays``, ``friday close``."""
    weekday = Field("time.weekday")
    if c.is_text("over", "through") and c.is_tag("weekend", ahead=2 if c.is_text("the", "a", ahead=1) else 1):
        c.skip("over", "through", "the", "a")
    if c.accept_tag("weekdays"):
        return Compare("lte", weekday, Number(5.0))
    if c.accept_tag("weekend"):
        return Compare("gte", weekday, Number(6.0))
    days: list[Condition] = []
    while c.is_tag("weekday"):
        first = float(c.take().data)
        if c.is_text(*THROUGH) and c.is_tag("weekday", ahead=1):
            c.take()
            last = float(c.take().data)
            ends = (Compare("gte", weekday, Number(first)), Compare("lte", weekday, Number(last)))
            return Group("and" if first <= last else "or", ends)
        days.append(Compare("eq", _moment(c), Number(first)))
        if c.is_text(",", "and", "or", "&", "/") and c.is_tag("weekday", ahead=1):
            c.take()
    return joined("or", days) if days else None


def _moment(c: Cursor) -> Field:
    """Take ``close``, ``at the open`` behind a weekday: a day's close is told apart, whose bar closes as it ends."""
    start = c.at
    c.skip("'s", "at", "the", "on")
    named = c.is_tag("field", "fill") and not c.is_tag("compare", "verb", "cross", "up", "down", ahead=1)
    if named and (c.is_text("close", "closing") or c.data() == "close"):
        c.take()
        return WEEKDAY_CLOSE
    if named and (c.is_text("open") or c.data() == "next_open"):
        c.take()
        c.mind.notes.append(AT_THE_OPEN)
    else:
        c.at = start
    return Field("time.weekday")


def _month_day(c: Cursor) -> Condition | None:
    """``first trading day of the month``, ``on the 15th``, ``last day of the month``."""
    if c.accept_tag("first"):
        return _first_days(c) if c.is_number() else _first_bar(c, "calendar:first_day")
    if c.is_tag("previous") and c.accept_text("last", "the last"):
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


def _first_days(c: Cursor) -> Condition | None:
    """``first 5 trading days of the month``: as long as the date is no later."""
    number = c.take().value or 0.0
    if not c.is_tag("unit") or c.data() != "day" or not 1 < number <= 28 or not _day_of_month(c):
        return None
    c.mind.notes.append("calendar:days")
    return Compare("lte", Field("time.day"), Number(number))


def _numbered_day(c: Cursor) -> Condition | None:
    """``on the 15th``, ``the 3rd of each month``; an ordinal alone needs a month somewhere in the message."""
    on_the = c.at > 0 and c.tokens[c.at - 1].text.rpartition(" ")[2] in ("the", "on")
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
    if c.accept_tag("of_month") is not None or (day is not None and _of_month(c)):
        return True
    named = day is not None and day.text.startswith(("trading day", "business day"))
    return named and any("month" in token.text for token in c.tokens)  # "the 15th of the month ..."


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
        following = c.peek()
        dashed = following is not None and following.tag == "month_name" and following.glued  # "nov-apr"
        through = c.accept_text(*THROUGH) or (bounded and c.accept_text("and")) or dashed
        if through:
            c.skip("the", "end", "of")
        last = _month(c) if through else None
        if last is not None:
            month = Field("time.month")
            ends = (Compare("gte", month, Number(months[0])), Compare("lte", month, Number(last)))
            return Group("and" if months[0] < last else "or", ends)
        if c.is_text(",", "and", "or") and (c.is_tag("month_name", ahead=1) or c.is_text(*WORDS_TOO, ahead=1)):
            c.take()
    return joined("or", [_equals("month", month) for month in months]) if months else None


def _month(c: Cursor) -> float | None:
    """Take a month by its name, ``may`` only where months stand: ``in may``, ``may to july``, ``june and may``."""
    if c.is_tag("month_name"):
        return float(c.take().data)
    begun = c.is_text("in", "of", "until", "every", "during", ahead=-1)
    begins = c.is_text(*BETWEEN_MONTHS, ahead=1) and c.is_tag("month_name", ahead=2)
    ends = c.is_text(*BETWEEN_MONTHS, ahead=-1) and c.is_tag("month_name", ahead=-2)
    beside = any(c.is_tag("month_name", ahead=at) for at in (-1, 1))
    beside = beside or (c.is_text(",", "and", "or", ahead=-1) and c.is_tag("month_name", ahead=-2))
    if begun or begins or ends or beside:
        taken = c.accept_text(*WORDS_TOO)
        return WORDS_TOO[taken.text] if taken is not None else None
    return None


def _nth_weekday(c: Cursor) -> Condition | None:
    """``the first friday of the month``, ``third wednesday``: the weekday among seven dates."""
    first = c.is_tag("first") and not c.is_number(1)
    if not first and not c.is_text(*NTH):
        return None
    nth = 1 if first else NTH[c.peek().text]  # type: ignore[union-attr]
    c.take()
    day = _weekdays(c) if c.is_tag("weekday") else None
    if not isinstance(day, Compare):
        return None
    if not _of_month(c):
        c.accept_tag("of_month")
    date = Field("time.day")
    ends: list[Condition] = [Compare("lte", date, Number(7.0 * nth))]
    if nth > 1:
        ends.insert(0, Compare("gte", date, Number(7.0 * nth - 6)))
    return joined("and", [day, *ends])


def _month_end(c: Cursor) -> Condition | None:
    """``buy at month end``, ``out at the end of the month``: the last day, where something is done then."""
    start = c.at
    ended = c.is_text("month", "months") and c.is_text("end", ahead=1)
    if ended:
        c.at += 2
    elif c.accept_text("end") is None or not (c.accept_tag("of_month") or _of_month(c)):
        return None
    if not _is_acted_on(c, start):
        return None
    c.mind.notes.append("calendar:last_day")
    return _equals("day", 1.0)


def _is_acted_on(c: Cursor, at: int) -> bool:
    """True where a position is opened or closed in the clause of a time, or right behind it."""
    while at > 0 and c.tokens[at - 1].text not in (",", ".", ";", ":"):
        at -= 1
        if c.tokens[at].tag == "action" or c.tokens[at].text == "in":
            return True
    return c.is_tag("action")


READERS = (clock_part, _nth_weekday, _month_end, _weekdays, _month_day, hours, _months)
