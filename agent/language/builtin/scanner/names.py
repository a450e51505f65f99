"""Names a person gives, and what is said again by one: ``mid = (high + low) / 2``, ``regime off``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.contraries import contrary
from agent.language.builtin.lexicon import FILLERS
from agent.language.builtin.operands import LETTERS, operand
from agent.language.builtin.rules import Compare, Field, Math, Series, leaves

if TYPE_CHECKING:
    from agent.language.builtin.rules import Condition, Operand
    from agent.language.builtin.scanner.progress import Progress


CHANNELS = ("keltner", "bbands")
"""What is described by its parts behind ``=``, not named."""


def read_given_name(so_far: Progress) -> bool:
    """``mid = (high + low) / 2``: a name for a series, used further on; so are the initials of the words before it."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    if (
        token.kind != "word"
        or not c.is_text("=", ahead=1)
        or token.tag not in (None, "line", "indicator")
        or token.text in FILLERS
        or (token.tag == "indicator" and token.data.type in CHANNELS)
    ):
        return False
    c.at += 2
    found = operand(c)
    if not isinstance(found, Series | Math | Field):
        c.at = start
        return False
    c.mind.names[token.text] = found
    words = [one.text for one in c.tokens[max(0, start - 3) : start + 1] if one.kind == "word"]
    for begin in range(len(words) - 1):
        initials = "".join(part[0] for word in words[begin:] for part in word.split())
        c.mind.names.setdefault(initials, found)
    return True


def read_said_again(so_far: Progress) -> bool:
    """``regime off``, ``same volume filter``: a rule said before, by its name or its subject."""
    c, start = so_far.c, so_far.c.at
    if c.is_text("the") and c.is_text("same", ahead=1):
        c.take()
    named = c.mind.rules.get(so_far.token.text)
    if named is not None and c.peek(1) is not None:
        rule = _switched(so_far, named)
    elif c.is_text("same", "the same"):
        rule = _rule_of_same_subject(so_far)
    else:
        rule = None
    if rule is None:
        c.at = start
        return False
    return so_far.add("condition", rule, start)


def _switched(so_far: Progress, named: Condition) -> Condition | None:
    """``regime turns off``: a named rule that no longer holds, or holds."""
    c = so_far.c
    c.take()
    c.accept_tag("filter")
    c.skip_fillers(also=("is", "goes", "turns", "flips", "gets"))
    c.accept_tag("verb")
    if c.accept_text("off", "false", "gone", "lost", "broken", "over", "invalid") or c.accept_tag("fails"):
        return contrary(named)
    return named if c.accept_text("on", "true", "ok", "valid", "intact") else None


def _rule_of_same_subject(so_far: Progress) -> Condition | None:
    """``same volume filter``: the last comparison of that subject."""
    c = so_far.c
    c.take()
    c.skip_fillers()
    about = operand(c)
    if about is None and c.peek() is not None and so_far.token.raw in LETTERS:
        about = Field(LETTERS[c.take().raw])
    ended = c.accept_tag("filter") or c.accept_text("rule", "condition", "check", "gate", "test")
    if about is None or not (ended or c.peek() is None or c.is_text(",", ".", ";")):
        return None
    for item in reversed(so_far.items):
        for leaf in leaves(item.data) if item.kind == "condition" else ():
            if isinstance(leaf, Compare) and _same_subject(leaf.left, about):
                return leaf
    return None


def _same_subject(left: Operand, about: Operand) -> bool:
    if isinstance(left, Series) and isinstance(about, Series):
        return left.type == about.type and (left.output or left.type) == (about.output or about.type)
    return left == about
