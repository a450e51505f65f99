"""What no reader looks into: passages the spec has no words for (``news sentiment turns positive``), unknown words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.lexicon import FILLERS
from agent.language.builtin.operands import AVERAGES, operand
from agent.language.builtin.operands.indicators import FORMULAS
from agent.language.builtin.scanner.items import Item
from agent.language.builtin.tokens import Token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.scanner.items import Opaque
    from agent.language.builtin.scanner.progress import Progress

VAGUE_LEADS = frozenset(
    "then now also still again back which that whole big first price's its everything nothing all anything".split()
)
"""Unknown words in front of a verb that are no subject."""

NOUNS = ("index", "oscillator", "indicator", "osc", "histogram")
"""Nouns that say an unknown word before them to be an indicator."""

MOST_WORDS = 3

PREDICATES = ("verb", "compare", "sign", "trend")
"""What begins something said of a subject."""


def collapsed(tokens: list[Token], opaque: Sequence[Opaque]) -> list[Token]:
    """Replace the tokens of each opaque passage by one that no reader looks into."""
    out: list[Token] = []
    for token in tokens:
        covered = next((one for one in opaque if one.start <= token.start < one.end), None)
        if covered is None:
            out.append(token)
        elif out and out[-1].kind == "opaque" and out[-1].data is covered:
            out[-1] = replace(out[-1], end=token.end, raw=f"{out[-1].raw} {token.raw}")
        else:
            start, raw = token.start, token.raw
            while out and out[-1].kind == "number" and not covered.vague and not _is_of_a_level(out):
                number = out.pop()  # "the .618 fib": the number belongs to it
                start, raw = number.start, f"{number.raw} {raw}"
            out.append(Token("opaque", "", raw, start, token.end, None, covered))
    return out


def _is_of_a_level(tokens: list[Token]) -> bool:
    """True for the 30 of ``tp 30 sl 15 pips``."""
    return len(tokens) > 1 and tokens[-2].tag in ("stop", "target", "trail")


def read_opaque(so_far: Progress) -> bool:
    """Take an opaque passage, with what is said of it or what stands in brackets behind it."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    if token.kind != "opaque":
        return False
    covered = token.data
    c.take()
    so_far.add("opaque", covered, start)
    if c.is_text("(") and not covered.vague:
        while c.peek() is not None and not c.is_text(")"):
            c.take()  # what it means, in brackets
    elif not covered.vague:
        _skip_predicate(c)
    return True


def _skip_predicate(c: Cursor) -> None:
    """Go past what is said of an element no spec can hold: ``news sentiment turns positive``."""
    start = c.at
    if c.is_tag("indicator"):
        _pass_series_of(c)
    word = c.peek()
    if word is not None and word.kind == "word" and word.tag is None and word.text not in FILLERS:
        c.take()  # "twitter mood turns positive"
    if not c.is_tag(*PREDICATES):
        c.at = start
        return
    while c.is_tag(*PREDICATES, "up", "down", "percent"):
        c.take()
        if c.is_number() and not c.is_tag("stop", "target", "unit", "indicator", ahead=2):
            c.take()


def _pass_series_of(c: Cursor) -> None:
    """Go past an indicator of what no spec can hold: ``eth/btc ratio zscore 20 below -2``."""
    start, mentions = c.at, list(c.mind.mentions)
    found = operand(c)
    c.mind.mentions = mentions
    if found is None or not c.is_tag(*PREDICATES):
        c.at = start
    else:
        c.mind.topic = None


