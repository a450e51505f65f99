"""Words that hold a message together: when, and, or, filter, unless, else, only, with, but."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.conditions import condition
from agent.language.builtin.scanner.statements import add_condition

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.scanner.progress import Progress

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
    if token.text == "buy only" and c.is_tag("when", "filter", "while", "unless", "else", ahead=1):
        c.take()
        so_far.add("action", ("enter", "long"), start)
        return so_far.add("when", token.text, start)  # "buy only when ..."
    if token.tag in ("only", "fill"):
        c.take()
        return so_far.add(token.tag, token.data, start)  # type: ignore[arg-type]
    return False


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
    if token.text == "if not" and _is_said_of_something(c):
        return so_far.add("unless", token.text, start)  # "only if not below the 200 sma"
    return so_far.add(token.tag, token.text, start)  # type: ignore[arg-type]


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
