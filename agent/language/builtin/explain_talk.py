"""Talk about a strategy or its result that is no question in form: judgements, surprise, a plain why."""

from __future__ import annotations

import re
from functools import cache

from agent.language.builtin.explain_words import plain_question

_AND = r"^(?:(?:and|but|so|ok|okay|well|hm+|lol|wait|oh|yes|no|yeah|huh) [,!.?]? ?)*"

TALK: dict[str, str] = {
    "does": r"^so (?:it|this|the|my|that|we)\b.*\b(?:right|correct|yes|yeah|huh|no) ?[?!.]*$",
    "groups": r"\bstopped out\b|\bstops? (?:get|got|gets|was|were|been|is|are)? ?hit\b|\b(?:hit|hits) "
    r"(?:the|its|my) stops?\b",
    "losses": rf"{_AND}why(?: (?:tho|though|is (?:that|this|it)|so|that|then))? ?[?!.]*$|"
    r"\b(?:wins?|winners?|winning|win rate)\b.*\b(?:down|negative|los(?:e|es|ing|t|ses)|minus|red|behind)\b|"
    r"\bequity\b.*\b(?:down|falls?|drops?|sinks?|bleeds?)\b|\b(?:bleed|bleeds|bleeding|hurts?|hurting)\b|"
    r"\b(?:it|this|that|they|trades?) (?:lost|loses?|is losing|keeps losing|is down|went down|went negative)\b|"
    r"\b(?:makes|make) no sense\b|\blosing (?:money|streaks?|trades?)\b",
    "trades": r"\b\d+ (?:trades|entries|signals)\b|\benough (?:trades|to (?:say|tell|know|judge|conclude|be sure))\b|"
    r"\b(?:barely|hardly|rarely|never|seldom) (?:trad|enter|fir|trigger|buy)",
    "verdict": rf"{_AND}(?:any |your |an? |my )*(?:honest |first |final "
    rf")?(?:thoughts?|opinions?|take|takes|verdict|views?|"
    r"feedback|judg\w*)(?: on (?:it|this|that))?(?: (?:please|then))? ?[?!.]*$|"
    r"\bworth (?:it|trading|trying|running|the (?:trouble|effort|risk)|my|a)\b|"
    r"\b(?:garbage|trash|rubbish|junk|legit|a winners?|a losers?|a keeper|promising|too good to be "
    r"true|sucks?|crap|useless|"
    r"amazing|awesome)\b|\b(?:real money|go(?:ing)? live|ready|rich|my savings)\b|"
    r"\b(?:good enough|missing something|good or bad|coin flip|coin toss|flip\w* a coin|disappointing|underwhelming|"
    r"not (?:great|good|bad)|do not buy (?:it|this|that))\b|\b(?:did|does|will|would) (?:it|this|that) "
    r"survive\b|\bsure (?:about|of|are we|is it|this|that)\b|"
    r"\bhow (?:sure|certain|confident)\b|\b(?:trust|believe|buy) (?:it|this|that|these|those|the "
    r"(?:result|numbers)\w*)\b|"
    r"\b(?:looks?|seems?|sounds?|feels?) (?:\w+ "
    r")?(?:good|great|bad|fine|ok|okay|nice|solid|terrible|wrong|off|fishy|weird|"
    r"odd|strange|profitable|safe|risky)\b|\b(?:worried|worry|scary|scared|concerned|concerning|nervous)\b|"
    r"\b(?:profitable|a money maker)\b|\bdoes it work\b|\bgive it to me straight\b|\bis (?:it|this|that) (?:that "
    r"|so |really )?bad\b",
    "result": r"\bwhat am i (?:looking at|seeing)\b|\btl ?;? ?dr\b|\beli ?5\b|\bwalk me (?:thru|through)\b|\bbottom "
    r"line\b|"
    r"\bbreak (?:it|this|that|them) down\b|\bsum (?:it|this|that) up\b|\bdumb (?:it|this|that) down\b|\bin "
    r"(?:short|a nutshell|plain words|plain "
    r"english)\b|"
    r"\bwhat would i have\b|\bhow much (?:would|could|did) i\b|\bwhat is (?:going on|happening|up with)\b|"
    r"\bhow did you (?:get|come up with|compute|calculate)\b|\b(?:confused|confusing|lost me|do not get "
    r"(?:it|this|why|how))\b|"
    r"\b(?:do not|dont) understand\b|\b(?:no idea|not sure) (?:what|how|why)\b",
}
"""Topics by the words of talk about them; met only where there is a strategy to talk about."""

WITHIN = re.compile(
    r"[,;.!?-] ?(?:so |but |and |then |yet |or )?(?:why|how|what|where|which|am i|is (?:it|this|that)|does "
    r"(?:it|this|that)|"
    r"did (?:it|this|that)|correct|right)\b"
)
"""A question behind a statement."""

TAGGED = re.compile(
    r"\b(?:right|correct|yeah|huh|lol|tho|though|or what|or not|does not it|is not it|did not it|innit|am i right|i "
    r"bet|"
    r"i guess|i think|i suppose) ?[?!.]*$|^(?:so |and |but )*(?:i (?:guess|think|bet|suppose|feel|assume)|looks "
    r"like|seems like|"
    r"seems|sounds like|apparently|basically)\b"
)
"""A statement that asks to be confirmed."""

FIGURED = re.compile(r"\d(?:[\d.]*) ?(?:%|percent|pct|x|atr|bars?|candles?)\b|\d%|[<>=]|\b(?:to|at|of|by) \d")
"""A value with a unit, as changes have them."""


def talk_topics(text: str) -> tuple[str, ...]:
    """Return what talk is about, the most telling topic first; empty for anything else.

    >>> talk_topics("thoughts?"), talk_topics("it wins most of the time and still loses")
    (('verdict',), ('losses',))
    >>> talk_topics("buy btc when rsi 14 is under 30")
    ()
    """
    words = plain_question(text)
    return tuple(topic for topic, pattern in _patterns().items() if pattern.search(words))[:2]


def confirms(words: str) -> bool:
    """True for a statement that asks something behind itself or wants to be confirmed (`plain_question`'s words)."""
    return WITHIN.search(words) is not None or TAGGED.search(words) is not None


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {topic: re.compile(pattern) for topic, pattern in TALK.items()}
