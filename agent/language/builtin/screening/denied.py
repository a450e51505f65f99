"""Ways of trading that a message names only to say that it is without them: ``no martingale, no grid``.

The denial of a way to trade asks for nothing: a spec is without it anyhow. The denial of a state or of a time is a
condition (``no bearish divergence``, ``not on news days``) and stays one that cannot be written down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.screening.phrases import compiled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.language.builtin.screening.elements import Element
    from agent.language.builtin.screening.folded import Folded

WAYS_TO_TRADE = frozenset(
    {
        "machine_learning",
        "statistical_model",
        "pair_trade",
        "hedge",
        "grid",
        "scaling_in",
        "copy_trading",
        "discretion",
        "alert",
        "tax",
        "inflation",
        "reoptimise",
    }
)
"""Elements whose denial is no condition wherever it stands."""

DATA = frozenset({"options", "sentiment", "on_chain", "order_flow", "fundamentals"})
"""Data that nobody waits to be absent: their denial is no condition outside one."""

FEEDS = frozenset({"news", "economy", "funding_signal", "open_interest", "calendar_event"})
"""Data a rule may also keep away from: only words that put aside the data itself deny them."""

STATES = (
    "(day|week|hour|time|event|report|release|is|are|above|below|over|under|positive|negative|good|bad|bullish|"
    "bearish|strong|weak|high|low|extreme|fear|greed|imbalance|inflow|outflow|#)",
)
"""Words in an element that make its denial a condition after all (``no trades in earnings week``)."""

CONDITIONAL = ("(if|when|while|unless|until|only|once|as long as|provided|whenever)",)
CLAUSE_BREAKS = (" , ", " . ", " ; ", " ¶ ", " : ", " ! ", " ? ")

LEAD = "(any|the|my|some|kind of|sort of|stuff like|things like|such as)?"
PUT_ASIDE = (
    "(forget|forgetting|ignore|ignoring|leave out|leaving out|never mind|not into|not (a)? fan of|tired of|sick of|"
    f"(dont|do not|not|never) (need|want|use|using|like|believe in|care about|trading on|reading|follow|read|doing)|"
    f"no need (for|of)|no interest in|have nothing to do with|nothing with) (about)? {LEAD}",
    "(not|isnt) trading (on|off|with)?",
)
NOT_WITH = (
    f"(no|not|without|never|dont|do not|free of|instead of|rather than|and no|or any|w/o|minus) (a|an)? {LEAD}",
    "(no|not|without|never) ..2 (/|or|nor)",
)
IRRELEVANT = (
    "(stuff|data|things)? (is|are|was|were)? (free //|not needed|not the idea|not wanted|out of scope|isnt needed|"
    "not used|not required|not necessary|unnecessary|irrelevant|excluded|aside //|or not //|overrated|"
    "not my thing|not for me|be damned)",
    "(stuff|data|things)? (doesnt|does not|dont|do not) (matter|count|interest me)",
)
BETWEEN = frozenset({",", "/", "or", "and", "nor", "no", "not", "any", "&", "+", "without", "either", "the", "never"})
"""Words between two things of which neither is wanted."""


def without_denied(folded: Folded, places: Sequence[tuple[int, int, Element]]) -> list[tuple[int, int, Element]]:
    """Return elements in order without those that a message says it is without; a denial holds along a list."""
    kept: list[tuple[int, int, Element]] = []
    denied_up_to = -1
    for start, end, one in sorted(places, key=lambda place: place[0]):
        goes_on = denied_up_to >= 0 and BETWEEN.issuperset(folded.line[denied_up_to:start].split())
        if _deniable(folded, start, end, one) and (goes_on or _denied(folded, start, end, one)):
            denied_up_to = end
        else:
            kept.append((start, end, one))
            denied_up_to = -1
    return kept


def _deniable(folded: Folded, start: int, end: int, one: Element) -> bool:
    if one.name not in WAYS_TO_TRADE | DATA | FEEDS:
        return False
    return one.name in WAYS_TO_TRADE or compiled(STATES).search(f"{folded.line[start:end]} ") is None


def _denied(folded: Folded, start: int, end: int, one: Element) -> bool:
    before = PUT_ASIDE if one.name in FEEDS else (*PUT_ASIDE, *NOT_WITH)
    for found in (found for phrase in before for found in folded.matches(compiled((phrase,)))):
        if found.end() == start and (one.name not in DATA or not _in_a_condition(folded.line, found.start())):
            return True
    return compiled(IRRELEVANT).match(folded.line, end) is not None


def _in_a_condition(line: str, place: int) -> bool:
    begin = max(line.rfind(mark, 0, place + 1) for mark in CLAUSE_BREAKS)
    return compiled(CONDITIONAL).search(f"{line[max(begin, 0) : place]} ") is not None
