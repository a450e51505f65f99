"""Reading the calendar: weekdays, hours, days of the month, months."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.rules import Compare, Condition, Field, Group, Number, joined

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def calendar_condition(c: Cursor) -> Condition | None:
    """Read a condition on the time of the deciding close; None, and the cursor where it was, when there is none.

    Times are UTC as the engine's are; another zone is left to whoever asked.
    """
    start = c.at
    for reader in (_clock_part, _weekdays, _month_day, _hours, _months):
        c.skip_fillers(also=("only", "during", "every", "it", "is", "its"))
        found = reader(c)
        if found is not None:
            return found
        c.at = start
    return None


ORDINALS = {"second": 2.0, "third": 3.0, "fourth": 4.0, "fifth": 5.0, "sixth": 6.0, "seventh": 7.0, "tenth": 10.0}


def _equals(part: str, value: float) -> Compare:
    return Compare("eq", Field(f"time.{part}"), Number(value))


def _weekdays(c: Cursor) -> Condition | None:
    if c.accept_tag("weekdays"):
        return Compare("lte", Field("time.weekday"), Number(5.0))
    if c.accept_tag("weekend"):
        return Compare("gte", Field("time.weekday"), Number(6.0))
    days: list[float] = []
    while c.is_tag("weekday"):
        days.append(float(c.take().data))
        if c.accept_text("to", "-", "through", "thru", "till") and c.is_tag("weekday"):
            last = float(c.take().data)
            return Group("and", (Compare("gte", Field("time.weekday"), Number(days[0])),
                                 Compare("lte", Field("time.weekday"), Number(last))))  # fmt: skip
        if not (c.is_text(",", "and", "or", "&", "/") and c.is_tag("weekday", ahead=1)):
            break
        c.take()
    return joined("or", [_equals("weekday", day) for day in days]) if days else None


def _month_day(c: Cursor) -> Condition | None:
    """``first trading day of the month``, ``on the 15th``, ``last day of the month``."""
    start = c.at
    if c.is_tag("first"):
        c.take()
        if c.accept_tag("unit") and (c.accept_tag("of_month") or _of_month(c)):
            c.mind.notes.append("calendar:first_day")
            return _equals("day", 1.0)
        if c.accept_tag("of_month"):
            c.mind.notes.append("calendar:first_day")
            return _equals("day", 1.0)
    elif c.is_tag("previous") and c.is_text("last"):
        c.take()
        c.accept_tag("field")
        if (c.accept_tag("unit") and (c.accept_tag("of_month") or _of_month(c))) or c.accept_tag("of_month"):
            c.mind.notes.append("calendar:last_day")
            return _equals("day", 1.0)
    elif c.is_text(*ORDINALS) and c.is_tag("unit", "of_month", ahead=1):
        value = ORDINALS[c.take().text]
        c.accept_tag("unit")
        if c.accept_tag("of_month") or _of_month(c):
            return _equals("day", value)
    elif c.is_number():
        value = c.take().value or 0.0
        if c.accept_text("st", "nd", "rd", "th"):
            on_the = c.tokens[start - 1].text in ("the", "on") if start else False
            day = c.accept_tag("unit")
            monthly = any("month" in token.text for token in c.tokens)
            said = c.accept_tag("of_month") or _of_month(c) or (monthly and (day is not None or on_the))
            if said and 1 <= value <= 31:
                return _equals("day", value)
    c.at = start
    return None


def _of_month(c: Cursor) -> bool:
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


def _hour(c: Cursor) -> float | None:
    """An hour of the day: ``14:00``, ``9am``, ``noon``, ``14 utc``."""
    token = c.peek()
    if token is None:
        return None
    value: float | None = None
    if token.kind == "clock":
        hours, minutes = token.text.split(":")
        if int(minutes):
            return None
        c.take()
        value = float(hours)
    elif token.tag == "noon":
        c.take()
        value = float(token.data)
    elif (
        token.kind == "number" and c.is_tag("clock", "zone", ahead=1) and token.value is not None and token.value <= 24
    ):
        c.take()
        value = token.value
    if value is None:
        return None
    if c.is_tag("clock"):
        value = value % 12 + (12 if c.take().data == "pm" else 0)
    return value


def _clock_part(c: Cursor) -> Condition | None:
    """``hour >= 7``, ``weekday < 6``: a part of the time compared with a number."""
    start = c.at
    token = c.peek()
    if (
        token is not None
        and token.text in ("hour", "weekday", "minute", "hours")
        and (c.is_tag("compare", ahead=1) or c.is_text("=", ahead=1))
    ):
        part = token.text.rstrip("s")
        c.take()
        sign = c.take()
        if c.is_number():
            number = c.take().value or 0.0
            c.accept_tag("zone")
            return Compare(sign.data if sign.tag == "compare" else "eq", Field(f"time.{part}"), Number(number))
    c.at = start
    return None


def _hours(c: Cursor) -> Condition | None:
    """``between 8:00 and 16:00 utc``, ``at 14:00``, ``after 9am``, ``before 20:00``."""
    start = c.at
    nothing = c.accept_text("nothing")
    if c.is_text("and", "to", "-", "until", ahead=-1) and (c.is_number(-2) or _is_clock(c, -2)):
        return None  # the end of a span whose beginning nobody read
    if c.is_tag("between") or c.is_text("from", "during", "outside"):
        led = c.is_number(1) and c.is_text("to", "-", "until", "and", ahead=2)
        if led and c.is_number(3) and c.is_tag("zone", "clock", ahead=4):
            c.take()
    if (
        c.is_number()
        and c.is_text("to", "-", "until", "and", ahead=1)
        and c.is_number(2)
        and c.is_tag("zone", "clock", ahead=3)
    ):
        opening = c.take().value or 0.0
        c.take()
        closing = c.take().value or 0.0
        if c.is_tag("clock") and c.take().data == "pm":
            closing = closing % 12 + 12
        zone = c.accept_tag("zone")
        if (zone is None or zone.data == "UTC") and opening <= 24 and closing <= 24:
            return _between_hours(opening, closing)
        c.at = start
        return None
    bounded = c.accept_tag("between") or c.accept_text("from", "during")
    after = c.accept_tag("after") if bounded is None else None
    before = c.accept_text("before", "until") if bounded is None and after is None else None
    c.skip_fillers()
    first = _hour(c)
    if first is None:
        c.at = start
        return None
    zone = c.accept_tag("zone")
    if (bounded is not None and c.accept_text("and")) or c.accept_text("to", "-", "until"):
        second = _hour(c)
        if second is not None:
            zone = c.accept_tag("zone") or zone
            if zone is None or zone.data == "UTC":
                return _between_hours(first, second)
        c.at = start
        return None
    if zone is not None and zone.data != "UTC":
        c.at = start
        return None
    if after or before:
        late = bool(after) != bool(nothing)
        return Compare("gte" if late else "lt", Field("time.hour"), Number(first))
    return _equals("hour", first)


def _between_hours(first: float, second: float) -> Condition:
    """From one full hour to another, over midnight where the second is the earlier one."""
    hour = Field("time.hour")
    if second in (0.0, 24.0):
        return Compare("gte", hour, Number(first))
    ends = (Compare("gte", hour, Number(first)), Compare("lt", hour, Number(second)))
    return Group("and" if first < second else "or", ends)


def _is_clock(c: Cursor, ahead: int) -> bool:
    token = c.peek(ahead)
    return token is not None and token.kind == "clock"


def _months(c: Cursor) -> Condition | None:
    """``in january``, ``nov to april``, ``between may and october``, ``in march and june``."""
    start = c.at
    bounded = c.accept_tag("between") is not None
    c.accept_text("in", "during", "from", "the", "months")
    months: list[float] = []
    while (name := _month(c)) is not None:
        months.append(name)
        through = c.accept_text("to", "-", "through", "thru", "till", "until") or (bounded and c.accept_text("and"))
        last = _month(c) if through else None
        if last is not None:
            month = Field("time.month")
            ends = (Compare("gte", month, Number(months[0])), Compare("lte", month, Number(last)))
            return Group("and" if months[0] < last else "or", ends)
        if not (c.is_text(",", "and", "or") and c.is_tag("month_name", ahead=1)):
            break
        c.take()
    if not months:
        c.at = start
        return None
    return joined("or", [_equals("month", month) for month in months])


def _month(c: Cursor) -> float | None:
    """A month by its name; ``may`` is one beside another month alone."""
    if c.is_tag("month_name"):
        return float(c.take().data)
    if c.is_text("may") and (
        c.is_text("in", "of", "until", "every", "during", ahead=-1)
        or (
            c.is_text("to", "-", "through", "thru", "till", "until", "and", ahead=1) and c.is_tag("month_name", ahead=2)
        )
        or (
            c.is_text("to", "-", "through", "thru", "till", "until", "and", ahead=-1)
            and c.is_tag("month_name", ahead=-2)
        )
    ):
        c.take()
        return 5.0
    return None
