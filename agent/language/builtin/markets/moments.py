"""Named parts of the calendar: ``2022``, ``h1 2022``, ``third quarter of 2022``, ``2022-08``, ``aug 2022``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

JOINTS = ("-", "/")
ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 4}
HALVES = {"h 1": 1, "h 2": 2}
"""Halves of a year as they are written, which are also how some write a chart of hours."""

POINTS = {"beginning": 0, "start": 0, "early": 0, "mid": 6, "middle": 6, "end": 12}
"""Instants of a year by how many of its months are over."""

QUARTER, HALF = 3, 6
LETTERS = {"q": QUARTER, "h": HALF}
FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True, slots=True)
class Named:
    """A part of the calendar: its first instant, and the instant it is over; of a day that is its first.

    ``months`` is how long it is, 0 for a day: a year alone is a number like any other, a month of one is a time.
    """

    start: datetime
    over: datetime
    months: int


def named(c: Cursor) -> Named | None:
    """Take a day, a month, a quarter, a half or a year; None, and the cursor where it was, for anything else.

    What is written like a month and is none (``2022-13``) is no year either.

    >>> from agent.language.builtin.cursor import Cursor
    >>> from agent.language.builtin.tokens import tokenize
    >>> [f"{named(Cursor(tokenize(text))).over:%Y-%m-%d}" for text in ("2022-08", "q3 2022", "h1 2022", "2022")]
    ['2022-09-01', '2022-10-01', '2022-07-01', '2023-01-01']
    >>> named(Cursor(tokenize("2022-13"))) is None
    True
    """
    start = c.at
    for read in (_day, _point, _month_by_name, _numbered_month, _part, _year_first):
        found = read(c)
        if found is not None:
            return found
        c.at = start
    return None


def months_of_one_year(c: Cursor) -> tuple[datetime, datetime] | None:
    """Take ``march to june 2022``, ``nov to feb 2023``: two months, and the year that the last is of."""
    start = c.at
    first = _month_name(c)
    if first is not None and c.accept_text("to", "-", "through", "thru", "until", "till", "and"):
        last = _month_by_name(c)
        if last is not None:
            return _months(last.start.year - int(first > last.start.month), first, 1).start, last.over
    c.at = start
    return None


def _months(year: int, first: int, count: int) -> Named:
    after = 12 * year + first - 1 + count
    return Named(datetime(year, first, 1, tzinfo=UTC), datetime(after // 12, after % 12 + 1, 1, tzinfo=UTC), count)


def _day(c: Cursor) -> Named | None:
    token = c.peek()
    if token is None or token.kind != "date":
        return None
    c.take()
    try:
        day = datetime.fromisoformat(token.text).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Named(day, day, 0)


def _point(c: Cursor) -> Named | None:
    """``mid 2022``, ``the beginning of 2020``, ``end of 2021``: an instant that bounds a span."""
    c.accept_text("the")
    token = c.peek()
    if token is None or token.text not in POINTS:
        return None
    months = POINTS[c.take().text]
    c.skip("of", "the", "year", *JOINTS)
    year = _year(c)
    if year is None:
        return None
    instant = _months(year, 1, months).over if months else datetime(year, 1, 1, tzinfo=UTC)
    return Named(instant, instant, 1)


def _month_name(c: Cursor) -> int | None:
    if c.is_tag("month_name"):
        return int(c.take().data)
    return 5 if c.accept_text("may") else None


def _month_by_name(c: Cursor) -> Named | None:
    """``march 2022``, ``aug of 2022``."""
    month = _month_name(c)
    if month is None:
        return None
    c.accept_text("of", *JOINTS)
    year = _year(c)
    return None if year is None else _months(year, month, 1)


def _numbered_month(c: Cursor) -> Named | None:
    """``2022-08``, ``2022/8``, ``08/2022``."""
    token = c.peek()
    if token is None or token.kind != "number" or not c.is_text(*JOINTS, ahead=1):
        return None
    before, after = _whole(c, 0), _whole(c, 2)
    if before is None or after is None or not _is_glued(c, 1) or not _is_glued(c, 2):
        return None
    year, month = (before, after) if before > after else (after, before)
    if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= month <= 12 or (_is_glued(c, 3) and c.is_text(*JOINTS, ahead=3)):
        return None
    if c.is_tag("percent", "unit", "times", ahead=3):
        return None
    c.at += 3
    return _months(year, month, 1)


def _part(c: Cursor) -> Named | None:
    """``q3 2022``, ``Q3/2022``, ``third quarter of 2022``, ``h1 2022``, ``first half of 2022``."""
    which = _which(c)
    if which is None:
        return None
    c.accept_text("of", *JOINTS)
    year = _year(c)
    return None if year is None else _part_of(year, *which)


def _which(c: Cursor) -> tuple[int, int] | None:
    """Take a half or a quarter: which one, and how many months it has."""
    token = c.peek()
    if token is None:
        return None
    if token.text in HALVES:
        return HALVES[c.take().text], HALF
    if token.text in LETTERS:
        months = LETTERS[c.take().text]
        number = _whole(c, 0)
        c.at += 1
        return None if number is None or not 1 <= number <= 12 // months else (number, months)
    number = ORDINALS.get(token.text)
    if number is None:
        return None
    c.take()
    if c.accept_text("quarter"):
        return number, QUARTER
    if number <= 2 or token.text == "last":
        return (min(number, 2), HALF) if c.accept_text("half", "half of") else None
    return None


def _part_of(year: int, number: int, months: int) -> Named:
    return _months(year, months * (number - 1) + 1, months)


def _year_first(c: Cursor) -> Named | None:
    """``2022``, ``2022 q3``, ``2022-h1``; not the year of ``2022-13``."""
    year = _year(c)
    if year is None:
        return None
    start = c.at
    c.accept_text(*JOINTS)
    which = _which(c) if c.is_text(*LETTERS, *HALVES) else None
    if which is not None:
        return _part_of(year, *which)
    c.at = start
    if c.is_text(*JOINTS) and _is_glued(c, 0) and _is_glued(c, 1):
        number = _whole(c, 1)
        if number is not None and number < FIRST_YEAR:
            return None
    return _months(year, 1, 12)


def _year(c: Cursor) -> int | None:
    """Take a year; None for ``2,018``, ``2000 bars``, ``2000x``."""
    year, token = _whole(c, 0), c.peek()
    if year is None or token is None or not FIRST_YEAR <= year <= LAST_YEAR or "," in token.text:
        return None
    if c.is_tag("percent", "unit", "times", ahead=1):
        return None
    c.take()
    return year


def _whole(c: Cursor, ahead: int) -> int | None:
    token = c.peek(ahead)
    if token is None or token.kind != "number" or token.value is None or token.value != int(token.value):
        return None
    return int(token.value)


def _is_glued(c: Cursor, ahead: int) -> bool:
    token = c.peek(ahead)
    return token is not None and token.glued
