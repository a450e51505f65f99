"""The timeframe of a strategy and the span of its test: ``1h``, ``daily chart``; ``2018 to 2020``, ``since 2019``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from agent.language.builtin.operands import frame_name
from agent.language.builtin.rules import Span
from agent.language.port import Window

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

Period = tuple[datetime, datetime | None]

LEADING = (
    "backtest", "test", "from", "since", "starting", "between", "over", "for", "on", "during", "in", "the", "with",
    "data", "of", "run", "it", "tested",
)  # fmt: skip
"""Words in front of the span to test."""

DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
"""Days of the calendar in a unit, on average."""

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
        first = _moment(c)
        period = _last(c, today) if first is None else _from(c, start, first, today)
    if period is None:
        c.at = start
        return None
    words = " ".join(token.raw for token in c.tokens[start : c.at])
    return Window(_iso(period[0]), None if period[1] is None else _iso(period[1]), words)


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _years_alone(c: Cursor, today: datetime) -> Period | None:
    """``5y`` in a clause of its own."""
    token = c.peek()
    if token is None or token.kind != "span" or token.data.unit != "year":
        return None
    if not c.ends(".", ",", ";", ahead=-1) or not c.ends(".", ",", ";", ahead=1):
        return None
    c.take()
    return today - timedelta(days=DAYS["year"] * token.data.n), None


def _from(c: Cursor, start: int, first: datetime, today: datetime) -> Period | None:
    """``2018 to 2020``, ``2019 until now``, ``since 2019``, ``in 2020``; a year alone is none."""
    if c.accept_text("to", "until", "till", "through", "-", "and", "thru"):
        last = _moment(c, ending=True)
        if last is not None:
            return first, last
        if c.accept_tag("current"):
            return first, today
    said = {token.text for token in c.tokens[start : c.at]}
    if said & {"since", "from", "starting"}:
        return first, None
    if said & {"in", "during"}:
        return first, datetime(first.year + 1, 1, 1, tzinfo=UTC)
    return None


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


def _moment(c: Cursor, *, ending: bool = False) -> datetime | None:
    """A day, month or year; with ``ending`` the instant a month or year is over."""
    token = c.peek()
    if token is None:
        return None
    if token.kind == "date":
        c.take()
        try:
            return datetime.fromisoformat(token.text).replace(tzinfo=UTC)
        except ValueError:
            return None
    month = None
    if token.tag == "month_name" or token.text == "may":
        month = int(token.data) if token.tag == "month_name" else 5
    year = _year(c, 0 if month is None else 1)
    if year is None:
        return None
    c.at += 1 if month is None else 2
    if month is None:
        return datetime(year + int(ending), 1, 1, tzinfo=UTC)
    if ending:
        return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return datetime(year, month, 1, tzinfo=UTC)


def _year(c: Cursor, ahead: int) -> int | None:
    """The year written there; None for ``2,018``, ``2000 bars``, ``2000x``."""
    token = c.peek(ahead)
    if token is None or token.kind != "number" or token.value is None or token.value != int(token.value):
        return None
    if not 1990 <= token.value <= 2100 or "," in token.text or c.is_tag("percent", "unit", "times", ahead=ahead + 1):
        return None
    return int(token.value)
