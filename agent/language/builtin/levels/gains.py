"""Levels by what is won or lost there: ``grab 10%``, ``sell half at 5%``, ``when up 10%``, ``risk reward 1:2``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.levels.distances import distance
from agent.language.builtin.levels.kinds import Distance, Level

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def taken(c: Cursor) -> Level | None:
    """``grab 10%``, ``book 5%``, ``take 3%``: a target by its verb."""
    if not c.accept_text(
        "rest", "remainder", "remaining", "grab", "take", "book", "bank", "pocket", "collect", "cash", "takes", "taking"
    ):
        return None
    c.skip_fillers(also=("at", "in"))
    found = distance(c, bare=False)
    if found is None or found.type == "price" or c.is_tag("equity", "each", "size") or c.is_text("of", "per"):
        return None
    c.accept_tag("target", "postfixed")
    return Level("take_profit", found)


def lost(c: Cursor) -> Level | None:
    """``take 1.5%, lose 0.75%``: a stop by its verb, in a clause of its own."""
    if not c.is_text(",", ";", "/", "and", ahead=-1) or not c.accept_text("lose", "losing", "give"):
        return None
    found = distance(c, bare=False)
    ending = c.peek()
    ended = ending is None or ending.kind == "line" or ending.text in (",", ".", ";", "/")
    return Level("stop_loss", found) if found is not None and found.type != "price" and ended else None


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


def gain(c: Cursor) -> Level | None:
    """Read, behind an exit, how far the position is up or down: ``at +4%``, ``when up 10%``, ``if it loses 3%``."""
    start = c.at
    way = None
    while True:
        token = c.peek()
        if token is None:
            break
        if token.tag in ("when", "field", "target", "stop", "after") or token.text in (
            "at",
            "if",
            "it",
            "we",
            "i",
            "is",
            "are",
            "the",
            "a",
            "position",
            "trade",
            "in",
            "by",
            "with",
            "on",
            "im",
            "once",
            "of",
            "its",
            "has",
        ):
            if token.tag in ("target", "stop"):
                way = way or ("up" if token.tag == "target" else "down")
            c.take()
        elif token.tag in ("up", "down"):
            way = way or token.tag
            c.take()
        elif token.tag == "verb" and token.data[0] in ("state", "move", "reach"):
            way = way or (token.data[1] if token.data[0] == "move" else None)
            c.take()
        else:
            break
    signed = c.peek()
    found = distance(c, bare=False)
    if found is None or signed is None or found.type == "price":
        c.at = start
        return None
    moved = c.accept_tag("verb") if c.is_tag("verb") and c.peek().data[0] == "move" else None  # type: ignore[union-attr]
    if moved is not None:
        way = str(moved.data[1])  # "after a 5% rise"
    if signed.text[0] in "+-" and signed.kind == "number":
        way = "up" if signed.text[0] == "+" else "down"
    c.accept_tag("up", "down")
    if c.is_tag("target", "stop", ahead=1):
        c.accept_text("in", "of")
    after = c.accept_tag("target", "stop")
    if after is not None:
        way = "up" if after.tag == "target" else "down"
    if c.is_tag("compare") or c.is_text("below", "under", "above"):
        here = c.at
        word = c.take()
        if c.is_tag("action") or c.is_text("my", "the", "entry", "buy", "purchase"):
            c.accept_text("my", "the")
            c.take()
            c.accept_tag("field")
            way = "down" if word.data in ("lt", "lte") else "up"
        else:
            c.at = here
            way = None
    if c.is_text("from") and (c.is_text("entry", "my", "the", ahead=1) or c.is_tag("action", ahead=1)):
        c.take()
        c.accept_text("my", "the")
        c.take()
        c.accept_tag("field")
    elif c.is_text("in", "over", "within", "from", "since", "of") or c.is_tag("within", "equity", "each"):
        c.at = start
        return None  # a move of the market, no move of the position
    if way is None:
        c.at = start
        return None
    return Level("take_profit" if way == "up" else "stop_loss", found)


def reward_ratio(c: Cursor) -> Level | None:
    """``risk reward 1:2``, ``2:1 rr``, ``rr of 2``: the target as a multiple of the stop."""
    said = c.accept_tag("rr")
    if said is not None:
        c.skip_fillers(also=("ratio", "=", ":"))
        c.accept_text(":", "=", "of")
    start = c.at
    first = _plain(c)
    if first is None:
        c.at = start
        return None
    if c.accept_text(":", "/", "to") and (second := _plain(c)) is not None:
        if said is None:
            c.skip_fillers(also=("ratio",))
            said = c.accept_tag("rr")
        if said is not None and min(first, second) > 0:
            return Level("take_profit", Distance("r", max(first, second) / min(first, second)))
    elif said is not None and first > 0:
        return Level("take_profit", Distance("r", first))
    c.at = start
    return None


def _plain(c: Cursor) -> float | None:
    token = c.peek()
    if token is not None and token.kind == "number":
        c.take()
        return token.value
    return None
