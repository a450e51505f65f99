"""Indices and futures by what people call them: ``nas100``, ``e-mini``, ``es futures``, ``dow 30``, ``de40``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spec.tickers import find_ticker

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

FUTURES = {
    "es": "ES", "mes": "ES", "nq": "NQ", "mnq": "NQ", "ym": "YM", "mym": "YM", "rty": "RTY", "gc": "GC", "mgc": "GC",
    "si": "SI", "ng": "NG", "sp500": "ES", "spx": "ES", "s&p": "ES", "nasdaq": "NQ", "dow": "YM", "russell": "RTY",
    "gold": "GC", "silver": "SI", "natgas": "NG", "spy": "ES", "qqq": "NQ",
}  # fmt: skip
"""What is traded as a future, by the words in front of ``futures`` and behind ``e-mini``."""

CFDS = {
    "de30": "GER40", "de40": "GER40", "ger30": "GER40", "dax30": "GER40", "dax40": "GER40", "nas": "NAS100",
    "nasdaq100": "NAS100", "ustec": "NAS100", "spx500": "US500", "dj30": "US30", "dow30": "US30", "wallstreet": "US30",
    "ftse100": "UK100", "jpn225": "JP225", "nikkei225": "JP225",
}  # fmt: skip
"""Other names of indices that the directory has."""

COUNTRIES = frozenset("ger de us uk jp jpn fra fr esp eu euro au aus hk it ita ch swi nl sg cn china ind spx".split())
"""What the name of an index begins with, in front of the number of its shares."""

CONTRACTS = ("es", "mes", "nq", "mnq", "ym", "mym", "rty")
"""Futures that are called by their letters alone."""

FUTURE_WORDS = ("futures", "future", "fut")
MINIS = ("mini", "micro")


def index_symbol(c: Cursor) -> tuple[str, str | None] | None:
    """Take an index or a future; return it as written with its symbol, None where the directory does not know it."""
    return _mini(c) or _future(c) or _numbered(c)


def _mini(c: Cursor) -> tuple[str, str | None] | None:
    """``e-mini``, ``emini nasdaq``, ``micro e-mini dow``: the S&P's where no other is named."""
    start = c.at
    c.accept_text("micro")
    if not c.accept_text("emini", "emini's", "eminis") and not (c.accept_text("e") and c.accept_text("mini", "minis")):
        c.at = start
        return None
    which = c.peek()
    symbol = "ES"
    if which is not None and which.text in FUTURES:
        symbol = FUTURES[c.take().text]
    elif c.is_text("s") and c.is_text("&", ahead=1) and c.is_text("p", ahead=2):
        c.at += 3
    c.skip("500", "100")
    return " ".join(token.raw for token in c.tokens[start : c.at]), symbol


def _future(c: Cursor) -> tuple[str, str | None] | None:
    """``es futures``, ``nasdaq futures``, ``gold future``: the word for the kind of market stays."""
    token = c.peek()
    if c.is_text("s") and c.is_text("&", ahead=1) and c.is_text("p", ahead=2):
        digits = 4 if c.is_number(3) else 3
        if c.is_text(*FUTURE_WORDS, ahead=digits):
            c.at += digits
            return "s&p", "ES"
    named = token is not None and (token.text in FUTURES or (token.text == "sp" and c.is_number(1)))
    if token is None or not named:
        return None
    digits = 2 if c.is_number(1) and c.is_text(*FUTURE_WORDS, ahead=2) else 1
    if not c.is_text(*FUTURE_WORDS, ahead=digits) and not (token.text in CONTRACTS and _beside_a_timeframe(c)):
        return None
    c.at += digits
    return token.raw, FUTURES.get(token.text, "ES")


def _beside_a_timeframe(c: Cursor) -> bool:
    """True for the ``nq`` of ``nq 15m, ...`` and ``1h nq``."""
    return any(
        (token := c.peek(ahead)) is not None and (token.kind == "span" or token.tag == "tf") for ahead in (1, -1)
    )


def _numbered(c: Cursor) -> tuple[str, str | None] | None:
    """``us30``, ``nas100``, ``dax 40``: a name with the number of its shares; a country's that nobody knows as well."""
    token, digits = c.peek(), c.peek(1)
    if token is None or token.kind != "word" or digits is None or digits.kind != "number" or token.tag == "indicator":
        return None
    written = f"{token.text}{digits.raw}"
    ticker = find_ticker(CFDS.get(written, written).upper())
    strange = token.text in COUNTRIES and digits.glued and 20 <= (digits.value or 0) <= 2000
    if ticker is None and not strange:
        return None
    if ticker is not None and not digits.glued and written not in CFDS:
        return None
    if c.is_tag("unit", "percent", "compare", ahead=2) or written == "us500":
        return None
    c.at += 2
    return f"{token.raw}{digits.raw}", None if ticker is None else ticker.symbol
