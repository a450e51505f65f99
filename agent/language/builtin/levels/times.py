"""How long a position may be held and how long nothing is done: ``time stop 20 bars``, ``hold max 10 days``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.levels.distances import duration
from agent.language.builtin.levels.kinds import Level
from agent.language.builtin.rules import Span

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

PASSED = ("pass", "passed", "elapsed", "pass by", "go by", "gone", "passes", "went by", "old")
"""Behind a span of time: it is over."""


def longest(c: Cursor) -> Level | None:
    """Read ``dont sit in it more than 48 bars``, ``never hold longer than 5 days``."""
    if not (c.is_tag("no", "not") or c.is_text("dont", "don't", "never", "not")):
        return None
    c.take()
    for _ in range(6):
        if c.is_tag("compare") and c.data() == "gt":
            c.take()
            span = duration(c)
            return Level("time_limit", span=span) if span is not None and not c.is_tag("row", "ago") else None
        token = c.peek()
        if token is None or token.kind != "word":
            return None
        if token.tag in ("indicator", "field", "stop", "target", "enter", "positions"):
            return None
        c.take()
    return None


def time_limit(c: Cursor) -> Level | None:
    """Read ``time stop 20 bars``, ``after 10 days out``, ``cooldown 3 bars``, ``30 bars pass``, ``max 24 bars``."""
    if c.accept_tag("cooldown"):
        return _cooldown(c)
    if c.accept_tag("time_limit"):
        return _named_limit(c)
    if c.accept_tag("after"):
        return _after(c)
    start = c.at
    found = _passed(c)
    if found is None:
        c.at = start
        found = _capped(c)
    return found


def _cooldown(c: Cursor) -> Level | None:
    """Behind ``cooldown``, ``wait``: ``of 3 bars``, ``for at least a day``."""
    c.skip_fillers(also=("of", "for", "at least", "=", ":"))
    c.accept_tag("for", "compare")
    span = duration(c)
    if span is None:
        return None
    _pass_turn(c)
    return Level("cooldown", span=span)


def _pass_turn(c: Cursor) -> None:
    """Go past ``after an exit``, ``before entering again``: between what and what nothing is done."""
    for tag, ways in (("after", ("exit",)), ("ago", ("enter",))):
        start = c.at
        if c.accept_tag(tag):
            c.skip_fillers(also=("an", "each", "every", "any", "the"))
            c.accept_tag("each")
            if c.is_tag("action") and c.data()[0] in ways:
                c.take()
                c.accept_text("again")
                continue
        c.at = start


def pass_latest(c: Cursor) -> None:
    """Go past ``at the latest``, ``at most`` behind a time limit."""
    start = c.at
    c.accept_text("at")
    c.accept_text("the")
    if not c.accept_text("latest", "most"):
        c.at = start


def _named_limit(c: Cursor) -> Level | None:
    """Behind ``time stop``: ``20 bars``, ``after max 10 days``, ``= 96``."""
    c.skip_fillers(also=("of", "=", ":", "after", "is"))
    c.accept_tag("after", "for", "max")
    c.accept_text(":", "=", "of")
    span = duration(c)
    token = c.peek()
    if span is None and token is not None and token.kind == "number" and (token.value or 0) >= 1:
        span = None if c.is_tag("percent", ahead=1) else Span(c.take().value or 1.0)
    return Level("time_limit", span=span) if span is not None else None


def _after(c: Cursor) -> Level | None:
    """Behind ``after``: ``10 bars exit``; alone in its clause, what it limits is marked as ``after``."""
    c.skip_fillers(also=("a", "max"))
    c.accept_tag("max", "compare")
    span = duration(c)
    if span is None:
        return None
    pass_latest(c)
    here = c.at
    c.skip_fillers(also=(",", "whatever", "regardless"))
    if c.is_tag("action") and c.data()[0] == "exit":
        c.take()
        return Level("time_limit", span=span)
    c.at = here
    if c.ends(",", ".", "or", ";") or c.is_tag("or", "and"):
        return Level("time_limit", span=span, words="after")
    return None


def _passed(c: Cursor) -> Level | None:
    """``30 bars pass``, ``12 bars have passed``, ``8 bars pause after a stop``."""
    span = duration(c)
    c.accept_text("have", "has")
    if span is not None and c.accept_text(*PASSED):
        return Level("time_limit", span=span)
    if span is not None and c.is_text("later") and c.is_tag("action", ahead=1) and c.data(1)[0] == "exit":
        c.at += 2
        return Level("time_limit", span=span)  # "2 days later out"
    if span is not None and c.accept_tag("cooldown"):
        return Level("cooldown", span=span)
    return None


def _capped(c: Cursor) -> Level | None:
    """``max 24 bars``, ``48 bar cap``, ``15 days max``, ``10 day time stop``, ``5 day hold``."""
    begins = c.ends(",", ".", ";", "/", ahead=-1)
    capped = c.accept_tag("max")
    span = duration(c)
    if span is None:
        return None
    if c.accept_tag("time_limit") or (c.accept_text("hold", "holding") and _ends(c)):
        return Level("time_limit", span=span)
    if c.is_tag("max") and c.is_tag("action", ahead=1):
        c.at += 2
        return Level("time_limit", span=span)
    if not begins and span.unit != "bar":
        return None
    if capped is None and not c.accept_text("cap", "max", "maximum", "tops", "at most", "limit"):
        return None
    c.skip("in", "the", "a", "trade", "position", "it", "per", "hold", tags=("each",))
    return Level("time_limit", span=span) if _ends(c) else None


def _ends(c: Cursor) -> bool:
    return c.ends(",", ".", ";", ")") or c.is_tag("or", "and")
