"""Reading what and when: assets by ticker or name, timeframes, the span of a test, the kind of market."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from agent.language.builtin.lexicon import FILLERS, known_words
from agent.language.builtin.operands import frame_name
from agent.language.builtin.rules import Span
from agent.language.port import Window
from engine.spec.tickers import find_ticker

if TYPE_CHECKING:
    from collections.abc import Collection

    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.tokens import Token

NAMES = {
    "bitcoin": "BTC", "xbt": "BTC", "ethereum": "ETH", "ether": "ETH", "solana": "SOL", "ripple": "XRP",
    "cardano": "ADA",
    "dogecoin": "DOGE", "litecoin": "LTC", "polkadot": "DOT", "avalanche": "AVAX", "chainlink": "LINK",
    "polygon": "POL",
    "tron": "TRX", "monero": "XMR", "stellar": "XLM", "cosmos": "ATOM", "uniswap": "UNI", "aptos": "APT",
    "toncoin": "TON",
    "gold": "XAUUSD", "silver": "XAGUSD", "oil": "WTI", "crude": "WTI", "brent": "BRENT", "natgas": "NATGAS",
    "tesla": "TSLA", "apple": "AAPL", "google": "GOOGL", "alphabet": "GOOGL", "nvidia": "NVDA", "microsoft": "MSFT",
    "amazon": "AMZN", "facebook": "META", "netflix": "NFLX", "logitech": "LOGI", "intel": "INTC", "disney": "DIS",
    "palantir": "PLTR", "nasdaq": "QQQ", "sp500": "SPY", "spx": "SPX", "russell": "IWM", "cable": "GBPUSD",
    "microstrategy": "MSTR", "berkshire": "BRKB", "boeing": "BA", "walmart": "WMT", "jpmorgan": "JPM",
}  # fmt: skip
ENGLISH = frozenset(
    """all any are big can car cat cost did dip end fast few for fun gas get go has hit hold how it its key land life
    link live long love low man may mass more most near net new not now old one open own pay people play plus portal
    prime push put ray real red ring rose run sand save see sent set she six snow so some star step strong sun super
    sure take team tell ten test the time top true try two up use via was way well west who why win work yes you
    zoom flow fox core safe mask magic time gala rare amp band bond dent hive iris key loom moon nest poly quad rose
    send spot trust unit wing wave waves cash form hot hook glad good coin meta edge dash chart quick sky beam dusk
    cake sweat high jump ace alpha audio ash ban bat blur boss cube data dock fire flux fight front gods gold hard
    high holo hope icon lit lisk mint nano neo omni ont orca osmo pump orbit ore pond pyth rad rif ronin rune scrt
    snt ssv storj sys tell tia turbo vet vibe vita volt wax win wrap xai yield zen zero zil fast lock name move pos
    power agi act ai id bar box bull bill""".split()
)  # fmt: skip
"""Tickers that are words as well: known as tickers only when written in capitals."""

ACRONYMS = frozenset(
    """MA OR AND ON IF ALL NOW K D ET EST AM PM A V T F C STOP IT ORB DD FAST LOW HIGH OPEN CLOSE BUY SELL LONG SHORT
    SMC TV PT SD TP SL RR BE OK US UK EU NY FX TA PA HTF LTF ATH EOD SO BE GO UP BY IN AT TO AS IS DO NO ROI PNL DCA
    SET ST BB KC DC ADX CCI MFI OBV ATR RSI EMA SMA WMA HMA MACD VWAP ROC SAR PSAR MOM DI UTC GMT USD USDT USDC EUR
    GBP CAGR API BOT HH LL HL LH OHLC FOMC CPI NFP GDP ETF NAV IPO AI ML LLM SPEC JSON YAML NB PS FYI LOL IMO BTW
    WAIT BOTH NOT XOR WHEN THEN ELSE END RULE RULES ENTRY EXIT""".split()
)
QUOTES = (
    "usdt",
    "usdc",
    "usd",
    "busd",
    "fdusd",
    "perp",
    "perps",
    "eur",
    "btc",
    "eth",
    "tusd",
    "dai",
    "jpy",
    "gbp",
    "chf",
    "aud",
    "cad",
    "nzd",
)


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
    if token.kind != "word" or (token.tag is not None and not _capital_ticker(token)):
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
    if not _plausible(token, known, c):
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


def _capital_ticker(token: Token) -> bool:
    """``LINK`` or ``SPY`` although the word has another meaning in small letters."""
    return (
        token.raw.isupper() and token.raw not in ACRONYMS and len(token.raw) >= 3 and token.tag in ("field", "filler")
    )


def _plausible(token: Token, known: Collection[str], c: Cursor) -> bool:
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


@cache
def _crypto() -> frozenset[str]:
    from engine.spec.tickers import _directory

    return frozenset(symbol.lower() for symbol in _directory()["crypto"])


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


def timeframe(c: Cursor) -> str | None:
    """Read the strategy's timeframe: ``1h``, ``15 min``, ``daily chart``, ``4-hour candles``."""
    start = c.at
    token = c.peek()
    if token is None:
        return None
    before = c.peek(-1)
    if before is not None and (
        before.tag in ("for", "after", "within", "previous", "max") or before.text in ("last", "past", "over", "every")
    ):
        if token.tag != "tf" and before.text != "every":
            return None
    name = None
    if token.kind == "number" and token.value == 1 and c.is_tag("tf", ahead=1):
        c.take()  # "one day chart"
        token = c.tokens[c.at]
    if token.tag == "tf":
        c.take()
        name = str(token.data)
    elif token.kind == "span":
        name = frame_name(token.data)
        if name is None:
            return None
        c.take()
    elif token.kind == "number" and c.is_tag("unit", ahead=1) and token.value is not None:
        unit = c.peek(1).data  # type: ignore[union-attr]
        if unit == "bar":
            return None
        name = frame_name(Span(token.value, unit))
        ending = c.peek(2)
        alone = ending is None or ending.kind == "line" or ending.text in (",", ".", ";", "|", "/", "->")
        if name is None or (
            unit in ("day", "week") and not c.is_tag("chart", "unit", ahead=2) and not (token.value == 1 and alone)
        ):
            return None
        c.at += 2
    elif (
        token.text in ("one", "a", "each", "every") and c.is_tag("unit", ahead=1) and c.is_tag("chart", "unit", ahead=2)
    ):
        name = frame_name(Span(1, c.peek(1).data))  # type: ignore[union-attr]
        if name is None:
            return None
        c.at += 2
    if name is None:
        c.at = start
        return None
    while c.is_tag("chart") or (c.is_tag("unit") and c.peek().data == "bar"):  # type: ignore[union-attr]
        c.take()
    return name


