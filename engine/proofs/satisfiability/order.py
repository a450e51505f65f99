"""What is known of the order of terms: every `a <= b` and `a < b` that follows, and from what it follows.

Numbers are compared as they are, so a chain of facts that leads from a term back to itself over a strict step is a
contradiction whatever the rounding.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.proofs.satisfiability.formula import Literal

Claim = tuple[int, int, bool]
"""low, high, and whether strictly."""


@dataclass(frozen=True, slots=True)
class Edge:
    """``low <= high`` (``<`` where strict).

    ``literal`` is the condition that asks for it, None for a fact of every bar; ``premises`` are the claims it was
    derived from, ``of`` the terms by whose rules it was. ``says`` words a fact that its two ends do not tell.
    """

    low: int
    high: int
    strict: bool
    literal: Literal | None = None
    premises: tuple[Claim, ...] = ()
    says: str | None = None
    of: tuple[int, ...] = ()


@dataclass(slots=True)
class Grounds:
    """What a conclusion rests on: conditions, and facts of every bar, in the order met.

    ``terms`` are those it was reached over: a fact about a value says nothing of a bar at which there is none.
    """

    literals: dict[Literal, None]
    facts: dict[Edge, None]
    terms: set[int] = field(default_factory=set)

    def take(self, other: Grounds) -> None:
        """Add what another conclusion rests on."""
        self.literals |= other.literals
        self.facts |= other.facts
        self.terms |= other.terms


class Order:
    """The order of terms 0, 1, ... of one system, closed under transitivity at every step."""

    def __init__(self) -> None:
        self.edges: list[Edge] = []
        self.conflict: int | None = None
        self._numbers: list[float] = []
        self._number_terms: list[int] = []
        self._above: list[int] = []
        self._strictly: list[int] = []
        self._below: list[int] = []
        self._out: list[list[int]] = []

    def new(self) -> int:
        """Add a term of which nothing is known."""
        at = len(self._above)
        self._above.append(1 << at)
        self._below.append(1 << at)
        self._strictly.append(0)
        self._out.append([])
        return at

    def number(self, value: float) -> int:
        """Return the term of a constant, in its place among the others."""
        place = bisect_left(self._numbers, value)
        if place < len(self._numbers) and self._numbers[place] == value:
            return self._number_terms[place]
        at = self.new()
        self._numbers.insert(place, value)
        self._number_terms.insert(place, at)
        if place:
            self.add(Edge(self._number_terms[place - 1], at, True, says=""))
        if place + 1 < len(self._numbers):
            self.add(Edge(at, self._number_terms[place + 1], True, says=""))
        return at

    def is_number(self, term: int) -> bool:
        """Tell whether a term is a constant."""
        return term in self._number_terms

    def value(self, term: int) -> float:
        """Return the value of a constant's term."""
        return self._numbers[self._number_terms.index(term)]

    def le(self, low: int, high: int) -> bool:
        """Tell whether ``low <= high`` follows."""
        return bool(self._above[low] >> high & 1)

    def lt(self, low: int, high: int) -> bool:
        """Tell whether ``low < high`` follows."""
        return bool(self._strictly[low] >> high & 1)

    def common_above(self, a: int, b: int) -> Iterator[int]:
        """Yield the terms that neither of two lies above."""
        return _bits(self._above[a] & self._above[b])

    def common_below(self, a: int, b: int) -> Iterator[int]:
        """Yield the terms that neither of two lies below."""
        return _bits(self._below[a] & self._below[b])

    def lower(self, term: int) -> tuple[float, bool, int] | None:
        """Return the highest constant a term cannot lie below, whether it lies above it, and the constant's term."""
        for value, at in zip(reversed(self._numbers), reversed(self._number_terms), strict=True):
            if self.le(at, term):
                return value, self.lt(at, term), at
        return None

    def upper(self, term: int) -> tuple[float, bool, int] | None:
        """Return the lowest constant a term cannot lie above, whether it lies below it, and the constant's term."""
        for value, at in zip(self._numbers, self._number_terms, strict=True):
            if self.le(term, at):
                return value, self.lt(term, at), at
        return None

    def add(self, edge: Edge) -> bool:
        """Take an edge in; return whether it says anything new."""
        low, high = edge.low, edge.high
        if self.conflict is not None or (self.lt(low, high) if edge.strict else self.le(low, high)):
            return False
        self._out[low].append(len(self.edges))
        self.edges.append(edge)
        above, strictly, below = self._above[high], self._strictly[high], self._below[low]
        for term in _bits(below):
            strict = edge.strict or bool(self._strictly[term] >> low & 1)
            self._above[term] |= above
            self._strictly[term] |= above if strict else strictly
        for term in _bits(above):
            self._below[term] |= below
        if self.lt(low, low):
            self.conflict = len(self.edges) - 1
        return True

    def grounds(self, conclusions: Iterable[Claim]) -> Grounds:
        """Return what the conclusions rest on."""
        found = Grounds({}, {})
        for low, high, strict in conclusions:
            self._explain(low, high, strict, len(self.edges), found)
        return found

    def why_contradictory(self) -> Grounds:
        """Return what the contradiction rests on."""
        if self.conflict is None:
            raise AssertionError("nothing contradicts itself")
        at, found = self.conflict, Grounds({}, {})
        edge = self.edges[at]
        self._explain_edge(at, found)
        self._explain(edge.high, edge.low, not edge.strict, at, found)
        return found

    def _explain(self, low: int, high: int, strict: bool, before: int, found: Grounds) -> None:
        """Find the shortest chain of edges older than ``before`` that leads from ``low`` to ``high``."""
        if low == high and not strict:
            return
        start = (low, False)
        came: dict[tuple[int, bool], tuple[tuple[int, bool], int] | None] = {start: None}
        queue = [start]
        for state in queue:
            term, passed = state
            if term == high and (passed or not strict):
                while came[state] is not None:
                    state, at = came[state]  # type: ignore[misc]
                    self._explain_edge(at, found)
                return
            for at in self._out[term]:
                if at < before:
                    following = (self.edges[at].high, passed or self.edges[at].strict)
                    if following not in came:
                        came[following] = state, at
                        queue.append(following)
        raise AssertionError("a conclusion without grounds")

    def _explain_edge(self, at: int, found: Grounds) -> None:
        edge = self.edges[at]
        found.terms |= {edge.low, edge.high, *edge.of}
        if edge.literal is not None:
            found.literals[edge.literal] = None
        elif edge.premises:
            inner = Grounds({}, {})
            for low, high, strict in edge.premises:
                self._explain(low, high, strict, at, inner)
            if inner.literals:
                found.take(inner)
            else:
                found.terms |= inner.terms
                found.facts[edge] = None  # the conclusion says more than the facts behind it
        elif edge.says != "":
            found.facts[edge] = None


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
