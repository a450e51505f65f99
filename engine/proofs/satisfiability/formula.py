"""Conditions as formulas over comparisons of terms, with negations pushed down to the comparisons.

Kleene's logic asks four questions of a condition: is it true, is it false, is it not true, is it not false. The last
two hold of an unknown as well, so a comparison may then have a value missing.

Runs and windows longer than a few bars are weakened, to a formula that the condition still implies: what cannot
hold then, cannot hold at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Literal as OneOf

from engine.proofs.satisfiability.operands import APART

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.proofs.satisfiability.operands import Operands
    from engine.spec.models import Condition

Wanted = OneOf["true", "false", "not true", "not false"]

OPPOSITE: dict[Wanted, Wanted] = {
    "true": "false",
    "false": "true",
    "not true": "not false",
    "not false": "not true",
}
COMPARED = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
CONTRARY = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}
MAX_RUN = 8
MAX_STEPS = 32


@dataclass(frozen=True, slots=True)
class Comparison:
    """``low < high``, ``low <= high`` or ``low = high``, both known; ``text`` as a person would write it."""

    low: int
    high: int
    sign: OneOf["<", "<=", "="]
    text: str


@dataclass(frozen=True, slots=True)
class Missing:
    """One of two terms has no value, as it has where there is no bar ``back`` bars back."""

    terms: tuple[int, ...]
    back: int
    text: str


@dataclass(frozen=True, slots=True)
class Session:
    """The deciding close lies in [start, end), minutes of the UTC day; an end at or before the start is a day later."""

    start: int
    end: int
    text: str


Literal = Comparison | Missing | Session


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; without parts it is true."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds; without parts it is false."""

    parts: tuple[Formula, ...]


Formula = Literal | All | Some

ALWAYS = All(())
NEVER = Some(())


def every(parts: Sequence[Formula]) -> Formula:
    """Return the formula that every part holds."""
    return parts[0] if len(parts) == 1 else NEVER if NEVER in parts else All(tuple(parts))


def some(parts: Sequence[Formula]) -> Formula:
    """Return the formula that some part holds."""
    return parts[0] if len(parts) == 1 else ALWAYS if ALWAYS in parts else Some(tuple(parts))


