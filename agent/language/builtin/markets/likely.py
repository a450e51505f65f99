"""Is a word meant as a ticker? What stands around it decides where it is a word of the language as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.lexicon import known_words
from agent.language.builtin.markets.names import ACRONYMS, ENGLISH
from engine.spec.tickers import crypto_symbols

if TYPE_CHECKING:
    from collections.abc import Collection

    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.tokens import Token

ENDS = (",", ".", ";", ":", "|", "(", ")")
"""Marks at the end of a clause."""


def capital_ticker(token: Token) -> bool:
    """True for ``LINK`` or ``SPY`` although the word has another meaning in small letters."""
    word = token.raw
    return word.isupper() and word not in ACRONYMS and len(word) >= 3 and token.tag in ("field", "filler")


def plausible(token: Token, known: Collection[str], c: Cursor) -> bool:
    """True when the word the cursor stands at can be meant as a ticker; ``known`` are the assets at hand."""
    word = token.raw
    if word.isupper() and len(word) >= 2:
        return word not in ACRONYMS
    spoken = word.lower() in known_words()
    if word.upper() in known and len(word) >= 3 and not spoken:
        return True
    if len(word) < 3 or spoken or word.lower() in ENGLISH:
        return _stands_as_asset(c, word)
    return True


def _stands_as_asset(c: Cursor, word: str) -> bool:
    """True for a coin's ticker that is a word as well where only an asset can stand: ``avax dot ltc``."""
    if word.upper() in ACRONYMS or len(word) < 3 or word.upper() not in crypto_symbols():
        return False
    before, after = c.peek(-1), c.peek(1)
    acted = before is not None and before.tag == "action"
    if word.lower() not in known_words() and _led(before) and _ended(after):
        return True
    if _with_a_timeframe(c):
        return True
    if acted and c.is_text("on", ahead=1) and _is_timeframe(c.peek(2)):
        return True  # "short near on 4h"
    return _is_coin(before) or _is_coin(after)


def _with_a_timeframe(c: Cursor) -> bool:
    """``...; link 1h;``, ``rsi 30/70 near 4h``, ``1h link, ...``: market and timeframe, alone in their clause."""
    before, after = c.peek(-1), c.peek(1)
    if c.ends(*ENDS, ahead=2) and _is_timeframe(after):
        return c.ends(*ENDS, ahead=-1) or (before is not None and before.kind == "number")
    tagged = after is not None and after.tag is not None
    return _is_timeframe(before) and c.ends(*ENDS, ahead=-2) and (c.ends(*ENDS, ahead=1) or tagged)


def _is_timeframe(token: Token | None) -> bool:
    return token is not None and (token.kind == "span" or token.tag == "tf")


def _led(before: Token | None) -> bool:
    """True at the beginning, and behind what an asset follows: ``on near``, ``buy near``."""
    if before is None or before.kind == "line" or before.tag == "action":
        return True
    return before.text in ("on", "trade", "trading", "for", "of")


def _ended(after: Token | None) -> bool:
    """True at the end, and before what follows an asset: a timeframe, a number, a mark."""
    if after is None or after.kind in ("span", "line", "mark", "number"):
        return True
    return after.tag in ("tf", "market", "unit")


def _is_coin(token: Token | None) -> bool:
    """True for a coin beside the word that is no word itself."""
    if token is None or token.kind != "word" or token.tag is not None:
        return False
    return token.text not in ENGLISH and token.text.upper() in crypto_symbols()
