"""Requests that cannot be served as a whole: what they ask for, why not, and what can be done instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.screening.findings import Refusal, Unsupported
from agent.language.builtin.screening.phrases import compiled
from agent.language.builtin.screening.refusal_class import OFFER, Beside, RefusalClass
from agent.language.builtin.screening.tables.elsewhere import ELSEWHERE
from agent.language.builtin.screening.tables.guarantees import GUARANTEES
from agent.language.builtin.screening.tables.impossible import IMPOSSIBLE
from agent.language.builtin.screening.trade_words import INDICATORS, RULES, TRADING, says

if TYPE_CHECKING:
    from collections.abc import Callable
    from re import Match

    from agent.language.builtin.screening.folded import Folded
    from agent.language.builtin.screening.order import Kind


CLASSES = (*IMPOSSIBLE, *GUARANTEES, *ELSEWHERE)
"""All classes, the gravest first."""

UNRELATED = (
    "(write|tell|give|sing|compose|recite|make|create|draft|generate) (me|us)? (a|an|some|the|my)? ..2 (poem|joke|"
    "story|song|essay|recipe|haiku|letter|novel|lyrics|rap|limerick|cv|resume|cover letter|email|blog post|speech|"
    "website|game|app|homework)",
    "(weather|recipe|horoscope|football|soccer|basketball|movie|cinema|netflix|vacation|restaurant|homework|"
    "girlfriend|boyfriend|birthday|song|poem|joke|capital of|president of|population of|meaning of life|world cup|"
    "super bowl|olympics|translate this|translate the following|diet|workout|calories|symptom|medicine|doctor|"
    "lottery|casino|roulette|blackjack|horse race|sports bet|betting)",
    "(who|what) (is|was|are) (the)? (president|king|queen|prime minister|capital|best movie|tallest|oldest|fastest|"
    "author|inventor)",
    "(how (do|can) i|how to) (cook|bake|sing|dance|lose weight|fix my|learn (french|spanish|german|guitar|piano)|"
    "get a girlfriend|tie|clean|drive)",
    "(what|whats) (is)? (the time|your favorite|your favourite|your name|the weather|for dinner)",
    "(do you (love|like|feel|dream|believe|sleep|eat)|are you (human|sentient|conscious|alive|single|married))",
)
"""Requests that have nothing to do with trading; met only where a message holds no word of the trade."""

UNRELATED_REPLY = (
    "That is outside what I do. I turn trading ideas in plain words into a strategy, test it on past candles with "
    f"costs, change it with you and explain the result. {OFFER}"
)
INJECTED_REPLY = (
    "The message holds an instruction or quoted text that I do not follow: text cannot set modes, limits, statuses "
    f"or permissions, cannot run anything, and cannot reach what belongs to others. Nothing was changed. {OFFER}"
)


def refused_wishes(folded: Folded) -> list[tuple[RefusalClass, Match[str]]]:
    """Return the classes a message meets, each with the words that meet it, the gravest class first."""
    found = []
    for one in CLASSES:
        for match in folded.matches(compiled(one.phrases)):
            if not _harmless(folded, one, match):
                found.append((one, match))
    return found


_TIMEFRAME = re.compile(r"\d+(?:m|min|h|d|w)")

PROMISED = re.compile(
    r"\s*(?:%|percent|per cent|pct|x)(?: (?:profits?|returns?|gains?))?"
    r"(?: (?:a|per|each|every) (?:day|week|month|year)| (?:daily|weekly|monthly|yearly))?",
    re.IGNORECASE,
)
"""The unit and the period of what is to be guaranteed: they go with it."""


def _harmless(folded: Folded, one: RefusalClass, match: Match[str]) -> bool:
    if not one.unless:
        return False
    line = folded.line
    begin = max(line.rfind(" . ", 0, match.start() + 1), line.rfind(" , ", 0, match.start() + 1), 0)
    for other in compiled(one.unless).finditer(line, begin):
        if other.start() > match.end():
            return False
        crosses = " , " in line[match.end() : other.end()] and other.start() > match.start()
        if other.end() > match.start() and other.start() <= match.end() and not crosses:
            return True
    return False


def refusal_for(one: RefusalClass, folded: Folded, match: Match[str]) -> Refusal:
    """Return a class as the refusal of the words that met it."""
    start, end = folded.span(match)
    return Refusal(one.code, folded.source[start:end], one.reply)


def left_out_for(beside: Beside, folded: Folded, match: Match[str]) -> Unsupported:
    """Return a refused wish as an element that is left out of a strategy that can be built."""
    start, end = folded.span(match)
    behind = PROMISED.match(folded.source, end) if beside.element == "guarantee" else None
    end = end if behind is None else behind.end()
    return Unsupported(
        start, end, folded.source[start:end], beside.element, beside.code, beside.path, beside.reason, beside.instead
    )


def no_data_refusal(found: tuple[Unsupported, ...]) -> Refusal:
    """Return the refusal of a request whose only rule needs data no market here has."""
    first = found[0]
    reasons = "; ".join(dict.fromkeys(one.reason for one in found))
    return Refusal(
        "NO_DATA",
        first.words,
        f"There is no data for this rule: {reasons}. The engine knows the candles (open, high, low, close, volume) "
        f"of a market and nothing else. Instead: {first.instead}.",
    )


def unrelated_refusal(folded: Folded) -> Refusal | None:
    """Return the refusal of a message that has nothing to do with trading, None for every other message."""
    match = compiled(UNRELATED).search(folded.line)
    if match is None or says(folded, TRADING):
        return None
    start, end = folded.span(match)
    return Refusal("OUT_OF_SCOPE", folded.source[start:end], UNRELATED_REPLY)


def injected_refusal(words: str, kinds: frozenset[Kind]) -> Refusal:
    """Return the refusal of a message of which nothing but injected orders or quoted material was there."""
    for kind, code in (("secrets", "SECRETS"), ("private", "PRIVATE")):
        if kinds == {kind}:
            return Refusal("INJECTED", words, _reply_of(code))
    return Refusal("INJECTED", words, INJECTED_REPLY)


def _reply_of(code: str) -> str:
    return next(one.reply for one in CLASSES if one.code == code)


def testable(folded: Folded, without: Callable[[int], bool], *, stated: bool) -> bool:
    """True when a message holds words of a rule that candles can test, outside the positions that ``without`` names.

    With ``stated`` the bare name of an indicator is none: a figure belongs to it, or a cross, a level, a break.
    """
    for one in folded.matches(compiled(RULES)):
        at = folded.index(one.start())
        if not without(folded.starts[at]) and not (stated and _bare(folded, at, folded.index(one.end() - 1))):
            return True
    return False


def _bare(folded: Folded, first: int, last: int) -> bool:
    """True for the name of an indicator with no figure in it, before it or behind it."""
    if compiled(INDICATORS).match(folded.line, folded.places[first]) is None:
        return False
    around = (word for word in folded.tokens[max(first - 1, 0) : last + 4] if not _TIMEFRAME.fullmatch(word))
    return not any(any(map(str.isdigit, word)) for word in around)
