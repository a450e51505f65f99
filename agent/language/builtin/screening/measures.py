"""What makes a vague word exact: a number beside it, a definition, a list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.screening.other_assets import asset_of
from agent.language.builtin.screening.phrases import compiled
from agent.language.builtin.screening.trade_words import RULES

if TYPE_CHECKING:
    from agent.language.builtin.screening.folded import Folded

SENTENCE_ENDS = frozenset(".;?!¶")
CLAUSE_ENDS = SENTENCE_ENDS | {",", "(", ")"}
DEFINED_BY = frozenset({":", "(", "=", "like", "such", "eg", "namely", "meaning", "ie"})
TIME_UNITS = frozenset({"min", "mins", "minute", "minutes", "hour", "hours", "hr", "hourly"})
NEAR_BEFORE, NEAR_AFTER = 5, 5
CORRECTED = (", (so|please|just)? (make|set|put|use|say|maybe|about|like) (it|that)? (at|to|around)? #",)
"""What gives the number of a vague quantity after the comma: ``too tight, make it 4%``."""


_NUMBER = re.compile(r"\d[\d.,]*(?:x|k|r)?|twice|half|double|triple|breakeven")
_UNIT = re.compile(r"%|percent|pct|atr\d*|atrs|x|pips?|bps|dollars?|usd|usdt|times|r|times")
_BEHIND = frozenset({"of", "at", "is", "=", ":", "to", "by", "(", "around", "about", ","})

STATING = frozenset({"in", "during", "inside", "sideways", "choppy", "ranging", "trending", "quiet", "calm"})
"""Words that begin what is said of a state of the market."""

TRADES = ("(buy|buying|sell|selling|short|long|enter|cover|in|out)! //", "(when|if|buy|sell|short|go long|enter)")
"""Words of a rule that trades, where a definition would only say what is so."""

DEFINED_STATES = (
    "(uptrend|downtrend|trend|bull|bear|sideways|ranging|trending) (market|phase)? (up|down)? (is|:|=|means|meaning|"
    "being|defined as|when|if) (when|if|that|the|as)?",
)
"""The name of a state in front of what it is."""

LEVEL_WORDS = frozenset(
    {"stop", "stops", "sl", "target", "tp", "risk", "size", "equity", "capital", "account", "trail"}
)

_ENDS = {"sentence": SENTENCE_ENDS, "part": CLAUSE_ENDS | {"and", "or", "with", "but", "then", "&"}}


def measured(folded: Folded, measure: str, first: int, last: int, rule: bool) -> bool:
    """True when the words from token ``first`` to ``last`` are made exact by what stands around them."""
    if measure == "none":
        return False
    if measure == "rule":
        return rule
    if measure == "listed":
        return _listed(folded, first, last)
    if measure == "near":
        return _number_near(folded, first, last)
    if measure == "near_length":
        return any(is_number(folded, i) for i in range(max(0, first - 2), min(len(folded.tokens), last + 4)))
    begin, end = bounds_in(folded, first, last, _ENDS.get(measure, CLAUSE_ENDS))
    if measure == "around":
        return any(_UNIT.fullmatch(folded.tokens[i]) for i in range(begin, end))
    if measure not in ("clause", "told"):
        return any(is_number(folded, i) for i in range(begin, end))
    if measure == "told" and _amount_at(folded, first, last):
        return True
    if measure == "clause" and any(is_number(folded, i) for i in range(begin, end)):
        return True
    if measure == "told" and _defined_elsewhere(folded, first, last):
        return True
    defined = any(folded.tokens[i] in (":", "=") for i in range(last + 1, end))
    if defined and folded.tokens[first] in STATING and _trades_behind(folded, last):
        return False  # "in a downtrend: short when ...": a rule for that state, which is none of what it is
    return _defined_behind(folded, last if defined else end)


def bounds_in(folded: Folded, first: int, last: int, ends: frozenset[str]) -> tuple[int, int]:
    while first > 0 and folded.tokens[first - 1] not in ends:
        first -= 1
    last += 1
    while last < len(folded.tokens) and folded.tokens[last] not in ends:
        last += 1
    return first, last


def is_number(folded: Folded, i: int) -> bool:
    """True when a token is a number that says how much, and no timeframe."""
    if not _NUMBER.fullmatch(folded.tokens[i]):
        return False
    return not (i + 1 < len(folded.tokens) and folded.tokens[i + 1] in TIME_UNITS)


def _defined_elsewhere(folded: Folded, first: int, last: int) -> bool:
    """True when the message says what a state is at another place: ``uptrend = close over ema 200``."""
    for found in folded.matches(compiled(DEFINED_STATES)):
        named = found.group().split()[0]
        if named in folded.tokens[first : last + 1] and not first <= folded.index(found.start()) <= last:
            return (
                compiled(RULES).search(folded.between(folded.index(found.end()), folded.index(found.end()) + 6))
                is not None
            )
    return False


def _amount_at(folded: Folded, first: int, last: int) -> bool:
    """True when an amount stands at words, and is none of a level or a size: ``a drop of 3%``, ``1.5x volume``."""
    tokens = folded.tokens
    behind = last + 1
    while behind < len(tokens) and tokens[behind] in _BEHIND - {","}:
        behind += 1
    if behind < len(tokens) and is_number(folded, behind) and not LEVEL_WORDS.intersection(tokens[behind : behind + 4]):
        return True
    return any(
        _amount(folded, i) and not LEVEL_WORDS.intersection(tokens[i : i + 4])
        for i in (*range(max(0, first - 3), first), *range(last + 1, last + 4))
        if "," not in tokens[min(i, first) : max(i, last)]
    )


def _number_near(folded: Folded, first: int, last: int) -> bool:
    """True when an amount with a unit stands next to words, or a bare number right behind them."""
    tokens = folded.tokens
    behind = last + 1
    while behind < len(tokens) and tokens[behind] in _BEHIND:
        if tokens[behind] == "," and not _amount(folded, behind + 1):
            break
        behind += 1
    if behind < len(tokens) and (is_number(folded, behind) or tokens[behind] == "$") and tokens[behind - 1] != ",":
        return True
    if behind < len(tokens) and compiled(CORRECTED).match(folded.line, folded.places[behind]):
        return True
    begin, end = bounds_in(folded, first, last, CLAUSE_ENDS - {"(", ")"})
    span = range(max(begin, first - NEAR_BEFORE), min(end, last + 1 + NEAR_AFTER))
    return _amount(folded, behind) or any(_amount(folded, i) for i in span)


def _amount(folded: Folded, i: int) -> bool:
    tokens = folded.tokens
    if not (0 <= i < len(tokens)):
        return False
    if tokens[i] == "$" or re.fullmatch(r"\d[\d.,]*[xr]", tokens[i]):
        return True
    return bool(_NUMBER.fullmatch(tokens[i])) and i + 1 < len(tokens) and bool(_UNIT.fullmatch(tokens[i + 1]))


def _trades_behind(folded: Folded, last: int) -> bool:
    after = bounds_in(folded, last + 1, last + 1, CLAUSE_ENDS)[1]
    return compiled(TRADES).search(folded.between(last + 1, after)) is not None


def _defined_behind(folded: Folded, end: int) -> bool:
    """True when a definition that can be tested follows the clause at once: ``(adx > 25)``, ``: close > open``."""
    if end >= len(folded.tokens) or folded.tokens[end] in SENTENCE_ENDS:
        return False
    after = bounds_in(folded, end + 1, end + 1, CLAUSE_ENDS)[1]
    part = folded.between(end + 1, after)
    return bool(
        re.match(
            r" (?:buy|sell|long|short|enter|exit|cover|close out|out|leave|get|go|flat|stop|sl|tp|target|size|risk|"
            r"with|use|no)\b",
            part,
        )
    ) is False and bool(compiled(RULES).search(part))


def _listed(folded: Folded, first: int, last: int) -> bool:
    """True when the assets are named: behind the words, or anywhere when the words do not add to them."""
    named = [i for i in range(len(folded.tokens)) if asset_of(folded, folded.places[i]) is not None]
    if not named:
        return False
    adds = first > 0 and folded.tokens[first - 1] in ("and", "plus", "&", "+", "or")
    return not adds or any(last < i <= last + 4 and folded.tokens[last + 1] in DEFINED_BY for i in named)
