"""The daily returns of all trials of a search: one row a trial, checked once, read in chunks of bounded size."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from engine.errors import EngineInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    FloatArray: TypeAlias = NDArray[np.float64]
    TrialReturns: TypeAlias = NDArray[np.float32] | NDArray[np.float64]

CHUNK_BYTES = 64 * 2**20
"""What one chunk of trials may take: a handful of such arrays stand in memory at once."""

FLAT = 1e-12
"""A deviation not above this share of the mean's size (or of one) is rounding: the series does not vary."""


def trial_returns(returns: ArrayLike, *, fewest_days: int = 2) -> TrialReturns:
    """Return the daily returns of trials as a contiguous matrix; float32 stays float32, all else is float64.

    Parameters
    ----------
    returns : array_like of float, shape (n_trials, n_days) or (n_days,)
        Simple daily returns, finite; a day without a position is a zero. One dimension is one trial.
    fewest_days : int
        How many days there must be.

    Raises
    ------
    EngineInputError
        No trial, too few days, or a value that is not finite: the message names the trial and the day.

    Examples
    --------
    >>> trial_returns([0.01, 0.0, -0.01]).shape
    (1, 3)
    >>> trial_returns([[0.0, 0.0], [0.0, float("inf")]])
    Traceback (most recent call last):
    engine.errors.EngineInputError: returns[1, 1] is inf: every return of every trial must be finite
    """
    given = np.asarray(returns)
    kept = given.dtype if given.dtype == np.float32 else np.dtype(np.float64)
    matrix = np.ascontiguousarray(np.atleast_2d(given), dtype=kept)
    if matrix.ndim != 2 or matrix.shape[0] == 0:
        raise EngineInputError(f"returns has shape {given.shape}: it must be (n_trials, n_days), at least one trial")
    if matrix.shape[1] < fewest_days:
        raise EngineInputError(f"returns has {matrix.shape[1]} days: this takes at least {fewest_days}")
    for rows in trial_chunks(*matrix.shape):
        wrong = ~np.isfinite(matrix[rows])
        if wrong.any():
            trial, day = np.argwhere(wrong)[0]
            at = rows.start + int(trial)
            raise EngineInputError(
                f"returns[{at}, {day}] is {matrix[at, day]}: every return of every trial must be finite"
            )
    return matrix


def trial_chunks(n_trials: int, width: int) -> Iterator[slice]:
    """Yield slices of the trials, in order, of which ``width`` float64 numbers each fit in `CHUNK_BYTES`.

    >>> list(trial_chunks(5, CHUNK_BYTES // 16))
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    step = max(1, CHUNK_BYTES // (8 * max(width, 1)))
    for first in range(0, n_trials, step):
        yield slice(first, min(first + step, n_trials))


def means_and_deviations(returns: TrialReturns) -> tuple[FloatArray, FloatArray]:
    """Return mean and deviation (ddof 1) of each trial, float64 of shape (n_trials,); 0 where it does not vary."""
    means, deviations = np.empty(len(returns)), np.empty(len(returns))
    for rows in trial_chunks(*returns.shape):
        part = returns[rows].astype(np.float64)
        means[rows] = part.mean(axis=1)
        deviations[rows] = part.std(axis=1, ddof=1)
    deviations[deviations <= FLAT * np.maximum(1.0, np.abs(means))] = 0.0
    return means, deviations


def trial_sharpes(returns: ArrayLike) -> FloatArray:
    """Return the daily Sharpe ratio of each trial; 0 for one that does not vary: it has shown nothing.

    Parameters
    ----------
    returns : array_like of float, shape (n_trials, n_days)
        As for `trial_returns`.

    Examples
    --------
    >>> trial_sharpes([[0.01, -0.02, 0.01, 0.02], [0.0, 0.0, 0.0, 0.0]]).round(4).tolist()
    [0.2887, 0.0]
    """
    means, deviations = means_and_deviations(trial_returns(returns))
    return np.divide(means, deviations, out=np.zeros_like(means), where=deviations > 0)
