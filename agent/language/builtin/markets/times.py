"""The timeframe of a strategy and the span of its test: ``1h``, ``daily chart``; ``2018 to 2020``, ``since 2019``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from agent.language.builtin.operands import frame_name
from agent.language.builtin.rules import Span
from agent.language.port import Window

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def timeframe(c: Cursor) -> str | None:
    """Read the strategy's timeframe: ``1h``, ``15 min``, ``daily chart``, ``4-hour candles``."""
    start = c.at
    token = c.peek()
    if token is None:
        return None
    before = c.peek(-1)
    if before is not None and (
        before.tag in ("for", "after", "within", "previous", "max") or before.text in ("last", "past", "over", "every")
    ):
        if token.tag != "tf" and before.text != "every":
            return None
    name = None
    if token.kind == "number" and token.value == 1 and c.is_tag("tf", ahead=1):
        c.take()  # "one day chart"
        token = c.tokens[c.at]
    if token.tag == "tf":
        c.take()
        name = str(token.data)
    elif token.kind == "span":
        name = frame_name(token.data)
        if name is None:
            return None
        c.take()
    elif token.kind == "number" and c.is_tag("unit", ahead=1) and token.value is not None:
        unit = c.peek(1).data  # type: ignore[union-attr]
        if unit == "bar":
            return None
        name = frame_name(Span(token.value, unit))
        ending = c.peek(2)
        alone = ending is None or ending.kind == "line" or ending.text in (",", ".", ";", "|", "/", "->")
        if name is None or (
            unit in ("day", "week") and not c.is_tag("chart", "unit", ahead=2) and not (token.value == 1 and alone)
        ):
            return None
        c.at += 2
    elif (
        token.text in ("one", "a", "each", "every") and c.is_tag("unit", ahead=1) and c.is_tag("chart", "unit", ahead=2)
    ):
        name = frame_name(Span(1, c.peek(1).data))  # type: ignore[union-attr]
        if name is None:
            return None
        c.at += 2
    if name is None:
        c.at = start
        return None
    while c.is_tag("chart") or (c.is_tag("unit") and c.peek().data == "bar"):  # type: ignore[union-attr]
        c.take()
    return name


def window(c: Cursor, now: str) -> Window | None:
    """Read the span to test: ``2018 to 2020``, ``since 2019``, ``last 3 months``, ``from 2024-08-15 to today``."""
    start = c.at
    led = False
    while c.is_text(
        "backtest",
        "test",
        "from",
        "since",
        "starting",
        "between",
        "over",
        "for",
        "on",
        "during",
        "in",
        "the",
        "with",
        "data",
        "of",
        "run",
        "it",
        "tested",
    ) or c.is_tag("for", "between"):
        led = led or c.is_text(
            "from", "since", "starting", "between", "over", "during", "in", "backtest", "test", "for", "data"
        )
        since = c.take().text
        if since in ("since", "from", "starting"):
            led = True
    today = datetime.fromisoformat(now)
    alone = c.peek(-1) is None or c.is_text(".", ",", ";", ahead=-1) or c.tokens[c.at - 1].kind == "line"
    lone = c.peek()
    if c.at == start and alone and lone is not None and lone.kind == "span" and lone.data.unit == "year":
        ending = c.peek(1)
        if ending is None or ending.kind == "line" or ending.text in (".", ",", ";"):
            c.take()  # "5y"
            return _window(today - timedelta(days=365.25 * lone.data.n), None, c, start)
    first = _moment(c)
    if first is not None:
        if c.accept_text("to", "until", "till", "through", "-", "and", "thru"):
            last = _moment(c, ending=True)
            if last is not None:
                return _window(first, last, c, start)
            if c.accept_tag("current"):
                return _window(first, today, c, start)
        before = c.tokens[start : c.at]
        if any(t.text in ("since", "from", "starting") for t in before):
            return _window(first, None, c, start)
        if any(t.text in ("in", "during") for t in before):
            year = first.year
            return _window(first, datetime(year + 1, 1, 1, tzinfo=UTC), c, start)
        c.at = start
        return None
    if c.is_text("last", "past", "previous", "the last"):
        c.take()
        days = None
        token = c.peek()
        if token is not None and token.kind == "span":
            days = _days(c.take().data)
        elif c.is_number() and c.is_tag("unit", ahead=1):
            value = c.take().value or 0.0
            days = _days(Span(value, c.take().data))
        elif c.is_tag("unit"):
            days = _days(Span(1, c.take().data))
        if days is not None and days >= 28 and not c.is_tag("field", "extreme", "average", "indicator"):
            return _window(today - timedelta(days=days), None, c, start)
    c.at = start
    return None


def _days(span: Span) -> float | None:
    return {"day": span.n, "week": 7 * span.n, "month": 30.4375 * span.n, "year": 365.25 * span.n}.get(span.unit)


def _moment(c: Cursor, *, ending: bool = False) -> datetime | None:
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
        token = c.peek(1)
        if token is None:
            return None
    if (
        token.kind == "number"
        and token.value is not None
        and token.value == int(token.value)
        and 1990 <= token.value <= 2100
    ):
        after = c.peek(2 if month else 1)
        if (after is not None and after.tag in ("percent", "unit", "times")) or token.text.find(",") >= 0:
            return None
        c.at += 2 if month else 1
        year = int(token.value)
        if month is None:
            return datetime(year + int(ending), 1, 1, tzinfo=UTC)
        if ending:
            return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
        return datetime(year, month, 1, tzinfo=UTC)
    return None


def _window(start: datetime | None, end: datetime | None, c: Cursor, at: int) -> Window:
    words = " ".join(token.raw for token in c.tokens[at : c.at])

    def iso(moment: datetime | None) -> str | None:
        return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    return Window(iso(start), iso(end), words)


MONTH_NAMES = {name: at for at, name in enumerate(
    "january february march april may june july august september october november december".split(), 1)}  # fmt: skip
