"""Figures of protections in a text: how far, and how long."""

from __future__ import annotations

from agent.language.builtin.cursor import Cursor
from agent.language.builtin.levels import Distance, distance, duration
from agent.language.builtin.rules import Span
from agent.language.builtin.tokens import clean, tokenize


def count_in(text: str) -> Span | None:
    """``cooldown 5``: a bare number of bars."""
    numbers = [token.value for token in tokenize(clean(text)) if token.kind == "number"]
    if len(numbers) == 1 and numbers[0] is not None and numbers[0] >= 1 and numbers[0] == int(numbers[0]):
        return Span(numbers[0], "bar")
    return None


def distances_in(text: str, *, bare: bool = False) -> list[Distance]:
    """Return the distances a text states with their units, in order."""
    c = Cursor(tokenize(clean(text)))
    found: list[Distance] = []
    while c.peek() is not None:
        start = c.at
        one = distance(c, bare=bare)
        if one is not None:
            found.append(one)
        else:
            c.at = start + 1
    return found


def bare_distance(text: str) -> Distance | None:
    """A naked number, where it is the only one."""
    found = distances_in(text, bare=True)
    return found[0] if len(found) == 1 else None


def span_in(text: str) -> Span | None:
    """Return the first length of time of a text: ``5 bars``, ``48h``."""
    c = Cursor(tokenize(clean(text)))
    while c.peek() is not None:
        start = c.at
        found = duration(c)
        if found is not None:
            return found
        c.at = start + 1
    return None
