"""One indicator over one series of bars: unbroken runs in, masked columns out."""

from __future__ import annotations

import sys
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from engine.indicators.indicator_type import Context
from engine.market.bars import FIELDS, Bars

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.indicators.indicator_type import FloatArray, IndicatorType, Inputs

UNBOUNDED = (-inf, inf)
LARGEST = sys.float_info.max


def evaluate(
    entry: IndicatorType, bars: Bars, source: FloatArray | None, inputs: Inputs, second: FloatArray | None = None
) -> tuple[FloatArray, ...]:
    """Compute every output of an indicator.

    Parameters
    ----------
    entry
        The type, from the catalog.
    bars
        All stored bars: recursive averages and sums depend on where they begin.
    source : array of float64, shape (n_bars,), or None
        The resolved source; NaN is unknown. After a gap in it the indicator begins anew, warm-up and all.
        None for a type without a source.
    second : array of float64, shape (n_bars,), or None
        The second series of a type that compares two; the indicator is computed where both are known.
    inputs
        Resolved inputs; ``offset`` and ``timeframe`` are the caller's business.

    Returns
    -------
    tuple of array
        One read-only float64 column of shape (n_bars,) per output. Value t knows bars <= t. NaN for the
        warm-up and where ``entry.unknown`` says so; never infinite, never outside ``entry.bounds`` (the last bit that
        rounding puts beyond a bound is taken off, so that what is proven of a bound holds of every value).
    """
    if source is None:
        source = bars.close
    if second is None and any(source is getattr(bars, name) for name in FIELDS):
        runs = [(0, bars.n_bars)]  # bars hold numbers only
    else:
        runs = unbroken_runs(source if second is None else np.where(np.isfinite(second), source, np.nan))
    if runs == [(0, bars.n_bars)]:
        columns = _evaluate_run(entry, Context(bars, source, second), inputs)
    else:
        columns = tuple(np.full(bars.n_bars, np.nan) for _ in entry.outputs)
        for start, stop in runs:
            part = None if second is None else second[start:stop]
            context = Context(_part(bars, start, stop), source[start:stop], part)
            for column, values in zip(columns, _evaluate_run(entry, context, inputs), strict=True):
                column[start:stop] = values
    for column in columns:
        column.flags.writeable = False
    return columns


def unbroken_runs(values: FloatArray) -> list[tuple[int, int]]:
    """Return [start, stop) of each stretch of finite values.

    >>> unbroken_runs(np.array([np.nan, 1.0, 2.0, np.nan, 3.0]))
    [(1, 3), (4, 5)]
    """
    if _is_finite(values):
        return [(0, values.shape[0])]
    finite: NDArray[np.bool_] = np.isfinite(values)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], finite, [False])).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def shifted(column: FloatArray, offset: int) -> FloatArray:
    """Return a column as it was ``offset`` bars earlier, NaN where there was none.

    >>> shifted(np.array([1.0, 2.0, 3.0]), 1).tolist()
    [nan, 1.0, 2.0]
    """
    if offset == 0:
        return column
    moved = np.full_like(column, np.nan)
    moved[offset:] = column[: max(column.shape[0] - offset, 0)]
    moved.flags.writeable = False
    return moved


def _evaluate_run(entry: IndicatorType, context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    n_bars, first = context.bars.n_bars, entry.first_value(inputs)
    if n_bars <= first:
        return tuple(np.full(n_bars, np.nan) for _ in entry.outputs)
    columns = tuple(np.ascontiguousarray(column, dtype=np.float64) for column in entry.compute(context, inputs))
    for output, column in zip(entry.outputs, columns, strict=True):
        column[:first] = np.nan
        _bring_inside(column[first:], *entry.bounds.get(output, UNBOUNDED))
    return columns


def _bring_inside(values: FloatArray, low: float, high: float) -> None:
    """Make what is infinite unknown, and take off what lies beyond the bounds."""
    if (low, high) == UNBOUNDED and _have_a_sum(values):
        return
    lowest, highest = values.min(), values.max()  # NaN where any value is
    if max(low, -LARGEST) <= lowest and highest <= min(high, LARGEST):
        return  # as most columns: looked at, and left as they are
    values[np.isinf(values)] = np.nan
    if (low, high) != UNBOUNDED:
        np.clip(values, low, high, out=values)


def _is_finite(values: FloatArray) -> bool:
    """Tell whether all values are, of the commonest answer without a look at each."""
    return _have_a_sum(values) or bool(np.isfinite(values).all())


def _have_a_sum(values: FloatArray) -> bool:
    """Tell whether the sum of all values is a number: then so is each, though finite ones may be too large for one."""
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(values.sum()))


def _part(bars: Bars, start: int, stop: int) -> Bars:
    columns = (getattr(bars, name)[start:stop] for name in FIELDS)
    return Bars(bars.symbol, bars.timeframe, bars.time[start:stop], *columns)