class Formulas:
    """Turns the conditions of a spec into formulas."""

    def __init__(self, operands: Operands) -> None:
        self.operands = operands
        self._apart = 0

    def any_true(self, alternatives: Sequence[Condition]) -> Formula:
        """Return the formula that one of the alternatives is true at the deciding close."""
        return some([self.holds(one, "true") for one in alternatives])

    def none_true(self, alternatives: Sequence[Condition]) -> Formula:
        """Return the formula that none of the alternatives is true: each is false or unknown."""
        return every([self.holds(one, "not true") for one in alternatives] or [ALWAYS])

    def holds(self, condition: Condition, wanted: Wanted, back: int = 0) -> Formula:
        """Return when a condition is what is wanted, ``back`` bars before the deciding close."""
        return self._within(condition, wanted, back)

    def _within(self, condition: Condition, wanted: Wanted, back: int) -> Formula:
        bars = condition.within_bars or 1
        return self._over(bars, wanted in ("true", "not false"), lambda k: self._run(condition, wanted, k), back)

    def _run(self, condition: Condition, wanted: Wanted, back: int) -> Formula:
        bars = condition.for_bars or 1
        return self._over(bars, wanted in ("false", "not true"), lambda k: self._filtered(condition, wanted, k), back)

    def _over(self, bars: int, one_is_enough: bool, at: Callable[[int], Formula], back: int) -> Formula:
        """Return that a formula holds at each of the last bars, or at one of them.

        At one of many: at a bar of which nothing else is said.
        """
        if one_is_enough and bars > MAX_RUN:
            self._apart += 1
            return at(self._apart * APART)
        parts = [at(back + k) for k in range(min(bars, MAX_RUN))]
        return some(parts) if one_is_enough else every(parts)

    def _filtered(self, condition: Condition, wanted: Wanted, back: int) -> Formula:
        if not condition.filters:
            return self._operator(condition, wanted, back)
        parts = [self._operator(condition, wanted, back), *(self.holds(one, wanted, back) for one in condition.filters)]
        return every(parts) if wanted in ("true", "not false") else some(parts)

    def _operator(self, condition: Condition, wanted: Wanted, back: int) -> Formula:
        when = condition.when
        if when == "not":
            (inner,) = condition.conditions or ()
            return self.holds(inner, OPPOSITE[wanted], back)
        if when in ("and", "or"):
            parts = [self.holds(one, wanted, back) for one in condition.conditions or ()]
            return every(parts) if (when == "and") == (wanted in ("true", "not false")) else some(parts)
        parts = self._comparisons(condition, wanted, back)
        return every(parts) if wanted in ("true", "not false") else some(parts)

    def _comparisons(self, condition: Condition, wanted: Wanted, back: int) -> list[Formula]:
        """Return the comparisons that together make an operator true, each as what is wanted of it."""
        when, left = condition.when, _given(condition.left)
        if when == "between":
            ends = ((">=", _given(condition.low)), ("<=", _given(condition.high)))
            return [self._compared(left, sign, end, wanted, back, back) for sign, end in ends]
        if when in ("rising", "falling"):
            bars, sign = int(_given(condition.bars)), ">" if when == "rising" else "<"
            steps = range(back, back + min(bars, MAX_STEPS))
            found = [self._compared(left, sign, left, wanted, k, k + 1) for k in steps]
            return found if bars <= MAX_STEPS or wanted in ("true", "not false") else [ALWAYS]
        right = _given(condition.right if condition.right is not None else condition.value)
        if when in ("crosses_above", "crosses_below"):
            now, before = (">", "<=") if when == "crosses_above" else ("<", ">=")
            return [
                self._compared(left, now, right, wanted, back, back),
                self._compared(left, before, right, wanted, back + 1, back + 1),
            ]
        if when == "eq":
            return [self._equal(left, right, wanted, back)]
        return [self._compared(left, COMPARED[when], right, wanted, back, back)]

    def _equal(self, left: str | float, right: str | float, wanted: Wanted, back: int) -> Formula:
        (a, left_text), (b, right_text) = self.operands.read(left, back), self.operands.read(right, back)
        if wanted in ("true", "not false"):
            found: Formula = Comparison(a, b, "=", f"{left_text} = {right_text}")
        else:
            text = f"{left_text} other than {right_text}"
            found = some([Comparison(a, b, "<", text), Comparison(b, a, "<", text)])
        return self._or_missing(found, wanted, (a, b), back, (left_text, right_text))

    def _compared(
        self, left: str | float, sign: str, right: str | float, wanted: Wanted, left_back: int, right_back: int
    ) -> Formula:
        """Return ``left sign right``, or its opposite."""
        (a, left_text), (b, right_text) = self.operands.read(left, left_back), self.operands.read(right, right_back)
        if wanted in ("false", "not true"):
            sign = CONTRARY[sign]
        text = f"{left_text} {sign} {right_text}"
        low, high = (a, b) if sign in ("<", "<=") else (b, a)
        found = Comparison(low, high, "<" if sign in ("<", ">") else "<=", text)
        return self._or_missing(found, wanted, (a, b), max(left_back, right_back), (left_text, right_text))

    def _or_missing(
        self, found: Formula, wanted: Wanted, terms: tuple[int, int], back: int, texts: tuple[str, str]
    ) -> Formula:
        if wanted in ("true", "false"):
            return found
        return some([found, Missing(terms, back, f"{texts[0]} or {texts[1]} unknown")])


def _given(value: str | float | None) -> str | float:
    """Return a part the validator has made sure of."""
    if value is None:
        raise AssertionError("a condition without its operand passed the validator")
    return value
