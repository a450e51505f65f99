"""The packaged directory of known tickers: what an asset is, and what it is quoted in.

It tells a mistyped asset from one whose candles are merely missing. It is no list of what can be traded: an
asset whose candles are stored is known as well.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from engine.spec.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["crypto", "stock", "etf", "index", "commodity", "fx", "metal"]

ASSET = re.compile(r"[A-Z0-9]{1,20}(/[A-Z0-9]{1,20})?")
"""How an asset is written: a ticker, or a ticker with the quote currency it trades in."""

QUOTES = ("USDT", "USDC", "FDUSD", "BUSD", "TUSD", "USD", "EUR", "BTC", "ETH", "BNB")
"""Quote currencies that may be written right behind a ticker (BTCUSDT), longest first where one ends another."""

CRYPTO_QUOTE = "USDT"
"""What a coin is quoted in where nothing is said."""

DOLLARS = ("USD", "USDT", "USDC", "FDUSD", "BUSD", "TUSD", "DAI")


@dataclass(frozen=True, slots=True)
class Ticker:
    """A known ticker: ``symbol`` without quote (pairs whole: EURUSD), ``quote`` its currency by default."""

    symbol: str
    kind: Kind
    name: str
    quote: str


def find_ticker(asset: str, quote: str | None = None) -> Ticker | None:
    """Return what an asset is, None when the directory does not know it.

    Parameters
    ----------
    asset : str
        As a spec writes it: ``BTC``, ``BTC/USDC``, ``BTCUSDT``, ``EURUSD``, ``AAPL``.
    quote : str, optional
        The universe's quote; it makes a pair of a bare currency (``EUR`` with ``USD``).

    Examples
    --------
    >>> find_ticker("BTC")
    Ticker(symbol='BTC', kind='crypto', name='Bitcoin', quote='USDT')
    >>> find_ticker("EUR/USD").kind, find_ticker("ETHBTC").quote
    ('fx', 'BTC')
    >>> find_ticker("BITCON") is None
    True
    """
    base, _, own = asset.partition("/")
    if own:
        pair = _pair(base, own)
        known = pair or _tickers().get(base)
        return known if pair or known is None else replace(known, quote=own)
    if base in _tickers():
        return _tickers()[base]
    for split in range(3, len(base) - 2):
        pair = _pair(base[:split], base[split:])
        if pair is not None:
            return pair
    for tail in QUOTES:
        known = _tickers().get(base.removesuffix(tail)) if base.endswith(tail) else None
        if known is not None and known.kind == "crypto":
            return replace(known, quote=tail)
    return _pair(base, quote or "USD")


def asset_quote(asset: str, quote: str | None) -> str:
    """Return the currency an asset is quoted in: its own, the universe's, or the usual one of its kind.

    >>> asset_quote("BTC", None), asset_quote("BTC/USDC", "USDT"), asset_quote("EURUSD", None)
    ('USDT', 'USDC', 'USD')
    """
    ticker = find_ticker(asset, quote)
    _, _, own = asset.partition("/")
    if own or (ticker is not None and (ticker.kind in ("fx", "metal") or ticker.symbol != asset)):
        return own or (ticker.quote if ticker is not None else CRYPTO_QUOTE)
    return quote or (CRYPTO_QUOTE if ticker is None else ticker.quote)


def nearest_ticker(asset: str) -> str | None:
    """Return the known ticker most like an asset, by its symbol or its name; None when none is close.

    >>> nearest_ticker("BCT"), nearest_ticker("Bitcoin"), nearest_ticker("AAPPL"), nearest_ticker("QQQQQQQQ")
    ('BTC', 'BTC', 'AAPL', None)
    """
    word = asset.strip().upper().removesuffix("-PERP").removesuffix("PERP")
    for joint in ("-", "_", ":", " "):
        word = word.replace(joint, "/") if word.count(joint) == 1 and "/" not in word else word
    if ASSET.fullmatch(word) and find_ticker(word) is not None:
        return word
    base = word.split("/")[0]
    if base in _tickers():
        return base
    for ticker in _tickers().values():
        if ticker.name.upper() == base:
            return ticker.symbol
    for symbol in _tickers():
        if len(base) >= 3 and len(symbol) >= 3 and _one_slip(base, symbol):
            return symbol
    return nearest(base, _tickers())


@cache
def crypto_symbols() -> frozenset[str]:
    """Return the symbols of the known coins, whatever else bears one of them."""
    return frozenset(_directory()["crypto"])


@cache
def _directory() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = json.loads((Path(__file__).parent / "tickers.json").read_bytes())
    return found


@cache
def _tickers() -> Mapping[str, Ticker]:
    kinds: tuple[Kind, ...] = ("crypto", "stock", "etf", "index", "commodity")
    return {
        symbol: Ticker(symbol, kind, name, "USDT" if kind == "crypto" else "USD")
        for kind in kinds
        for symbol, name in _directory()[kind].items()
    }


def _pair(base: str, quote: str) -> Ticker | None:
    """Return the pair of two currencies, or of a metal and a currency."""
    currencies, metals = _directory()["currency"], _directory()["metal"]
    if quote not in currencies or base == quote or not (base in currencies or base in metals):
        return None
    kind: Kind = "metal" if base in metals else "fx"
    name = metals[base] if base in metals else f"{currencies[base]} in {currencies[quote]}"
    return Ticker(base + quote, kind, name, quote)


def _one_slip(written: str, meant: str) -> bool:
    """Tell whether one letter wrong, missing, too many, or two swapped, makes one word of the other."""
    shorter, longer = sorted((written, meant), key=len)
    if len(longer) - len(shorter) > 1 or written == meant:
        return False
    at = next((k for k, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    if len(shorter) < len(longer):
        return shorter[at:] == longer[at + 1 :]
    swapped = written[at : at + 2] == meant[at : at + 2][::-1] and written[at + 2 :] == meant[at + 2 :]
    return swapped or written[at + 1 :] == meant[at + 1 :]
