"""Small words that are actions or lines of an indicator by where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.facts.marks import Mark


def name_actions(marks: list[Mark]) -> None:
    """Read a closing ``in`` or ``out`` as an action, and the letters of a stochastic as its lines."""
    stochastic = next(
        (one.data[0] for one in marks if one.kind == "indicator" and one.data[0].startswith("stoch")), None
    )
    for at, mark in enumerate(marks):
        if mark.kind == "word" and mark.text in ("in", "out") and _stands_alone(marks, at):
            sides = ("entry", "short.entry") if mark.text == "in" else ("exit", "short.exit")
            mark.kind, mark.data = "enter", sides
        elif stochastic is not None and mark.kind == "word" and mark.text in ("k", "d"):
            mark.kind, mark.data = "indicator", (stochastic, mark.text)


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
