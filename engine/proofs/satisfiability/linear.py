"""Systems of linear inequalities, strict ones among them, decided in exact fractions.

References
----------
Dutertre, B. and de Moura, L. (2006). "A fast linear-arithmetic solver for DPLL(T)". CAV 2006. Strict bounds
carry a positive infinitesimal, and pivots are chosen by Bland's rule, which cannot run in circles.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

Reason = TypeVar("Reason")

MAX_PIVOTS = 100
MAX_BITS = 20_000
"""Where figures have grown so long, the system is left undecided."""

Number = tuple[Fraction, Fraction]
"""A number and its multiple of an infinitesimal; compared as a pair."""

ZERO: Number = (Fraction(0), Fraction(0))


@dataclass(frozen=True, slots=True)
class Bound(Generic[Reason]):
    """An end of a variable's range and why."""

    value: Number
    why: Reason


class Linear(Generic[Reason]):
    """Inequalities over named variables, each with its reason."""

    def __init__(self) -> None:
        self._index: dict[Hashable, int] = {}
        self._rows: dict[int, dict[int, Fraction]] = {}
        self._value: list[Number] = []
        self._lower: dict[int, Bound[Reason]] = {}
        self._upper: dict[int, Bound[Reason]] = {}
        self._forms: dict[tuple[tuple[int, Fraction], ...], int] = {}
        self._clash: tuple[Reason, ...] | None = None

    def at_most(self, form: Mapping[Any, Fraction], limit: Fraction, strict: bool, why: Reason) -> None:
        """Ask that the sum of coefficient x variable be <= ``limit`` (< where strict)."""
        parts = sorted((self._variable(name), factor) for name, factor in form.items() if factor)
        if not parts:
            if limit < 0 or (strict and limit == 0):
                self._clash = (why,)
            return
        lead = parts[0][1]
        key = tuple((at, factor / lead) for at, factor in parts)
        at = key[0][0] if len(key) == 1 else self._slack(key)
        value = limit / lead, Fraction(-1 if strict else 0) / (1 if lead > 0 else -1)
        if lead > 0:
            self._tighten(self._upper, at, Bound(value, why), lower=False)
        else:
            self._tighten(self._lower, at, Bound(value, why), lower=True)

    def conflict(self) -> tuple[Reason, ...] | None:
        """Return the reasons of inequalities that exclude each other, None where none do (or too much work)."""
        if self._clash is not None:
            return self._clash
        for at in range(len(self._value)):
            low, high = self._lower.get(at), self._upper.get(at)
            if low is not None and high is not None and low.value > high.value:
                return low.why, high.why
            if at not in self._rows:
                self._settle(at)
        for basic, row in self._rows.items():
            self._value[basic] = _total(row, self._value)
        for _ in range(MAX_PIVOTS):
            found = self._step()
            if found is True:
                continue
            return found or None
        return None

    def _variable(self, name: Hashable) -> int:
        found = self._index.get(name)
        if found is None:
            found = self._index[name] = len(self._value)
            self._value.append(ZERO)
        return found

    def _slack(self, key: tuple[tuple[int, Fraction], ...]) -> int:
        found = self._forms.get(key)
        if found is None:
            found = self._forms[key] = len(self._value)
            self._value.append(ZERO)
            self._rows[found] = dict(key)
        return found

    def _tighten(self, bounds: dict[int, Bound[Reason]], at: int, bound: Bound[Reason], lower: bool) -> None:
        held = bounds.get(at)
        if held is None or (bound.value > held.value if lower else bound.value < held.value):
            bounds[at] = bound

    def _settle(self, at: int) -> None:
        """Put a free variable inside its range."""
        low, high = self._lower.get(at), self._upper.get(at)
        if low is not None and self._value[at] < low.value:
            self._value[at] = low.value
        if high is not None and self._value[at] > high.value:
            self._value[at] = high.value

    def _step(self) -> tuple[Reason, ...] | Literal[True] | None:
        """Mend the first broken bound; True to go on, None when none is broken, or the reasons of a conflict."""
        for basic in sorted(self._rows):
            value, low, high = self._value[basic], self._lower.get(basic), self._upper.get(basic)
            if low is not None and value < low.value:
                return self._mend(basic, low, rising=True)
            if high is not None and value > high.value:
                return self._mend(basic, high, rising=False)
        return None

    def _mend(self, basic: int, broken: Bound[Reason], rising: bool) -> tuple[Reason, ...] | Literal[True] | None:
        row = self._rows[basic]
        for at in sorted(row):
            up = (row[at] > 0) == rising
            limit = (self._upper if up else self._lower).get(at)
            if limit is None or (self._value[at] < limit.value if up else self._value[at] > limit.value):
                return self._pivot(basic, at, broken.value)
        stuck = [(self._upper if (factor > 0) == rising else self._lower)[at].why for at, factor in row.items()]
        return broken.why, *stuck

    def _pivot(self, basic: int, entering: int, target: Number) -> Literal[True] | None:
        row = self._rows.pop(basic)
        factor = row.pop(entering)
        change = _scaled(_less(target, self._value[basic]), 1 / factor)
        self._value[basic] = target
        self._value[entering] = _more(self._value[entering], change)
        solved = {at: -each / factor for at, each in row.items()}
        solved[basic] = 1 / factor
        for other, parts in self._rows.items():
            share = parts.pop(entering, None)
            if share is None:
                continue
            for at, each in solved.items():
                total = parts.get(at, Fraction(0)) + share * each
                if total:
                    parts[at] = total
                else:
                    parts.pop(at, None)
            self._value[other] = _more(self._value[other], _scaled(change, share))
        self._rows[entering] = solved
        bits = max(each.numerator.bit_length() + each.denominator.bit_length() for each in solved.values())
        return True if bits < MAX_BITS else None


def _total(row: Mapping[int, Fraction], values: list[Number]) -> Number:
    total = ZERO
    for at, factor in row.items():
        total = _more(total, _scaled(values[at], factor))
    return total


def _more(one: Number, other: Number) -> Number:
    return one[0] + other[0], one[1] + other[1]


def _less(one: Number, other: Number) -> Number:
    return one[0] - other[0], one[1] - other[1]


def _scaled(one: Number, factor: Fraction) -> Number:
    return one[0] * factor, one[1] * factor
