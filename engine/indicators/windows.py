"""Sliding-window figures: the Python faces of `engine.kernels.indicator_windows`, and TA-Lib's extremes.

Every function takes finite series of equal shape (n_bars,) and a length >= 1, and returns arrays of the same
shape whose value t covers the bars t - length + 1 to t, NaN for the first length - 1 bars.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.indicators.talib_loader import load_talib

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]


def window_sum(values: FloatArray, length: int) -> FloatArray:
    """Return the sum of each window; a window of zeros sums to exactly zero.

    >>> window_sum(np.array([1.0, 2.0, 3.0, 4.0]), 2).tolist()
    [nan, 3.0, 5.0, 7.0]
    """
    from engine.kernels.indicator_windows import fill_window_sum

    out = np.empty_like(values)
    fill_window_sum(values, length, out, _work(length))
    return out


def window_mean(values: FloatArray, length: int, out: FloatArray | None = None) -> FloatArray:
    """Return the mean of each window, in ``out`` if given; a flat window has exactly its value as mean.

    >>> window_mean(np.full(4, 0.1), 3).tolist()
    [nan, nan, 0.1, 0.1]
    """
    from engine.kernels.indicator_windows import fill_window_mean

    if out is None:
        out = np.empty_like(values)
    fill_window_mean(values, length, out, _work(length))
    return out


def window_ramp_mean(values: FloatArray, length: int, out: FloatArray | None = None) -> FloatArray:
    """Return the mean of each window weighted 1 for its oldest bar to ``length`` for its newest; in ``out`` if given.

    >>> window_ramp_mean(np.array([3.0, 6.0, 0.0]), 2).tolist()
    [nan, 5.0, 2.0]
    """
    from engine.kernels.indicator_windows import fill_window_ramp_mean

    if out is None:
        out = np.empty_like(values)
    fill_window_ramp_mean(values, length, out, _work(length))
    return out


def window_weighted_mean(values: FloatArray, weights: FloatArray, length: int) -> FloatArray:
    """Return the mean of each window weighted by ``weights`` >= 0, NaN where they sum to zero.

    >>> window_weighted_mean(np.array([10.0, 20.0, 30.0]), np.array([1.0, 3.0, 0.0]), 2).tolist()
    [nan, 17.5, 20.0]
    """
    from engine.kernels.indicator_windows import fill_window_weighted_mean

    out = np.empty_like(values)
    fill_window_weighted_mean(values, weights, length, out, _work(length))
    return out


def window_mean_and_deviation(values: FloatArray, length: int, ddof: int) -> tuple[FloatArray, FloatArray]:
    """Return the mean and the standard deviation of each window; ``ddof`` 0 is the population's, 1 the sample's.

    >>> [column[-1].item() for column in window_mean_and_deviation(np.array([9.0, 1.0, 3.0]), 2, ddof=0)]
    [2.0, 1.0]

    References
    ----------
    Chan, T. F., Golub, G. H. and LeVeque, R. J. (1983). "Algorithms for computing the sample variance".
    The American Statistician 37(3), section 3: data shifted by a value among them.
    """
    from engine.kernels.indicator_windows import fill_window_moments

    mean = np.empty_like(values)
    deviation = np.empty_like(values)
    fill_window_moments(values, length, ddof, mean, deviation, _work(length))
    return mean, deviation


def window_rank(values: FloatArray, length: int, rank: int) -> FloatArray:
    """Return the ``rank``-th smallest value of each window, 0 for the smallest.

    >>> window_rank(np.array([5.0, 1.0, 3.0, 2.0]), 3, 1).tolist()
    [nan, nan, 3.0, 2.0]
    """
    from engine.kernels.indicator_windows import fill_window_rank

    out = np.empty_like(values)
    fill_window_rank(values, length, rank, out, _work(length))
    return out


def highest(values: FloatArray, length: int) -> FloatArray:
    """Return the highest value of each window.

    >>> highest(np.array([5.0, 1.0, 3.0]), 2).tolist()
    [nan, 5.0, 3.0]
    """
    found: FloatArray = values.copy() if length == 1 else load_talib().MAX(values, timeperiod=length)
    return found


def lowest(values: FloatArray, length: int) -> FloatArray:
    """Return the lowest value of each window.

    >>> lowest(np.array([5.0, 1.0, 3.0]), 2).tolist()
    [nan, 1.0, 1.0]
    """
    found: FloatArray = values.copy() if length == 1 else load_talib().MIN(values, timeperiod=length)
    return found


def _work(length: int) -> FloatArray:
    from engine.kernels.indicator_windows import ROWS

    return np.zeros((ROWS, length + 1))
