"""The timeframe of a strategy and the span of its test: ``1h``, ``daily chart``; ``2018 to 2020``, ``since 2019``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from agent.language.builtin.markets.moments import HALF, HALVES, Named, months_of_one_year, named
from agent.language.builtin.operands import frame_name
from agent.language.builtin.rules import Span
from agent.language.port import Window

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

Period = tuple[datetime | None, datetime | None]

LEADING = (
    "backtest", "test", "from", "since", "starting", "between", "over", "for", "on", "during", "in", "the", "with",
    "data", "of", "run", "it", "tested",
)  # fmt: skip
"""Words in front of the span to test."""

DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
"""Days of the calendar in a unit, on average."""

YEAR = 12

TESTED = frozenset({"backtest", "test", "tested", "run", "data"})
"""Words that speak of a test."""

INCLUSIVE = ("to", "up to", "through", "thru")
EXCLUSIVE = ("until", "till", "before")

SHORTEST_TEST_DAYS = 28
"""``last 5 days`` is a span of a rule, ``last 3 months`` one to test on."""


def timeframe(c: Cursor) -> str | None:
    """Read the strategy's timeframe: ``1h``, ``15 min``, ``daily chart``, ``4-hour candles``."""
    start = c.at
    name = None if _is_length_of_a_rule(c) else _frame(c)
    if name is None:
        c.at = start
        return None
    while c.is_tag("chart") or (c.is_tag("unit") and c.data() == "bar"):
        c.take()
    return name


def _is_length_of_a_rule(c: Cursor) -> bool:
    """True behind ``for``, ``last``, ``within``: what follows lasts so long."""
    before = c.peek(-1)
    if before is None or c.is_tag("tf") or before.text == "every":
        return False
    return before.tag in ("for", "after", "within", "previous", "max") or before.text in ("last", "past", "over")


def _frame(c: Cursor) -> str | None:
    token = c.peek()
    if token is not None and token.kind == "number" and token.value == 1 and c.is_tag("tf", ahead=1):
        c.take()  # "one day chart"
    if c.is_tag("tf"):
        return str(c.take().data)
    if token is None:
        return None
    if token.kind == "span":
        return frame_name(c.take().data)
    if not c.is_tag("unit", ahead=1):
        return None
    unit = c.data(1)
    charted = c.is_tag("chart", "unit", ahead=2)
    if token.kind == "number" and token.value is not None:
        alone = token.value == 1 and c.ends(",", ".", ";", "|", "/", "->", ahead=2)
        if unit == "bar" or (unit in ("day", "week") and not charted and not alone):
            return None
        c.at += 2
        return frame_name(Span(token.value, unit))
    if token.text in ("one", "a", "each", "every") and charted:
        c.at += 2
        return frame_name(Span(1, unit))
    return None


def window(c: Cursor, now: str) -> Window | None:
    """Read the span to test: ``2018 to 2020``, ``since 2019``, ``last 3 months``, ``from 2024-08-15 to today``.

    >>> from agent.language.builtin.cursor import Cursor
    >>> from agent.language.builtin.tokens import tokenize
    >>> window(Cursor(tokenize("from 2018 to 2020")), "2026-01-01T00:00:00Z")
    Window(start='2018-01-01T00:00:00Z', end='2021-01-01T00:00:00Z', words='from 2018 to 2020')
    """
    start = c.at
    c.skip(*LEADING, tags=("for", "between"))
    today = datetime.fromisoformat(now)
    period = _years_alone(c, today) if c.at == start else None
    if period is None:
        period = months_of_one_year(c)
    if period is None:
        first = named(c)
        period = _from(c, start, first, today) if first is not None else _bounded(c, start) or _last(c, today)
    if period is None and c.at > start:
        period = _since_a_month(c, start, today)
    if period is None:
        c.at = start
        return None
    words = " ".join(token.raw for token in c.tokens[start : c.at])
    return Window(_iso(period[0]), _iso(period[1]), words)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _years_alone(c: Cursor, today: datetime) -> Period | None:
    """``5y`` in a clause of its own."""
    token = c.peek()
    if token is None or token.kind != "span" or token.data.unit != "year":
        return None
    if not c.ends(".", ",", ";", ahead=-1) or not c.ends(".", ",", ";", ahead=1):
        return None
    c.take()
    return today - timedelta(days=DAYS["year"] * token.data.n), None


