"""Is a message a change of the current strategy, or a strategy of its own?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.editing.choices import COMPARED, goal_in
from agent.language.builtin.editing.clauses import begins_change
from agent.language.builtin.editing.history import wish_in
from agent.language.builtin.editing.naming import name_in
from agent.language.builtin.editing.shorthand import written_out
from agent.language.builtin.editing.topics import topic_in
from agent.language.builtin.editing.variants import asks_for_variants
from agent.language.builtin.editing.verbs import POLITE, VERBS
from agent.language.builtin.explain import is_question_about
from agent.language.builtin.roles import assign
from agent.language.builtin.scanner import scan
from agent.language.builtin.tokens import clean, tokenize

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.scanner import Item

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
    r"\b(?:instead|also|as well|too|only (?:enter|buy|trade|if|when|go|long|short|take)|(?:enter|buy|trade) only|"
    r"(?:long|"
    r"short) only (?:if|when)|change|"
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
TIED = re.compile(
    r"\binstead\b|\b(?:change|replace|swap|redo|rewrite|modify) (?:the|my|its|our)\b|\b(?:buy|sell|entry|exit) "
    r"(?:threshold|level)|"
    r"^(?:and |then |please |pls |ok |now )*(?:also|or|plus|add|remove|drop|require|skip|unless)\b|"
    r"\b(?:leave|keep) (?:everything|the rest)\b|\bin the (?:entry|exit)\b|"
    r"^(?:the |my )?(?:entry|exit|entries|exits) (?:also )?(?:needs?|requires?|should|must|has to|have to)\b|"
    r"\bshould be \d",
    re.IGNORECASE,
)
"""Words that tie a message to the strategy there is, however much it says."""

ASKED = re.compile(
    r"^(?:what|why|how|which|who|where|is|are|was|were|do|does|did|show|explain|tell|describe)\b|"
    r"\?\s*$",
    re.IGNORECASE,
)
ORDERS = re.compile(
    r"\b(?:bands?|channels?|averages?|session|hours|length|look ?back|sigma|deviations?)\b.*\d|\d.*\b(?:bands?|"
    r"channel|averages?|length|look ?back|sigma|deviations?)\b|\b(?:fees?|commissions?|slippage|fills?|limit orders?|"
    r"max(?:imum)? \d+)\b",
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

GOES = re.compile(r"go(?:es)? (?:long|short)|take (?:a )?(?:long|short)|trade\b", re.IGNORECASE)
SHORT = 5
"""Words up to which naming an indicator, or more or less of something, is a change."""

RICH = 4
"""Of asset, timeframe, way out, size and action: so many make a strategy, whatever verb it begins with."""

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
    >>> is_edit("stop at 7%", has_spec=True, has_run=False), is_edit("stop at 7%", has_spec=False, has_run=False)
    (True, False)
    >>> is_edit("buy eth when the 20 sma crosses over the 50 sma, sell on the cross back", has_spec=True, has_run=True)
    False
    """
    plain = re.sub(
        r"\b(?:for|on) (?:the )?(?:longs?|shorts?|both)\b(?: only| "
        r"sides?| directions)?",
        "",
        written_out(clean(text).strip()),
    ).strip()
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
    tokens = tokenize(plain)
    items, cursor = scan(plain, tokens, now=NO_TIME, known=(), opaque=())
    if _is_strategy(plain, items, cursor):
        return False
    opened = POLITE.match(plain + " ")
    bare = plain[len(opened.group()) :].strip() if opened else plain
    if (
        ORDERS.search(plain)
        or LEVELLED.search(plain)
        or SIDED.search(plain)
        or goal_in(plain)
        or MARKED.search(plain)
        or begins_change(bare)
        or topic_in(plain) is not None
    ):
        return True
    if len(plain.split()) <= SHORT and (
        re.search(r"\d", plain) or COMPARED.search(plain) or any(token.tag in SHORTHAND for token in tokens)
    ):
        return True
    if COMPARED.search(plain) and any(token.tag in SHORTHAND for token in tokens):
        return True
    if any(token.kind in ("number", "span") for token in tokens) and any(
        token.tag in FIGURED or token.kind == "span" for token in tokens
    ):
        return True
    return any(
        item.kind in ("level", "size", "asset", "timeframe", "market", "only", "fill", "condition") for item in items
    )


def begins_anew(text: str) -> bool:
    """Return whether a message announces a strategy of its own.

    >>> begins_anew("build me a macd bot"), begins_anew("volume only needs to be average")
    (True, False)
    """
    return NEW.search(text) is not None


def _is_strategy(text: str, items: list[Item], cursor: Cursor) -> bool:
    """True for a whole strategy: a rule to enter by, and nothing that ties the message to the current one."""
    if TIED.search(text):
        return False
    words = frozenset(part for token in cursor.tokens if token.kind == "word" for part in token.text.split())
    rules = assign(items, cursor.mind, words)
    kinds = {item.kind for item in items}
    acts = any(item.kind == "action" and item.data[0] in ("enter", "hold") for item in items)
    if not any(rules.entry.values()) and not (acts and "asset" in kinds):
        return False
    if LEVELLED.search(text) and "asset" not in kinds:
        return False
    leaves = "level" in kinds or any(rules.exit.values())
    said = sum(("asset" in kinds, "timeframe" in kinds, leaves, "size" in kinds, acts))
    opened = POLITE.match(text + " ")
    bare = text[len(opened.group()) :] if opened else text
    if MARKED.search(text) or (any(pattern.match(bare) for _, pattern in VERBS) and not GOES.match(bare)):
        return "asset" in kinds and said >= RICH
    if acts and "asset" not in kinds:
        return False  # rules without a market are those of the strategy there is
    if acts:
        return True
    return "asset" in kinds and said > 1
