"""How large and how small the values of a term can be, so that none is taken for sure that a float64 cannot hold."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from engine.proofs.satisfiability.terms import Terms

LARGEST = 300.0
SMALLEST = -300.0


class Span(NamedTuple):
    """Powers of ten that a value, where it is not zero, lies between."""

    low: float
    high: float

    @property
    def fits(self) -> bool:
        """False where a result can overflow."""
        return self.high <= LARGEST

    @property
    def exact(self) -> bool:
        """False where a result can overflow, or lose bits to underflow."""
        return self.low >= SMALLEST and self.fits


READ = Span(-120.0, 100.0)
"""Ordinary prices and what indicators make of them."""
BITS = 17.0
"""Powers of ten between two numbers and their smallest difference."""


class Magnitudes:
    """The spans of the terms of one spec."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._known: dict[int, Span] = {}

    def of(self, number: int) -> Span:
        """Return the span of a term."""
        found = self._known.get(number)
        if found is None:
            found = self._known[number] = self._of(number)
        return found

    def _of(self, number: int) -> Span:
        term = self.terms.all[number]
        if term.op == "number":
            size = math.log10(abs(term.value)) if term.value else 0.0
            return Span(size, size)
        if not term.args:
            return READ
        a, b = self.of(term.args[0]), self.of(term.args[-1])
        if term.op == "*":
            return Span(a.low + b.low, a.high + b.high)
        if term.op == "/":
            return Span(a.low - b.high, a.high - b.low)
        low, high = min(a.low, b.low), max(a.high, b.high)
        return Span(low - BITS, high + 1.0) if term.op in ("+", "-") else Span(low, high)
