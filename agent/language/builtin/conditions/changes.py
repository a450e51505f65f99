"""Changes in per cent over a span: ``falls 5% in 3 days``, ``up 2% in 4 bars``, ``up over the last month``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions.clauses import ends_here, is_verb
from agent.language.builtin.conditions.directions import DOWN, LIES, RUNS, UP, accept_direction
from agent.language.builtin.conditions.distances import moved_by
from agent.language.builtin.conditions.falls import from_an_extreme
from agent.language.builtin.conditions.kinds import CLOSE, FLIPPING, is_series
from agent.language.builtin.conditions.spans import bars_in_a_row, over_span, span_here
from agent.language.builtin.conditions.turns import against_before, turned
from agent.language.builtin.operands import operand
from agent.language.builtin.rules import Compare, Field, Number, Run, Series, Span, lagged

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand, When

SINCE = ("in", "over", "within", "from", "vs", "on", "a", "the", "during", "since", "versus", "against", "than")
AGAINST = ("vs", "from", "on", "versus", "against", "over")
AT_LEAST: dict[str, When] = {UP: "gte", DOWN: "lte"}


def percent_change(c: Cursor, left: Operand, way: str) -> Condition | None:
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
    since = _since(c)
    c.mind.topic = left
    when = (LIES if strict is not None and strict.data in ("gt", "lt") else AT_LEAST)[way]
    if isinstance(since, Span):
        percent = 100 * value
        return Compare(when, Series("roc", (("length", since),)), Number(percent if way == UP else -percent))
    base = lagged(left, 1) if since is None else since
    return Compare(when, left, moved_by(base, value, up=way == UP))


def _since(c: Cursor) -> Span | Operand | None:
    """Take ``in 3 days``, ``from yesterday's close``, ``below the open``: the span of a change, or what it is from."""
    here = c.at
    line = from_an_extreme(c)
    if line is not None:
        return line
    while c.is_text(*SINCE) or c.is_tag("within"):
        c.take()
    previous = c.accept_tag("previous")
    span = span_here(c)
    if span is not None:
        return span
    if c.is_tag("unit") and (previous or c.is_text("one", "single", "a", ahead=-1) or here != c.at):
        return Span(1, c.take().data)
    if previous is not None and c.is_tag("field"):
        return Field(c.take().data, 1)
    if previous is not None and previous.text in ("yesterday", "yesterdays"):
        return Span(1, "day")
    c.at = here
    base = operand(c) if c.accept_text("from", "below", "above", "under", "off") else None
    if base is None:
        c.at = here
    return base


def leading_change(c: Cursor) -> Condition | None:
    """``up 2% in 4 bars``, ``price up 3 days in a row``, ``volume up on the bar``: the direction stands for a verb."""
    start = c.at
    left = operand(c)
    while is_verb(c, "state"):
        c.take()
    c.skip_fillers()
    way = accept_direction(c)
    if way is None:
        c.at = start
        return None
    flipping = left if left is not None else c.mind.topic
    if is_series(flipping, FLIPPING):
        return turned(c, flipping, way, state=True)
    found = percent_change(c, left or CLOSE, way) or _over_a_span(c, way) or _without_percent(c, left, way)
    if found is None:
        c.at = start
    return found


def _over_a_span(c: Cursor, way: str) -> Condition | None:
    """``up over the last 126 days``."""
    span = over_span(c)
    if span is None:
        return None
    change = Series("roc", (("length", span),))
    c.mind.topic = change
    c.mind.mentions.append(change)
    return Compare(LIES[way], change, Number(0.0))


def _without_percent(c: Cursor, left: Operand | None, way: str) -> Condition | None:
    """``up for 3 days in a row``, ``up on the bar``, ``up vs the previous bar``."""
    c.accept_tag("for")
    bars = bars_in_a_row(c)
    if bars is not None:
        return Run(RUNS[way], left or CLOSE, bars)
    if c.is_text("on", "for") and c.is_text("the", "this", ahead=1) and c.is_tag("unit", ahead=2):
        c.at += 3  # "up on the bar"
    compared = c.is_text(*AGAINST, "than", "by") or c.is_tag("previous", "compare") or c.is_number()
    if isinstance(left, Series) and not compared:
        c.mind.topic = left
        return against_before(left, way)
    if left == Field("volume") and (ends_here(c) or c.is_tag("action")):
        c.mind.topic = left
        return against_before(left, way)  # "with volume up short"
    if isinstance(left, Field) and c.is_text("higher", "lower", ahead=-1) and ends_here(c):
        c.mind.topic = left
        return against_before(left, way)  # "it closes higher"
    if left is not None and (c.is_text(*AGAINST) or c.is_tag("previous")):
        c.accept_text(*AGAINST)
        c.skip_fillers()
        if c.accept_tag("previous"):
            c.accept_tag("unit", "field")
            c.mind.topic = left
            return against_before(left, way)
    return None
