"""The Sharpe ratio of a trial that was chosen for it: what choosing adds is taken off, with an interval that knows it.

Measured ratios differ more between trials than true ones do, by luck. They are drawn together until they differ as much
as is left when luck is taken off, and stand for the true ones then. In a history drawn from the days the best trial of
that history is chosen, as the search chose, and its ratio there is set beside its true one: the difference is what
choosing the best of so many adds, and how much it varies.

References
----------
Efron, B. (1983). "Estimating the error rate of a prediction rule". JASA 78(382): the optimism of what was chosen.
Efron, B. and Morris, C. (1973). "Stein's estimation rule and its competitors". JASA 68(341): the shrinkage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineInputError
from engine.evidence.bootstrap import FEWEST_DAYS, day_counts, resampled_days
from engine.evidence.superior import FLAT_SHARE
from engine.evidence.trials import means_and_deviations, trial_chunks, trial_returns

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from engine.evidence.trials import FloatArray, TrialReturns

REPS = 1_000
SAMPLED_TRIALS = 256
"""Trials, evenly through all of them, from which is told how much ratios differ by luck."""

CONFIDENCE = 0.90


@dataclass(frozen=True, slots=True)
class SelectedSharpe:
    """Per day: ``measured`` as it was, ``corrected`` less what choosing adds, and the interval of the true ratio."""

    measured: float
    corrected: float
    low: float
    high: float
    confidence: float


def selected_sharpe(
    returns: ArrayLike,
    trial: int,
    *,
    block_length: float,
    reps: int = REPS,
    seed: int = 0,
    confidence: float = CONFIDENCE,
) -> SelectedSharpe:
    """Return what the Sharpe ratio of a chosen trial is worth.

    Parameters
    ----------
    returns : array_like of float, shape (n_trials, n_days)
        Daily returns of every trial, at least 30 days.
    trial : int
        The one that was chosen.
    block_length, reps, seed
        Of the stationary bootstrap (`engine.evidence.bootstrap`).
    confidence : float
        Of the interval, in (0, 1).

    Raises
    ------
    EngineInputError
        No such trial, too few days, a return that is not finite, a block shorter than a day, a ``confidence`` out of
        range.

    Examples
    --------
    >>> noise = np.random.default_rng(3).normal(size=(50, 400))
    >>> best = int(np.argmax(noise.mean(axis=1)))
    >>> found = selected_sharpe(noise, best, block_length=1)
    >>> found.low < 0.0 < found.high < found.measured, abs(found.corrected) < found.measured / 2
    (True, True)
    """
    matrix = trial_returns(returns, fewest_days=FEWEST_DAYS)
    if not 0 <= trial < len(matrix):
        raise EngineInputError(f"trial is {trial}: there are trials 0 to {len(matrix) - 1}")
    if not 0 < confidence < 1:
        raise EngineInputError(f"confidence is {confidence}: it must be above 0 and below 1")
    means, deviations = means_and_deviations(matrix)
    ratios = np.divide(means, deviations, out=np.zeros_like(means), where=deviations > 0)
    counts = day_counts(resampled_days(matrix.shape[1], block_length, reps=reps, seed=seed))
    sample = np.unique(np.linspace(0, len(matrix) - 1, SAMPLED_TRIALS).astype(np.int64))
    luck = _drawn_ratios(matrix[sample], means[sample], counts) - ratios[sample, None]
    spread, by_luck = float(ratios[sample].var()), float(np.mean(luck.var(axis=0)))
    kept = max(0.0, 1.0 - by_luck / spread) if spread > 0 else 0.0
    shift = (1.0 - kept) * (float(ratios.mean()) - ratios)
    added = _added_by_choice(matrix, means, ratios, shift, counts)
    low, high = np.quantile(added, [0.5 - confidence / 2, 0.5 + confidence / 2])
    own = float(ratios[trial])
    return SelectedSharpe(own, own - float(added.mean()), own - float(high), own - float(low), confidence)


def _added_by_choice(
    matrix: TrialReturns, means: FloatArray, ratios: FloatArray, shift: FloatArray, counts: FloatArray
) -> FloatArray:
    """Return for each history the ratio there of its best trial, less the same trial's true one, shape (reps,).

    ``shift`` leads from the measured ratio of a trial to the one that stands for the true one.
    """
    reps, n_days = counts.shape
    best, added = np.full(reps, -np.inf), np.zeros(reps)
    for rows in trial_chunks(len(matrix), max(n_days, reps)):
        there: FloatArray = _drawn_ratios(matrix[rows], means[rows], counts) + shift[rows, None]
        chosen = there.argmax(axis=0)
        height = there[chosen, np.arange(reps)]
        higher = height > best
        best = np.where(higher, height, best)
        truth: FloatArray = ratios[rows] + shift[rows]
        added = np.where(higher, height - truth[chosen], added)
    return added


def _drawn_ratios(part: TrialReturns, means: FloatArray, counts: FloatArray) -> FloatArray:
    """Return the ratio of each trial in each history, shape (n_trials, reps); 0 where it does not vary there."""
    weights = (counts / counts.shape[1]).astype(part.dtype)
    away = part - means[:, None].astype(part.dtype)
    drawn = (away @ weights.T).astype(np.float64)
    variances = ((away * away) @ weights.T).astype(np.float64) - drawn**2
    varies = variances > FLAT_SHARE * (away * away).mean(axis=1, dtype=np.float64)[:, None]
    ratios: FloatArray = np.where(varies, (drawn + means[:, None]) / np.sqrt(np.where(varies, variances, 1.0)), 0.0)
    return ratios
