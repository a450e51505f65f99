"""Passages that speak of the test and not of the strategy: what its result is to be compared with."""

from __future__ import annotations

import re

_HOLDING = (
    r"(?:(?:just|simply|simple|plain|a|the|an?\s+ordinary|only)\s+)*"
    r"(?:buy(?:ing)?\s*(?:and|&|n|'n'|-and-)\s*hold\w*|hodl\w*|holding|b\s?&\s?h|bnh|doing\s+nothing|the\s+index)\b"
)
_BESIDE = r"(?:with|to|against|vs\.?|versus|next\s+to|beside|alongside)"
_RESULT = r"(?:it|this|that|them|these|both|all|everything|the\s+(?:results?|strategy|system|numbers|returns?))"
_BEGIN = re.compile(
    rf"""\b(?:
        compar(?:e|ing)\s+(?:{_RESULT}\s+)?(?:up\s+)?{_BESIDE}\s
        |benchmark(?:ed|ing)?\b\s*(?:{_RESULT}\s+)?(?:is\b|:|=|{_BESIDE}\s)
        |how\s+(?:does|do|did|would|will)\s+(?:{_RESULT})\s+(?:\w+\s+){{0,3}}?(?:{_BESIDE}|compared\s+(?:to|with))\s
        |(?:put|show|plot|set|place|hold|measure|stack|judge|chart)\s+{_RESULT}\s+(?:up\s+)?(?:side\s+by\s+side\s+)?{_BESIDE}\s
        |(?:does|did|can|would|will|could)\s+{_RESULT}\s+(?:even\s+|actually\s+|really\s+)?(?:beat|outperform)\s
        |(?:vs\.?|versus|against|compared\s+(?:to|with)|next\s+to|relative\s+to|beats?|beating|outperforms?)\s+(?={_HOLDING})
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_CLAUSE = re.compile(r"(?:[^.,;!?\n]|\.(?=\d))*")
_LISTED = re.compile(r",\s*(?:and\s+|or\s+)?(?P<item>[a-z][a-z&' -]{1,28})(?=[,.;!?\n]|$)", re.IGNORECASE)
_RULE = re.compile(
    r"\b(?:stop|sl|tp|target|trail\w*|long|short|exit|sell|cover|size|max|no|with|use|entry|enter|out|flat|only|risk)\b",
    re.IGNORECASE,
)
_PROTECTED = re.compile(
    r"\s(?:and|with|but|then|using|use|plus)\s(?=[^,]*\d\s?(?:%|per\s?cent|pct|atr))", re.IGNORECASE
)


_NUMBER = r"\d+(?:\.\d+)?(?:\s*(?:%|per\s?cent|pct|x|atrs?|bars?))?"
_STRUCK = re.compile(
    rf"{_NUMBER}\s*[,.;-]*\s*(?:no,?\s+wait,?(?:\s+no)?|wait,?\s+no|sorry,?|i\s+mean|make\s+that|scratch\s+that|"
    rf"or\s+rather|no,?\s+make\s+it|actually,?\s+(?:no,?\s+)?make\s+(?:it|that))[,\s]*"
    rf"(?:(?:make\s+(?:it|that)|to|at)\s+)?(?={_NUMBER})",
    re.IGNORECASE,
)
"""A figure that the next words take back for another one: ``10%, no wait, 12%``."""


def without_asides(text: str) -> str:
    """Return a text with figures taken back, and what its result is to be compared with, blanked out in their places.

    >>> without_asides("rsi 30/70 on BTC. compare it with hodl and a macd, 2% stop")
    'rsi 30/70 on BTC.                                        , 2% stop'
    >>> without_asides("buy when the close is above yesterday's, compared to the open")
    "buy when the close is above yesterday's, compared to the open"
    """
    text = _STRUCK.sub(lambda found: " " * len(found.group()), text)
    kept, begin = text, _BEGIN.search(text)
    while begin is not None:
        end = _end(text, begin.end())
        kept = kept[: begin.start()] + " " * (end - begin.start()) + kept[end:]
        begin = _BEGIN.search(text, end)
    return kept


def _end(text: str, at: int) -> int:
    """Return where the list of what is compared ends: before a number that protects, a rule, or the next sentence."""
    clause = _CLAUSE.match(text, at)
    end = clause.end() if clause is not None else at
    rule = _PROTECTED.search(text, at, end)
    if rule is not None:
        return rule.start()
    listed = _LISTED.match(text, end)
    while listed is not None and not _RULE.search(listed["item"]):
        end = listed.end()
        listed = _LISTED.match(text, end)
    return end
