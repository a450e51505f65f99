"""The sheet a draft is written on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from agent.language.port import Assumption


@dataclass(slots=True)
class Draft:
    """A draft of a spec with all that is to be said about it.

    ``conflicts`` are the parts of the spec to ask about, each with its question; ``unwritten`` what the spec cannot
    carry: the words, the part they belonged to, and why.
    """

    spec: dict[str, Any]
    assumptions: list[Assumption] = field(default_factory=list)
    conflicts: list[tuple[str, str]] = field(default_factory=list)
    unwritten: list[tuple[str, str, str]] = field(default_factory=list)

    def assume(self, path: str, value: Any, text: str) -> None:
        """Note what the message did not state."""
        self.assumptions.append(Assumption(path, value, text))

    def ask(self, path: str, question: str) -> None:
        """Note what has to be asked before this can be built."""
        self.conflicts.append((path, question))
