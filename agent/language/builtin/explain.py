"""Explanations: answers to questions about a strategy and its newest run, from their records alone.

Figures stand as placeholders (`agent.placeholders`), which the caller fills with `agent.grounding`: an explanation
states none itself. It names no winner and gives no advice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.explain_parts import NOT_TESTED
from agent.language.builtin.explain_result import ABOUT_A_RUN, WITHOUT_A_RUN
from agent.language.builtin.explain_spans import part_asked_for
from agent.language.builtin.explain_strategy import ABOUT_A_STRATEGY, does
from agent.language.builtin.explain_talk import FIGURED, confirms, talk_topics
from agent.language.builtin.explain_topics import explain_topics
from agent.language.builtin.explain_versions import NO_STRATEGY
from agent.language.builtin.explain_words import plain_question
from agent.language.port import Reading

if TYPE_CHECKING:
    from agent.language.port import Request

__all__ = ["asks_something", "explain", "explain_topics", "is_question_about"]

READER = "builtin"

UNRECOGNISED = (
    "I did not understand what you want to know. I can tell what the strategy does, how it did, where its losses lie, "
    "what a figure or an indicator means, what was assumed, what it cost, and what changed between versions."
)

ASKS = re.compile(
    r"^(?:(?:and|so|but|ok|okay|hey|hi|hello|well|wait|hm+|also|then|thanks|thank you|cool|great|nice) [,!]? ?)*"
    r"(?:what|why|how|which|who|whose|where|when (?:do|does|did|is|was|will|would|are|exactly)|is|are|was|were|"
    r"do(?! (?:it|this|that|an?|the (?:\w+ )+thing|the (?:same|opposite|reverse|inverse))\b)|"
    r"does|did|"
    r"has|have|had|should|would|explain|describe|tell me|show|summari[sz]e|walk me|compare|define|give me (?:the|a|"
    r"an) (?:"
    r"summary|results?|stats|numbers|spec|code|json|diff|breakdown|explanation|overview)|list|recap|remind me|"
    r"can (?:i|we) (?:trade|trust|use|rely|see|have|deploy|live|run|go)|could (?:it|this|that) be|can you "
    r"(?:explain|tell|show|"
    r"describe|summari[sz]e|say|help|walk|compare|list|give me the|break)|could you (?:explain|tell|show|describe|"
    r"summari[sz]e|"
    r"compare)|i (?:do not|dont) (?:understand|get)|help)\b"
)
"""How a question begins."""

OF_A_SPAN = frozenset(ABOUT_A_RUN) - {"data", "groups", "extremes", "listing"}
"""Topics whose figures are of the whole test, whatever part of it is asked about."""

SHORT = 6
"""Words up to which a message that names a topic is a question without looking like one: the diff please."""

ACTS = re.compile(
    r"\b(?:buy|sell|go (?:long|short)|long|short|enter|exit|cover|get (?:in|out))\b.{0,40}\b(?:when|if|once|as soon "
    r"as|on)\b"
    r"|\b(?:when|if|once)\b.{1,80}\b(?:buy|sell|go (?:long|short)|enter|exit|cover|get (?:in|out)|flip)\b"
    r"|\b(?:buy|sell|go (?:long|short)|enter) (?:btc|eth|bitcoin|ethereum|it)\b"
)
"""A rule of a strategy: a message with one states it, unless it plainly asks why or what would happen."""

STILL_ASKS = re.compile(
    r"(?:(?:so|and|but|ok|okay) )?(?:why|what happen|how (?:does|do|did)|explain|"
    r"when (?:does|(?:do|did|will|would) (?:it|we|i|they|this|that|the \w+))\b|i do not buy (?:it|this|that)|"
    r"so (?:it|this) .*(?:right|correct|yes|yeah|huh|no) ?[?!.]*$)"
)
"""How a message begins that asks about a rule, though it states one."""

CHANGES = re.compile(
    r"^(?:(?:and|so|but|ok|okay|now|then|also) )*(?:(?:can|could|would|will) (?:you|we|i)(?: (?:also|just|maybe|"
    r"perhaps|now|try|try to))* )?"
    r"(?:make|change|set|add|remove|drop|delete|use|put|require|raise|lower|increase|decrease|reduce|tighten|widen|"
    r"loosen|move|"
    r"replace|swap|switch|turn|try|build|create|write|design|backtest|test|run|code|trade only|limit|cap|double|"
    r"halve|undo|revert|ditch|nuke|lose "
    r"(?:the|that|my|its|this)|yank|chuck|toss|kill|scrap|bump|crank|dial|slap|bolt|throw|"
    r"get rid|knock|trim|shave|cut|push|tone|stick|forget|take (?:the|it|out|off|away)|go (?:to|with|long|short)|no "
    r"more|"
    r"longs? only|shorts? only|"
    r"do (?:the )?(?:same|opposite|reverse|inverse|mirror)|go back|let|keep|only|without|exit|enter|buy|sell|"
    r"short|long|skip|filter|improve|optimi[sz]e|refine|tune|fix|"
    r"combine)\b"
)
"""How a wish to build or change begins, also politely."""

ASKS_TOO = re.compile(
    r"\b(?:and|plus) (?:how (?:many|much|often|long|bad|deep|far)|what (?:is|was|were|are|did)|why|"
    r"which (?:one|year|month))\b"
)
"""A question behind a catchword: ``worst drop and how many trades``."""

WISHES = re.compile(
    r"\b(?:improve|optimi[sz]e|refine|tune)\b(?! (?:it )?(?:so|the wording))|\bwhat if\b|\b(?:what|how) about "
    r"(?:an?|adding|using|with|making|if|we|i|no|only|\d\S*)\b|"
    r"\bwhy (?:not|do not we)\b"
    r"|\b(?:make|do) (?:it|this|that) (?:better|safer|more|less)\b|\bwhat would (?:happen|be the effect) if\b|"
    r"\b(?:what|how) would\b.*\bwith (?:an? )?\d|"
    r"\bbetter (?:parameters|settings|version of)\b|\d.*\bas (?:\w+ )?(?:variants?|versions)\b"
)
"""A question in form, a wish in fact."""

OTHERS = re.compile(
    r"\b(?:it|its|this|that|my|our|your|the (?:strategy|system|test|backtest|result\w*|run|stop|bot|version))\b"
)
"""Words that point at what is there already."""

ABOUT_ITSELF = frozenset({"help", "indicator", "term"})
"""Topics that need neither strategy nor run."""


def explain(request: Request) -> Reading:
    """Answer a question about the current strategy and its newest run.

    Parameters
    ----------
    request : Request
        ``run`` may hold any part of a BacktestRun; a record of another shape is quoted under its own names.

    Returns
    -------
    Reading
        Of intent ``explain``; ``reply`` holds placeholders for every figure, and no figure beside them.
    """
    topics = explain_topics(request.text) or talk_topics(request.text)
    parts = [_answer(topic, request) for topic in topics]
    if set(topics) & OF_A_SPAN:
        parts.append(part_asked_for(request))
    if not topics:
        parts = [UNRECOGNISED, does(request) if request.spec is not None else NO_STRATEGY]
    return Reading(intent="explain", reader=READER, reply="\n\n".join(dict.fromkeys(one for one in parts if one)))


def is_question_about(text: str, has_spec: bool, has_run: bool) -> bool:
    """Return whether a message asks about the strategy or its run, rather than describing or changing one.

    >>> is_question_about("why did it lose so much?", True, True)
    True
    >>> is_question_about("can you add a trend filter", True, True)
    False
    """
    words = plain_question(text)
    if CHANGES.match(words) or WISHES.search(words):
        return False
    if ACTS.search(words) and not STILL_ASKS.match(words):
        return False
    topics, there = explain_topics(text), has_spec or has_run
    talk = talk_topics(text) if there else ()
    if FIGURED.search(words) and "does" not in talk:
        talk = ()
    if not (topics or talk):
        return False
    asks = ASKS.match(words) is not None or (ASKS_TOO.search(words) is not None and not FIGURED.search(words))
    if talk:
        return True
    if set(topics) <= ABOUT_ITSELF:
        return asks or topics == ("help",)
    if asks or text.rstrip().endswith("?"):
        return there or OTHERS.search(words) is not None or "metric" in topics or "fills" in topics
    if there and confirms(words) and not FIGURED.search(words):
        return True
    return there and len(re.findall(r"\w+", words)) <= SHORT and not re.search(r"\d|[<>=%]", words)


def asks_something(text: str) -> bool:
    """Return whether a message has the form of a question, whatever it is about, and is no wish and no rule.

    >>> asks_something("how bad did it get"), asks_something("can you add a trend filter?")
    (True, False)
    """
    words = plain_question(text)
    if CHANGES.match(words) or WISHES.search(words) or ACTS.search(words):
        return False
    return ASKS.match(words) is not None or text.rstrip().endswith("?") or confirms(words)


def _answer(topic: str, request: Request) -> str:
    if topic in ABOUT_A_STRATEGY:
        return ABOUT_A_STRATEGY[topic](request)
    if request.run is None and topic not in WITHOUT_A_RUN:
        return NOT_TESTED if request.spec is not None else NO_STRATEGY
    return ABOUT_A_RUN[topic](request)
