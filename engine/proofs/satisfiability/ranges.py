"""What values a leaf can have at any bar: what prices are, what the catalog says of an indicator."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.indicators.graph import Column

if TYPE_CHECKING:
    from engine.proofs.satisfiability.leaves import Base

VALUE = "value"
SAME_RANGE = {"sma", "wma", "trima", "ema", "rma"}
"""Averages that cannot leave the range of their source, rounding included: each weighs the newest value at less than
all, and the window means are taken around a bar of the window itself."""

WEIGHTED = {"vwma", "vwap"}
"""Averages weighed by volume: above 0 where prices are and lie within a factor of a billion of each other."""

MEANS = {"bbands": "middle"}
"""Types with an output that is the plain mean of its source."""

DISCRETE: dict[tuple[str, str], tuple[float, ...]] = {("supertrend", "direction"): (-1.0, 1.0)}
"""Outputs that have a few values only."""


@dataclass(frozen=True, slots=True)
class Range:
    """From ``low`` to ``high``, ends included unless open."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False


ANY = Range()
PRICE = Range(0.0, low_open=True)
COUNT = Range(0.0)


def range_of(base: Base) -> Range:
    """Return the range of a series at every bar at which it is known.

    >>> from engine.proofs.satisfiability.leaves import Base
    >>> range_of(Base("low"))
    Range(low=0.0, high=inf, low_open=True)
    """
    return _field(base.series) if isinstance(base.series, str) else _column(base.series)


def values_of(base: Base) -> tuple[float, ...] | None:
    """Return the only values a series can have, None where it is not known to have a few only."""
    series = base.series
    if isinstance(series, str) or series.node is None:
        return None
    return DISCRETE.get((series.node.type_name, series.name))


def _field(name: str) -> Range:
    return COUNT if name == "volume" else PRICE


def _column(column: Column) -> Range:
    node = column.node
    if node is None:
        return _field(column.name)
    bounds = node.entry.bounds.get(column.name)
    own = ANY if bounds is None else Range(*bounds)
    read = node.source
    if node.type_name in ("vwap", "donchian", "opening_range") and column.name != "width":
        return PRICE
    if read is None:
        return own
    source = _column(Column(read.name, read.node))
    if node.type_name in SAME_RANGE and column.name == VALUE:
        one_bar = node.type_name == "ema" and dict(node.inputs).get("length") == 1
        return _tighter(own, Range(source.low, source.high) if one_bar else source)
    if node.type_name in ("highest", "lowest", "percentile"):
        return _tighter(own, source)
    is_price = source.low_open and source.low == 0.0
    if is_price and (node.type_name in WEIGHTED or MEANS.get(node.type_name) == column.name):
        return _tighter(own, PRICE)
    return own


def _tighter(one: Range, other: Range) -> Range:
    low = max(one.low, other.low)
    low_open = any(each.low_open for each in (one, other) if each.low == low)
    return Range(low, min(one.high, other.high), low_open)
