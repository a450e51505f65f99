"""Small words that are actions or lines of an indicator by where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.facts.marks import Mark


LETTERS: dict[str, tuple[str, str]] = {
    "L": ("entry", "short.exit"),
    "S": ("short.entry", "exit"),
    "X": ("exit", "short.exit"),
}
"""Long, short and exit in shorthand, as capitals that stand alone."""

_CASH = ("cash", "usdt", "usdc", "usd", "stables", "stablecoins", "dollars")
_BEFORE_OUT = ("all", "and", "then", "or", "everything", "|", "/", "i'm", "im", "is", "am")


def name_actions(marks: list[Mark], text: str) -> None:
    """Read a closing ``in`` or ``out``, and a lone ``L``, ``S`` or ``X``, as actions; ``k`` and ``d`` as lines."""
    stochastic = next(
        (one.data[0] for one in marks if one.kind == "indicator" and one.data[0].startswith("stoch")), None
    )
    for at, mark in enumerate(marks):
        if mark.kind == "word" and mark.text in ("in", "out") and _stands_alone(marks, at):
            sides = ("entry", "short.entry") if mark.text == "in" else ("exit", "short.exit")
            mark.kind, mark.data = "enter", sides
        elif mark.text == "close" and at and marks[at - 1].text in ("->", "=>", "-->") and _ends(marks, at):
            mark.kind, mark.data = "enter", ("exit", "short.exit")  # rsi > 70 -> close
        elif mark.text == "close" and _ends(marks, at) and _behind_a_level(marks, at):
            mark.kind, mark.data = "enter", ("exit", "short.exit")  # rsi < 30 buy, rsi > 70 close
        elif mark.kind == "word" and mark.text in _CASH and _is_position(marks, at):
            mark.kind, mark.data = "enter", ("exit", "short.exit")  # and cash below it
        elif mark.kind == "word" and mark.text == "out" and _leads_a_rule(marks, at):
            mark.kind, mark.data = "enter", ("exit", "short.exit")  # all out at rsi > 70
        elif stochastic is not None and mark.kind == "word" and mark.text in ("k", "d"):
            mark.kind, mark.data = "indicator", (stochastic, mark.text)
    _name_letters(marks, text)


def _behind_a_level(marks: list[Mark], at: int) -> bool:
    """Tell whether the whole clause before a word is one comparison with a level, behind another clause."""
    if at < 4 or marks[at - 1].kind != "number" or marks[at - 2].kind != "compare":
        return False
    return marks[at - 3].kind == "indicator" and marks[at - 4].kind in ("break", "comma")


def _is_position(marks: list[Mark], at: int) -> bool:
    """Tell whether money is what is held instead: ``cash below it``, ``usdt when it is under``, ``otherwise cash``."""
    before = marks[at - 1] if at else None
    following = marks[at + 1] if at + 1 < len(marks) else None
    if before is not None and before.kind == "number":
        return False
    if following is not None and (following.kind in ("compare", "when") or following.text in ("otherwise", "else")):
        return True
    return before is not None and before.text in ("otherwise", "else") and _ends(marks, at)


def _leads_a_rule(marks: list[Mark], at: int) -> bool:
    """Tell whether ``out`` is what is to be done at a place or on something, and no part of another verb."""
    following = marks[at + 1] if at + 1 < len(marks) else None
    before = marks[at - 1] if at else None
    if following is None:
        return False
    if following.kind == "number":  # everything out 2 % over the entry
        return before is not None and before.text in ("all", "everything")
    if not (following.kind == "compare" or following.text in ("at", "on", "once", "as soon as")):
        return False
    return before is None or before.kind in ("break", "comma", "number") or before.text in _BEFORE_OUT


def _name_letters(marks: list[Mark], text: str) -> None:
    letters = [at for at, one in enumerate(marks) if one.kind == "word" and text[one.start : one.end] in LETTERS]
    certain = [at for at in letters if _is_shorthand(marks, at)]
    for at in letters:
        if at in certain or (certain and (_ends(marks, at) or marks[at + 1].kind == "compare")):
            marks[at].kind, marks[at].data = "enter", LETTERS[text[marks[at].start : marks[at].end]]


def _ends(marks: list[Mark], at: int) -> bool:
    return at + 1 == len(marks) or marks[at + 1].kind in ("break", "comma")


def _is_shorthand(marks: list[Mark], at: int) -> bool:
    """Tell whether a letter heads a rule (``L: rsi < 30``, ``X at 50``) or ends one (``rsi < 30 -> L``, ``< 0 L,``)."""
    before = marks[at - 1] if at else None
    following = marks[at + 1] if at + 1 < len(marks) else None
    heads = following is not None and (
        following.kind in ("compare", "when") or following.text in (":", "=", "at", "after", "on", "if", "when")
    )
    opens = before is None or before.kind in ("break", "comma") or before.text in (":", "|", "/")
    closes = following is None or following.kind in ("break", "comma", "number") or following.text in ("|", "/", ")")
    told = before is not None and (before.kind in ("number", "indicator", "field") or before.text in ("->", "=>", ")"))
    return (heads and opens) or (closes and told)


def _stands_alone(marks: list[Mark], at: int) -> bool:
    """Tell whether ``in`` or ``out`` ends a rule (``rsi < 30: in``) or heads one (``out: rsi > 70``)."""
    following = marks[at + 1] if at + 1 < len(marks) else None
    if following is not None and following.text in (":", "="):
        return not at or marks[at - 1].kind != "word"
    if following is not None and following.kind not in ("break", "comma"):
        return False
    for one in reversed(marks[:at]):
        if one.kind == "compare":
            return True
        if one.kind in ("break", "comma", "enter", "role"):
            return False
    return False
