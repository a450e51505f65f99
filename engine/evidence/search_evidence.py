"""The p-value of a search: how often the best of all its trials would look as good if none had any edge.

Every trial of the family counts, with its daily returns; never only the survivors. Up to `MOST_RESAMPLED` trials the p
is the consistent one of Hansen's test on Sharpe ratios (path ``spa``). Beyond, where the returns of all trials no
longer fit in memory, it is Sidak's, of the best generalised probabilistic Sharpe ratio over the effective trials (path
``sidak``). The bootstrap is no dearer than the effective trials are, and needs no count that a matrix of few days can
not give: where thousands of trials are truly different, Sidak with Galwey's number lets noise through. On either path
a trial with returns on fewer than 20 days can not be the best.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.evidence.bootstrap import FEWEST_DAYS, family_block_length
from engine.evidence.combined import sidak_p
from engine.evidence.effective_trials import EffectiveTrials, effective_trials
from engine.evidence.sharpe import LARGEST_CORRELATION
from engine.evidence.superior import FEWEST_ACTIVE_DAYS, superior_ability
from engine.evidence.trials import means_and_deviations, trial_chunks, trial_returns

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from engine.evidence.trials import FloatArray, TrialReturns

MOST_RESAMPLED = 100_000
REPS, FEWER_REPS = 4_000, 1_000
MANY_TRIALS = 2_000
"""Histories drawn up to so many trials, and beyond, where each is dear: a p of 0.06 is known to 0.004, and to 0.008."""


@dataclass(frozen=True, slots=True)
class SearchEvidence:
    """What a search proves.

    ``p`` came by ``path``; ``best`` is the trial it is about. ``block_length`` (days) and ``reps``
    are those of the bootstrap, None on the path ``sidak``.
    """

    p: float
    path: Literal["spa", "sidak"]
    n_trials: int
    effective_trials: EffectiveTrials
    block_length: float | None
    reps: int | None
    best: int


def search_p(
    returns: ArrayLike,
    *,
    seed: int,
    reps: int | None = None,
    most_resampled: int = MOST_RESAMPLED,
    trial: int | None = None,
) -> SearchEvidence:
    """Return the p-value of a search from the daily returns of all its trials.

    Parameters
    ----------
    returns : array_like of float, shape (n_trials, n_days)
        Daily returns of every trial over the selection, zeros where it did not trade; float32 halves the memory.
    seed : int
        Of the bootstrap's draws; the same seed gives the same p.
    reps : int, optional
        Histories drawn: p is never below 1 / (reps + 1) on the path ``spa``. Default by the number of trials.
    most_resampled : int
        Trials up to which the path is ``spa``.
    trial : int, optional
        The trial that was chosen: how often the best of all would look as good as it does. Default the best.

    Raises
    ------
    EngineInputError
        No trial, fewer than 30 days, a return that is not finite, or no such trial.

    Examples
    --------
    >>> noise = np.random.default_rng(0).normal(size=(50, 400))
    >>> found = search_p(noise, seed=1)
    >>> found.path, found.p > 0.05, round(found.effective_trials.galwey)
    ('spa', True, 49)
    """
    matrix = trial_returns(returns, fewest_days=FEWEST_DAYS)
    effective = effective_trials(matrix, seed=seed)
    if len(matrix) > most_resampled:
        scores = np.where(np.count_nonzero(matrix, axis=1) < FEWEST_ACTIVE_DAYS, 0.0, sharpe_scores(matrix))
        best = int(np.argmax(scores)) if trial is None else trial
        p = sidak_p(_upper_tail(float(scores[best])), effective.prudent)
        return SearchEvidence(p, "sidak", len(matrix), effective, None, None, best)
    reps = (REPS if len(matrix) <= MANY_TRIALS else FEWER_REPS) if reps is None else reps
    length = family_block_length(matrix)
    found = superior_ability(matrix, block_length=length, reps=reps, seed=seed, trial=trial)
    return SearchEvidence(found.consistent, "spa", len(matrix), effective, length, reps, found.best)


def counted_p(returns: ArrayLike, n_tries: int) -> float:
    """Return the p-value of one trial that was chosen after others were seen, as the best of ``n_tries`` that were.

    Sidak's over the raw count, of the generalised probabilistic Sharpe ratio. Who goes where results lead finds better
    ones than as many planned trials hold, and the days drawn again know only those that were tried: of searches that
    climb in noise a third have `search_p` at 0.05 or below, 8 % this.

    Parameters
    ----------
    returns : array_like of float, shape (n_days,)
        Daily returns of the trial.
    n_tries : int
        Trials that were not planned, this one included, at least 1.

    Raises
    ------
    EngineInputError
        A return that is not finite, or no try.

    Examples
    --------
    >>> days = np.random.default_rng(1).normal(0.15, 1.0, 500)
    >>> counted_p(days, 1) < 0.01 < counted_p(days, 1_000)
    True
    """
    return sidak_p(_upper_tail(float(sharpe_scores(returns)[0])), n_tries)


def sharpe_scores(returns: ArrayLike) -> FloatArray:
    """Return for each trial z, of which Z[z] is its generalised probabilistic Sharpe ratio above 0.

    ``z = SR sqrt(n (1 - rho) / (1 + rho))``, rho the correlation of a day with the one before, held to [0, 0.9]; 0 for
    a trial that does not vary. Same as `engine.evidence.sharpe.probabilistic_sharpe`, trial by trial.

    Examples
    --------
    >>> from engine.evidence.sharpe import NORMAL, moments, probabilistic_sharpe
    >>> days = [0.01, -0.02, 0.03, 0.01, -0.005, 0.02]
    >>> round(NORMAL.cdf(sharpe_scores([days])[0]) - probabilistic_sharpe(moments(days)), 12)
    0.0
    """
    matrix = trial_returns(returns)
    means, deviations = means_and_deviations(matrix)
    scores = np.zeros(len(matrix))
    for rows in trial_chunks(*matrix.shape):
        ratio = np.divide(
            means[rows], deviations[rows], out=np.zeros(rows.stop - rows.start), where=deviations[rows] > 0
        )
        rho = np.clip(_lag_one(matrix[rows]), 0.0, LARGEST_CORRELATION)
        scores[rows] = ratio * np.sqrt(matrix.shape[1] * (1 - rho) / (1 + rho))
    return scores


def _lag_one(part: TrialReturns) -> FloatArray:
    """Correlation of each day with the one before, trial by trial; 0 where either side does not vary."""
    before, after = part[:, :-1].astype(np.float64), part[:, 1:].astype(np.float64)
    before -= before.mean(axis=1, keepdims=True)
    after -= after.mean(axis=1, keepdims=True)
    products: FloatArray = np.einsum("ij,ij->i", before, after)
    scale = np.sqrt(np.einsum("ij,ij->i", before, before) * np.einsum("ij,ij->i", after, after))
    np.divide(products, scale, out=products, where=scale > 0)
    products[scale == 0] = 0.0
    return products


def _upper_tail(score: float) -> float:
    from scipy.stats import norm

    return float(norm.sf(score))
