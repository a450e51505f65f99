"""Why one way to be true fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.proofs.satisfiability.formula import Literal


@dataclass(frozen=True, slots=True)
class Way:
    """Why one way to be true fails: conditions that exclude each other, with what holds at every bar.

    ``also`` are conditions it rests on that a person need not hear of: those that make a value known, and finite.
    """

    needs: tuple[Literal, ...]
    facts: tuple[str, ...]
    also: tuple[Literal, ...] = ()
