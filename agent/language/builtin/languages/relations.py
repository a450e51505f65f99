"""Verbs and directions said apart ("falls ... below", "crosses ... upward") as one English comparison."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.languages.vocabulary import ROLES, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.language.builtin.languages.vocabulary import Token

SPOKEN = {"cross": "crosses", "rise": "rises", "fall": "falls", "touch": "touches", "break": "breaks"}
"""How a bare verb of the tables is said in a clause."""

WHOLE_VERBS = ("crosses above", "crosses below", "breaks above", "breaks below", "rises above", "falls below")

TWO_SIDED = frozenset({*WHOLE_VERBS, "crosses", "above", "below", "at least", "at most", "equals", "touches"})
"""Comparisons that need something on either side."""

_WAYS = {"rise": "above", "fall": "below"} | {verb: verb.split()[1] for verb in WHOLE_VERBS}

_LOW_SIDE = re.compile(r"\blow|support|below")


def merged_relation(relations: list[str], right: str, *, binary: bool) -> str:
    """Return the one English comparison that verbs and directions said apart amount to.

    Examples
    --------
    >>> merged_relation(["cross", "up"], "sma 50", binary=True), merged_relation(["below", "fall"], "30", binary=True)
    ('crosses above', 'falls below')
    >>> merged_relation(["fall"], "5%", binary=False), merged_relation(["break"], "lower band", binary=True)
    ('falls', 'breaks below')
    """
    said = set(relations)
    turned = _turned(relations)
    if turned is not None:
        return turned
    for verb in WHOLE_VERBS:
        if verb in said:
            return verb
    up, down = said & {"above", "up", "at least"}, said & {"below", "down", "at most"}
    for verb in ("cross", "break"):
        if verb in said:
            if up or "rise" in said:
                return f"{SPOKEN[verb]} above"
            if down or "fall" in said:
                return f"{SPOKEN[verb]} below"
            if verb == "break":
                return "breaks below" if _LOW_SIDE.search(right) else "breaks above"
            return "crosses"
    if not binary:
        return "rises" if "rise" in said else "falls"
    if "rise" in said:
        return "crosses above" if "below" in said else "rises above"
    if "fall" in said:
        return "crosses below" if "above" in said else "falls below"
    if "touch" in said:
        return "rises above" if up else "falls below" if down else "touches"
    if said <= {"up", "down"}:
        return "above" if "up" in said else "below"
    ranked = [one for one in ("between", "at least", "at most", "above", "below", "equals") if one in said]
    return ranked[0]


def _turned(relations: list[str]) -> str | None:
    """Return the way back of what went past a line and came back: "broke below ... and rises again"."""
    ways = [_WAYS[one] for one in relations if one in _WAYS]
    if len(set(ways)) < 2 or len(relations) > len(ways):
        return None
    return f"crosses {ways[-1]}"


def words(tokens: Iterable[Token]) -> str:
    """Return tokens as they are said, without conjunctions and signs at the edges.

    Examples
    --------
    >>> from agent.language.builtin.languages.vocabulary import Token
    >>> words([Token(Kind.COMMA, ","), Token(Kind.ASSET, "BTC"), Token(Kind.TIMEFRAME, "4h"), Token(Kind.AND, "and")])
    'BTC 4h'
    """
    text = " ".join(
        SPOKEN.get(token.text, token.text) for token in tokens if token.kind not in {*ROLES, Kind.WITH, Kind.UNKNOWN}
    )
    text = re.sub(r"^(?:(?:and|or) )+|(?: (?:and|or))+$", "", text.strip(" ,:"))
    return re.sub(r"\s+([,:])", r"\1", text).strip(" ,:")
