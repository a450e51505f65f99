"""Changes in per cent over a span: ``falls 5% in 3 days``, ``up 2% in 4 bars``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.directions import DOWN, UP
from agent.language.builtin.conditions.scales import CLOSE
from agent.language.builtin.conditions.turns import turned
from agent.language.builtin.operands import operand
from agent.language.builtin.rules import Compare, Field, Math, Number, Run, Series, Span, lagged

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand


def percent_change(c: Cursor, left: Operand, up: bool) -> Condition | None:
    """``by 5% in 3 days``, ``more than 2% from the previous close``: a move of the price in per cent."""
    start = c.at
    c.skip_fillers(also=("by",))
    strict = c.accept_tag("compare")
    c.skip_fillers()
    if not c.is_number() or not c.is_tag("percent", ahead=1):
        c.at = start
        return None
    value = abs(c.take().value or 0.0) / 100
    c.take()
    c.accept_tag("postfixed")
    bars: Span | None = None
    here = c.at
    base: Operand | None = None
    while c.is_text(
        "in", "over", "within", "from", "vs", "on", "a", "the", "during", "since", "versus", "against", "than"
    ) or c.is_tag("within"):
        c.take()
    previous = c.accept_tag("previous")
    token = c.peek()
    if token is not None and token.kind == "span":
        bars = c.take().data
    elif c.is_number() and c.is_tag("unit", ahead=1):
        number = c.take().value or 1.0
        bars = Span(number, c.take().data)
    elif c.is_tag("unit") and (previous or c.is_text("one", "single", "a", ahead=-1) or here != c.at):
        bars = Span(1, c.take().data)
    elif c.is_tag("field") and previous:
        base = Field(c.take().data, 1)
    elif previous is not None and previous.text in ("yesterday", "yesterdays"):
        bars = Span(1, "day")
    else:
        c.at = here
        base = operand(c) if c.accept_text("from", "below", "above", "under", "off") else None
        if base is None:
            c.at = here
    c.mind.topic = left
    gt, lt = ("gt", "lt") if strict is not None and strict.data in ("gt", "lt") else ("gte", "lte")
    if bars is not None:
        series = Series("roc", (("length", bars),))
        return Compare(gt if up else lt, series, Number(100 * value if up else -100 * value))  # type: ignore[arg-type]
    if base is None:
        base = lagged(left, 1)
    return Compare(gt if up else lt, left, Math("*", base, Number(1 + value if up else 1 - value)))  # type: ignore[arg-type]


def leading_change(c: Cursor) -> Condition | None:
    """``up 2% in 4 bars``, ``3 green candles in a row``, ``2 closes above``, ``price up 3 days in a row``."""
    start = c.at
    left = operand(c)
    token = c.peek()
    while token is not None and token.tag == "verb" and token.data[0] == "state":
        c.take()
        token = c.peek()
    c.skip_fillers()
    token = c.peek()
    flipping = left if left is not None else c.mind.topic
    if (
        token is not None
        and token.tag in ("up", "down")
        and isinstance(flipping, Series)
        and flipping.type in ("supertrend", "psar")
    ):
        c.take()
        return turned(c, flipping, UP if token.tag == "up" else DOWN, state=True)
    if token is not None and token.tag in ("up", "down"):
        c.take()
        found = percent_change(c, left or CLOSE, token.tag == "up")
        if found is not None:
            return found
        spanned = _over_span(c)
        if spanned is not None:
            series = Series("roc", (("length", spanned),))
            c.mind.topic = series
            c.mind.mentions.append(series)
            return Compare("gt" if token.tag == "up" else "lt", series, Number(0.0))
        c.accept_tag("for")
        if c.is_number() and c.is_tag("unit", "row", ahead=1):
            number = c.take().value or 1.0
            c.take()
            c.accept_tag("row")
            while c.is_text("in") and c.is_tag("row", ahead=1):
                c.at += 2
            return Run("rising" if token.tag == "up" else "falling", left or CLOSE, int(number))
        if c.is_text("on", "for") and c.is_text("the", "this", ahead=1) and c.is_tag("unit", ahead=2):
            c.at += 3  # "up on the bar"
        if isinstance(left, Series) and not (
            c.is_text("vs", "from", "on", "versus", "against", "over", "than", "by")
            or c.is_tag("previous", "compare")
            or c.is_number()
        ):
            c.mind.topic = left
            return Compare("gt" if token.tag == "up" else "lt", left, lagged(left, 1))
        if left is not None and (c.is_text("vs", "from", "on", "versus", "against", "over") or c.is_tag("previous")):
            here = c.at
            c.accept_text("vs", "from", "on", "versus", "against", "over")
            c.skip_fillers()
            if c.accept_tag("previous"):
                c.accept_tag("unit", "field")
                c.mind.topic = left
                return Compare("gt" if token.tag == "up" else "lt", left, lagged(left, 1))
            c.at = here
    c.at = start
    return None


def _over_span(c: Cursor) -> Span | None:
    """``over the last 126 days``, ``in the past month``: the span of a change."""
    start = c.at
    if c.is_text("over", "in", "on", "for") or c.is_tag("within", "for"):
        c.take()
        c.accept_text("the")
        if c.accept_tag("previous"):
            token = c.peek()
            if token is not None and token.kind == "span":
                return c.take().data  # type: ignore[no-any-return]
            if c.is_number() and c.is_tag("unit", ahead=1):
                return Span(c.take().value or 1.0, c.take().data)
            if c.is_tag("unit"):
                return Span(1.0, c.take().data)
    c.at = start
    return None
