"""What one element of the tables is: something a strategy may ask for and a StrategySpec cannot say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.language.builtin.screening.findings import LeftOutCode


@dataclass(frozen=True, slots=True)
class Element:
    """An element by its stable ``name``, with the phrases that ask for it.

    ``path`` says which part of a strategy it belongs to; one that begins with ``role.`` takes the part whose word
    stands nearest before it (``exit.divergence`` behind "sell on"). ``unless`` are phrases that hold the same words
    in another meaning: a match inside one of them is none. ``whole_clause`` stretches a match to the end of its
    clause, ``definition`` over a definition in brackets right behind it.
    """

    name: str
    path: str
    reason: str
    instead: str
    phrases: tuple[str, ...]
    unless: tuple[str, ...] = ()
    code: LeftOutCode = "UNSUPPORTED"
    whole_clause: bool = False
    definition: bool = False