def _since_a_month(c: Cursor, start: int, today: datetime) -> Period | None:
    """``since january``: the last one that has begun."""
    spoken = c.tokens[c.at - 1].text == "since" and c.is_tag("month_name")
    if not spoken or c.is_text("to", "until", "till", "-", "through", ahead=1) or c.is_number(1):
        return None
    month = int(c.take().data)
    year = today.year if month <= today.month else today.year - 1
    return today.replace(year=year, month=month, day=1, hour=0, minute=0, second=0), None


def _bounded(c: Cursor, start: int) -> Period | None:
    """``backtest to 2025-06``, ``until q3 2022``, ``after 2021``: an end or a beginning alone.

    ``to`` and ``up to`` have the month in it, ``until`` and ``before`` end where it begins. A year alone counts where a
    test is what is spoken of.
    """
    spoken_of = bool(TESTED & {token.text for token in c.tokens[max(0, start - 1) : c.at]})
    bound = c.peek()
    if not (c.accept_text(*INCLUSIVE, *EXCLUSIVE, "after") or c.accept_tag("after")) or bound is None:
        return None
    part = named(c)
    if part is None or not (spoken_of or 0 < part.months < YEAR) or (bound.text == "to" and not spoken_of):
        return None
    if bound.text in INCLUSIVE:
        return None, part.over
    return (None, part.start) if bound.text in EXCLUSIVE else (part.over, None)


def _from(c: Cursor, start: int, first: Named, today: datetime) -> Period | None:
    """``2018 to 2020``, ``2019 until now``, ``since 2019``, ``in 2020``, ``q3 2022``; a year alone is none."""
    behind = c.at
    if c.accept_text("to", "until", "till", "through", "-", "and", "thru"):
        last = named(c)
        if last is not None:
            return None if _is_chart_of_hours(c, behind, first, last) else (first.start, last.over)
        if c.accept_tag("current"):
            return first.start, today
        c.at = behind
    said = {token.text for token in c.tokens[max(0, start - 1) : behind]}
    if said & {"since", "from", "start", "starting", "begin", "beginning"}:
        if c.is_text("on") and c.ends(".", ",", ";", ahead=1):
            c.take()
        c.accept_text("onward", "onwards")
        return first.start, None
    if first.start == first.over:
        return None  # the middle of a year bounds a span and is none
    if said & {"for"} and first.months == YEAR and c.ends(",", ".", ":", ";"):
        return first.start, first.over  # "eth daily for 2023: ..."
    return (first.start, first.over) if said & {"in", "during"} or _is_named_alone(c, start, first) else None


def _is_named_alone(c: Cursor, start: int, first: Named) -> bool:
    """True for a month, quarter or half that no word stands in front of which was not understood as its bound."""
    return 0 < first.months < YEAR and not c.is_text(*INCLUSIVE, *EXCLUSIVE, "after", ahead=start - c.at - 1)


def _is_chart_of_hours(c: Cursor, behind: int, first: Named, last: Named) -> bool:
    """True for the ``h1 2020`` of ``h1 2020 to 2022``: a chart, and a span of years."""
    return first.months == HALF and last.months == YEAR and c.tokens[behind - 2].text in HALVES


def _last(c: Cursor, today: datetime) -> Period | None:
    """``last 3 months``, ``past year``."""
    if not c.accept_text("last", "past", "previous", "the last"):
        return None
    token = c.peek()
    span = None
    if token is not None and token.kind == "span":
        span = c.take().data
    elif token is not None and token.kind == "number" and c.is_tag("unit", ahead=1):
        c.take()
        span = Span(token.value or 0.0, c.take().data)
    elif c.is_tag("unit"):
        span = Span(1, c.take().data)
    days = span.n * DAYS.get(span.unit, 0.0) if span is not None else 0.0
    if days < SHORTEST_TEST_DAYS or c.is_tag("field", "extreme", "average", "indicator"):
        return None
    return today - timedelta(days=days), None
