"""How far the scanning of a message has come, and what the readers of its pieces ask about the place they stand at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.language.builtin.scanner.items import Item

if TYPE_CHECKING:
    from collections.abc import Collection

    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.scanner.items import ItemKind
    from agent.language.builtin.tokens import Token


class Progress:
    """The message, the place in its tokens and the items read so far.

    ``now`` is ISO 8601 UTC, ``known`` are the symbols with stored candles.
    """

    __slots__ = ("c", "items", "known", "now", "text")

    def __init__(self, text: str, c: Cursor, now: str, known: Collection[str]) -> None:
        self.text, self.c, self.now, self.known = text, c, now, known
        self.items: list[Item] = []

    @property
    def token(self) -> Token:
        """The token here; a reader is asked only where there is one."""
        return self.c.tokens[self.c.at]

    def add(self, kind: ItemKind, data: Any, start: int) -> bool:
        """Add an item made of the tokens from ``start`` to here; always True, the answer of a reader that read."""
        tokens = self.c.tokens[start : self.c.at]
        begin, end = (tokens[0].start, tokens[-1].end) if tokens else (0, 0)
        self.items.append(Item(kind, data, begin, end, self.text[begin:end]))
        return True

    def follows(self, *kinds: ItemKind) -> bool:
        """True when the item before this place is of one of the kinds."""
        return bool(self.items) and self.items[-1].kind in kinds

    def starts_clause(self) -> bool:
        """True at the start of the message and behind what begins a new clause."""
        return not self.items or self.follows("stop", "comma", "arrow", "and", "or", "timeframe", "asset")

    def last_action(self) -> str | None:
        """Return the kind of the action this clause stands under: enter, exit or hold."""
        for item in reversed(self.items):
            if item.kind == "stop":
                return None
            if item.kind == "action":
                return str(item.data[0])
        return None

    def in_brackets(self, at: int) -> bool:
        """True when the token at ``at`` stands in brackets that are still open."""
        depth = 0
        for token in self.c.tokens[:at]:
            depth += (token.text == "(") - (token.text == ")")
        return depth > 0


def clause_ends(c: Cursor, *, ahead: int = 0, marks: Collection[str] = (",", ".", ";", "/")) -> bool:
    """True when the message, the line or the clause ends at the token ahead."""
    token = c.peek(ahead)
    return token is None or token.kind == "line" or token.text in marks


def enters(token: Token | None) -> bool:
    """True for a word that opens a position: ``buy``, ``go long``, ``short``."""
    return token is not None and token.tag == "action" and token.data[0] == "enter"
