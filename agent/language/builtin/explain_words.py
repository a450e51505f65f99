"""A question made plain for matching: lower case, contractions written out, slips in the words that count mended."""

from __future__ import annotations

import re
from functools import cache

VOCABULARY = (
    *("about", "account", "annual", "assume", "assumed", "assumptions", "average", "backtest", "because", "benchmark"),
    *("better", "between", "breakeven", "calculated", "candles", "change", "changed", "changes", "commission"),
    *("compare", "compared", "confidence", "correlation", "costs", "curve", "default", "defaults", "definition"),
    *("describe", "diagnose", "difference", "different", "differs", "drawdown", "drawdowns", "earned", "exactly"),
    *("execute", "executed", "expectancy", "explain", "explained", "explanation", "exposure", "factor", "fees"),
    *("filled", "fills", "funding", "happened", "happens", "history", "holding", "holdout", "indicator", "indicators"),
    *("interval", "kurtosis", "leverage", "lookahead", "losing", "losses", "market", "metrics", "money", "monthly"),
    *("number", "numbers", "often", "outperform", "overfit", "overfitted", "overfitting", "parameters", "payoff"),
    *("perform", "performance", "performed", "performing", "period", "position", "positions", "previous", "price"),
    *("probability", "profit", "profitable", "profits", "proven", "question", "random", "ratio", "reliable"),
    *(
        "result",
        "results",
        "return",
        "returns",
        "robust",
        "rules",
        "sample",
        "settings",
        "sharpe",
        "should",
        "significant",
    ),
    *("skewness", "slippage", "sortino", "calmar", "statistics", "stats", "still", "strategy", "strategies"),
    *("summarise", "summarize", "summary", "target", "tested", "timeframe", "trade", "traded", "trades", "trading"),
    *("trailing", "trials", "trigger", "triggered", "triggers", "trust", "turnover", "unproven", "verdict", "version"),
    *(
        "versions",
        "volatility",
        "warnings",
        "which",
        "winners",
        "winning",
        "worked",
        "works",
        "worse",
        "worst",
        "years",
    ),
)
"""Words of questions in which one slip is mended; shorter ones are taken as they are."""

SHORTEST = 5
"""Letters from which a word is mended: shorter ones are too near to each other."""

WRITTEN_OUT = (
    (r"\b(?:waht|wat|wht|whta|wut)\b", "what"),
    (r"\b(?:teh|hte)\b", "the"),
    (r"\bloos(e|es|ing)\b(?! (?:stop|filter|rule|limit))", r"los\1"),
    (r"\b(?:hwo|hw)\b", "how"),
    (r"\b(?:wyh|whyy+)\b", "why"),
    (
        r"\b(what|who|how|where|when|that|there|it|which)(?:'s|s(?= (?:the|my|a|an|this|up|changed|different|"
        r"wrong)\b))",
        r"\1 is",
    ),
    (r"\bwhats\b", "what is"),
    (r"\bhows\b", "how is"),
    (r"\bwheres\b", "where is"),
    (r"\b(did|does|do|is|was|are|were|would|could|should|has|have|ca|wo)n'?t\b", r"\1 not"),
    (r"\b(\w+)'(?:re)\b", r"\1 are"),
    (r"\b(\w+)'(?:ve)\b", r"\1 have"),
    (r"\b(\w+)'(?:ll|d)\b", r"\1 would"),
    (r"\bi'?m\b", "i am"),
    (r"\bu\b", "you"),
    (r"\br\b", "are"),
    (r"\by\b(?= (?:did|does|is|do|was)\b)", "why"),
    (r"\b(?:pls|plz|please)\b", " "),
    (r"\b(?:max|maximum|biggest|largest|deepest) (?:dd|draw ?down)\b", "drawdown"),
    (r"\bdraw downs?\b", "drawdown"),
    (r"\bsharp(?= ratio|\b(?! (?:drop|rise|move|turn|fall|increase|decline)))", "sharpe"),
    (r"\bpf\b", "profit factor"),
    (r"\bhit ?rate\b|\bwinrate\b|\bwin percentage\b|\bpercentage of win\w*\b", "win rate"),
    (r"\bpnl\b|\bp&l\b|\bp/l\b", "profit"),
    (r"\bbt\b", "backtest"),
    (r"\bcagr\b|\bannuali[sz]ed return\b|\byearly return\b", "annual return"),
    (r"\bhodl\w*\b", "buy and hold"),
    (r"\bb&h\b|\bbuy ?(?:&|n|'n'|-and-|/) ?hold\b", "buy and hold"),
)
"""Contractions, short forms and their full words, in the order they are written out."""


@cache
def plain_question(text: str) -> str:
    """Return a message as questions are matched.

    >>> plain_question("What's the shrape, and why didn't it trade??")
    'what is the sharpe , and why did not it trade ?'
    """
    words = " ".join(text.lower().replace("’", "'").replace("‘", "'").split())
    for pattern, plain in WRITTEN_OUT:
        words = re.sub(pattern, plain, words)
    tokens = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?|[\w.]*\d[\w.]*\w|[\d.]+|[?!,;:%<>=+/-]", words)
    return " ".join(mended(token) for token in tokens).replace("? ?", "?")


def mended(word: str) -> str:
    """Return a word of the vocabulary for one that is a single slip away from it; other words as they are.

    >>> mended("explian"), mended("drawdwon"), mended("closed")
    ('explain', 'drawdown', 'closed')
    """
    if len(word) < SHORTEST or word in _known() or not word.isalpha():
        return word
    near = [known for known in _by_first_letter().get(word[0], ()) if one_slip(word, known)]
    return near[0] if len(near) == 1 else word


def one_slip(word: str, known: str) -> bool:
    """Return whether a word differs by one letter too many, missing or wrong, or by two that changed places.

    >>> one_slip("drawdwon", "drawdown"), one_slip("retuns", "returns"), one_slip("trade", "traded")
    (True, True, True)
    """
    if abs(len(word) - len(known)) > 1:
        return False
    start = 0
    while start < min(len(word), len(known)) and word[start] == known[start]:
        start += 1
    rest, other = word[start:], known[start:]
    if len(word) == len(known):
        return rest[1:] == other[1:] or (rest[:2] == other[:2][::-1] and rest[2:] == other[2:])
    return rest[1:] == other if len(word) > len(known) else rest == other[1:]


COMMON = frozenset(
    {
        *("close", "closed", "closes", "higher", "lower", "where", "there", "these", "those", "think", "thing"),
        *("short", "shorts", "shape", "share", "shares", "shared", "prices", "trader", "traders", "ratios", "ration"),
        *("worth", "works", "words", "wicks", "first", "fires", "files", "feels", "feeds", "false", "falls", "while"),
        *("strategic", "rates", "rated", "rather", "other", "others", "moment", "months", "month", "hours", "today"),
        *("buying", "selling", "enter", "enters", "exits", "using", "being", "doing", "going", "number", "times"),
    }
)
"""Ordinary words that lie one letter from one of the vocabulary, and mean themselves."""


@cache
def _known() -> frozenset[str]:
    return frozenset(VOCABULARY) | COMMON


@cache
def _by_first_letter() -> dict[str, tuple[str, ...]]:
    first = sorted({word[0] for word in VOCABULARY})
    return {letter: tuple(w for w in VOCABULARY if w[0] == letter and len(w) >= SHORTEST) for letter in first}
