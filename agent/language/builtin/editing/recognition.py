"""Is a message a change of the current strategy, or a strategy of its own?"""

from __future__ import annotations

import re

from agent.language.builtin.editing.choices import COMPARED, goal_in
from agent.language.builtin.editing.clauses import begins_change
from agent.language.builtin.editing.history import wish_in
from agent.language.builtin.editing.naming import name_in
from agent.language.builtin.editing.topics import topic_in
from agent.language.builtin.editing.variants import asks_for_variants
from agent.language.builtin.editing.wording import POLITE
from agent.language.builtin.explain import is_question_about
from agent.language.builtin.scanner import scan
from agent.language.builtin.tokens import clean, tokenize

IMPROVES = re.compile(
    r"^(?:(?:please|can you|could you|now|ok|okay|so|and|then|try to|let'?s|i want you to|would you|go ahead and|you "
    r"should)[ ,]*)*"
    r"(?:improve|optimi[sz]e|refine|tune|fine[- ]?tune|enhance|(?:make|do|get) (?:it|this|that|the strategy) (?:a "
    r"lot |a bit |much )?(?:better|profitable|more profitable|perform)|"
    r"find (?:something|a|an|me)? ?(?:better|improv\w+)|better (?:version|parameters|settings)|fix (?:it|the losses|"
    r"this))\b(?!.*\d)",
    re.IGNORECASE,
)
MARKED = re.compile(
    r"\b(?:instead|also|as well|too|only (?:enter|buy|trade|if|when|go|long|short|take)|(?:enter|buy|trade|long|"
    r"short) only|change|"
    r"replace|swap|in addition|additionally|"
    r"on top|another (?:entry|exit)|require|make it|keep|leave|unchanged|same (?:but|except|with)|the (?:current|"
    r"existing) (?:entry|exit|rule|strategy))\b|^or\b",
    re.IGNORECASE,
)
NEW = re.compile(
    r"\b(?:new|another|different|fresh|second) (?:strategy|strat|bot|system|idea|algo)\b|\bstart (?:over|again|"
    r"fresh)\b|\bforget (?:it|all|everything|that)\b.*\b(?:build|make|create|buy)\b|^(?:build|create|design|write|"
    r"code|develop)\b",
    re.IGNORECASE,
)
ENTRY = re.compile(
    r"\b(?:buy|long|go long|enter|enters|short|go short|open (?:a )?(?:long|short|position)|get in|accumulate|"
    r"entry)\b[^.;\n]*?\b(?:when|if|on|once|whenever|as soon as|every time|after|above|below|cross\w*|breaks?|at|is|:)|"
    r"\b(?:when|if|whenever|once)\b[^.;\n]*?\b(?:buy|go long|enter|go short|long it|get in)\b|(?:^|\n)\s*(?:entry|"
    r"long|buy|rules?)\s*:",
    re.IGNORECASE,
)
EXIT = re.compile(
    r"\b(?:sell|exit|exits|close|cover|get out|leave|out)\b[^.;\n]*?\b(?:when|if|on|once|at|after|above|below|"
    r"cross\w*|whenever|is|:)|(?:^|\n)\s*(?:exit|sell)\s*:",
    re.IGNORECASE,
)
ASKED = re.compile(
    r"^(?:what|why|how|which|who|where|is|are|was|were|do|does|did|show|explain|tell|describe)\b|"
    r"\?\s*$",
    re.IGNORECASE,
)
LEVELLED = re.compile(r"\b(?:thresholds?|cut ?-?offs?|oversold|overbought)\b.*\d", re.IGNORECASE)
SIDED = re.compile(
    r"\b(?:shorts|shorting|short side|revers(?:e|al) on|flip on|mirror(?:ed)?|both (?:sides|directions|ways)|longs? "
    r"only|shorts? only)\b",
    re.IGNORECASE,
)
SHORT_RULE = re.compile(r"^(?:and |then |please |now )*(?:go |enter |open |sell )?(?:a )?shorts?\b", re.IGNORECASE)
"""A rule for the short side alone, of no asset: it belongs to the strategy there is."""

