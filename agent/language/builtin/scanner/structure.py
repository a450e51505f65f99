"""Words that hold a message together: when, and, or, filter, unless, else, only, with, but."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin import markets
from agent.language.builtin.conditions import condition
from agent.language.builtin.scanner.items import Item
from agent.language.builtin.scanner.statements import add_condition
from agent.language.port import LeftOut

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.scanner.progress import Progress

SWITCHED = "each asset is held or not by its own candles: one held instead of another cannot be written"
SWITCHED_INSTEAD = "a rule on each asset alone, cash in between"

MOVING = ("hold", "own", "go", "to", "into", "in", "switch", "rotate", "park", "buy", "the", "it", "move", "sit", "be")
"""Words between ``otherwise`` and another asset."""

OPENING = ("only ", "long", "short", "buy")
"""Beginnings of what keeps to a side by naming it: ``short only``, but not ``no longs``."""

JOINING = ("when", "while", "and", "or", "filter", "unless", "else")


def read_joining_word(so_far: Progress) -> bool:
    """Take a word that joins what stands before it to what follows."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    if token.text == "plus" and token.tag == "postfixed":
        c.take()
        return so_far.add("and", "plus", start)
    if token.tag in JOINING and not (token.tag == "and" and token.text == "n"):
        return _conjunction(so_far)
    if token.tag == "with":
        c.take()
        return so_far.add("and", "with", start) if _series_follows(so_far) else True
    if token.tag == "but":
        c.take()
        return so_far.add("and" if so_far.follows("condition") else "comma", "but", start)
    if token.tag == "only" and _opens(so_far):
        c.take()
        c.accept_tag("with")
        so_far.add("action", ("enter", token.data), start)
        return so_far.add("when", token.text, start)
    if token.tag in ("only", "fill"):
        c.take()
        return so_far.add(token.tag, token.data, start)  # type: ignore[arg-type]
    return False


def _opens(so_far: Progress) -> bool:
    """``buy only when ...``; ``long only above 50, short only below``: each side has its rule."""
    c, token = so_far.c, so_far.token
    if not c.is_tag("when", "filter", "while", "unless", "else", "with", "compare", ahead=1):
        return False
    if token.text == "buy only":
        return not c.is_tag("compare", "with", ahead=1)
    sides = {one.data for one in c.tokens if one.tag == "only" and one.text.startswith(OPENING)}
    return len(sides) > 1 and token.text.startswith(OPENING)


def _conjunction(so_far: Progress) -> bool:
    c, start, token = so_far.c, so_far.c.at, so_far.token
    if token.text == "either":
        found = condition(c)
        if found is not None:
            return add_condition(so_far, found, start)
    if token.tag == "else" and c.is_tag("when", ahead=1):
        return False
    if token.tag == "else" and c.is_text("dont", "don't", "not", "nothing", "stay", ahead=1):
        c.at += 2
        c.accept_text("out", "flat")
        so_far.add("action", ("exit", None), start)
        return so_far.add("else", "otherwise not", start)
    c.take()
    if token.tag == "else" and _another_asset(so_far, start):
        return True
    if token.text == "if not" and _is_said_of_something(c):
        return so_far.add("unless", token.text, start)  # "only if not below the 200 sma"
    return so_far.add(token.tag, token.text, start)  # type: ignore[arg-type]


def _another_asset(so_far: Progress, start: int) -> bool:
    """``otherwise tlt``, ``else rotate into TLT``: the position is closed; the other asset is left out by name."""
    c, here = so_far.c, so_far.c.at
    c.skip(*MOVING, tags=("action", "hold"))
    led = c.at
    other = markets.asset(c, so_far.known)
    held = {one.data.symbol for one in so_far.items if one.kind == "asset"}
    if other is None or not held or other.symbol in held or c.is_tag("compare", "verb", "indicator", "field"):
        c.at = here
        return False
    so_far.items.append(Item("else", "otherwise", c.tokens[start].start, c.tokens[start].end, c.tokens[start].text))
    so_far.add("action", ("exit", None), start)
    words = so_far.text[c.tokens[min(here, led)].start : c.tokens[c.at - 1].end]
    return so_far.add("unsayable", LeftOut(words, "UNSUPPORTED", SWITCHED, "entry.switch", SWITCHED_INSTEAD), start)


def _is_said_of_something(c: Cursor) -> bool:
    """True before the beginning of a rule: ``below the 200 sma``, ``rsi over 70``, ``a red candle``."""
    ahead = 0
    while c.is_text("the", "a", "an", "already", "currently", "too", ahead=ahead):
        ahead += 1
    return c.is_tag("compare", "field", "indicator", "average", "candle", "verb", "line", ahead=ahead)


def _series_follows(so_far: Progress) -> bool:
    """``with rsi under 30`` adds a rule; ``with a tight hand`` does not."""
    c, start = so_far.c, so_far.c.at
    c.skip_fillers()
    ahead = c.peek()
    c.at = start
    return ahead is not None and (
        ahead.tag in ("field", "indicator", "line", "average", "verb") or ahead.kind == "number"
    )
