"""What no reader looks into: passages the spec has no words for (``news sentiment turns positive``), unknown words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.lexicon import FILLERS
from agent.language.builtin.operands import operand
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
