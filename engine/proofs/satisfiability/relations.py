"""How the leaves of one system stand to each other at every bar: bars, and windows over the same series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.indicators.graph import Column

if TYPE_CHECKING:
    from engine.proofs.satisfiability.leaves import Base, Leaf

PRICES = ("open", "close", "hl2")
FIELDS_IN_ORDER = {
    *(("low", price) for price in (*PRICES, "high")),
    *((price, "high") for price in PRICES),
}
"""Fields of one bar of which the first is never above the second, as they are computed.

``hlc3`` and ``ohlc4`` are not among them: a third of three equal prices is not always that price, so that the
mean of a bar that did not move can lie a last bit above its high.
"""

MEANS_OF_BAR = ("hlc3", "ohlc4")
"""Fields that lie within the bar but for rounding."""

OUTPUTS_IN_ORDER: dict[str, tuple[tuple[str, str], ...]] = {"opening_range": (("low", "high"),)}
"""Type -> pairs of its outputs of which the first is never above the second."""


def never_above(x: Leaf, y: Leaf) -> bool:
    """Tell whether x <= y at every bar at which both are known.

    >>> from engine.proofs.satisfiability.leaves import Base, Leaf
    >>> never_above(Leaf("at", Base("close")), Leaf("max", Base("high"), 0, 20))
    True
    >>> never_above(Leaf("at", Base("close")), Leaf("max", Base("high"), 1, 20))
    False
    """
    if "time" in (x.kind, y.kind) or x.base.timeframe != y.base.timeframe or x.base.anchor != y.base.anchor:
        return False
    if not _pointwise(x.base, y.base):
        return _outputs(x, y)
    if y.kind == "max":
        return _meet(x, y) if x.kind == "min" else _inside(x, y)
    if y.kind == "at":
        return _inside(y, x) if x.kind == "min" else x.kind == "at" and x.first == y.first
    if y.kind == "min":
        return _inside(y, x) if x.kind == "min" else x.kind == "at" and y.length == 1 and x.first == y.first
    if x.kind == "rank":
        return (x.first, x.length) == (y.first, y.length) and x.rank <= y.rank
    return x.kind == "min" and _inside(y, x)


def within_bar(leaf: Leaf, other: Leaf) -> bool:
    """Tell whether ``leaf`` is a mean of a bar's prices and ``other`` a price of that bar."""
    same = leaf.base.timeframe == other.base.timeframe and leaf.base.anchor == other.base.anchor
    return (
        same
        and leaf.kind == other.kind == "at"
        and leaf.first == other.first
        and _name(leaf.base) in MEANS_OF_BAR
        and _name(other.base) in ("low", "high")
    )


def field_of(leaf: Leaf) -> str | None:
    """Return the bar field a leaf is, None for anything else."""
    return _name(leaf.base) if leaf.kind == "at" else None


def _name(base: Base) -> str | None:
    if isinstance(base.series, Column):
        return base.series.name if base.series.node is None else None
    return base.series


def _pointwise(x: Base, y: Base) -> bool:
    return x.series == y.series or (_name(x), _name(y)) in FIELDS_IN_ORDER


def _inside(x: Leaf, y: Leaf) -> bool:
    return y.first <= x.first and x.last <= y.last


def _meet(x: Leaf, y: Leaf) -> bool:
    return x.first <= y.last and y.first <= x.last


def _outputs(x: Leaf, y: Leaf) -> bool:
    one, other = x.base.series, y.base.series
    if isinstance(one, str) or isinstance(other, str) or one.node is None or one.node != other.node:
        return False
    pairs = OUTPUTS_IN_ORDER.get(one.node.type_name, ())
    return x.kind == y.kind == "at" and x.first == y.first and (one.name, other.name) in pairs
