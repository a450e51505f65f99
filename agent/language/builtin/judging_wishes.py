"""Wishes about what a strategy is worth: to be told, to have it validated, or to have what was tried forgotten."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from agent.language.builtin.explain_topics import term_of
from agent.language.builtin.explain_words import plain_question
from agent.language.port import Reading

if TYPE_CHECKING:
    from agent.language.port import Request

READER = "builtin"

NOTHING_IS_FORGOTTEN = (
    "That changes nothing: every trial and every look stays in the ledger, and only judging says what a strategy is "
    "worth."
)

LONGEST = 14
"""Words of a message that may be a wish of this kind: a longer one says something of a strategy as well."""

IT = (
    r"(?:it|this|that|them|these|those|(?:the|my|this|that|our|these|those) (?:strategy|system|rules?|idea|results?|"
    r"backtest|test|thing|one|version|edge|performance|numbers|figures))"
)
HOLDOUT = r"(?:the |my )?hold ?-? ?out(?: (?:data|part))?"
LEAD = (
    r"(?:(?:please|ok|okay|so|and|but|now|then|well|yes|just|hey|also|let us|lets|let's|go ahead and|"
    r"i want (?:you )?to|i would like (?:you )?to|(?:can|could|would|will) you|(?:can|could|shall) we) ?,? ?)*"
)
END = r"(?: ?,? (?:please|now|then|for me|again|really|at all|already|though|after all|so far|yet))*[ ,?!.]*"

LOOKS = (
    rf"(?:validate|verify|confirm) (?:{IT}|the edge)(?: (?:on|with|in|against|by) {HOLDOUT})?",
    r"(?:take|have|do|use|spend|get|make) (?:a|an|the|one|another|my|our|its) "
    r"(?:(?:first|second|third|next|last|honest|single|final) )*looks?"
    rf"(?: (?:at|into|in|on) {HOLDOUT})?",
    rf"(?:look|peek) (?:at|into|in|on) {HOLDOUT}",
    rf"(?:check|judge|measure|validate|verify) (?:{IT} )?(?:(?:on|in|against|with|by) )?{HOLDOUT}",
    rf"(?:use|spend) {HOLDOUT}",
)
"""What only a look can do, as whole messages."""

JUDGES = (
    rf"(?:judge|assess|evaluate|weigh|rate) {IT}(?: honestly| fairly)?",
    r"(?:(?:show|give|tell|print)(?: me)? )?(?:(?:the|its|an|your|my) )?honesty card",
    r"(?:(?:what is|show me|tell me|give me|and) )?(?:(?:the|its|your|an) )?(?:honest |final )?verdict"
    rf"(?: (?:on|of|for) {IT})?",
    rf"what (?:is|are|would be) (?:{IT} |they )?(?:really |actually |truly )?worth(?: as evidence)?",
    rf"how (?:good|strong|solid|sure|certain) is the evidence(?: (?:for|behind) {IT})?",
    r"what (?:all )?(?:have|did) (?:i|we) (?:tried|try)(?: (?:all|before))?",
)
"""What asks for a judgement, as whole messages."""

_ONLY = r"(?:be |just |only |all |not |really |a |pure |mere |plain |by |down to |due to |or )*"
ASKS_WORTH = (
    r"\b(?:can|could|should|may|do) (?:i|we|you|one|anybody|anyone) (?:really |actually |ever )?"
    rf"(?:trust|believe|rely on|count on) {IT}",
    rf"\bhow (?:far|much) (?:can|could|should|do) (?:i|we|you|one) (?:trust|believe|rely on) {IT}",
    rf"\bis {IT} (?:trustworthy|to be trusted|statistically \w+|significant|genuine|validated|proven|"
    r"over ?-?fit\w*|curve ?-?fit\w*|data ?-?mined)\b",
    rf"\b(?:is|was|are|were|could|might|can) {IT} {_ONLY}(?:real|luck|lucky|chance|fluke|random|noise)\b(?! money)",
    r"\b(?:real|skill|edge|signal) ?,? or (?:just |only |pure |mere |plain |blind )?(?:luck|lucky|chance|noise|"
    r"random\w*)\b",
    r"\b(?:luck|chance|noise) or (?:skill|real|an edge|edge|a real|signal)\b",
    rf"\b(?:is there|does {IT}|do we|do i) (?:really |actually )?(?:have )?(?:an|any|a) (?:real |true )?edge\b",
    r"\bwhy is (?:it|this|that|the verdict) (?:still |only |just )?(?:unproven|rejected|not validated|no better)\b",
    r"\bhow many (?:different |distinct )?(?:things|variants|variations|strategies|ideas|candidates|trials|tries|"
    r"attempts|combinations) (?:have|did|has) (?:i|we|you|it|been)\b.*\b(?:tried|try|tested|test|made|make|used|use)\b",
    r"\bhow many (?:trials|tries|attempts)\b(?: (?:are there|so far|were there|is that|in all|in total|count|"
    r"behind it))? ?[?!.]*$",
    r"\bhow (?:often|many times) (?:have|did) (?:i|we|you) (?:tried|try|tested|test)\b",
    r"\bhow many looks\b",
)
"""Questions that a judgement answers, wherever they stand in a short message."""

_TRIED = (
    r"(?:tries|try|trials?|attempts?|tests?|backtests?|candidates?|experiments?|looks?|runs?|count(?:er|ers|s)?|ledgers?|"
    r"(?:trials?|looks?|try|tries) (?:count(?:er)?|ledger|history|budget)s?|"
    r"(?:what|that|everything|anything) i (?:have )?(?:ever )?(?:tried|tested)(?: (?:anything|others?|before))*)"
)
_OLD = r"(?:all|my|our|the|of|your|its|any|every|earlier|previous|old|older|past|former|other|those|these|number)"
FORGETS = (
    r"(?:forget|reset|delete|clear|erase|wipe|zero|ignore|discard|drop|remove|disregard|do not count|stop counting|"
    rf"restart)(?: out| about| up)?(?: {_OLD})* ?{_TRIED}(?: (?:of|in|from) (?:the )?(?:looks|trials|ledger|tries))?"
    r"(?: to (?:zero|nothing|one|\d))?(?: (?:and|,) (?:start|begin|go) (?:(?:from|at) )?"
    r"(?:zero|fresh|over|again|anew))?",
    r"(?:pretend|assume|act as if|act like|imagine|suppose)(?: that)? (?:"
    rf"{IT} (?:is|was|were|has been) (?:already )?(?:validated|proven|proved|forward|unseen)|"
    r"(?:it|this|that) (?:is|was|were) (?:my|the|our) first \w+|"
    rf"{HOLDOUT} (?:is|was|were) (?:unseen|new|fresh|untouched)|"
    r"(?:i|we) (?:have )?(?:never|not|only) (?:tried|tested|looked)\b.*)",
    rf"(?:mark|call|label|declare|make|set|treat|count|consider) (?:{IT}|the verdict|its verdict)"
    r"(?: (?:as|to|to be|is))* (?:validated|proven|forward|trusted)",
    r"(?:give|get) (?:me|us) (?:another|one more|an extra|a free|(?:some )?more) looks?(?: for free)?",
)
"""Wishes that would raise a verdict without evidence, as whole messages."""


def judging_wish(text: str) -> Literal["judge", "look", "forget"] | None:
    """Return what a message wishes about the worth of a strategy, None for every other message.

    Parameters
    ----------
    text : str
        The message in English.

    Examples
    --------
    >>> [judging_wish(text) for text in ("Can I trust it?", "validate it, please", "forget my earlier tries")]
    ['judge', 'look', 'forget']
    >>> judging_wish("is it real or luck?"), judging_wish("what does unproven mean?"), judging_wish("forget the stop")
    ('judge', None, None)
    """
    words = plain_question(text)
    if len(words.split()) > LONGEST:
        return None
    if _is_whole(FORGETS, words):
        return "forget"
    if _is_whole(LOOKS, words):
        return "look"
    if _is_whole(JUDGES, words):
        return "judge"
    asked = any(re.search(pattern, words) for pattern in ASKS_WORTH)
    return "judge" if asked and re.search(r"\d|[<>=%]", words) is None and term_of(text) is None else None


def read_wish(request: Request, text: str) -> Reading | None:
    """Return the reading of a wish about what a strategy is worth, None for every other message."""
    wish = judging_wish(text)
    if wish == "forget":
        return Reading("refuse", READER, reply=NOTHING_IS_FORGOTTEN)
    if wish is None or (request.spec is None and request.pending is not None):
        return None
    return Reading(wish, READER)


def _is_whole(patterns: tuple[str, ...], words: str) -> bool:
    return any(re.fullmatch(f"{LEAD}(?:{pattern}){END}", words) for pattern in patterns)
