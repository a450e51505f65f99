"""Comparisons with two lines or levels at once: ``between 40 and 60``, ``over both``, ``below either``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from agent.language.builtin.conditions.distances import is_distance, moved_by
from agent.language.builtin.conditions.kinds import CHANNELS, charted_mentions, is_series, price_scaled
from agent.language.builtin.conditions.right_sides import right_side
from agent.language.builtin.operands import AVERAGES, operand, pair
from agent.language.builtin.rules import Compare, Group, Math, Series, Span, joined

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Condition, Operand, When


def between(c: Cursor, left: Operand) -> Condition | None:
    """``between 40 and 60``, ``inside the keltner channel``, of one channel within another."""
    inside = c.take().text == "inside"
    if inside and is_series(left, CHANNELS) and left.output is None:
        start = c.at
        outer = operand(c)
        if is_series(outer, CHANNELS) and outer.output is None:
            c.mind.topic = left
            under = Compare("lt", replace(left, output="upper"), replace(outer, output="upper"))
            return Group("and", (under, Compare("gt", replace(left, output="lower"), replace(outer, output="lower"))))
        c.at = start
    start = c.at
    c.skip_fillers()
    two = pair(c)
    if two is not None:
        c.mind.topic = left
        return Group("or", tuple(_within(left, *ends) for ends in (two, two[::-1])))  # which lies higher, nobody says
    c.at = start
    low = right_side(c, left)
    if low is None or not (c.accept_tag("and") or c.accept_text("-", "to", "and")):
        return None
    high = _above_it(c, low) or right_side(c, left)
    if high is None:
        return None
    c.mind.topic = left
    return _within(left, low, high)


def _above_it(c: Cursor, low: Operand) -> Operand | None:
    """Take the ``3% above it`` of ``between the 100 sma and 3% above it``."""
    start = c.at
    if c.is_number() and c.is_tag("percent", ahead=1) and c.is_tag("compare", ahead=2) and c.is_text("it", ahead=3):
        share = (c.take().value or 0.0) / 100
        c.take()
        up = c.take().data in ("gt", "gte")
        c.take()
        return moved_by(low, share, up=up)
    c.at = start
    return None


def _within(left: Operand, low: Operand, high: Operand) -> Condition:
    return Group("and", (Compare("gte", left, low), Compare("lte", left, high)))


def near_a_line(c: Cursor, left: Operand) -> Condition | None:
    """``within 0.5% of the 50 ema``, ``within 1 atr of vwap``: no farther from it on either side."""
    start = c.at
    if c.accept_tag("within"):
        c.skip_fillers()
        share: float | Operand | None = None
        if c.is_number() and c.is_tag("percent", ahead=1):
            share = (c.take().value or 0.0) / 100
            c.take()
        elif c.is_number():
            found = operand(c)
            share = found if is_distance(found) else None
        c.skip("of", "from", "the")
        line = operand(c) if share is not None else None
        if share is not None and line is not None and price_scaled(line):
            c.mind.topic, c.mind.other = left, line
            return _within(left, moved_by(line, share, up=False), moved_by(line, share, up=True))
    c.at = start
    return None


def over_several(c: Cursor, when: When, left: Operand) -> Condition | None:
    """``over the 20, 50 and 200 sma``: all of the averages of these lengths."""
    if not price_scaled(left):
        return None  # "rsi under 12, 30 sma over 90 sma"
    start = c.at
    c.accept_text("the", "its")
    lengths: list[float] = []
    while c.is_number() and (c.tokens[c.at].value or 0.0) >= 2:
        lengths.append(c.take().value or 0.0)
        c.skip(",", "/", "&", tags=("and",))
    token = c.accept_tag("indicator") if len(lengths) > 1 else None
    if token is None or token.data.type not in AVERAGES or c.is_number():
        c.at = start
        return None
    lines = [c.mention(Series(token.data.type, (("length", Span(n)),), unsaid=token.data.unsaid)) for n in lengths]
    c.mind.topic, c.mind.other = left, lines[-1]
    return joined("and", [Compare(when, left, line) for line in lines])


def over_both(c: Cursor, when: When, left: Operand) -> Condition | None:
    """``over both``, ``above both psar and the 200 ema``, ``below either``."""
    start = c.at
    op: Literal["and", "or"] = "or" if c.take().text == "either" else "and"
    c.skip("of", "them", "one", "those")
    two = pair(c) or _two_named(c)
    if two is None:
        c.at = start
        return None
    c.mind.topic, c.mind.other = left, two[1]
    return joined(op, [Compare(when, left, one) for one in two])


def _two_named(c: Cursor) -> tuple[Operand, Operand] | None:
    """Two lines joined by ``and``, or the two lines of the chart spoken of last."""
    first = operand(c)
    if first is None:
        last = c.mind.last
        if last is not None and isinstance(last.left, Math) and isinstance(last.right, Math):
            return last.left, last.right  # "tenkan over kijun and close over both"
        lines = list(dict.fromkeys(charted_mentions(c)))
        return (lines[-2], lines[-1]) if len(lines) >= 2 else None
    second = operand(c) if c.accept_tag("and") or c.accept_text("and", "&") else None
    return None if second is None else (first, second)
