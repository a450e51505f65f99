"""The stationary bootstrap and the test of the best of many: is the largest mean more than the best of that many lucks?

References
----------
Politis, D. and Romano, J. (1994). "The stationary bootstrap". JASA 89(428).
White, H. (2000). "A reality check for data snooping". Econometrica 68(5).
Hansen, P. R. (2005). "A test for superior predictive ability". Journal of Business and Economic Statistics 23(4).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

DRAWS = 2_000
"""Resamples: a p-value is known to 0.0005, and one of 0.05 to about 0.005."""
_CHUNK = 100


@dataclass(frozen=True, slots=True, eq=False)
class Superiority:
    """One statistic and one p-value per column: its mean over its error, and the chance that luck alone, the best of
    all columns, would do as well. A column that does not vary has statistic 0 and p 1."""

    statistic: FloatArray
    p: FloatArray


def resampled_means(columns: FloatArray, *, mean_block: float, draws: int, seed: int) -> FloatArray:
    """Return the mean of every column under resampling of the rows, shape (draws, n_columns).

    All columns share the draws, so that what depends on each other keeps depending. Blocks have geometric lengths of
    mean ``mean_block`` >= 1 and wrap around the end. The same seed gives the same bytes: sums do not depend on threads.
    """
    n_rows = columns.shape[0]
    random = np.random.Generator(np.random.PCG64(seed))
    out = np.empty((draws, columns.shape[1]))
    at = np.arange(n_rows)
    for begin in range(0, draws, _CHUNK):
        size = min(_CHUNK, draws - begin)
        restart = random.random((size, n_rows)) < 1.0 / mean_block
        restart[:, 0] = True
        starts = random.integers(0, n_rows, (size, n_rows))
        since = np.maximum.accumulate(np.where(restart, at, 0), axis=1)
        rows = (np.take_along_axis(starts, since, axis=1) + at - since) % n_rows
        shifted = rows + np.arange(size)[:, None] * n_rows
        counts = np.bincount(shifted.ravel(), minlength=size * n_rows).reshape(size, n_rows).astype(np.float64)
        out[begin : begin + size] = np.einsum("dt,tk->dk", counts, columns, optimize=False) / n_rows
    return out


def superiority(columns: FloatArray, means: FloatArray) -> Superiority:
    """Test whether each column's mean is above zero, corrected for the number of columns by their joint resamples.

    Hansen's consistent recentring: columns far below zero do not count as luck that could have been best. The error of
    a mean is the deviation of its resamples. The p-value of a column compares its statistic with the best of all
    columns in each resample, so that it holds for every column at once.

    Parameters
    ----------
    columns : ndarray of float64, shape (n_rows, n_columns)
        Returns in time order.
    means : ndarray of float64, shape (draws, n_columns)
        Of `resampled_means` of the same columns.
    """
    n_rows, draws = columns.shape[0], means.shape[0]
    mean, error = columns.mean(axis=0), means.std(axis=0, ddof=1)
    varies = error > 1e-15
    safe = np.where(varies, error, 1.0)
    statistic = np.where(varies, mean / safe, 0.0)
    bound = -math.sqrt(2.0 * math.log(math.log(max(n_rows, 3))))
    centre = np.where(statistic >= bound, mean, 0.0)
    lucky = np.where(varies, (means - centre) / safe, -np.inf)
    best = lucky.max(axis=1) if lucky.shape[1] else np.full(draws, -np.inf)
    beaten = (best[:, None] >= statistic[None, :]).sum(axis=0)
    return Superiority(statistic, np.where(varies, (1.0 + beaten) / (1.0 + draws), 1.0))
