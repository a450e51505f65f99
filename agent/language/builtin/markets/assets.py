"""Assets by ticker, pair or name: ``BTC``, ``eth/usdt``, ``gold``, ``btc usdt``, ``EURUSD``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.language.builtin.lexicon import known_words
from agent.language.builtin.markets.likely import capital_ticker, plausible
from agent.language.builtin.markets.names import ACRONYMS, NAMES, QUOTES
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
    """Read one asset; None, and the cursor where it was, when there is none."""
    start = c.at
    token = c.peek()
    if token is None or token.kind not in ("word", "number"):
        return None
    if token.text in ("sp", "spx", "us") and c.is_number(1) and c.peek(1).value == 500:  # type: ignore[union-attr]
        c.at += 2
        return Asset("sp500", "SPY")
    if token.text in ("s", "sp", "s&p") and c.is_text("&", "and", ahead=1) and c.is_text("p", ahead=2):
        c.at += 3
        if c.is_number() and c.peek().value == 500:  # type: ignore[union-attr]
            c.take()
        return Asset("s&p 500", "SPY")
    if token.kind != "word" or (token.tag is not None and not capital_ticker(token)):
        return None
    word = token.raw.strip("'").upper()
    if token.text in NAMES:
        c.take()
        if token.text == "russell" and c.is_number() and c.peek().value == 2000:  # type: ignore[union-attr]
            c.take()
        if token.text == "nasdaq" and c.is_number():
            c.take()
        return _quoted(c, token, NAMES[token.text])
    if c.is_text("/", "-", ahead=1) or (c.peek(1) is not None and c.peek(1).glued and c.is_text("_", ahead=1)):  # type: ignore[union-attr]
        second = c.peek(2)
        if (
            second is not None
            and second.kind == "word"
            and second.text in QUOTES
            and second.text not in ("perp", "perps")
        ):
            pair = find_ticker(f"{word}/{second.text.upper()}")
            if pair is not None:
                c.at += 3
                if pair.kind in ("fx", "metal"):
                    return Asset(f"{word}/{second.text.upper()}", word + second.text.upper())
                perp = bool(c.accept_text("-") and c.accept_tag("market")) if c.is_text("-") else False
                return Asset(f"{word}/{second.text.upper()}", pair.symbol, second.text.upper(), perp)
    if len(word) == 3 and c.peek(1) is not None and word in ("EUR", "GBP", "AUD", "NZD", "USD"):
        second = c.peek(1)
        if (
            second is not None
            and second.kind == "word"
            and second.text in ("usd", "jpy", "gbp", "chf", "aud", "cad", "nzd")
            and second.text.upper() != word
        ):
            pair = find_ticker(word + second.text.upper())
            if pair is not None:
                c.at += 2
                return Asset(word + second.text.upper(), word + second.text.upper())
    digits = c.peek(1)
    if digits is not None and digits.kind == "number" and digits.glued and token.raw.isupper():
        joined = find_ticker(word + digits.raw)
        if joined is not None:
            c.at += 2
            return Asset(word + digits.raw, joined.symbol)
    if not plausible(token, known, c):
        return None
    ticker = find_ticker(word)
    if ticker is not None and not (ticker.kind == "fx" and len(word) == 3):
        c.take()
        if ticker.kind in ("fx", "metal") and len(word) == 6:
            return Asset(word, word)
        quote = word[len(ticker.symbol) :] if word.startswith(ticker.symbol) and word != ticker.symbol else None
        if ticker.kind == "metal":
            return Asset(word, word + "USD")
        return _quoted(c, token, ticker.symbol, quote or None)
    if word in known:
        c.take()
        return Asset(word, word)
    c.at = start
    return None


def _quoted(c: Cursor, token: Token, symbol: str, quote: str | None = None) -> Asset:
    """Take a quote written behind: ``btc usdt``, ``eth-perp``."""
    perp = False
    start = c.at
    c.accept_text("/", "-")
    following = c.peek()
    if following is not None and following.text in ("usdt", "usdc", "usd", "busd") and following.kind == "word":
        c.take()
        quote = quote or following.text.upper()
    elif following is not None and following.tag == "market" and following.data == "perp":
        c.take()
        perp = True
    else:
        c.at = start
    if quote == "USD" and find_ticker(symbol) is not None and find_ticker(symbol).kind == "crypto":  # type: ignore[union-attr]
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
