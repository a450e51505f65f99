"""How many independent trials many correlated ones amount to, from the spectrum of their correlations.

With l the eigenvalues of the correlation matrix of the daily returns of N trials (their sum is N):

- Galwey:  ``(sum sqrt(l))^2 / sum(l)``;
- Nyholt:  ``1 + (N - 1) (1 - var(l) / N)``, var with ddof 1: a bound on the careful side;
- Li-Ji:   ``sum(1[l >= 1] + l - floor(l))``.

For 105 crossings of averages without an edge 28 to 32 independent trials give the same highest score, Galwey says 26
and Li-Ji 25, Nyholt 77; popular counts by entropy or participation say 8 and 4, with which a test at 5 % errs 13 % and
23 % of the time.

References
----------
Galwey, N. (2009). "A new measure of the effective number of tests". Genetic Epidemiology 33(7).
Nyholt, D. (2004). American Journal of Human Genetics 74(4). Li, J. and Ji, L. (2005). Heredity 95(3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.evidence.trials import means_and_deviations, trial_chunks, trial_returns

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from engine.evidence.trials import FloatArray, TrialReturns

LARGEST_GRAM = 4096
"""Rows of the largest matrix whose eigenvalues are computed: 134 MB, some seconds."""

PROJECTIONS = 2048
"""Random sign projections of the trials where trials and days are both more than `LARGEST_GRAM`."""

TRUSTED_SHARE = 0.25
"""Galwey is taken up to this share of the observations that its spectrum rests on: it can never be more than all."""

WHOLE_DIGITS = 9
"""Decimals an eigenvalue is rounded to before Li and Ji split it: an eigenvalue of 2 may be found as 1.999..."""


@dataclass(frozen=True, slots=True)
class EffectiveTrials:
    """Numbers of effective trials, each from 1 to ``n_trials``.

    ``dimensions`` is how many days, or projections, the spectrum rests on.
    """

    n_trials: int
    galwey: float
    nyholt: float
    li_ji: float
    dimensions: int

    @property
    def prudent(self) -> float:
        """Galwey where the data can tell it, else Nyholt.

        A matrix of T days has no more than T eigenvalues above 0, so that Galwey falls short of thousands of trials
        that are truly different (661 of 2,000 in 730 days), and a correction by it lets noise through.
        """
        return self.galwey if self.galwey <= TRUSTED_SHARE * self.dimensions else max(self.galwey, self.nyholt)


def effective_trials(returns: ArrayLike, *, seed: int = 0) -> EffectiveTrials:
    """Return how many independent trials the trials amount to.

    Exact while trials or days are at most 4,096 (eigenvalues of the smaller Gram matrix); beyond, of 2,048 random sign
    projections of the trials. Memory is bounded whatever the number of trials. Trials that do not vary (which never
    traded) have no correlation and can win nothing: they count only in ``n_trials``.

    Parameters
    ----------
    returns : array_like of float, shape (n_trials, n_days)
        As for `engine.evidence.trials.trial_returns`; float32 is read in chunks.
    seed : int
        Of the projections, where there are any.

    Raises
    ------
    EngineInputError
        No trial, fewer than two days, or a return that is not finite.

    Examples
    --------
    >>> draws = np.random.default_rng(1).normal(size=(4, 500))
    >>> twice = effective_trials(np.vstack([draws, draws]))
    >>> twice.n_trials, round(twice.galwey, 1)
    (8, 4.0)
    """
    matrix = trial_returns(returns)
    means, deviations = means_and_deviations(matrix)
    varying = np.flatnonzero(deviations > 0)
    n_days = matrix.shape[1]
    if varying.size == 0:
        return EffectiveTrials(len(matrix), 1.0, 1.0, 1.0, n_days)
    scale = np.sqrt(n_days - 1) * deviations
    if min(varying.size, n_days) > LARGEST_GRAM:
        gram, dimensions = _sketched_gram(matrix, varying, means, scale, seed), PROJECTIONS
    else:
        gram, dimensions = _smaller_gram(matrix, varying, means, scale), n_days
    spectrum = np.clip(np.linalg.eigvalsh(gram), 0.0, None)
    spectrum *= varying.size / spectrum.sum()
    return EffectiveTrials(
        n_trials=len(matrix),
        galwey=galwey(spectrum),
        nyholt=nyholt(spectrum, varying.size),
        li_ji=li_ji(spectrum),
        dimensions=dimensions,
    )


def galwey(spectrum: NDArray[np.float64]) -> float:
    """Return Galwey's number for eigenvalues >= 0 that are not all 0; zeros may be left out.

    >>> galwey(np.array([2.0, 2.0, 0.0, 0.0])).__round__(9)
    2.0
    """
    return max(1.0, float(np.sqrt(spectrum).sum() ** 2 / spectrum.sum()))


def nyholt(spectrum: NDArray[np.float64], n_trials: int) -> float:
    """Return Nyholt's number for the eigenvalues of ``n_trials`` trials; zeros may be left out.

    >>> nyholt(np.ones(5), 5), nyholt(np.array([4.0]), 4)
    (5.0, 1.0)
    """
    if n_trials == 1:
        return 1.0
    variance = (float(spectrum @ spectrum) - n_trials) / (n_trials - 1)  # the mean eigenvalue is 1
    return min(max(1.0, 1 + (n_trials - 1) * (1 - variance / n_trials)), float(n_trials))


def li_ji(spectrum: NDArray[np.float64]) -> float:
    """Return Li and Ji's number for eigenvalues >= 0; zeros may be left out.

    >>> li_ji(np.array([2.5, 0.5]))
    2.0
    """
    rounded = np.round(spectrum, WHOLE_DIGITS)
    return max(1.0, float(((rounded >= 1) + rounded - np.floor(rounded)).sum()))


def _smaller_gram(matrix: TrialReturns, varying: NDArray[np.intp], means: FloatArray, scale: FloatArray) -> FloatArray:
    n_days = matrix.shape[1]
    if varying.size <= n_days:
        scaled = _scaled(matrix, varying, means, scale)
        return scaled @ scaled.T
    gram = np.zeros((n_days, n_days))
    for rows in trial_chunks(varying.size, n_days):
        scaled = _scaled(matrix, varying[rows], means, scale)
        gram += scaled.T @ scaled
    return gram


def _sketched_gram(
    matrix: TrialReturns, varying: NDArray[np.intp], means: FloatArray, scale: FloatArray, seed: int
) -> FloatArray:
    rng = np.random.Generator(np.random.PCG64(seed))
    sketch = np.zeros((PROJECTIONS, matrix.shape[1]))
    for rows in trial_chunks(varying.size, max(matrix.shape[1], PROJECTIONS)):
        signs = rng.integers(0, 2, size=(PROJECTIONS, rows.stop - rows.start)) * 2.0 - 1.0
        sketch += signs @ _scaled(matrix, varying[rows], means, scale)
    return sketch @ sketch.T / PROJECTIONS


def _scaled(matrix: TrialReturns, which: NDArray[np.intp], means: FloatArray, scale: FloatArray) -> FloatArray:
    """Return some trials with mean 0 and length 1, so that their products are correlations."""
    part = matrix[which].astype(np.float64)
    part -= means[which, None]
    part /= scale[which, None]
    return part
