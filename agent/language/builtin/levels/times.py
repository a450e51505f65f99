"""How long a position may be held and how long nothing is done: ``time stop 20 bars``, ``hold max 10 days``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.levels.distances import duration
from agent.language.builtin.levels.kinds import Level
from agent.language.builtin.rules import Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def longest(c: Cursor) -> Level | None:
    """``dont sit in it more than 48 bars``, ``never hold longer than 5 days``."""
    if not (c.is_tag("no", "not") or c.is_text("dont", "don't", "never", "not")):
        return None
    c.take()
    for _ in range(6):
        if c.is_tag("compare") and c.peek().data == "gt":  # type: ignore[union-attr]
            c.take()
            span = duration(c)
            return Level("time_limit", span=span) if span is not None and not c.is_tag("row", "ago") else None
        token = c.peek()
        if (
            token is None
            or token.kind != "word"
            or token.tag in ("indicator", "field", "stop", "target", "enter", "positions")
        ):
            return None
        c.take()
    return None


def time_limit(c: Cursor) -> Level | None:
    """``exit after 5 bars``, ``time stop 20 bars``, ``hold max 10 days``, ``hold for 3 days``."""
    if c.accept_tag("cooldown"):
        c.skip_fillers(also=("of", "for", "at least", "=", ":"))
        c.accept_tag("for", "compare")
        span = duration(c)
        return Level("cooldown", span=span) if span is not None else None
    start = c.at
    asked = c.accept_tag("time_limit")
    token = c.peek()
    if asked is None and token is not None and token.tag == "action" and token.data[0] in ("exit", "hold"):
        c.take()
        if token.data[0] == "hold" and c.is_text("must", "to", "should", "has to", "must be", ahead=-2):
            c.at = start
            return None  # "the breakout must hold 2 bars"
        if token.data[0] == "hold":
            c.accept_tag("for", "max", "compare", "size")
            c.skip_fillers(also=("for", "no more than", "at most", "only"))
            c.accept_tag("for", "max", "compare")
            span = duration(c)
            if span is not None and not c.is_tag("ago"):
                c.accept_tag("max", "time_limit")
                return Level("time_limit", span=span)
            c.at = start
            return None
        c.skip_fillers(also=("the", "position", "if", "it", "anyway", "regardless"))
        if c.accept_tag("after") or c.accept_text("after"):
            c.skip_fillers(also=("holding", "max"))
            c.accept_tag("max", "compare")
            span = duration(c)
            if span is not None and not c.is_tag("row", "compare", "verb"):
                c.accept_tag("time_limit", "max")
                return Level("time_limit", span=span)
        c.at = start
        return None
    if asked is not None:
        c.skip_fillers(also=("of", "=", ":", "after", "is"))
        c.accept_tag("after", "for", "max")
        c.accept_text(":", "=", "of")
        span = duration(c)
        if span is None and c.is_number() and (c.peek().value or 0) >= 1 and not c.is_tag("percent", ahead=1):  # type: ignore[union-attr]
            span = Span(c.take().value or 1.0)  # "time stop 96"
        return Level("time_limit", span=span) if span is not None else None
    if c.accept_tag("after"):
        c.skip_fillers(also=("a", "max"))
        c.accept_tag("max", "compare")
        span = duration(c)
        if span is not None:
            here = c.at
            c.skip_fillers(also=(",", "whatever", "regardless"))
            if c.is_tag("action") and c.peek().data[0] == "exit":  # type: ignore[union-attr]
                c.take()
                return Level("time_limit", span=span)
            c.at = here
            if c.peek() is None or c.is_text(",", ".", "or", ";") or c.is_tag("or", "and") or c.peek().kind == "line":  # type: ignore[union-attr]
                return Level("time_limit", span=span, words="after")
        return None
    passed = duration(c)
    if passed is not None and c.accept_text("pass", "passed", "elapsed", "pass by", "go by"):
        return Level("time_limit", span=passed)  # "30 bars pass -> out"
    if passed is not None and c.accept_tag("cooldown"):
        return Level("cooldown", span=passed)  # "8 bars pause after a stop"
    c.at = start
    if c.is_tag("max") or c.is_number():
        capped = c.accept_tag("max")
        span = duration(c)
        ending = c.peek()
        ended = ending is None or ending.kind == "line" or ending.text in (",", ".", ";")
        if span is not None and span.unit == "bar" and ((capped and ended) or c.accept_text("cap", "max")):
            return Level("time_limit", span=span)  # "max 24 bars", "48 bar cap"
        if span is not None and (
            c.accept_tag("time_limit") or (c.is_tag("max") and c.accept_tag("max") and c.accept_tag("action"))
        ):
            return Level("time_limit", span=span)
    return None
