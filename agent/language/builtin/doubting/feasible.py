"""Whether conditions can hold at one bar: differences and ratios of series, as a graph that must have no rising cycle.

``x > y + 2`` is an edge from y to x of weight 2: x lies at least so far above y. A cycle whose weights add up to more
than nothing (or to nothing, with a strict part) would put a series above itself. Ratios of series that are never
negative are differences of their logarithms. Both graphs are sound: what they call contradictory is.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import inf, log
from typing import TYPE_CHECKING, Any

from agent.language.builtin.contraries import CONTRARY
from agent.language.builtin.rules import (
    Compare,
    Field,
    Group,
    Lasting,
    Math,
    Not,
    Number,
    Run,
    Series,
    Span,
    bounds_of,
    lagged,
)
from engine.indicators.catalog import CATALOG

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agent.language.builtin.rules import Condition, Operand

MOST = 64
"""Alternatives of one condition that are looked at; a condition of more is taken as it is."""

UPWARD = {"gt": True, "gte": False, "crosses_above": True}
DOWNWARD = {"lt": True, "lte": False, "crosses_below": True}
"""Operators by direction; True where the comparison is strict."""

BANDS = ("upper", "middle", "lower")
"""Outputs of one indicator from the highest to the lowest."""

NOTHING = Number(0.0)
UNIT = Number(1.0)
"""What constants are measured from: by difference and by ratio."""

Link = tuple[Any, Any, float, bool]
"""``above``, ``below``, how far above at least, and whether it must be more than that."""


def alternatives(rule: Condition) -> list[list[Condition]] | None:
    """Return a condition as alternatives of conditions that must all hold; None when there are too many."""
    if isinstance(rule, Group) and rule.op == "or":
        found = [alternatives(part) for part in rule.parts]
        if any(one is None for one in found):
            return None
        flat = [way for one in found if one is not None for way in one]
        return flat if len(flat) <= MOST else None
    if isinstance(rule, Group):
        ways: list[list[Condition]] = [[]]
        for part in rule.parts:
            inner = alternatives(part)
            if inner is None or len(ways) * len(inner) > MOST:
                return None
            ways = [[*way, *more] for way in ways for more in inner]
        return ways
    return [[rule]]


def impossible(parts: Sequence[Condition]) -> bool:
    """Return whether conditions can never hold together.

    >>> rsi = Series("rsi", (("length", 14),))
    >>> impossible([Compare("gt", rsi, Number(70.0)), Compare("lt", rsi, Number(30.0))])
    True
    >>> impossible([Compare("gt", rsi, Number(30.0)), Compare("lt", rsi, Number(70.0))])
    False
    """
    links = [link for part in parts for link in _links(part)]
    if not links:
        return False
    return _rises(list(_differences(links))) or _rises(list(_ratios(links)))


def on_frame(node: Any, frame: str) -> Any:
    """Return a condition whose series bear no timeframe where it is the strategy's own: equal ones are equal then."""
    if isinstance(node, Series):
        inputs = tuple((name, on_frame(value, frame)) for name, value in node.inputs)
        return replace(node, inputs=inputs, timeframe=None if node.timeframe == frame else node.timeframe)
    if isinstance(node, Math | Compare):
        return replace(node, left=on_frame(node.left, frame), right=on_frame(node.right, frame))
    if isinstance(node, Run):
        return replace(node, left=on_frame(node.left, frame))
    if isinstance(node, Group):
        return Group(node.op, tuple(on_frame(part, frame) for part in node.parts))
    if isinstance(node, Not | Lasting):
        return replace(node, part=on_frame(node.part, frame))
    return node


def negated(leaf: Condition) -> Condition | None:
    """Return the exact contrary of a comparison of levels; None for what has none that is a single comparison."""
    if isinstance(leaf, Compare) and leaf.when in CONTRARY:
        return Compare(CONTRARY[leaf.when], leaf.left, leaf.right)
    return None


def _links(part: Condition) -> Iterator[tuple[Operand, Operand, bool]]:
    """Yield what a condition says of one bar, as (higher, lower, strictly)."""
    if isinstance(part, Not):
        contrary = negated(part.part)
        if contrary is not None:
            yield from _links(contrary)
    elif isinstance(part, Lasting):
        if part.within_bars is None:
            yield from _links(part.part)
    elif isinstance(part, Group):
        if part.op == "and":
            for one in part.parts:
                yield from _links(one)
    elif isinstance(part, Run):
        for back in range(min(part.bars, 8)):
            pair = lagged(part.left, back), lagged(part.left, back + 1)
            yield (*(pair if part.when == "rising" else pair[::-1]), True)
    elif isinstance(part, Compare):
        yield from _compared(part)


def _compared(part: Compare) -> Iterator[tuple[Operand, Operand, bool]]:
    left, right = part.left, part.right
    change = _changed(left) if isinstance(right, Number) else None
    if change is not None and isinstance(right, Number):
        yield from _compared(Compare(part.when, change[0], Math("*", change[1], Number(1 + right.value / 100))))
    if part.when in UPWARD:
        yield left, right, UPWARD[part.when]
    elif part.when in DOWNWARD:
        yield right, left, DOWNWARD[part.when]
    elif part.when == "eq":
        yield left, right, False
        yield right, left, False
    if part.when == "crosses_above":
        yield lagged(right, 1), lagged(left, 1), False
    elif part.when == "crosses_below":
        yield lagged(left, 1), lagged(right, 1), False


