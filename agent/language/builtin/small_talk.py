"""Messages that say nothing of a strategy: greetings, a bare yes or no, wishes for money, requests to see what is
not there. Each gets a short honest answer with what can be done here and one example."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.consent import agrees, declines
from agent.language.port import Question, Reading

if TYPE_CHECKING:
    from agent.language.port import Request

READER = "builtin"

EXAMPLE = (
    'For example: "buy BTC on daily bars when MACD crosses above its signal line, sell on the opposite cross, with a '
    'stop of two ATR".'
)
WITH_A_STRATEGY = (
    'Say what should be different ("use ETH instead", "remove the stop"), ask about the result ("why did it lose?"), '
    'or say "improve it".'
)
HELLO = (
    "Hello. I turn a trading idea in plain words into a strategy, test it on past candles with costs, and tell what "
    "came of it."
)
THANKS = "You are welcome."
GOOD = "Good."
BYE = "Goodbye. What was built is kept: /versions lists it, and kek strategies list finds it again."
WHAT_IT_NEEDS = "Tell me what to trade, when to buy and when to sell."
NOTHING_THERE = "There is no strategy in this conversation yet, so there is nothing of it to show."
NOTHING_TO_IMPROVE = "There is no strategy in this conversation yet that could be improved."
NOTHING_TO_UNDO = "There is no strategy in this conversation yet, so there is nothing to undo or to go back to."
NOTHING_OFFERED = (
    "There is nothing on offer to take: an offer is what a search found for the version as it stands, and it ends when "
    "the strategy changes."
)
NOTHING_ASKED = "I have asked nothing that a yes or no would answer."
NOT_ENOUGH = "A yes alone does not tell me enough."
DROPPED = "I leave it at that; nothing was changed."
FIGURES_ALONE = "Figures alone do not tell me a rule: say what they belong to."
NO_MONEY = (
    "Nobody can promise that, and I do not: I test a rule that you name, and say what it would have made or lost. "
    "Which asset, when to buy, when to sell, and how much each time?"
)
NO_PROMISE = (
    "Nobody can promise that, and I do not. What I can do is look for a change that answers the losses of this "
    'strategy: say "improve it", and I come back with a variant and its evidence, or with "leave it".'
)
NO_TRADING = "I found nothing about trading in that, and trading is all I know."

_AND = r"(?:(?:ok|okay|well|so|and|oh|ah|um+|hm+|please|pls|now|just|kek|mix|there|everyone|again|then|yo) )*"
_END = r"(?: (?:kek|mix|there|again|please|pls|all|everyone|folks|a lot|so much|very much|then|man|mate|bot|you))*"

GREETING = re.compile(
    rf"{_AND}(?:hi+|hey+|hello|hallo|hiya|howdy|greetings|yo|good (?:morning|day|afternoon|evening)|"
    rf"how are you(?: doing)?|how is it going|what is up|whats up|sup|test(?:ing)? (?:one|1) (?:two|2).*|ping){_END}"
)
THANKING = re.compile(
    rf"{_AND}(?:thanks?|thank you|thx|ty|cheers|great|cool|nice|awesome|perfect|excellent|good(?: job| work|"
    rf" stuff)?|well done|wow|lol|haha+|got it|i see|makes sense|understood|alright|all right|fine|interesting|"
    rf"ok|okay|k)"
    rf"(?: (?:thanks?|thank you|job|work|stuff|one))*{_END}"
)
LEAVING = re.compile(
    rf"{_AND}(?:(?:thanks?|thank you|thx|ty|cheers|great|cool|nice|perfect|good|got it|all right|alright|fine|that is "
    rf"all|that was all|i am done|done for today){_END} )*(?:bye(?: bye)?|goodbye|see you|see ya|cya|good night|quit|"
    rf"exit chat|later|take care|have a (?:good|nice|great) (?:one|day|evening|night|weekend)){_END}"
)
DISMISSING = re.compile(
    rf"{_AND}(?:no |nah |nope )?(?:never ?mind|forget (?:it|that|about it)|cancel(?: that| it)?|leave it(?: as it is)?|"
    rf"drop it|skip it|no thanks?|no thank you|nothing|no change|keep it(?: as it is)?){_END}"
)
RICHES = re.compile(
    rf"{_AND}(?:can you |could you |will you |i want (?:you )?to |help me |let us |lets )?(?:make|earn|get|win|print)"
    r"(?: me| us)? (?:(?:some|more|lots of|a lot of|a ton of|big|quick|easy|real|fast|much) )*"
    r"(?:money|rich|cash|profits?|a fortune|a million\w*|millions|wealthy|gains)(?: (?:please|pls|now|fast|quick\w*|"
    r"today|for me|with \w+))*"
)
SHOWING = re.compile(
    rf"{_AND}(?:(?:can|could) (?:you|i) )?(?:show|see|give|print|display|list|open|get|view|export|download|what is|"
    r"where is|where are|what are)(?: me| us)?(?: (?:the|my|all|a|its|our))* (?:(?:last|whole|current|full|trade|"
    r"equity|back ?test) )*(?:spec|strategy|strategies|trades?|report|chart|curve|results?|versions?|diff|changes|"
    rf"json|rules|stats|history|fills|positions|orders|equity|list|log|backtest){_END}"
)
IMPROVING = re.compile(
    rf"{_AND}(?:(?:can|could|would) you )?(?:try to )?(?:improve|optimi[sz]e|refine|tune|fix|enhance)"
    r"(?: (?:it|this|that|the (?:strategy|result|parameters)|my strategy))?"
    rf"(?: (?:for me|a bit|further|more))?{_END}|{_AND}(?:make|do) (?:it|this|that) better{_END}"
)
TAKING = re.compile(
    rf"{_AND}(?:(?:i will|i want to|i would like to|lets|let is|let us|yes|sure|can you|could you) )*"
    r"(?:take|apply|adopt|accept|go with|go for|switch to|use) (?:it|that|this|"
    r"(?:the|that|this|your) (?:new )?(?:variant|change|suggestion|proposal|improvement|offer|better one))"
    rf"(?: then| now| instead)?{_END}"
)
FIGURES = re.compile(r"(?:[\d.,%$]+|and|or|to|/|-|&| )+")


def small_talk(request: Request, text: str) -> Reading | None:
    """Return the answer to a message that says nothing of a strategy, None for every other message.

    Parameters
    ----------
    request : Request
        What is there already decides what can be done with it.
    text : str
        The message in English.

    Examples
    --------
    >>> from agent.language.port import Request
    >>> small_talk(Request("hello", "2026-01-01T00:00:00Z"), "hello").intent
    'explain'
    >>> small_talk(Request("", "2026-01-01T00:00:00Z"), "buy BTC at the close") is None
    True
    """
    words = _plain(text)
    if not words:
        return _nothing_said(request)
    if GREETING.fullmatch(words):
        return _told(HELLO, request)
    if LEAVING.fullmatch(words):
        return Reading("explain", READER, reply=BYE)
    if DISMISSING.fullmatch(words) and (request.pending is not None or request.spec is None):
        return _told(DROPPED, request, alone=True)
    answers = agrees(text) or declines(text)
    if THANKING.fullmatch(words) and (request.pending is None or not answers):
        head = THANKS if re.search(r"\b(?:than\w+|thx|ty|cheers)\b", words) else GOOD
        return _told(head, request) if request.pending is None else Reading("explain", READER, reply=head)
    if answers:
        return _yes_or_no(request, declines(text))
    if RICHES.fullmatch(words):
        return _riches(request)
    if TAKING.fullmatch(words) and request.pending is None:
        return _told(NOTHING_OFFERED if request.spec is not None else NOTHING_TO_IMPROVE, request)
    if request.spec is None:
        return _without_a_strategy(request, words)
    return None


def nothing_about_trading(request: Request) -> Reading:
    """Return the answer to a message without a word of the trade."""
    return _told(NO_TRADING, request)


def nothing_to_go_back_to(request: Request) -> Reading:
    """Return the answer to an undo without a strategy; a request that waits for an answer is dropped by it."""
    return _told(NOTHING_TO_UNDO, request, alone=True)


def _plain(text: str) -> str:
    lowered = text.lower().replace("\u2019", "'").replace("'s", " is").replace("'", "")
    return " ".join(re.sub(r"[^\w%$.,&/-]+|[.,](?!\d)", " ", lowered).split())


def _told(head: str, request: Request, *, alone: bool = False) -> Reading:
    """Say something, and what can be done from here."""
    tail = f"{WHAT_IT_NEEDS} {EXAMPLE}" if request.spec is None else WITH_A_STRATEGY
    return Reading("explain", READER, reply=f"{head} {tail}", alone=alone)


def _nothing_said(request: Request) -> Reading:
    return _told("That holds no word I could read.", request)


def _yes_or_no(request: Request, declined: bool) -> Reading:
    """Answer a bare yes or no: the one question that it can answer is asked by code, which has looked before."""
    if request.pending is None:
        return _told(NOTHING_ASKED, request)
    return _told(DROPPED, request, alone=True) if declined else Reading("explain", READER, reply=NOT_ENOUGH)


def _riches(request: Request) -> Reading:
    if request.spec is not None:
        return Reading("explain", READER, reply=NO_PROMISE)
    missing = ("universe.assets", "entry", "exit", "sizing")
    return Reading("ask", READER, question=Question(f"{NO_MONEY} {EXAMPLE}", missing))


def _without_a_strategy(request: Request, words: str) -> Reading | None:
    if SHOWING.fullmatch(words):
        return _told(NOTHING_THERE, request)
    if IMPROVING.fullmatch(words):
        return _told(NOTHING_TO_IMPROVE, request)
    if request.pending is None and FIGURES.fullmatch(words):
        return _told(FIGURES_ALONE, request)
    return None
