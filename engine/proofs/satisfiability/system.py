"""One conjunction of comparisons: refuted where it cannot hold at any bar of any market."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.proofs.satisfiability.closes import Closes
from engine.proofs.satisfiability.formula import Comparison, Literal, Missing
from engine.proofs.satisfiability.known import Known
from engine.proofs.satisfiability.linear_facts import refuted_linearly
from engine.proofs.satisfiability.order import Edge, Grounds, Order
from engine.proofs.satisfiability.ranges import range_of, values_of
from engine.proofs.satisfiability.relations import never_above
from engine.proofs.satisfiability.rules import Arithmetic, Rules
from engine.proofs.satisfiability.terms import passed_on
from engine.proofs.satisfiability.way import Way
from engine.spec.jcs import number_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.proofs.satisfiability.leaves import Leaf
    from engine.proofs.satisfiability.operands import Operands
    from engine.proofs.satisfiability.terms import Term


class Systems:
    """Refutes conjunctions over the terms of one spec."""

    def __init__(self, operands: Operands, on_grid: bool = True) -> None:
        self.terms = operands.terms
        self.closes = Closes(operands, on_grid)
        self.work = 0
        """Pairs of terms looked at so far."""
        self._known = Known(operands)
        self._related: dict[tuple[int, int], bool] = {}

    def refuted(self, literals: Sequence[Literal], deep: bool) -> Way | None:
        """Return why literals cannot hold together, None where nothing was found; ``deep`` reckons sums as well."""
        comparisons = [one for one in literals if isinstance(one, Comparison)]
        found = self._missing(literals, comparisons) or self.closes.refuted(literals)
        if found is not None:
            return found
        system = System(self, comparisons)
        self.work += len(system.at) ** 2
        return system.refuted(deep)

    def related(self, x: int, y: int) -> bool:
        """Tell whether leaf term x is never above leaf term y."""
        known = self._related.get((x, y))
        if known is None:
            known = self._related[x, y] = never_above(self.leaf(x), self.leaf(y))
        return known

    def leaf(self, term: int) -> Leaf:
        """Return the leaf of a term."""
        leaf = self.terms.all[term].leaf
        if leaf is None:
            raise AssertionError(f"{self.terms.shown(term)} is no leaf")
        return leaf

    def _missing(self, literals: Sequence[Literal], comparisons: Sequence[Comparison]) -> Way | None:
        for literal in literals:
            if isinstance(literal, Missing) and self._known.surely(literal, comparisons):
                return Way((literal,), (), tuple(comparisons))  # known as they are
        return None


class System:
    """The terms of one conjunction, with what is known of their order."""

    def __init__(self, systems: Systems, comparisons: Sequence[Comparison]) -> None:
        self.systems, self.terms, self.comparisons = systems, systems.terms, comparisons
        self.order = Order()
        self.at: dict[int, int] = {}
        """Term of the spec -> term of the order."""
        self.leaves: list[int] = []
        self.defined = _defined(systems.terms.all, comparisons)
        self.arithmetic: list[Arithmetic] = []
        self._collect()

    def refuted(self, deep: bool) -> Way | None:
        """Return why the comparisons cannot hold together, None where nothing was found."""
        order = self.order
        self._ranges()
        self._relations()
        for one in self.comparisons:
            low, high = self.at[one.low], self.at[one.high]
            order.add(Edge(low, high, one.sign == "<", one))
            if one.sign == "=":
                order.add(Edge(high, low, False, one))
        if order.conflict is None and self.arithmetic:
            Rules(order, self.arithmetic).apply()
        if order.conflict is not None:
            return self.way(order.why_contradictory())
        return self._no_value_left() or (refuted_linearly(self) if deep else None)

    def way(self, grounds: Grounds, *more: str) -> Way:
        """Put grounds into words."""
        facts = [self._fact(edge) for edge in grounds.facts]
        told = tuple(dict.fromkeys(fact for fact in (*facts, *more) if fact))
        return Way(tuple(grounds.literals), told, self._making_known(grounds))

    def _making_known(self, grounds: Grounds) -> tuple[Comparison, ...]:
        """Return the comparisons, beside the grounds themselves, that make the terms of a conclusion known and finite.

        Without them a divisor may be 0, or a value not be there yet, and then nothing follows from it.
        """
        terms = self.terms.all
        read = {one: _defined(terms, [one]) for one in self.comparisons}
        kept = [one for one in self.comparisons if one in grounds.literals]
        more: list[Comparison] = []
        for number, finite in self.defined.items():
            if self.at[number] not in grounds.terms or terms[number].op == "number":
                continue
            if not any(number in read[one] and read[one][number] >= finite for one in (*kept, *more)):
                more.append(next(one for one in read if number in read[one] and read[one][number] >= finite))
        return tuple(more)

    def _collect(self) -> None:
        terms, wanted = self.terms.all, sorted(self.defined)
        for number in wanted:
            term = terms[number]
            if term.op == "number":
                self.at[number] = self.order.number(term.value)
                continue
            self.at[number] = self.order.new()
            if term.op == "leaf":
                self.leaves.append(number)
            else:
                args = tuple(self.at[arg] for arg in term.args)
                self.arithmetic.append(Arithmetic(term.op, self.at[number], args, self.defined[number]))

    def _ranges(self) -> None:
        order = self.order
        for number in self.leaves:
            leaf, at = self.systems.leaf(number), self.at[number]
            if leaf.kind == "time":
                low, high = self.systems.closes.range_of(str(leaf.base.series))
                low_open = False
            else:
                known = range_of(leaf.base)
                low, high, low_open = known.low, known.high, known.low_open
            if low > float("-inf"):
                order.add(Edge(order.number(low), at, low_open))
            if high < float("inf"):
                order.add(Edge(at, order.number(high), False))

    def _relations(self) -> None:
        for x in self.leaves:
            for y in self.leaves:
                if x != y and self.systems.related(x, y):
                    self.order.add(Edge(self.at[x], self.at[y], False))

    def _no_value_left(self) -> Way | None:
        """Look whether a series of few values has one left."""
        for number in self.leaves:
            values = values_of(self.systems.leaf(number).base)
            if values is None:
                continue
            lower, upper = self.order.lower(self.at[number]), self.order.upper(self.at[number])
            left = [
                value
                for value in values
                if (lower is None or value > lower[0] or (value == lower[0] and not lower[1]))
                and (upper is None or value < upper[0] or (value == upper[0] and not upper[1]))
            ]
            if not left:
                claims = [(end[2], self.at[number], end[1]) for end in (lower,) if end]
                claims += [(self.at[number], end[2], end[1]) for end in (upper,) if end]
                shown = " or ".join(number_text(value) for value in values)
                grounds = self.order.grounds(claims)
                grounds.terms.add(self.at[number])
                return self.way(grounds, f"{self.terms.shown(number)} is {shown}")
        return None

    def _fact(self, edge: Edge) -> str:
        if edge.says is not None:
            return edge.says
        names = {at: number for number, at in self.at.items()}
        low, high = (self._name(at, names) for at in (edge.low, edge.high))
        if self.order.is_number(edge.low):
            same = self.order.is_number(edge.high)
            return "" if same else f"{high} is {'always above' if edge.strict else 'never below'} {low}"
        return f"{low} is {'always below' if edge.strict else 'never above'} {high}"

    def _name(self, at: int, names: dict[int, int]) -> str:
        if at in names:
            return self.terms.shown(names[at])
        return number_text(self.order.value(at))


def _defined(terms: Sequence[Term], comparisons: Sequence[Comparison]) -> dict[int, bool]:
    """Return every term of the comparisons and whether its value is surely finite.

    What is compared is; of a sum, a difference or a product so are the parts, and of a quotient what is divided. A part
    of a minimum, and a divisor, may have overflowed.
    """
    found: dict[int, bool] = {}
    stack = [(side, True) for one in comparisons for side in (one.low, one.high)]
    while stack:
        number, finite = stack.pop()
        if found.get(number, False) or (number in found and not finite):
            continue
        found[number] = finite
        term = terms[number]
        stack += [(arg, finite and kept) for arg, kept in zip(term.args, passed_on(term), strict=True)]
    return found
