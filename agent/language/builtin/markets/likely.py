"""Is a word meant as a ticker? What stands around it decides where it is a word of the language as well."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from agent.language.builtin.lexicon import FILLERS, known_words
from agent.language.builtin.markets.names import ACRONYMS, ENGLISH

if TYPE_CHECKING:
    from collections.abc import Collection

    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.tokens import Token


def capital_ticker(token: Token) -> bool:
    """``LINK`` or ``SPY`` although the word has another meaning in small letters."""
    return (
        token.raw.isupper() and token.raw not in ACRONYMS and len(token.raw) >= 3 and token.tag in ("field", "filler")
    )


def plausible(token: Token, known: Collection[str], c: Cursor) -> bool:
    word = token.raw
    if word.isupper() and len(word) >= 2:
        return word not in ACRONYMS
    if word.upper() in known and len(word) >= 3 and word.lower() not in known_words():
        return True
    if len(word) < 3 or word.lower() in known_words() or word.lower() in FILLERS:
        return _beside_asset(c, word)
    if word.lower() in ENGLISH:
        return _beside_asset(c, word)
    return True


def _beside_asset(c: Cursor, word: str) -> bool:
    """True in a list of assets: ``avax dot ltc``."""
    if word.upper() in ACRONYMS or len(word) < 3 or word.lower() not in _crypto():
        return False
    around = [c.peek(-1), c.peek(1)]
    led = (
        around[0] is None
        or around[0].kind == "line"
        or (around[0].text in ("on", "trade", "trading", "for", "of") or around[0].tag == "action")
    )
    following = around[1]
    ended = following is None or following.kind in ("span", "line", "mark") or following.tag in ("tf", "market", "unit")
    plain = word.lower() not in FILLERS and word.lower() not in known_words()
    if led and plain and (ended or (following is not None and following.kind == "number")):
        return True
    if _with_a_timeframe(c):
        return True
    if around[0] is not None and around[0].tag == "action" and c.is_text("on", ahead=1) and c.is_tag("tf", ahead=2):
        return True
    spans = c.peek(2)
    if (
        around[0] is not None
        and around[0].tag == "action"
        and c.is_text("on", ahead=1)
        and spans is not None
        and spans.kind == "span"
    ):
        return True  # "short near on 4h"
    return any(
        one is not None and one.kind == "word" and one.tag is None and one.text not in ENGLISH and one.text in _crypto()
        for one in around
    )


def _with_a_timeframe(c: Cursor) -> bool:
    """``...; link 1h;``, ``rsi 30/70 near 4h``, ``1h link, ...``: market and timeframe, alone in their clause."""
    before, after = c.peek(-1), c.peek(1)
    if _ends(c.peek(2)) and _is_timeframe(after):
        return _ends(before) or (before is not None and before.kind == "number")
    tagged = after is not None and after.tag is not None
    return _is_timeframe(before) and _ends(c.peek(-2)) and (_ends(after) or tagged)


def _is_timeframe(token: Token | None) -> bool:
    return token is not None and (token.kind == "span" or token.tag == "tf")


def _ends(token: Token | None) -> bool:
    """True at the end of a clause or of the message."""
    return token is None or token.kind == "line" or token.text in (",", ".", ";", ":", "|", "(", ")")


@cache
def _crypto() -> frozenset[str]:
    from engine.spec.tickers import _directory

    return frozenset(symbol.lower() for symbol in _directory()["crypto"])