def read_unknown_indicator(so_far: Progress) -> bool:
    """``choppiness index below 38``, ``linear regression slope 50 positive``: named, as no indicator of the catalog."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    if token.kind not in ("word", "number") or not any(
        passed(c) for passed in (_pass_strange_name, _pass_slope, _pass_arithmetic, _pass_skipped_month)
    ):
        c.at = start
        return False
    c.skip("(", ")", tags=("length", "unit"))
    while c.is_number():
        c.take()
        c.skip("(", ")", ",", tags=("unit",))
    c.skip("line", "value", "reading", "is")
    if not c.is_tag(*PREDICATES):
        c.at = start
        return False
    _skip_predicate(c)
    c.mind.topic = None
    words = so_far.text[token.start : c.tokens[c.at - 1].end]
    so_far.items.append(
        Item(
            "dangling",
            replace(token, raw=words, end=token.start + len(words)),
            token.start,
            token.start + len(words),
            words,
        )
    )
    return True


def _pass_strange_name(c: Cursor) -> bool:
    """Go past ``choppiness index``, ``elder force index``: unknown words that a noun says to be an indicator."""
    strange = 0
    while strange < MOST_WORDS and (word := c.peek()) is not None and _is_strange(word):
        c.take()
        strange += 1
        if c.is_text(*NOUNS) and not c.is_tag("indicator"):
            c.take()
            return True
    return False


def _is_strange(word: Token) -> bool:
    return word.kind == "word" and word.tag is None and word.text not in FILLERS and word.text not in NOUNS


def _pass_slope(c: Cursor) -> bool:
    """Go past ``linear regression slope``: a slope no indicator of the catalog draws."""
    if not c.is_tag("indicator") or c.data().type != "linearreg":
        return False
    c.take()
    c.skip("(", ")", tags=("unit",))
    while c.is_number():
        c.take()
        c.skip(")", tags=("unit",))
    return c.accept_tag("slope") is not None


def _pass_arithmetic(c: Cursor) -> bool:
    """Go past ``sma(ibs, 10)``, ``10 day average of ibs``: an average of what is arithmetic of prices."""
    start = c.at
    if c.is_number():
        c.take()
        c.skip(tags=("unit",))
    averaging = c.accept_tag("average") or (c.is_tag("indicator") and c.data().type in AVERAGES and c.take())
    bracket = c.accept_text("(") if averaging else None
    if averaging and (bracket or c.accept_text("of")):
        c.skip("the")
        if c.is_tag("indicator") and c.data().type in FORMULAS:
            c.take()
            while bracket and c.peek() is not None and not c.is_text(")"):
                c.take()
            return True
    c.at = start
    return False


def _pass_skipped_month(c: Cursor) -> bool:
    """Go past ``6-1 momentum``, ``12-1 month return``: a change up to some time ago, which no series is."""
    start = c.at
    if c.is_number() and c.is_text("-", "minus", ahead=1) and c.is_number(2):
        c.at += 3
        c.skip(tags=("unit",))
        if (c.is_tag("indicator") and c.data().type in ("momentum", "roc")) or c.is_text("return", "returns"):
            c.take()
            return True
    c.at = start
    return False


def read_about_unknown(so_far: Progress) -> bool:
    """``quux above 5``: what is said of a word nobody knows is said of nothing else."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    if token.tag not in ("compare", "verb") or not so_far.follows("unread"):
        return False
    word = so_far.items[-1].data
    if not _is_subject(word, token):
        return False
    while c.is_tag("verb", "compare"):
        c.take()
    c.skip_fillers()
    if not c.is_number() and not c.is_tag("indicator", "field", "line"):
        c.at = start
        return False
    if c.is_number():
        c.take()
        c.accept_tag("percent")
    elif operand(c) is None:
        c.take()
    so_far.items.pop()
    while so_far.follows("unread") and so_far.items[-1].end + 1 == word.start and _is_strange(so_far.items[-1].data):
        word = so_far.items.pop().data  # "fisher transform above 1"
    end = c.tokens[c.at - 1].end
    words = so_far.text[word.start : end]
    so_far.items.append(Item("dangling", replace(word, raw=words, end=end), word.start, end, words))
    return True


def _is_subject(word: Token, predicate: Token) -> bool:
    """True for an unknown word right in front of what can be said of a series."""
    stranger = (
        word.kind == "word" and word.tag is None and word.end + 1 >= predicate.start and word.text not in VAGUE_LEADS
    )
    return stranger and (predicate.tag == "compare" or predicate.data[0] in ("cross", "event", "move", "state"))
