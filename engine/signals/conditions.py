"""Conditions of a spec evaluated over the own bars of one asset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.signals.operands import evaluate, lagged
from engine.signals.truth import Truth, all_of, any_of, for_bars, within_bars
from engine.spec.expressions import Expr, Number, parse_operand

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from engine.signals.operands import Columns
    from engine.spec.models import Condition

    FloatArray = NDArray[np.float64]

COMPARE: dict[str, Callable[[FloatArray, FloatArray], NDArray[np.bool_]]] = {
    "gt": np.greater,
    "gte": np.greater_equal,
    "lt": np.less,
    "lte": np.less_equal,
    "eq": np.equal,
}


class Conditions:
    """Evaluates conditions on one asset, each distinct operand and condition once."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._operands: dict[Expr, FloatArray] = {}
        self._conditions: dict[Condition, Truth] = {}

    def any_true(self, alternatives: Sequence[Condition]) -> NDArray[np.bool_]:
        """Return where any of the alternatives is true, shape (n_bars,); nowhere when there are none."""
        out = np.zeros(self.columns.n_bars, dtype=bool)
        for condition in alternatives:
            out |= self.truth(condition).true
        return out

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
        expr = parse_operand(written) if isinstance(written, str) else Number(float(written))
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
        left = self.operand(_given(condition.left))
        if when == "between":
            low, high = self.operand(_given(condition.low)), self.operand(_given(condition.high))
            return all_of([_compared("gte", left, low), _compared("lte", left, high)])
        if when in ("rising", "falling"):
            operator, bars = "gt" if when == "rising" else "lt", int(_given(condition.bars))
            step = _compared(operator, left, lagged(left, 1))
            return all_of([step.lagged(back) for back in range(bars)])
        right = self.operand(_given(condition.right if condition.right is not None else condition.value))
        if when in COMPARE:
            return _compared(when, left, right)
        above = when == "crosses_above"
        now = _compared("gt" if above else "lt", left, right)
        before = _compared("lte" if above else "gte", lagged(left, 1), lagged(right, 1))
        return all_of([now, before])


def _compared(operator: str, left: FloatArray, right: FloatArray) -> Truth:
    known = ~(np.isnan(left) | np.isnan(right))
    true = COMPARE[operator](left, right) & known
    return Truth(true, known & ~true)


def _given(value: str | float | None) -> str | float:
    """Return a part the validator has made sure of."""
    if value is None:
        raise AssertionError("a condition without its operand passed the validator")
    return value
