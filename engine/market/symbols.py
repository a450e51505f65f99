"""Symbols: how a stored market is named, and what a file's name says about its content."""

from __future__ import annotations

import re

from engine.errors import DataError
from engine.market.timeframe import DURATION_MS

PERP = "-PERP"
SYMBOL = re.compile(r"[A-Z0-9]{1,40}(-PERP)?")
"""What a symbol may be: it becomes part of a file name, so nothing else gets through."""

_TIMEFRAME = re.compile(r"(?:^|[_\-. ])(" + "|".join(sorted(DURATION_MS, key=len, reverse=True)) + r")(?=$|[_\-. ])")
_VENUES = {"BINANCE", "BYBIT", "OKX", "KRAKEN", "COINBASE", "BITSTAMP", "BITFINEX", "GEMINI", "KUCOIN", "GATE", "HTX"}
_PERPETUALS = {"PERP", "SWAP", "FUTURES", "USDM", "UM"}


def check_symbol(text: str) -> str:
    """Return a symbol in its stored form: capitals, no separator between asset and quote.

    Raises
    ------
    DataError
        Anything but letters and digits is left, or nothing.

    Examples
    --------
    >>> check_symbol("btc/usdt"), check_symbol("ETHUSDT-perp")
    ('BTCUSDT', 'ETHUSDT-PERP')
    """
    symbol = text.strip().upper().replace("/", "", 1)
    if not SYMBOL.fullmatch(symbol):
        raise DataError(
            f"symbol {text!r} cannot be used: a symbol is letters and digits such as BTCUSDT or SPY, "
            "with -PERP at the end for a perpetual"
        )
    return symbol


def timeframe_in_name(stem: str) -> str | None:
    """Return the timeframe a file name tells, None when it tells none.

    >>> timeframe_in_name("BTC_USDT-1h"), timeframe_in_name("prices")
    ('1h', None)
    """
    found = _TIMEFRAME.search(stem)
    return found.group(1) if found else None


def symbol_in_name(stem: str) -> str | None:
    """Return the symbol a file name tells, None when it tells none for certain.

    Understood are names such as ``BTCUSDT_1h``, ``BTCUSDT-PERP_1h``, ``BTC_USDT-1h``, ``Binance_ETHUSDT_1h``,
    ``BTCUSDT-1m-2024-01`` and ``BTC_USDT_USDT-1h-futures`` (a perpetual).

    >>> symbol_in_name("Binance_ETHUSDT_1h"), symbol_in_name("BTC_USDT_USDT-1h-futures"), symbol_in_name("my prices")
    ('ETHUSDT', 'BTCUSDT-PERP', None)
    """
    found = _TIMEFRAME.search(stem)
    before, after = (stem[: found.start()], stem[found.end() :]) if found else (stem, "")
    words = [word for word in re.split(r"[_\-. ]+", before.upper()) if word]
    tail = {word for word in re.split(r"[_\-. ]+", after.upper()) if word}
    perpetual = bool((tail | set(words)) & _PERPETUALS)
    words = [word for word in words if word not in _VENUES | _PERPETUALS]
    if len(words) == 3 and words[1] == words[2]:
        words, perpetual = words[:2], True
    if not words or len(words) > 2 or " " in before.strip():
        return None
    symbol = "".join(words) + (PERP if perpetual else "")
    return symbol if SYMBOL.fullmatch(symbol) else None
