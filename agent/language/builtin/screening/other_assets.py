"""A condition on an asset that the strategy does not trade: bitcoin as the filter of an altcoin."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from agent.language.builtin.screening.phrases import compiled, pattern
from engine.spec.tickers import find_ticker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.language.builtin.screening.folded import Folded

INDEX = " s & p "
"""How the index of five hundred American stocks is folded; its fund stands for it."""

SAME = {"SPX": "SPY", "NDX": "QQQ", "DJI": "DIA", "RUT": "IWM"}
"""An index and the fund on it count as one market."""

NAMES = {
    "bitcoin": "BTC",
    "ether": "ETH",
    "ethereum": "ETH",
    "solana": "SOL",
    "gold": "XAU",
    "dogecoin": "DOGE",
    "nasdaq": "QQQ",
    "dow": "DIA",
    "russell": "IWM",
}
COMMON = (
    "btc",
    "eth",
    "sol",
    "bnb",
    "xrp",
    "ada",
    "doge",
    "spy",
    "qqq",
    "iwm",
    "tlt",
    "spx",
    "ndx",
    "dia",
    "aapl",
    "tsla",
    "nvda",
    *("gld", "slv", "gdx", "uso", "xle", "xlf", "xlk", "xlu", "eem", "efa", "hyg", "lqd", "ief", "vti", "voo"),
    *("amzn", "msft", "googl", "goog", "nflx", "amd", "bnb", "avax", "ltc", "xrp", "xauusd", "eurusd", "gbpusd"),
)
"""Tickers that are met in lower case as well; others are taken for tickers only in capitals."""

CONDITION_ENDS = (
    " , ",
    " . ",
    " ; ",
    " ¶ ",
    " and ",
    " or ",
    " then ",
    " to ",
    " buy ",
    " go ",
    " enter ",
    " sell ",
    " - ",
    " ) ",
    " = ",
)

_CONDITION = (
    "(when|whenever|every time|anytime|once|if|while|and|unless|provided|only if|only when|as long as|where|filter|"
    "with|only) (the)? (price of)? TICKER (1h|4h|1d|daily|weekly|hourly)? (is|closes|close|trades|stays|price|also|"
    "rsi^|sma^|ema^|above|below|over|under|goes|drops|rises|falls|crosses|momentum|volume|breaks|holds|>|<|trend|"
    "in (a|an|the) (up|down|bull|bear)*|"
    "was|has|atr|dumps|pumps|up|down|green|red)"
)


@cache
def _subject() -> re.Pattern[str]:
    asset = r" (?P<asset>s & p|[a-z]{2,10})(?: 500| 100| 30| index)*"
    return re.compile(compiled((_CONDITION,)).pattern.replace(pattern("TICKER"), asset))


def other_asset_places(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield where on the line a condition is about an asset that stands nowhere else but in conditions."""
    subjects = [match for match in _subject().finditer(folded.line) if asset_of(folded, match.start("asset"))]
    if not subjects:
        return
    conditioned = {match.start("asset") for match in subjects}
    traded = {
        asset_of(folded, folded.places[i] + 1)
        for i in range(len(folded.tokens))
        if folded.places[i] + 1 not in conditioned
    }
    traded.discard(None)
    for match in subjects:
        if traded and asset_of(folded, match.start("asset")) not in traded:
            ends = [at for at in (folded.line.find(mark, match.end()) for mark in CONDITION_ENDS) if at >= 0]
            yield match.start("asset") - 1, min(ends, default=len(folded.line) - 1)


def asset_of(folded: Folded, place: int) -> str | None:
    """Return the ticker at a token, None where there is none."""
    position = folded.index(place)
    word = folded.tokens[position]
    if folded.line.startswith(INDEX, folded.places[position]):
        return "SPY"
    if word in NAMES:
        return NAMES[word]
    written = folded.source[folded.starts[position] : folded.ends[position]]
    if word in COMMON or (written.isupper() and written.isalpha() and len(written) > 2):
        known = find_ticker(written.upper())
        return SAME.get(known.symbol, known.symbol) if known else None
    return None
