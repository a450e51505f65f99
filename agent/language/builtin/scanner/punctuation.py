"""Marks that part a message: full stops, commas, arrows (``rsi < 30 -> buy``), colons (``entry: rsi < 30``)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.rules import series_of
from agent.language.builtin.scanner.times import is_a_time

if TYPE_CHECKING:
    from agent.language.builtin.scanner.items import Item, ItemKind
    from agent.language.builtin.scanner.progress import Progress

ARROWS = ("->", "=>", "-->", "→", "⇒")

RULING = ("when", "while", "indicator", "field", "line", "average", "setup", "compare", "action", "verb")
"""What begins a rule behind an action."""

RULED = ("indicator", "field", "line", "average")
"""What a condition begins with."""


def read_punctuation(so_far: Progress) -> bool:
    """Take a mark that parts clauses or joins them."""
    start = so_far.c.at
    kind = _kind_of_mark(so_far)
    if kind is None:
        return False
    so_far.c.take()
    return so_far.add(kind, None, start)


def _kind_of_mark(so_far: Progress) -> ItemKind | None:
    c, token = so_far.c, so_far.token
    if token.text == "|" and so_far.follows("condition") and c.is_tag(*RULED, ahead=1):
        return "or"  # "mfi > 80 | close > upper band -> sell"
    if token.kind == "line" or token.text in (".", ";", "|"):
        return "stop"
    if token.text in ARROWS or (token.text == "=" and c.is_tag("action", ahead=1)):
        return "arrow"
    if token.text == ":":
        return _colon(so_far)
    if token.text in ("||", "&&"):
        return "or" if token.text == "||" else "and"
    if token.text == "," or (token.text == "/" and not token.glued and not c.is_number(1)):
        return "comma"
    if token.kind == "number" and c.is_text(")", ahead=1) and (not so_far.items or so_far.follows("stop")):
        c.take()  # "1) buy ...": a numbered line
        return "stop"
    return None


def _colon(so_far: Progress) -> ItemKind | None:
    """``rsi < 30: buy`` points at an action; behind a title a colon ends it; behind an action it says nothing."""
    c, items = so_far.c, so_far.items
    said = []
    for item in reversed(items):
        if item.kind == "stop":
            break
        if item.kind != "when":
            said.append(item.kind)
    clause = range(len(items) - len(said), len(items))
    proverb = said == ["condition", "action"] and items[-2].data[0] == "exit" and is_a_time(items[-1].data)
    if (
        not proverb
        and "condition" in said
        and (c.is_tag("action", ahead=1) or c.is_text("in", ahead=1))
        and not _rules_again(so_far)
    ):
        return "arrow"
    if proverb or ("action" in said and said[0] != "action" and "condition" not in said):
        for at in clause:
            if items[at].kind == "action" or proverb:  # "15m entries with 4h trend:", "sell in may:" are titles
                items[at] = replace(items[at], kind="unread")
        return "stop"
    if not said or "action" in said or "filter" in said or "only" in said:
        return None
    for at in clause:
        if items[at].kind == "condition" and "when" not in said:
            _keep_timeframe(so_far, items[at])
            items[at] = replace(items[at], kind="titled")
    return "stop"


def _keep_timeframe(so_far: Progress, title: Item) -> None:
    """``1h volume spike: ...``: the timeframe in a title is the message's, where no other is named."""
    frames = {series.timeframe for series in series_of(title.data) if series.timeframe is not None}
    if len(frames) == 1 and not any(item.kind == "timeframe" for item in so_far.items):
        so_far.items.append(replace(title, kind="timeframe", data=frames.pop()))


def _rules_again(so_far: Progress) -> bool:
    """True when the action behind a colon brings a rule of its own: ``uptrend: buy when rsi < 30``."""
    following = so_far.c.peek(2)
    return following is not None and (
        following.tag in RULING
        or following.kind == "number"
        or following.text in (":", "=", "on", "if", "once", "only")
    )
