"""Conditions of a spec evaluated over the own bars of one asset."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from engine.signals.operands import evaluate
from engine.signals.standing import Side, Standing, column, standing
from engine.signals.truth import Truth, all_of, any_of, for_bars, unpacked, within_bars, words_for
from engine.spec.expressions import Expr, Number, Series, parse_operand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.signals.operands import Columns
    from engine.signals.truth import Words
    from engine.spec.models import Condition

    FloatArray = NDArray[np.float64]

COMPARISONS = ("gt", "gte", "lt", "lte", "eq")


class Conditions:
    """Evaluates conditions on one asset, each distinct operand and condition once."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._operands: dict[Expr, FloatArray] = {}
        self._standings: dict[tuple[Expr, Expr, int], Standing] = {}
        self._conditions: dict[Condition, Truth] = {}

    def any_true(self, alternatives: Sequence[Condition]) -> NDArray[np.bool_]:
        """Return where any of the alternatives is true, shape (n_bars,); nowhere when there are none."""
        return unpacked(self.any_true_words(alternatives), self.columns.n_bars)

    def any_true_words(self, alternatives: Sequence[Condition]) -> Words:
        """Return the same as words (see `Truth`), which are not the caller's to change."""
        words = [self.truth(condition).true_words for condition in alternatives]
        return reduce(np.bitwise_or, words) if words else np.zeros(words_for(self.columns.n_bars), dtype=np.uint64)

    def mark_any_true(self, alternatives: Sequence[Condition], mark: int, out: NDArray[np.uint8]) -> None:
        """Or ``mark`` into ``out``, shape (n_bars,), where any of the alternatives is true."""
        from engine.kernels.words import unpack_words

        unpack_words(self.any_true_words(alternatives), self.columns.n_bars, mark, out)

    def truth(self, condition: Condition) -> Truth:
        """Return the truth of one condition at every own bar.

        ``filters`` are added as further parts of an ``and``, then ``for_bars`` asks for a run, then ``within_bars``
        for one in the last bars (SPEC section 3).
        """
        known = self._conditions.get(condition)
        if known is None:
            known = self._conditions[condition] = self._evaluated(condition)
        return known

    def operand(self, written: str | float) -> FloatArray:
        """Return the column of an operand, text or number."""
        return self._column(_parsed(written))

    def _column(self, expr: Expr) -> FloatArray:
        known = self._operands.get(expr)
        if known is None:
            known = self._operands[expr] = evaluate(expr, self.columns)
        return known

    def _evaluated(self, condition: Condition) -> Truth:
        truth = self._operator(condition)
        if condition.filters:
            truth = all_of([truth, *(self.truth(part) for part in condition.filters)])
        if condition.for_bars is not None:
            truth = for_bars(truth, condition.for_bars)
        if condition.within_bars is not None:
            truth = within_bars(truth, condition.within_bars)
        return truth

    def _operator(self, condition: Condition) -> Truth:
        when = condition.when
        if when in ("and", "or", "not"):
            parts = [self.truth(part) for part in condition.conditions or ()]
            return parts[0].negated() if when == "not" else all_of(parts) if when == "and" else any_of(parts)
        left = _parsed(_given(condition.left))
        if when == "between":
            low, high = _parsed(_given(condition.low)), _parsed(_given(condition.high))
            return all_of([self._standing(left, low).compared("gte"), self._standing(left, high).compared("lte")])
        if when in ("rising", "falling"):
            step = self._standing(left, left, 1).compared("gt" if when == "rising" else "lt")
            return for_bars(step, int(_given(condition.bars)))
        right = _parsed(_given(condition.right if condition.right is not None else condition.value))
        stand = self._standing(left, right)
        if when in COMPARISONS:
            return stand.compared(when)
        now, before = ("gt", "lte") if when == "crosses_above" else ("lt", "gte")
        return all_of([stand.compared(now), stand.compared(before).lagged(1)])

    def _standing(self, left: Expr, right: Expr, right_lag: int = 0) -> Standing:
        known = self._standings.get((left, right, right_lag))
        if known is None:
            one, other = self._side(left, 0), self._side(right, right_lag)
            if isinstance(one.values, float) and isinstance(other.values, float):
                one = Side(column(np.full(self.columns.n_bars, one.values)))
            known = self._standings[left, right, right_lag] = standing(one, other)
        return known

    def _side(self, expr: Expr, lag: int) -> Side:
        """Return an operand as a comparison reads it: no column is made for a number or a lag."""
        if isinstance(expr, Number) and lag == 0:
            return Side(float(expr.value))
        if isinstance(expr, Series):
            return Side(column(self.columns.series(expr.name, expr.output)), expr.lag + lag)
        return Side(column(self._column(expr)), lag)


def _parsed(written: str | float) -> Expr:
    return parse_operand(written) if isinstance(written, str) else Number(float(written))


def _given(value: str | float | None) -> str | float:
    """Return a part the validator has made sure of."""
    if value is None:
        raise AssertionError("a condition without its operand passed the validator")
    return value
