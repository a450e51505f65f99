"""Direct contradictions: conditions of one ``and`` that can never be true at the same close."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.spec.expressions import Expr, ExpressionError, Number, Series, format_operand, parse_operand
from engine.spec.models import COMPARISONS, CROSSES, Condition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spec.findings import Findings
    from engine.spec.place import Place

BELOW, SAME, ABOVE = "<", "=", ">"

RELATIONS = {
    "gt": {ABOVE},
    "gte": {ABOVE, SAME},
    "lt": {BELOW},
    "lte": {BELOW, SAME},
    "eq": {SAME},
}
NEGATED = {"gt": "lte", "gte": "lt", "lt": "gte", "lte": "gt"}
FLIPPED = {BELOW: ABOVE, SAME: SAME, ABOVE: BELOW}


@dataclass(frozen=True, slots=True)
class Claim:
    """``left`` stands in one of ``relations`` to ``right``, at the deciding bar or the one before (``lag`` 1)."""

    left: str
    right: str | float
    relations: frozenset[str]
    lag: int
    place: Place


@dataclass(slots=True)
class _Range:
    """What is left of the values a series may have, ends included unless open."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    places: list[Place] = field(default_factory=list)

    def narrow(self, relations: frozenset[str], value: float) -> bool:
        """Take a claim in; return whether anything is left."""
        if BELOW not in relations and value >= self.low:
            self.low_open = SAME not in relations or (self.low_open and value == self.low)
            self.low = value
        if ABOVE not in relations and value <= self.high:
            self.high_open = SAME not in relations or (self.high_open and value == self.high)
            self.high = value
        return self.low < self.high or (self.low == self.high and not (self.low_open or self.high_open))


def check_contradictions(condition: Condition, place: Place, findings: Findings) -> None:
    """Report, for each ``and`` of a tree (and each condition with filters), two parts that exclude each other."""
    if condition.when == "and" or condition.filters:
        _check_together(list(_claims(condition, place)), findings)
    for name in ("conditions", "filters"):
        for at, inner in enumerate(getattr(condition, name) or ()):
            check_contradictions(inner, (*place, name, at), findings)


def _check_together(claims: list[Claim], findings: Findings) -> None:
    ranges: dict[tuple[str, int], _Range] = {}
    pairs: dict[tuple[str, str, int], tuple[frozenset[str], Place]] = {}
    for claim in claims:
        if isinstance(claim.right, float):
            left = ranges.setdefault((claim.left, claim.lag), _Range())
            if not left.narrow(claim.relations, claim.right):
                _tell(claim.place, left.places, findings)
                return
            left.places.append(claim.place)
        else:
            key = (claim.left, claim.right, claim.lag)
            before, earlier = pairs.get(key, (frozenset(FLIPPED), claim.place))
            possible = before & claim.relations
            if not possible:
                _tell(claim.place, [earlier], findings)
                return
            pairs[key] = (possible, claim.place)


def _tell(place: Place, others: list[Place], findings: Findings) -> None:
    shown = " and ".join(dict.fromkeys(findings.path(other) for other in others if other != place))
    findings.error(place, "CONTRADICTION", f"can never be true together with {shown}" if shown else "can never be true")


def _claims(condition: Condition, place: Place) -> Iterator[Claim]:
    """Yield what must hold at the deciding bar for a condition to be true; less than all of it is fine."""
    if condition.within_bars is not None and condition.within_bars > 1:
        return  # true now says only that it was true at some bar
    for at, inner in enumerate(condition.filters or ()):
        yield from _claims(inner, (*place, "filters", at))
    if condition.when == "and":
        for at, inner in enumerate(condition.conditions or ()):
            yield from _claims(inner, (*place, "conditions", at))
    elif condition.when == "not":
        yield from _negated(condition, place)
    else:
        yield from _operator_claims(condition, condition.when, place)


def _negated(condition: Condition, place: Place) -> Iterator[Claim]:
    inner = condition.conditions[0] if condition.conditions else None
    if inner is not None and inner.when in NEGATED and not (inner.filters or inner.for_bars or inner.within_bars):
        yield from _operator_claims(inner, NEGATED[inner.when], place)


def _operator_claims(condition: Condition, when: str, place: Place) -> Iterator[Claim]:
    left = _read(condition.left)
    if left is None:
        return
    right = _read(condition.right) if condition.right is not None else _read(condition.value)
    if when in COMPARISONS and right is not None:
        yield from _claim(left, right, RELATIONS[when], 0, place)
    elif when in CROSSES and right is not None:
        above = when == "crosses_above"
        yield from _claim(left, right, {ABOVE} if above else {BELOW}, 0, place)
        yield from _claim(left, right, {BELOW, SAME} if above else {ABOVE, SAME}, 1, place)
    elif when == "between":
        for end, relations in ((condition.low, {ABOVE, SAME}), (condition.high, {BELOW, SAME})):
            edge = _read(end)
            if edge is not None:
                yield from _claim(left, edge, relations, 0, place)
    elif when in ("rising", "falling") and isinstance(left, Series):
        earlier = Series(left.name, left.output, left.lag + 1)
        yield from _claim(left, earlier, {ABOVE} if when == "rising" else {BELOW}, 0, place)


def _claim(left: Expr, right: Expr, relations: set[str], lag: int, place: Place) -> Iterator[Claim]:
    if isinstance(left, Number) and isinstance(right, Number):
        return
    if isinstance(left, Number):
        left, right, relations = right, left, {FLIPPED[relation] for relation in relations}
    name = format_operand(left)
    if isinstance(right, Number):
        yield Claim(name, right.value, frozenset(relations), lag, place)
        return
    other = format_operand(right)
    if other < name:
        name, other, relations = other, name, {FLIPPED[relation] for relation in relations}
    yield Claim(name, other, frozenset(relations), lag, place)


def _read(operand: str | float | None) -> Expr | None:
    if operand is None or isinstance(operand, float):
        return None if operand is None else Number(operand)
    try:
        return parse_operand(operand)
    except ExpressionError:
        return None  # told already
