"""Probability of backtest overfitting: how often the best half-way is below the middle of the rest of the days.

Combinatorially symmetric cross-validation: the days are cut into S even blocks, every choice of S/2 of them is once
what was seen and its complement what was not. It judges the search, not the trial it chose; without any edge it is 0.5
on average with a deviation of 0.2 on grids, so that it may veto (above 0.5) and warn (above 0.2), never prove.

References
----------
Bailey, D., Borwein, J., Lopez de Prado, M. and Zhu, Q. (2017). "The probability of backtest overfitting". Journal of
Computational Finance 20(4).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineInputError
from engine.evidence.trials import trial_chunks, trial_returns

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from engine.evidence.trials import FloatArray, TrialReturns

BLOCKS = 16
MOST_BLOCKS = 20
"""184,756 halves; each two blocks more make nearly four times as many."""

FEWEST_BLOCK_DAYS = 2
VARIANCE_FLOOR = 1e-12
"""A variance not above this share of the mean square is rounding: the trial did not vary in that half."""


@dataclass(frozen=True, slots=True)
class Overfitting:
    """What becomes of the best of one half of the days in the other half, over all halves.

    ``probability`` that it lies at or below the middle there (PBO); ``loss_probability`` that its Sharpe ratio there is
    below 0; ``logit_mean``, the mean log odds of its rank; ``slope`` and ``intercept`` of its ratio there on its ratio
    here (per day), both None where the latter does not vary. ``n_splits`` halves, of ``blocks`` blocks of
    ``block_days`` days.
    """

    probability: float
    loss_probability: float
    logit_mean: float
    slope: float | None
    intercept: float | None
    n_splits: int
    blocks: int
    block_days: int


def overfitting(returns: ArrayLike, *, blocks: int = BLOCKS) -> Overfitting:
    """Return the probability that the search overfits, and what becomes of its best trials.

    With the rank r of the chosen trial in the unseen half, ties at their middle, ``w = r / (N + 1)`` and the log odds
    ``ln(w / (1 - w))``; the probability is the share of halves where these are <= 0. Days left over at the end by even
    blocks are left out. A trial that does not vary in a half has the ratio 0 there; of equals the first is chosen.

    Parameters
    ----------
    returns : array_like of float, shape (n_trials, n_days)
        Daily returns of all trials, at least two.
    blocks : int
        Even, 2 to 20.

    Raises
    ------
    EngineInputError
        An odd number of blocks or one out of range, fewer than two trials, fewer than two days a block.

    Examples
    --------
    >>> returns = np.random.default_rng(5).normal(size=(20, 400))
    >>> overfitting(returns, blocks=8).probability > 0.2
    True
    >>> returns[7] += 0.5
    >>> overfitting(returns, blocks=8).probability
    0.0
    """
    if blocks % 2 or not 2 <= blocks <= MOST_BLOCKS:
        raise EngineInputError(f"blocks is {blocks}: it must be even, 2 to {MOST_BLOCKS}")
    matrix = trial_returns(returns)
    n_trials, n_days = matrix.shape
    if n_trials < 2:
        raise EngineInputError("returns has 1 trial: where nothing was chosen nothing can be overfitted")
    block_days = n_days // blocks
    if block_days < FEWEST_BLOCK_DAYS:
        raise EngineInputError(
            f"returns has {n_days} days: {blocks} blocks of at least {FEWEST_BLOCK_DAYS} take "
            f"{blocks * FEWEST_BLOCK_DAYS}"
        )
    sums, squares = _block_sums(matrix, blocks, block_days)
    halves = _halves(blocks)
    seen, unseen, ranks = np.empty(len(halves)), np.empty(len(halves)), np.empty(len(halves))
    for rows in trial_chunks(len(halves) // 2, n_trials):
        opposite = slice(len(halves) - rows.stop, len(halves) - rows.start)  # the complements, in reverse
        here = _ratios(halves[rows], sums, squares, block_days)
        there = _ratios(1.0 - halves[rows], sums, squares, block_days)
        seen[rows], unseen[rows], ranks[rows] = _followed(here, there)
        for whole, part in zip((seen, unseen, ranks), _followed(there, here), strict=True):
            whole[opposite] = part[::-1]
    shares = ranks / (n_trials + 1)
    odds = np.log(shares / (1 - shares))
    slope, intercept = _line(seen, unseen)
    return Overfitting(
        probability=float(np.mean(odds <= 0)),
        loss_probability=float(np.mean(unseen < 0)),
        logit_mean=float(odds.mean()),
        slope=slope,
        intercept=intercept,
        n_splits=len(halves),
        blocks=blocks,
        block_days=block_days,
    )


def _halves(blocks: int) -> FloatArray:
    """Return which blocks each half holds, 0 or 1 of shape (n_splits, blocks); row k and row -1 - k are complements."""
    chosen = np.array(list(combinations(range(blocks), blocks // 2)))
    halves = np.zeros((len(chosen), blocks))
    np.put_along_axis(halves, chosen, 1.0, axis=1)
    return halves


def _block_sums(matrix: TrialReturns, blocks: int, block_days: int) -> tuple[FloatArray, FloatArray]:
    """Return the sums of returns and of their squares, each of shape (blocks, n_trials)."""
    sums, squares = np.empty((blocks, len(matrix))), np.empty((blocks, len(matrix)))
    for rows in trial_chunks(*matrix.shape):
        part = matrix[rows, : blocks * block_days].astype(np.float64).reshape(-1, blocks, block_days)
        sums[:, rows] = part.sum(axis=2).T
        squares[:, rows] = np.einsum("ijk,ijk->ji", part, part)
    return sums, squares


def _ratios(halves: FloatArray, sums: FloatArray, squares: FloatArray, block_days: int) -> FloatArray:
    """Return the Sharpe ratio (ddof 1) of every trial in each half, shape (len(halves), n_trials)."""
    n = block_days * halves.shape[1] // 2
    means = halves @ sums
    means /= n
    variances = halves @ squares
    variances /= n
    floor = variances * VARIANCE_FLOOR
    variances -= means * means
    flat = variances <= floor
    variances[flat] = 1.0
    means[flat] = 0.0
    np.sqrt(variances, out=variances)
    means /= variances
    means *= np.sqrt((n - 1) / n)
    return means


def _followed(here: FloatArray, there: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return, half by half, the ratio of the best trial here, its ratio there, and its rank there from below."""
    half, best = np.arange(len(here)), here.argmax(axis=1)
    found = there[half, best]
    below = np.count_nonzero(there < found[:, None], axis=1)
    level = np.count_nonzero(there == found[:, None], axis=1)
    return here[half, best], found, below + (level + 1) / 2


def _line(seen: FloatArray, unseen: FloatArray) -> tuple[float | None, float | None]:
    away = seen - seen.mean()
    spread = float(away @ away)
    if spread <= VARIANCE_FLOOR * float(seen @ seen):
        return None, None
    slope = float(away @ unseen) / spread
    return slope, float(unseen.mean() - slope * seen.mean())
