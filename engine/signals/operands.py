"""Operand expressions evaluated over whole columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from engine.spec.expressions import Binary, Call, Expr, Number, Series, Unary

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]


class Columns(Protocol):
    """What operands read: the columns of one asset, over its own bars."""

    @property
    def n_bars(self) -> int:
        """Number of own bars."""

    def series(self, name: str, output: str | None) -> FloatArray:
        """Return the column of a field, a time part or an indicator's output; NaN is unknown."""


def evaluate(expr: Expr, columns: Columns) -> FloatArray:
    """Return the value of an operand at every own bar, shape (n_bars,).

    Bar t reads bars <= t. NaN is unknown: a warm-up, a lag before the first bar, or a result that is not a
    finite number (a division by zero).

    Examples
    --------
    >>> from engine.spec.expressions import parse_operand
    >>> class Two:
    ...     n_bars = 2
    ...     def series(self, name, output):
    ...         return np.array([4.0, 5.0])
    >>> evaluate(parse_operand("close - close[1]"), Two())
    array([nan,  1.])
    """
    with np.errstate(all="ignore"):
        values = _value(expr, columns)
    if isinstance(expr, (Number, Series)):
        return values
    return np.where(np.isfinite(values), values, np.nan)


def lagged(values: FloatArray, lag: int) -> FloatArray:
    """Return ``values`` as they were ``lag`` own bars before; unknown before the first."""
    if lag == 0:
        return values
    out = np.full_like(values, np.nan)
    out[lag:] = values[: max(0, values.shape[0] - lag)]
    return out


def _value(expr: Expr, columns: Columns) -> FloatArray:
    if isinstance(expr, Number):
        return np.full(columns.n_bars, expr.value)
    if isinstance(expr, Series):
        return lagged(columns.series(expr.name, expr.output), expr.lag)
    if isinstance(expr, Unary):
        return -_value(expr.operand, columns)
    if isinstance(expr, Binary):
        left, right = _value(expr.left, columns), _value(expr.right, columns)
        if expr.op == "+":
            return left + right
        if expr.op == "-":
            return left - right
        if expr.op == "*":
            return left * right
        return np.divide(left, right)
    return _called(expr, [_value(arg, columns) for arg in expr.args])


def _called(call: Call, args: list[FloatArray]) -> FloatArray:
    if call.name == "abs":
        return np.abs(args[0])
    extreme = np.minimum if call.name == "min" else np.maximum
    out = args[0]
    for arg in args[1:]:
        out = extreme(out, arg)
    return out
