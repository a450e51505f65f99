"""What sums, differences and multiples add to the order of terms: linear inequalities, with room for rounding.

A comparison of an operation with a number or with another operation is strict in exact arithmetic wherever it is
strict in float64, as rounding keeps the order. Everything else has room for half a unit in the last place, relative
to a result whose sign is known; a result of unknown sign says nothing. Prices are taken to lie far from the ends of
what a float64 can hold (1e-100 to 1e100).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from engine.proofs.satisfiability.linear import Linear
from engine.proofs.satisfiability.magnitude import Magnitudes
from engine.proofs.satisfiability.order import Edge, Grounds
from engine.proofs.satisfiability.relations import MEANS_OF_BAR, field_of, within_bar

if TYPE_CHECKING:
    from engine.proofs.satisfiability.order import Claim
    from engine.proofs.satisfiability.system import System
    from engine.proofs.satisfiability.way import Way

ROUNDING = Fraction(1, 2**53)
MAX_TERMS = 40
"""Larger systems are left to the order of their terms: exact fractions are slow."""

OF_A_MEAN = 8 * ROUNDING
"""Room for the mean of three or four prices."""

Form = dict[int, Fraction]
Affine = tuple[Form, Fraction]
"""Coefficients and a constant."""


def refuted_linearly(system: System) -> Way | None:
    """Return why the comparisons of a system, its order included, exclude each other; None where nothing was found."""
    means = [number for number in system.leaves if field_of(system.systems.leaf(number)) in MEANS_OF_BAR]
    if not (system.arithmetic or means):
        return None
    inequalities = _Inequalities(system, means)
    if not inequalities.related or len(inequalities.related) > MAX_TERMS:
        return None
    inequalities.add_order()
    clash = inequalities.solver.conflict()
    if clash is None:
        return None
    grounds = Grounds({}, {})
    for edge in clash:
        grounds.take(system.order.grounds(edge.premises))
        grounds.terms.update(edge.of)
        if edge.literal is not None:
            grounds.literals[edge.literal] = None
        elif edge.says:
            grounds.facts[edge] = None
    return system.way(grounds)


class _Inequalities:
    """Gathers the inequalities of one system; variables are its terms.

    ``related`` holds the terms that anything beyond their order is known of: what is known of the order of all
    others is in the order of these already.
    """

    def __init__(self, system: System, means: list[int]) -> None:
        self.system, self.order = system, system.order
        self.solver: Linear[Edge] = Linear()
        self.related: set[int] = set()
        self.magnitudes = Magnitudes(system.terms)
        for number, defined in system.defined.items():
            if defined:
                self._result(number)
        for one in system.comparisons:
            if one.sign == "<":
                self._strictly(one.low, one.high, Edge(0, 0, True, one))
        for mean in means:
            self._mean(mean)

    def add_order(self) -> None:
        """Add the order of the related terms, each pair that does not follow from others."""
        order, related = self.order, sorted(self.related)
        for v in related:
            for end, above in ((order.lower(v), True), (order.upper(v), False)):
                if end is not None:
                    _, strict, at = end
                    self._ordered(*((at, v) if above else (v, at)), strict)
        for low in related:
            for high in related:
                if low != high and order.le(low, high) and not self._follows(low, high, related):
                    self._ordered(low, high, order.lt(low, high))

    def _ordered(self, low: int, high: int, strict: bool) -> None:
        why = Edge(0, 0, strict, premises=((low, high, strict),))
        self.solver.at_most(*_apart(self._term(low), self._term(high)), strict, why)

    def _follows(self, low: int, high: int, related: list[int]) -> bool:
        order = self.order
        return any(
            order.le(low, at)
            and order.le(at, high)
            and not order.le(at, low)
            and not order.le(high, at)
            and (not order.lt(low, high) or order.lt(low, at) or order.lt(at, high))
            for at in related
            if at not in (low, high)
        )

    def _term(self, at: int) -> Affine:
        if self.order.is_number(at):
            return {}, Fraction(self.order.value(at))
        return {at: Fraction(1)}, Fraction(0)

    def _at_most(self, low: Affine, high: Affine, strict: bool, why: Edge) -> None:
        """Ask for ``low <= high``."""
        form, limit = _apart(low, high)
        self.related.update(at for at, factor in form.items() if factor)
        self.solver.at_most(form, limit, strict, why)

    def _exact(self, number: int) -> Affine:
        """Return a term before its last rounding; a term that is not linear in its operands is itself."""
        term, at = self.system.terms.all[number], self.system.at
        if term.op in ("+", "-", "neg"):
            first = self._term(at[term.args[0]])
            if term.op == "neg":
                return _scaled(first, Fraction(-1))
            second = self._term(at[term.args[1]])
            return _sum(first, _scaled(second, Fraction(1 if term.op == "+" else -1)))
        if term.op in ("*", "/"):
            first, second = (self._term(at[arg]) for arg in term.args)
            if not second[0] and (term.op == "*" or second[1]):
                return _scaled(first, second[1] if term.op == "*" else 1 / second[1])
            if term.op == "*" and not first[0]:
                return _scaled(second, first[1])
        return self._term(at[number])

    def _strictly(self, low: int, high: int, why: Edge) -> None:
        sides = [(self._exact(number), self._term(self.system.at[number])) for number in (low, high)]
        if all(self.system.defined[number] for number in (low, high)) and any(one != other for one, other in sides):
            self._at_most(sides[0][0], sides[1][0], True, why)

    def _result(self, number: int) -> None:
        """Tie a result to its operands, half a unit in the last place to either side."""
        term, v = self.system.terms.all[number], self.system.at[number]
        if term.op not in ("+", "-", "neg", "*", "/") or not self.magnitudes.of(number).exact:
            return
        exact, itself = self._exact(number), self._term(v)
        if exact == itself:
            if term.op == "/":
                self._share(number)
            return
        zero = self.order.number(0.0)
        claim: Claim
        if term.op == "neg":
            room, claim = Fraction(0), (v, v, False)
        elif self.order.le(zero, v):
            room, claim = ROUNDING, (zero, v, False)
        elif self.order.le(v, zero):
            room, claim = -ROUNDING, (v, zero, False)
        else:
            return
        why = Edge(0, 0, False, premises=(claim,), says="", of=(v, *(self.system.at[arg] for arg in term.args)))
        self._at_most(_scaled(itself, 1 - room), exact, False, why)
        self._at_most(exact, _scaled(itself, 1 + room), False, why)

    def _share(self, number: int) -> None:
        """``a / b`` with b > 0 beyond a constant: a beyond that multiple of b."""
        system, order = self.system, self.order
        divisor = system.terms.all[number].args[1]
        a, b = (system.at[arg] for arg in system.terms.all[number].args)
        v, zero = system.at[number], order.number(0.0)
        if not (system.defined[divisor] or system.terms.all[divisor].op == "leaf") or not order.lt(zero, b):
            return  # what is divided by something that overflowed is 0
        for end, above in ((order.lower(v), True), (order.upper(v), False)):
            if end is None:
                continue
            value, strict, at = end
            claim = (at, v, strict) if above else (v, at, strict)
            why = Edge(0, 0, strict, premises=(claim, (zero, b, True)), says="", of=(v, a, b))
            room = Fraction(0) if strict else abs(Fraction(value)) * 2 * ROUNDING
            multiple = _scaled(self._term(b), Fraction(value) - room if above else Fraction(value) + room)
            if above:
                self._at_most(multiple, self._term(a), strict, why)
            else:
                self._at_most(self._term(a), multiple, strict, why)

    def _mean(self, number: int) -> None:
        """A mean of a bar's prices lies within the bar, but for rounding."""
        system = self.system
        mean = system.systems.leaf(number)
        for other in system.leaves:
            if not within_bar(mean, system.systems.leaf(other)):
                continue
            high = field_of(system.systems.leaf(other)) == "high"
            inner, outer = self._term(system.at[number]), self._term(system.at[other])
            says = f"{system.terms.shown(number)} lies between the low and the high of its bar"
            why = Edge(0, 0, False, says=says, of=(system.at[number], system.at[other]))
            if high:
                self._at_most(inner, _scaled(outer, 1 + OF_A_MEAN), False, why)
            else:
                self._at_most(_scaled(outer, 1 - OF_A_MEAN), inner, False, why)


def _apart(low: Affine, high: Affine) -> Affine:
    """Return ``low <= high`` as a form and what it is at most."""
    form = dict(low[0])
    for at, factor in high[0].items():
        form[at] = form.get(at, Fraction(0)) - factor
    return form, high[1] - low[1]


def _scaled(one: Affine, factor: Fraction) -> Affine:
    return {at: each * factor for at, each in one[0].items()}, one[1] * factor


def _sum(one: Affine, other: Affine) -> Affine:
    form = dict(one[0])
    for at, factor in other[0].items():
        form[at] = form.get(at, Fraction(0)) + factor
    return form, one[1] + other[1]
