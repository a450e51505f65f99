"""What arithmetic tells of the order of its operands and its result, exactly as float64 computes it.

Rounding to nearest never turns an order round: of ``a <= b`` follows ``fl(a + c) <= fl(b + c)``, and a result is
bounded by the rounded results at the ends of its operands' ranges. A difference of two numbers is zero only where they
are equal (underflow is gradual), and a quotient is one only where they are.

References
----------
Goldberg, D. (1991). "What every computer scientist should know about floating-point arithmetic". ACM Computing
Surveys 23(1).
"""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING

from engine.proofs.satisfiability.corners import corners
from engine.proofs.satisfiability.order import Edge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from engine.proofs.satisfiability.order import Claim, Order

ROUNDS = 6

MOST_TERMS, MOST_PAIRS = 400, 4_000
"""Terms that are looked at, and pairs of like ones; leaving some out concludes less, never more, and ends in time."""


class Arithmetic:
    """One term ``v = op(args)`` of a system; ``defined`` when its value is known to be finite."""

    __slots__ = ("args", "defined", "op", "v")

    def __init__(self, op: str, v: int, args: tuple[int, ...], defined: bool) -> None:
        self.op, self.v, self.args, self.defined = op, v, args, defined


class Rules:
    """Applies the rules of arithmetic to an order until nothing new follows."""

    def __init__(self, order: Order, terms: Sequence[Arithmetic]) -> None:
        self.order, self.terms = order, terms[:MOST_TERMS]
        self._of: tuple[int, ...] = ()
        self.zero, self.one, self.two = (order.number(value) for value in (0.0, 1.0, 2.0))
        self.sums = {term.v: term.args for term in terms if term.op == "+"}
        self._rules: dict[str, Callable[[Arithmetic], None]] = {
            "neg": self._negative,
            "min": self._extreme,
            "max": self._extreme,
            "+": self._sum,
            "-": self._difference,
            "*": self._product,
            "/": self._quotient,
        }

    def apply(self) -> None:
        """Add what follows; stops at a contradiction, and after some rounds."""
        pairs = list(islice(self._pairs(), MOST_PAIRS))
        for _ in range(ROUNDS):
            known = len(self.order.edges)
            for term in self.terms:
                self._of = (term.v, *term.args)
                self._rules[term.op](term)
                self._ranges(term)
            for one, other in pairs:
                self._of = (one.v, other.v)
                self._like(one, other)
            if len(self.order.edges) == known or self.order.conflict is not None:
                return

    def _then(self, low: int, high: int, *premises: Claim, strict: bool = False) -> None:
        """Conclude ``low <= high`` (``<``) where all premises hold."""
        order = self.order
        if (order.lt if strict else order.le)(low, high):
            return
        if all(order.lt(a, b) if asks else order.le(a, b) for a, b, asks in premises):
            order.add(Edge(low, high, strict, premises=tuple(p for p in premises if p[0] != p[1]), of=self._of))

    def _same_way(self, low: int, high: int, a: int, b: int, *premises: Claim) -> None:
        """Conclude ``low <= high`` from ``a <= b``, and ``<`` from ``<``, where the premises hold."""
        self._then(low, high, (a, b, False), *premises)
        self._then(low, high, (a, b, True), *premises, strict=True)

    # -- one term ---------------------------------------------------------------------------------

    def _negative(self, term: Arithmetic) -> None:
        (a,), v, zero = term.args, term.v, self.zero
        self._mirrored(v, a)
        self._same_way(zero, v, a, zero)
        self._same_way(v, zero, zero, a)
        self._same_way(a, zero, zero, v)
        self._same_way(zero, a, v, zero)

    def _extreme(self, term: Arithmetic) -> None:
        a, b = term.args
        v, order = term.v, self.order
        if term.op == "max":
            self._then(a, v)
            self._then(b, v)
            for x in list(order.common_above(a, b)):
                self._then(v, x, (a, x, False), (b, x, False))
                self._then(v, x, (a, x, True), (b, x, True), strict=True)
        else:
            self._then(v, a)
            self._then(v, b)
            for x in list(order.common_below(a, b)):
                self._then(x, v, (x, a, False), (x, b, False))
                self._then(x, v, (x, a, True), (x, b, True), strict=True)

    def _sum(self, term: Arithmetic) -> None:
        a, b = term.args
        v, zero = term.v, self.zero
        for x, y in ((a, b), (b, a)):
            self._then(x, v, (zero, y, False))
            self._then(v, x, (y, zero, False))
            self._then(zero, y, (x, v, True), strict=True)
            self._then(y, zero, (v, x, True), strict=True)

    def _difference(self, term: Arithmetic) -> None:
        a, b = term.args
        v, zero = term.v, self.zero
        self._same_way(zero, v, b, a)
        self._same_way(v, zero, a, b)
        self._same_way(b, a, zero, v)
        self._same_way(a, b, v, zero)
        self._then(v, a, (zero, b, False))
        self._then(a, v, (b, zero, False))
        self._then(zero, b, (v, a, True), strict=True)
        self._then(b, zero, (a, v, True), strict=True)

    def _product(self, term: Arithmetic) -> None:
        a, b = term.args
        v, zero, one = term.v, self.zero, self.one
        if a == b:
            self._then(zero, v)
        for x, y in ((a, b), (b, a)):
            self._then(zero, v, (zero, x, False), (zero, y, False))
            self._then(zero, v, (x, zero, False), (y, zero, False))
            self._then(v, zero, (zero, x, False), (y, zero, False))
            self._then(x, v, (zero, x, False), (one, y, False))
            self._then(v, x, (x, zero, False), (one, y, False))
            self._then(v, x, (zero, x, False), (zero, y, False), (y, one, False))
            self._then(x, v, (x, zero, False), (zero, y, False), (y, one, False))
            self._then(zero, x, (zero, v, True), (zero, y, False), strict=True)
            self._then(x, zero, (v, zero, True), (zero, y, False), strict=True)
            self._then(x, zero, (zero, v, True), (y, zero, False), strict=True)
            self._then(zero, x, (v, zero, True), (y, zero, False), strict=True)
            self._then(zero, x, (zero, v, False), (one, y, False))
            self._then(x, zero, (v, zero, False), (one, y, False))

    def _quotient(self, term: Arithmetic) -> None:
        a, b = term.args
        v, zero, one = term.v, self.zero, self.one
        if term.defined:  # a division by zero has no value
            self._then(zero, b, (zero, b, False), strict=True)
            self._then(b, zero, (b, zero, False), strict=True)
        above = (zero, b, True)
        self._then(zero, v, above, (zero, a, False))
        self._then(v, zero, above, (a, zero, False))
        self._then(zero, a, above, (zero, v, True), strict=True)
        self._then(a, zero, above, (v, zero, True), strict=True)
        below = (b, zero, True)
        self._then(v, zero, below, (zero, a, False))
        self._then(zero, v, below, (a, zero, False))
        self._then(a, zero, below, (zero, v, True), strict=True)
        self._then(zero, a, below, (v, zero, True), strict=True)
        self._same_way(one, v, b, a, above)
        self._same_way(v, one, a, b, above)
        self._same_way(b, a, one, v, above)
        self._same_way(a, b, v, one, above)
        self._then(v, a, (one, b, False), (zero, a, False))
        self._then(a, v, above, (b, one, False), (zero, a, False))
        if b == self.two and a in self.sums:
            for x, y in (self.sums[a], self.sums[a][::-1]):
                self._then(x, v, (x, y, False))
                self._then(v, y, (x, y, False))

    # -- two terms of one kind ---------------------------------------------------------------------

    def _pairs(self) -> Iterator[tuple[Arithmetic, Arithmetic]]:
        for at, one in enumerate(self.terms):
            for other in self.terms[at + 1 :]:
                if one.op == other.op:
                    yield one, other
                    yield other, one

    def _like(self, one: Arithmetic, other: Arithmetic) -> None:
        """Conclude ``one <= other`` from the order of their operands, and the other way round."""
        if one.op == "neg":
            self._same_way(one.v, other.v, other.args[0], one.args[0])
            self._same_way(one.args[0], other.args[0], other.v, one.v)
            return
        a, b = one.args
        c, d = other.args
        low, high, zero = one.v, other.v, self.zero
        if one.op == "-":
            self._then(low, high, (a, c, False), (d, b, False))
            self._then(a, c, (low, high, True), (b, d, False), strict=True)
            self._then(d, b, (low, high, True), (c, a, False), strict=True)
            if (a, b) == (d, c):
                self._mirrored(low, high)
        elif one.op == "/":
            self._like_quotients(one, other)
        else:
            for p, q, r, s in ((a, b, c, d), (a, b, d, c)):
                if one.op != "*":
                    self._then(low, high, (p, r, False), (q, s, False))
                    if one.op == "+":
                        self._then(p, r, (low, high, True), (s, q, False), strict=True)
                        self._then(q, s, (low, high, True), (r, p, False), strict=True)
                    continue
                above = ((zero, p, False), (zero, q, False))
                self._then(low, high, (p, r, False), (q, s, False), *above)
            for x in {a, b} & {c, d}:
                p, r = (b if x == a else a), (d if x == c else c)
                if one.op == "*":
                    self._then(low, high, (p, r, False), (zero, x, False))
                    self._then(low, high, (r, p, False), (x, zero, False))
                    self._then(p, r, (low, high, True), (zero, x, False), strict=True)
                    self._then(r, p, (low, high, True), (x, zero, False), strict=True)

    def _like_quotients(self, one: Arithmetic, other: Arithmetic) -> None:
        (a, b), (c, d), zero = one.args, other.args, self.zero
        low, high = one.v, other.v
        above = (zero, d, True)
        self._then(low, high, (a, c, False), (d, b, False), above, (zero, a, False))
        if b == d:
            self._then(low, high, (a, c, False), above)
            self._then(low, high, (c, a, False), (b, zero, True))
            self._then(a, c, (low, high, True), above, strict=True)
            self._then(c, a, (low, high, True), (b, zero, True), strict=True)
        if a == c:
            self._then(d, b, (low, high, True), (zero, b, True), above, (zero, a, False), strict=True)

    def _mirrored(self, v: int, w: int) -> None:
        """Bound ``w = -v`` by the bounds of v."""
        order = self.order
        lower, upper = order.lower(v), order.upper(v)
        if lower is not None:
            value, strict, at = lower
            self._then(w, order.number(-value), (at, v, strict), strict=strict)
        if upper is not None:
            value, strict, at = upper
            self._then(order.number(-value), w, (v, at, strict), strict=strict)

    # -- ranges -------------------------------------------------------------------------------------

    def _ranges(self, term: Arithmetic) -> None:
        """Bound a result by the results at the ends of its operands' ranges."""
        order = self.order
        if order.conflict is not None:
            return
        ends = [(order.lower(arg), order.upper(arg)) for arg in term.args]
        low, high = corners(term.op, [(a[0] if a else -math.inf, b[0] if b else math.inf) for a, b in ends])
        premises: list[Claim] = []
        for arg, (lower, upper) in zip(term.args, ends, strict=True):
            premises += [(lower[2], arg, False)] if lower else []
            premises += [(arg, upper[2], False)] if upper else []
        if math.isfinite(low):
            self._then(order.number(low), term.v, *premises)
        if math.isfinite(high):
            self._then(term.v, order.number(high), *premises)
