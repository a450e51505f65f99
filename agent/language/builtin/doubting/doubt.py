"""One thing to ask for, and what a doubt may look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.language.builtin.draft import Draft, Said
    from agent.language.builtin.roles import Rules, Side
    from agent.language.builtin.scanner import Item


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing to ask for: the part of the spec, and the fragment of the question."""

    path: str
    ask: str


@dataclass(frozen=True, slots=True)
class Heard:
    """The words of a message and the pieces they were read as."""

    text: str = ""
    items: Sequence[Item] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """Everything about one request: its rules, what was said beside them, its words and the draft made of them.

    ``entered`` are the sides that have a rule to enter by; ``draft`` is None without one.
    """

    rules: Rules
    said: Said
    draft: Draft | None
    heard: Heard
    entered: tuple[Side, ...]