def _changed(operand: Operand) -> tuple[Field, Field] | None:
    """Return the two closes that a rate of change in per cent compares, None for every other series."""
    if not (isinstance(operand, Series) and operand.type == "roc" and operand.input("source") in (None, "close")):
        return None
    length = operand.input("length")
    if operand.timeframe is not None or not isinstance(length, Span) or length.unit != "bar":
        return None
    return Field("close", operand.lag), Field("close", operand.lag + int(length.n))


def _term(operand: Operand) -> tuple[Any, float, float]:
    """Return an operand as (series, factor, offset); arithmetic of two series is a series of its own."""
    if isinstance(operand, Number):
        return NOTHING, 1.0, operand.value
    if isinstance(operand, Math):
        left, right = operand.left, operand.right
        if isinstance(right, Number) and not isinstance(left, Number):
            key, factor, offset = _term(left)
            if operand.op in "+-":
                return key, factor, offset + (right.value if operand.op == "+" else -right.value)
            if right.value > 0:
                by = right.value if operand.op == "*" else 1 / right.value
                return key, factor * by, offset * by
        if isinstance(left, Number) and operand.op == "*" and left.value > 0 and not isinstance(right, Number):
            key, factor, offset = _term(right)
            return key, factor * left.value, offset * left.value
    return operand, 1.0, 0.0


def _differences(links: Iterable[tuple[Operand, Operand, bool]]) -> Iterator[Link]:
    keys = set()
    for high, low, strict in links:
        above, up, over = _term(high)
        below, down, under = _term(low)
        if up == down or above == NOTHING or below == NOTHING:
            scale = down if above == NOTHING else up
            yield above, below, (under - over) / scale, strict
            keys |= {above, below}
    yield from _known(keys)


def _ratios(links: Iterable[tuple[Operand, Operand, bool]]) -> Iterator[Link]:
    keys = set()
    for high, low, strict in links:
        above, up = _factor(high)
        below, down = _factor(low)
        if up > 0 and down > 0:
            yield above, below, log(down) - log(up), strict
            keys |= {above, below}
    yield from (link for link in _known(keys) if NOTHING not in link[:2])


def _factor(operand: Operand) -> tuple[Any, float]:
    """Return an operand as (series, factor) where its logarithm exists; a factor of 0 where it does not."""
    if isinstance(operand, Number):
        return UNIT, operand.value
    key, factor, offset = _term(operand)
    return (key, factor) if offset == 0 and _positive(key) else (key, 0.0)


def _positive(key: Any) -> bool:
    """True for series that are never negative: prices, volume, and what lies among them."""
    if isinstance(key, Field):
        return not key.name.startswith("time.")
    if not isinstance(key, Series) or key.type not in CATALOG:
        return False
    if key.output in ("direction", "width", "percent"):
        return False
    source = key.input("source")
    return CATALOG[key.type].scale == "price" and (source is None or isinstance(source, str))


def _known(keys: set[Any]) -> Iterator[Link]:
    """Yield what holds by nature: a bar's high above its close, an upper band above the lower, RSI from 0 to 100."""
    for one in keys:
        if isinstance(one, Field):
            high, low = Field("high", one.lag), Field("low", one.lag)
            if one.name in ("close", "open", "high", "low"):
                yield from ((high, one, 0.0, False), (one, low, 0.0, False))
        elif isinstance(one, Series):
            yield from _bands(one)
            bounds = bounds_of(one)
            if bounds is not None and bounds[0] > -inf:
                yield one, NOTHING, bounds[0], False
            if bounds is not None and bounds[1] < inf:
                yield NOTHING, one, -bounds[1], False


def _bands(one: Series) -> Iterator[Link]:
    if one.output in BANDS:
        lines = [replace(one, output=name) for name in BANDS]
        yield from ((high, low, 0.0, False) for high, low in pairwise(lines))


def _rises(links: list[Link]) -> bool:
    """True when a cycle of links climbs above itself (Floyd and Warshall, on the greatest known distance)."""
    keys = list(dict.fromkeys(key for above, below, *_ in links for key in (above, below)))
    place = {key: at for at, key in enumerate(keys)}
    size = len(keys)
    far: list[list[tuple[float, bool]]] = [[(-inf, False)] * size for _ in range(size)]
    for above, below, least, strict in links:
        here = place[below], place[above]
        far[here[0]][here[1]] = max(far[here[0]][here[1]], (least, strict))
    for middle in range(size):
        for start in range(size):
            first = far[start][middle]
            if first[0] == -inf:
                continue
            for end in range(size):
                second = far[middle][end]
                if second[0] > -inf:
                    way = (first[0] + second[0], first[1] or second[1])
                    if way > far[start][end]:
                        far[start][end] = way
    return any(far[at][at][0] > 1e-9 or (far[at][at][0] > -1e-9 and far[at][at][1]) for at in range(size))