SHORTHAND = ("indicator", "line", "setup", "average")
FIGURED = (*SHORTHAND, "compare", "tf", "unit", "percent", "fast", "slow", "stop", "target")
NO_TIME = "2000-01-01T00:00:00Z"
"""Recognising a change does not depend on the day; only spans of a test do."""


def is_edit(text: str, *, has_spec: bool, has_run: bool) -> bool:
    """Return whether a message asks for a change of the current strategy.

    A rule to enter by is a strategy of its own, unless it says ``instead``, ``also`` or ``only``; what is left is a
    change when it begins like one, names a part of a strategy or a value for it.

    Parameters
    ----------
    text : str
        A message in English, questions aside.
    has_spec, has_run : bool
        Whether the conversation has a strategy, and a result of it.

    Examples
    --------
    >>> is_edit("stop to 2.5%", has_spec=True, has_run=False), is_edit("stop to 2.5%", has_spec=False, has_run=False)
    (True, False)
    >>> is_edit("buy eth when the 20 sma crosses over the 50 sma, sell on the cross back", has_spec=True, has_run=True)
    False
    """
    plain = clean(text).strip()
    if wish_in(plain) is not None:
        return True
    if (
        not has_spec
        or (ASKED.search(plain) and is_question_about(plain, has_spec, has_run))
        or IMPROVES.match(plain)
        or NEW.search(plain)
    ):
        return False
    if asks_for_variants(plain) or name_in(plain) is not None:
        return True
    if _is_strategy(plain):
        return False
    opened = POLITE.match(plain + " ")
    bare = plain[len(opened.group()) :].strip() if opened else plain
    if (
        LEVELLED.search(plain)
        or SIDED.search(plain)
        or goal_in(plain)
        or MARKED.search(plain)
        or begins_change(bare)
        or topic_in(plain) is not None
    ):
        return True
    tokens = tokenize(plain)
    if COMPARED.search(plain) and any(token.tag in SHORTHAND for token in tokens):
        return True
    if any(token.kind in ("number", "span") for token in tokens) and any(
        token.tag in FIGURED or token.kind == "span" for token in tokens
    ):
        return True
    items, _ = scan(plain, tokens, now=NO_TIME, known=(), opaque=())
    return any(
        item.kind in ("level", "size", "asset", "timeframe", "market", "only", "fill", "condition") for item in items
    )


def _is_strategy(text: str) -> bool:
    """True for a whole strategy: a rule to enter by without a word that ties it to the current one."""
    if re.search(r"\b(?:buy|sell|entry|exit) (?:threshold|level)", text, re.IGNORECASE):
        return False
    enters, exits = ENTRY.search(text) is not None, EXIT.search(text) is not None
    if enters and exits and _named(text):
        return not re.search(r"\binstead\b|\bchange the\b|\breplace the\b", text, re.IGNORECASE)
    if enters:
        return MARKED.search(text) is None and not (SHORT_RULE.match(text) and not _named(text))
    return _shorthand(text)


def _named(text: str) -> bool:
    """True when an asset is named."""
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.markets import asset

    c = Cursor(tokenize(text))
    while c.peek() is not None:
        start = c.at
        if asset(c) is not None:
            return True
        c.at = start + 1
    return False


def _shorthand(text: str) -> bool:
    """``sma cross 20/50 eth daily``: an indicator with its numbers, an asset and a timeframe, and no word of change."""
    from agent.language.builtin.editing.universe import frames_in

    opened = POLITE.match(text + " ")
    bare = text[len(opened.group()) :] if opened else text
    if MARKED.search(text) or (begins_change(bare) and not _named(bare.split(",")[0])):
        return False
    tokens = tokenize(text)
    described = any(token.tag in SHORTHAND for token in tokens)
    return (
        described
        and _named(text)
        and bool(frames_in(text))
        and re.match(r"(?:use|add|remove|drop|switch|change|set|make|run)\b", bare, re.IGNORECASE) is None
    )
