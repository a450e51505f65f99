"""Numbers that count things of the talk, and no bars or levels: ``5 etfs``, ``2nd version``, ``4 sector funds``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.tokens import Token

COUNTED = frozenset(
    "etfs etf coins coin stocks stock assets asset pairs markets symbols versions version variants rules conditions "
    "filters indicators st nd rd th strategies emas smas mas supertrends lines signals things steps ways sets".split()
)
"""What numbers of the talk count."""

HELD = frozenset("etfs funds stocks shares coins alts tokens names tickers pairs currencies markets assets".split())
"""What may be described before it is counted."""

MOST_DESCRIBING = 3
"""Words between a count and what it counts."""


def is_count(c: Cursor, number: Token) -> bool:
    """True for a number, just taken, that counts what is named behind it."""
    following = c.peek()
    if number.kind != "number" or following is None:
        return False
    return following.text in COUNTED or _are_described(c)


def _are_described(c: Cursor) -> bool:
    """True before what is held, behind words that mean nothing else: ``sector etfs``, ``us tech names``."""
    for ahead in range(MOST_DESCRIBING + 1):
        token = c.peek(ahead)
        if token is None or token.kind != "word":
            return False
        if token.text in HELD:
            return True
        if token.tag not in (None, "filler"):
            return False
    return False
