"""What happens on the way to the target: ``sell half at 5%``, ``stop to breakeven after 3%``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.levels.distances import distance
from agent.language.builtin.levels.kinds import Level

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def breakeven(c: Cursor) -> Level | None:
    """``move the stop to breakeven after 3%``, ``at 5% profit breakeven``."""
    while c.is_text(
        "move", "set", "bring", "pull", "put", "the", "my", "raise", "shift", "to", "stop", "sl", "stop loss", "go"
    ):
        c.take()
    if not c.accept_tag("breakeven"):
        return None
    start = c.at
    while c.is_tag("after", "when", "target", "verb", "up", "action") or c.is_text(
        "after",
        "once",
        "at",
        "is",
        "up",
        "we",
        "price",
        "in",
        "the",
        "trade",
        "by",
        "gains",
        "reaches",
        "it",
        "position",
        "hits",
    ):
        if c.is_tag("action") and c.peek().text != "up":  # type: ignore[union-attr]
            break
        c.take()
    found = distance(c, bare=False)
    if found is None:
        c.at = start
        return Level("breakeven", words="breakeven")
    c.accept_tag("target", "up", "postfixed")
    c.accept_text("in", "profit", "up")
    c.accept_tag("target")
    return Level("breakeven", found)


def partial(c: Cursor) -> Level | None:
    """``sell half at 5%``, ``take half off at +3%``, ``close 50% at 4% profit``."""
    fraction = None
    if c.accept_tag("partial"):
        before = c.tokens[c.at - 1].text
        fraction = 0.5 if "half" in before else None
        if fraction is None and c.is_number() and c.is_tag("percent", ahead=1):
            fraction = (c.take().value or 0.0) / 100
            c.take()
        elif c.is_tag("multiple"):
            fraction = float(c.take().data)
    elif c.is_text("another") and c.is_text("third", "quarter", "half", ahead=1):
        c.take()
        fraction = {"third": 1 / 3, "quarter": 0.25, "half": 0.5}[c.take().text]
    elif (c.is_tag("action") and c.peek().data[0] == "exit") or c.is_text("take", "close", "scale", "trim", "book"):  # type: ignore[union-attr]
        c.take()
        c.skip_fillers(also=("off", "out"))
        if c.is_tag("multiple") and c.peek().data == 0.5:  # type: ignore[union-attr]
            c.take()
            fraction = 0.5
        elif c.is_text("a", "one", "another") and c.is_text("third", "quarter", ahead=1):
            c.take()
            fraction = {"third": 1 / 3, "quarter": 0.25}[c.take().text]
        elif c.is_text("third", "quarter"):
            fraction = {"third": 1 / 3, "quarter": 0.25}[c.take().text]
        elif (
            c.is_number()
            and c.is_tag("percent", ahead=1)
            and c.is_text("at", "of", "off", "when", ahead=2)
            and not c.is_tag("equity", ahead=3)
        ):
            fraction = (c.take().value or 0.0) / 100
            c.take()
    if fraction is None:
        return None
    while c.is_tag("target", "verb", "when", "up", "equity", "size") or c.is_text(
        "at", "of", "the", "off", "position", "it", "when", "up", "+", "profit", "in", "trade", "out", "once"
    ):
        c.take()
    found = distance(c, bare=False)
    if found is None or found.type == "price":
        return None
    c.accept_tag("target", "up", "postfixed")
    c.accept_text("profit", "gain", "up")
    c.accept_tag("target")
    return Level("partial", found, fraction=fraction)
