"""Words that point up or down: ``back above``, ``from below``, ``through to the upside``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

UP, DOWN = "up", "down"


def direction(c: Cursor) -> str | None:
    """Take a direction word and return which way it points."""
    start = c.at
    c.skip_fillers(also=("back", "again", "through", "out", "from"))
    token = c.peek()
    if token is not None:
        if token.tag == "compare" and token.data in ("gt", "gte"):
            c.take()
            _again(c)
            return UP
        if token.tag == "compare" and token.data in ("lt", "lte"):
            c.take()
            _again(c)
            return DOWN
        if token.tag == "up":
            c.take()
            _again(c)
            return UP
        if token.tag == "down":
            c.take()
            _again(c)
            return DOWN
    c.at = start
    return None


def whence(c: Cursor) -> str | None:
    """``from below`` is upwards, ``from the top`` downwards."""
    start = c.at
    if c.accept_text("from"):
        c.accept_text("the")
        token = c.peek()
        if token is not None and token.text in ("below", "under", "beneath", "bottom", "underneath", "downside"):
            c.take()
            return UP
        if token is not None and token.text in ("above", "over", "top", "upside"):
            c.take()
            return DOWN
    c.at = start
    return None


def _again(c: Cursor) -> None:
    """Go past a second direction word that says the same: ``up over``, ``up through``, ``above from below``."""
    while True:
        start = c.at
        if c.accept_text("from", "through", "and", "thru"):
            if not c.accept_tag("compare", "up", "down"):
                if c.is_text("the") and c.is_text("bottom", "top", "upside", "downside", ahead=1):
                    c.at += 2
                    continue
                if c.tokens[c.at - 1].text not in ("through", "thru"):
                    c.at = start
                return
            continue
        if c.is_tag("compare") and c.is_text("above", "over", "below", "under", "past"):
            c.take()
            continue
        return
