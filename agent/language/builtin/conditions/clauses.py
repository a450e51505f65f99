"""What stands at a place in a clause: a verb of some kind, a comparison, its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

ENDS = (",", ".", "->", "=>", "=", ":", "/", ";", ")")
ORDERS = ("L", "S", "X")
"""Long, short and exit, as notes write them."""


def is_verb(c: Cursor, *kinds: str, ahead: int = 0) -> bool:
    """True when the token ahead is a verb of one of the kinds (``cross``, ``break``, ``state``, ...)."""
    token = c.peek(ahead)
    return token is not None and token.tag == "verb" and token.data[0] in kinds


def is_comparison(c: Cursor, *whens: str, ahead: int = 0) -> bool:
    """True when the token ahead compares in one of the ways (``gt``, ``lt``, ...)."""
    token = c.peek(ahead)
    return token is not None and token.tag == "compare" and token.data in whens


def is_at_a_line(c: Cursor) -> bool:
    """True before ``at the lower band``."""
    return c.is_text("at") and c.is_tag("line", "indicator", ahead=2 if c.is_text("the", ahead=1) else 1)


def ends_here(c: Cursor) -> bool:
    """True where a clause ends: at a mark, an action, a joint."""
    token = c.peek()
    if token is None or token.kind == "line" or token.tag in ("action", "and", "or", "when", "while", "unless"):
        return True
    return token.text in ENDS or token.raw in ORDERS
