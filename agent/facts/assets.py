"""Assets in the words: tickers, pairs, and what people call them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from agent.facts.vocabulary import words
from engine.spec.tickers import QUOTES, find_ticker

MAJORS = words(
    """btc eth sol xrp bnb doge ada avax ltc trx shib matic bch xlm aave aapl msft nvda tsla amzn googl nflx spy
    qqq iwm voo tlt gld slv wti brent eurusd gbpusd usdjpy audusd usdchf usdcad nzdusd xauusd xagusd pepe xmr
    algo mkr"""
)
"""Tickers that mean the asset in small letters too; other tickers are words of English as well."""

SPOKEN: dict[str, tuple[str, ...]] = {
    "bitcoin": ("BTC",), "bitcoins": ("BTC",), "xbt": ("BTC",), "ethereum": ("ETH",), "ether": ("ETH",),
    "solana": ("SOL",), "dogecoin": ("DOGE",), "cardano": ("ADA",), "litecoin": ("LTC",), "ripple": ("XRP",),
    "polkadot": ("DOT",), "chainlink": ("LINK",), "avalanche": ("AVAX",), "uniswap": ("UNI",),
    "polygon": ("MATIC", "POL"), "apple": ("AAPL",), "microsoft": ("MSFT",), "nvidia": ("NVDA",), "tesla": ("TSLA",),
    "amazon": ("AMZN",), "netflix": ("NFLX",), "facebook": ("META",), "alphabet": ("GOOGL", "GOOG"),
    "google": ("GOOGL", "GOOG"), "gold": ("XAUUSD", "XAU", "GC", "GLD", "PAXG"),
    "silver": ("XAGUSD", "XAG", "SI", "SLV"), "oil": ("WTI", "BRENT", "USOIL", "UKOIL", "CLF", "USO"),
    "crude": ("WTI", "BRENT", "USOIL", "UKOIL", "CLF", "USO"), "nasdaq": ("QQQ", "NDX", "NQ", "US100", "NAS100"),
    "sp500": ("SPY", "SPX", "US500", "ES", "VOO", "IVV"), "cable": ("GBPUSD",), "aussie": ("AUDUSD",),
    "coinbase": ("COIN",), "toncoin": ("TON",),
}  # fmt: skip
"""What people call an asset; several symbols where the words leave open which of them is traded."""

_OPTIONAL = words(
    """MA T C V S W F ON NOT NOW LOW ONE OP GAS ORDER MOVE WIN HOT COST SPOT PERP TEAM ID IP BAND ALT ACT SUPER ARM
    COIN GT SI ES SO SE DE AR SC BAL COMP OMG TM MS NET CAT UP IT ALL KEY HD BA PG GE GM KO MU GS EDU PEOPLE
    HOOK ETC DASH FLOW LAYER INIT HYPE RAY SH VT EMA SMA RSI ATR COP USDC DAI TUSD FDUSD USDE SUSD"""
)
"""Tickers that are words, or cash: naming them may mean them, and demands nothing."""

_ASSET = re.compile(r"(?<![\w$#@.])\$?([A-Za-z0-9]{1,12})(?:\s?[/_-]\s?([A-Za-z]{3,5})\b)?(?!\w)")
_QUOTED = frozenset((*QUOTES, "PERP", "JPY", "CHF", "GBP", "AUD", "CAD", "NZD"))
_TRADE_WORDS = re.compile(r"\b(?:buy|sell|when|cross|above|below|stop|long|short|entry|exit|chart|daily)\b")


@dataclass(frozen=True, slots=True)
class Asset:
    """An asset in the words; ``symbols`` any of which it may be, ``loose`` when the word may mean something else."""

    symbols: tuple[str, ...]
    start: int
    end: int
    loose: bool


def assets_in(text: str) -> tuple[Asset, ...]:
    """Return the assets a text names.

    >>> [one.symbols for one in assets_in("btc and ETH/USDT, later EUR/USD; link it")]
    [('BTC',), ('ETH',), ('EURUSD',), ('LINK',)]
    >>> [one.loose for one in assets_in("btc and ETH/USDT, later EUR/USD; link it")]
    [False, False, False, True]
    """
    shouted = not _TRADE_WORDS.search(text) and bool(_TRADE_WORDS.search(text.lower()))
    found = []
    for match in _ASSET.finditer(text):
        one = _asset(match, shouted)
        if one is not None:
            found.append(one)
        if match[2] and (one is None or one.end < match.end()):
            second = _word(match[2], shouted)
            if second is not None:
                found.append(Asset(second[0], match.start(2), match.end(2), second[1]))
    return tuple(found)


def _asset(match: re.Match[str], shouted: bool) -> Asset | None:
    base, quote = match[1].upper(), (match[2] or "").upper()
    if quote in _QUOTED:
        pair = find_ticker(f"{base}/{quote}") if quote != "PERP" else find_ticker(base)
        if pair is not None and base not in ("LONG", "SHORT"):
            return Asset((pair.symbol,), match.start(), match.end(), False)
    word = _word(match[1], shouted)
    return None if word is None else Asset(word[0], match.start(), match.end(1), word[1])


@cache
def _word(written: str, shouted: bool) -> tuple[tuple[str, ...], bool] | None:
    lowered, symbol = written.lower(), written.upper()
    if lowered in SPOKEN:
        return SPOKEN[lowered], False
    if lowered in MAJORS:
        known = find_ticker(symbol)
        return ((known.symbol if known else symbol,), False)
    if symbol.isdigit() or len(symbol) < 2 or symbol in _QUOTED:
        return None
    for tail in ("USDT", "USDC", "PERP", "USD"):
        base = symbol.removesuffix(tail)
        if base != symbol and len(base) >= 2:
            known = find_ticker(base)
            if known is not None and (tail != "USD" or known.kind == "crypto"):
                return ((known.symbol,), False)
    known = find_ticker(symbol)
    if known is None or known.symbol != symbol:
        return None
    loose = not written.isupper() or shouted or len(symbol) < 3 or symbol in _OPTIONAL
    return ((symbol,), loose)