MONTH_NAMES = {name: at for at, name in enumerate(
    "january february march april may june july august september october november december".split(), 1)}  # fmt: skip


def window(c: Cursor, now: str) -> Window | None:
    """Read the span to test: ``2018 to 2020``, ``since 2019``, ``last 3 months``, ``from 2024-08-15 to today``."""
    start = c.at
    led = False
    while c.is_text(
        "backtest",
        "test",
        "from",
        "since",
        "starting",
        "between",
        "over",
        "for",
        "on",
        "during",
        "in",
        "the",
        "with",
        "data",
        "of",
        "run",
        "it",
        "tested",
    ) or c.is_tag("for", "between"):
        led = led or c.is_text(
            "from", "since", "starting", "between", "over", "during", "in", "backtest", "test", "for", "data"
        )
        since = c.take().text
        if since in ("since", "from", "starting"):
            led = True
    today = datetime.fromisoformat(now)
    alone = c.peek(-1) is None or c.is_text(".", ",", ";", ahead=-1) or c.tokens[c.at - 1].kind == "line"
    lone = c.peek()
    if c.at == start and alone and lone is not None and lone.kind == "span" and lone.data.unit == "year":
        ending = c.peek(1)
        if ending is None or ending.kind == "line" or ending.text in (".", ",", ";"):
            c.take()  # "5y"
            return _window(today - timedelta(days=365.25 * lone.data.n), None, c, start)
    first = _moment(c)
    if first is not None:
        if c.accept_text("to", "until", "till", "through", "-", "and", "thru"):
            last = _moment(c, ending=True)
            if last is not None:
                return _window(first, last, c, start)
            if c.accept_tag("current"):
                return _window(first, today, c, start)
        before = c.tokens[start : c.at]
        if any(t.text in ("since", "from", "starting") for t in before):
            return _window(first, None, c, start)
        if any(t.text in ("in", "during") for t in before):
            year = first.year
            return _window(first, datetime(year + 1, 1, 1, tzinfo=UTC), c, start)
        c.at = start
        return None
    if c.is_text("last", "past", "previous", "the last"):
        c.take()
        days = None
        token = c.peek()
        if token is not None and token.kind == "span":
            days = _days(c.take().data)
        elif c.is_number() and c.is_tag("unit", ahead=1):
            value = c.take().value or 0.0
            days = _days(Span(value, c.take().data))
        elif c.is_tag("unit"):
            days = _days(Span(1, c.take().data))
        if days is not None and days >= 28 and not c.is_tag("field", "extreme", "average", "indicator"):
            return _window(today - timedelta(days=days), None, c, start)
    c.at = start
    return None


def _days(span: Span) -> float | None:
    return {"day": span.n, "week": 7 * span.n, "month": 30.4375 * span.n, "year": 365.25 * span.n}.get(span.unit)


def _moment(c: Cursor, *, ending: bool = False) -> datetime | None:
    token = c.peek()
    if token is None:
        return None
    if token.kind == "date":
        c.take()
        try:
            return datetime.fromisoformat(token.text).replace(tzinfo=UTC)
        except ValueError:
            return None
    month = None
    if token.tag == "month_name" or token.text == "may":
        month = int(token.data) if token.tag == "month_name" else 5
        token = c.peek(1)
        if token is None:
            return None
    if (
        token.kind == "number"
        and token.value is not None
        and token.value == int(token.value)
        and 1990 <= token.value <= 2100
    ):
        after = c.peek(2 if month else 1)
        if (after is not None and after.tag in ("percent", "unit", "times")) or token.text.find(",") >= 0:
            return None
        c.at += 2 if month else 1
        year = int(token.value)
        if month is None:
            return datetime(year + int(ending), 1, 1, tzinfo=UTC)
        if ending:
            return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
        return datetime(year, month, 1, tzinfo=UTC)
    return None


def _window(start: datetime | None, end: datetime | None, c: Cursor, at: int) -> Window:
    words = " ".join(token.raw for token in c.tokens[at : c.at])

    def iso(moment: datetime | None) -> str | None:
        return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    return Window(iso(start), iso(end), words)
