"""Spans of bars inside a condition: ``20 days``, ``over the last month``, ``3 bars in a row``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.rules import Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def span_here(c: Cursor) -> Span | None:
    """Take a number and its unit: ``20 days``, ``4h``."""
    token = c.peek()
    if token is not None and token.kind == "span":
        span: Span = c.take().data
        return span
    if c.is_number() and c.is_tag("unit", ahead=1):
        return Span(c.take().value or 1.0, c.take().data)
    return None


def over_span(c: Cursor) -> Span | None:
    """Take ``over the last 126 days``, ``in the past month``: the span of a change."""
    start = c.at
    if c.is_text("over", "in", "on", "for") or c.is_tag("within", "for"):
        c.take()
        c.accept_text("the")
        if c.accept_tag("previous"):
            span = span_here(c)
            if span is not None:
                return span
            if c.is_tag("unit"):
                return Span(1.0, c.take().data)
    c.at = start
    return None


def bars_in_a_row(c: Cursor) -> int | None:
    """Take ``3 days``, ``3 bars in a row``, ``3 straight``: a number of bars that follow each other."""
    if not (c.is_number() and c.is_tag("unit", "row", ahead=1)):
        return None
    bars = int(c.take().value or 1)
    c.take()
    c.accept_tag("row")
    while c.is_text("in") and c.is_tag("row", ahead=1):
        c.at += 2
    return bars
