"""Search over the ways a formula can be true: refuted when every way is, and open when one is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.proofs.satisfiability.formula import All, Comparison, Formula, Literal, Missing, Session, Some

if TYPE_CHECKING:
    from engine.proofs.satisfiability.system import Systems
    from engine.proofs.satisfiability.way import Way

MAX_WAYS = 300
"""Conjunctions looked at before a formula is left undecided."""

MAX_WORK = 20_000
"""Pairs of terms looked at, likewise: some tenths of a second."""


@dataclass(frozen=True, slots=True)
class Refuted:
    """Every way to be true fails, each for its reason."""

    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """Not refuted; ``exhausted`` when that is for the number of its ways alone."""

    exhausted: bool = False


class _TooManyWaysError(Exception):
    """The number of ways is too large to look at each."""


def decide(formula: Formula, systems: Systems) -> Refuted | Open:
    """Look whether a formula can be refuted."""
    try:
        ways = _Search(systems).refute([formula], [])
    except _TooManyWaysError:
        return Open(exhausted=True)
    return Open() if ways is None else Refuted(tuple(dict.fromkeys(ways)))


class _Search:
    def __init__(self, systems: Systems) -> None:
        self.systems = systems
        self.looked = 0
        self.work_before = systems.work

    def refute(self, formulas: list[Formula], literals: list[Literal]) -> list[Way] | None:
        """Return why all of the formulas, with the literals, cannot hold; None where they may."""
        self.looked += 1
        if self.looked > MAX_WAYS or self.systems.work - self.work_before > MAX_WORK:
            raise _TooManyWaysError
        literals, choices = _flattened(formulas, literals)
        if choices is None:
            return []
        if not choices:
            way = self.systems.refuted(literals, deep=True)
            return None if way is None else [way]
        way = self.systems.refuted(literals, deep=False) if literals else None
        if way is not None:
            return [way]
        choices.sort(key=lambda choice: len(choice.parts))
        first, rest = choices[0], choices[1:]
        found: list[Way] = []
        for part in first.parts:
            ways = self.refute([part, *rest], literals)
            if ways is None:
                return None
            mine = _literals_in(part)
            if ways and all(mine.isdisjoint((*way.needs, *way.also)) for way in ways):
                return ways  # they fail without this part as well
            found += ways
        return found


def _flattened(formulas: list[Formula], literals: list[Literal]) -> tuple[list[Literal], list[Some] | None]:
    """Take conjunctions apart; no choices at all where a part is never true."""
    out, choices = list(literals), []
    stack = list(reversed(formulas))
    while stack:
        formula = stack.pop()
        if isinstance(formula, All):
            stack += reversed(formula.parts)
        elif isinstance(formula, Some):
            if not formula.parts:
                return out, None
            choices.append(formula)
        elif formula not in out:
            out.append(formula)
    return out, choices


def _literals_in(formula: Formula) -> set[Literal]:
    if isinstance(formula, Comparison | Missing | Session):
        return {formula}
    return {literal for part in formula.parts for literal in _literals_in(part)}
