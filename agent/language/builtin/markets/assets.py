"""Assets by ticker, pair or name: ``BTC``, ``eth/usdt``, ``gold``, ``btc usdt``, ``EURUSD``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.language.builtin.lexicon import known_words
from agent.language.builtin.markets.indices import index_symbol
from agent.language.builtin.markets.likely import capital_ticker, plausible
from agent.language.builtin.markets.names import ACRONYMS, BASES, COUNTERS, NAMES, QUOTES, STABLES
from engine.spec.tickers import find_ticker

if TYPE_CHECKING:
    from collections.abc import Collection

    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.tokens import Token


@dataclass(frozen=True, slots=True)
class Asset:
    """An asset as it was named; ``symbol`` None when the directory does not know it."""

    written: str
    symbol: str | None
    quote: str | None = None
    perp: bool = False


def asset(c: Cursor, known: Collection[str] = ()) -> Asset | None:
    """Read one asset; None, and the cursor where it was, when there is none.

    >>> from agent.language.builtin.cursor import Cursor
    >>> from agent.language.builtin.tokens import tokenize
    >>> asset(Cursor(tokenize("eth/usdt 1h")))
    Asset(written='ETH/USDT', symbol='ETH', quote='USDT', perp=False)
    """
    called = index_symbol(c)
    if called is not None:
        return Asset(*called)
    index = _index(c)
    if index is not None:
        return index
    token = c.peek()
    if token is None or token.kind != "word" or (token.tag is not None and not capital_ticker(token)):
        return None
    word = token.raw.strip("'").upper()
    if token.text in NAMES:
        return _by_name(c, token)
    found = _slashed(c, word) or _two_currencies(c, word)
    if found is not None:
        return found
    return _by_ticker(c, token, word, known) if plausible(token, known, c) else None


def _index(c: Cursor) -> Asset | None:
    """``sp 500``, ``us500``, ``s&p``."""
    if c.is_text("sp", "spx", "us") and _is_number(c, 500, ahead=1):
        c.at += 2
        return Asset("sp500", "SPY")
    if c.is_text("s", "sp", "s&p") and c.is_text("&", "and", ahead=1) and c.is_text("p", ahead=2):
        c.at += 4 if _is_number(c, 500, ahead=3) else 3
        return Asset("s&p 500", "SPY")
    return None


def _is_number(c: Cursor, value: int, *, ahead: int = 0) -> bool:
    token = c.peek(ahead)
    return token is not None and token.kind == "number" and token.value == value


def _by_name(c: Cursor, token: Token) -> Asset:
    """``bitcoin``, ``gold``, ``russell 2000``, ``nasdaq 100``."""
    c.take()
    if (token.text == "russell" and _is_number(c, 2000)) or (token.text == "nasdaq" and c.is_number()):
        c.take()
    return _quoted(c, token, NAMES[token.text])


def _slashed(c: Cursor, word: str) -> Asset | None:
    """``eth/usdt``, ``btc-usd``, ``sol_usdt-perp``, ``eur/usd``."""
    following, second = c.peek(1), c.peek(2)
    if following is None or second is None:
        return None
    joined = following.text in ("/", "-") or (following.text == "_" and following.glued)
    if not joined or second.kind != "word" or second.text not in QUOTES:
        return None
    quote = second.text.upper()
    pair = find_ticker(f"{word}/{quote}")
    if pair is None:
        return None
    c.at += 3
    if pair.kind in ("fx", "metal"):
        return Asset(f"{word}/{quote}", word + quote)
    return Asset(f"{word}/{quote}", pair.symbol, quote, bool(c.accept_text("-") and c.accept_tag("market")))


def _two_currencies(c: Cursor, word: str) -> Asset | None:
    """``eur usd``, ``gbp jpy``."""
    second = c.peek(1)
    if word not in BASES or second is None or second.kind != "word" or second.text not in COUNTERS:
        return None
    pair = word + second.text.upper()
    if second.text.upper() == word or find_ticker(pair) is None:
        return None
    c.at += 2
    return Asset(pair, pair)


def _by_ticker(c: Cursor, token: Token, word: str, known: Collection[str]) -> Asset | None:
    """``BTC``, ``BTCUSDT``, ``EURUSD``, ``XAU``; an asset at hand that the directory does not know."""
    ticker = find_ticker(word)
    if ticker is None or (ticker.kind == "fx" and len(word) == 3):
        if word not in known:
            return None
        c.take()
        return Asset(word, word)
    c.take()
    if ticker.kind in ("fx", "metal") and len(word) == 6:
        return Asset(word, word)
    if ticker.kind == "metal":
        return Asset(word, word + "USD")
    quote = word[len(ticker.symbol) :] if word.startswith(ticker.symbol) else ""
    return _quoted(c, token, ticker.symbol, quote or None)


def _quoted(c: Cursor, token: Token, symbol: str, quote: str | None = None) -> Asset:
    """Take a quote written behind: ``btc usdt``, ``eth-perp``."""
    perp = False
    start = c.at
    c.accept_text("/", "-")
    following = c.peek()
    if following is not None and following.text in STABLES and following.kind == "word":
        c.take()
        quote = quote or following.text.upper()
    elif c.is_text("future", "perp", "perpetual") or (c.is_tag("market") and c.data() == "perp"):
        c.take()
        perp = True
    else:
        c.at = start
    ticker = find_ticker(symbol) if quote == "USD" else None
    if ticker is not None and ticker.kind == "crypto":
        quote = None
    return Asset(token.raw, symbol, quote, perp)


def unknown_asset(c: Cursor) -> Asset | None:
    """Read a word in capitals that looks like a ticker and is none we know."""
    token = c.peek()
    if token is None or token.kind != "word" or token.tag is not None or not re.fullmatch(r"[A-Z]{3,12}", token.raw):
        return None
    if token.raw in ACRONYMS or token.text in known_words():
        return None
    c.take()
    return Asset(token.raw, None)
