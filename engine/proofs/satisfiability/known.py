"""Which values are surely there at a bar at which others are: an exit that is unknown holds no entry back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.proofs.satisfiability.magnitude import Magnitudes
from engine.proofs.satisfiability.operands import APART
from engine.proofs.satisfiability.ranges import range_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.indicators.graph import Column
    from engine.proofs.satisfiability.formula import Comparison, Missing
    from engine.proofs.satisfiability.leaves import Leaf
    from engine.proofs.satisfiability.operands import Operands


class Known:
    """Tells when a value that a formula leaves open to be missing cannot be."""

    def __init__(self, operands: Operands) -> None:
        self.terms = operands.terms
        self._magnitudes = Magnitudes(operands.terms)

    def surely(self, missing: Missing, comparisons: Sequence[Comparison]) -> bool:
        """Tell whether all terms have a value wherever the comparisons are known to hold."""
        compared = {side for one in comparisons for side in (one.low, one.high)}
        read = set(self._leaves(compared))
        # bars there are before the deciding one, at least
        bars = max((_reach(leaf) or 0 for leaf in read if leaf.first < APART and leaf.base.anchor < APART), default=0)
        if missing.back > bars:
            return False
        return all(term in compared or self._total(term, compared, read, bars) for term in missing.terms)

    def _total(self, number: int, compared: set[int], read: set[Leaf], bars: int) -> bool:
        """Tell whether a term has a value; one that divides may not, unless it is compared itself."""
        term = self.terms.all[number]
        if number in compared or term.op == "number":
            return True
        leaf = term.leaf
        if leaf is not None:
            reach = _reach(leaf)
            return leaf in read or (reach is not None and reach <= bars and _always_defined(leaf.base.series))
        if not self._magnitudes.of(number).fits or (term.op == "/" and not self._nonzero(term.args[1])):
            return False  # infinite, and that is unknown
        return all(self._total(arg, compared, read, bars) for arg in term.args)

    def _nonzero(self, number: int) -> bool:
        term = self.terms.all[number]
        if term.op == "number":
            return term.value != 0.0
        return term.leaf is not None and term.leaf.kind != "time" and range_of(term.leaf.base).low_open

    def _leaves(self, numbers: set[int]) -> Iterator[Leaf]:
        stack = list(numbers)
        while stack:
            term = self.terms.all[stack.pop()]
            stack += term.args
            if term.leaf is not None:
                yield term.leaf


def _reach(leaf: Leaf) -> int | None:
    """Return the bars before the deciding one that a leaf needs; None where they are not those of the strategy."""
    if leaf.base.timeframe is not None:
        return None
    return leaf.last if isinstance(leaf.base.series, str) else _first_value(leaf.base.series, leaf.last)


def _first_value(column: Column, back: int) -> int | None:
    node = column.node
    if node is None:
        return back + column.offset
    if node.timeframe is not None:
        return None
    own = node.entry.first_value(node.named_inputs) + column.offset + back
    sources = [_first_value(source, 0) for source in node.sources]
    return None if None in sources else own + max((one for one in sources if one is not None), default=0)


def _always_defined(series: str | Column) -> bool:
    """Tell whether a series has a value at every bar after its warm-up."""
    if isinstance(series, str) or series.node is None:
        return True
    node = series.node
    return not node.entry.unknown and node.timeframe is None and all(_always_defined(one) for one in node.sources)
