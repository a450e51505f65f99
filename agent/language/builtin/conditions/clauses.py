"""Where a clause ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def ends_here(c: Cursor) -> bool:
    """True where a clause ends: at a mark, an action, a joint."""
    token = c.peek()
    if token is None or token.kind == "line" or token.tag in ("action", "and", "or", "when"):
        return True
    return token.text in (",", ".", "->", "=>", "=", ":", "/", ";", ")") or token.raw in ("L", "S", "X")
