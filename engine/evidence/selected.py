"""The Sharpe ratio of a trial that was chosen for it: what choosing adds is taken off, with the error that is left.

In a history drawn from the days the best trial of that history is chosen, as the search chose, and its ratio there is
set beside its ratio on all days: the mean difference is what choosing the best of so many adds. The interval is that of
a winner among rivals (`engine.evidence.winners`), whose errors and how they go together are those of the drawn ratios.

Measured over 60 markets each of three years, the best of 105 pairs of averages taken: with a planted edge the ratio is
2.3 a year where the days after show 1.7, and 1.6 is left; without any edge it is 1.0, -0.2 and 0.2.

References
----------
Efron, B. (1983). "Estimating the error rate of a prediction rule". JASA 78(382): the optimism of what was chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineInputError
from engine.evidence.bootstrap import FEWEST_DAYS, day_counts, resampled_days
from engine.evidence.superior import FLAT_SHARE
from engine.evidence.trials import means_and_deviations, trial_chunks, trial_returns
from engine.evidence.winners import PROJECTION_SHARE, Winner, winner_interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from engine.evidence.trials import FloatArray, TrialReturns

REPS = 1_000
CONFIDENCE = 0.90
ALIKE = 1e-3
"""A trial whose ratio moves with the chosen one's to within this share is the same strategy, and no rival of it."""


@dataclass(frozen=True, slots=True)
class SelectedSharpe:
    """Per day: ``measured`` as it was, ``corrected`` less what choosing adds, and the interval of the true ratio.

    The interval reaches as far as ``corrected`` where a rival of the same height would have it end before.
    """

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
        No such trial, one that does not vary, too few days, a return that is not finite, a block shorter than a day, a
        ``confidence`` out of range.

    Examples
    --------
    >>> noise = np.random.default_rng(3).normal(size=(50, 400))
    >>> best = int(np.argmax(noise.mean(axis=1)))
    >>> found = selected_sharpe(noise, best, block_length=1)
    >>> found.low < 0.0 < found.high, found.corrected < found.measured / 2
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
    own = float(ratios[trial])
    drawn = _drawn_ratios(matrix[trial : trial + 1], means[trial : trial + 1], counts)[0]
    if not drawn.std() > 0.0:
        raise EngineInputError(f"the returns of trial {trial} do not vary: they have no Sharpe ratio")
    rivals = _Rivals(own, drawn, confidence)
    for rows in trial_chunks(len(matrix), max(matrix.shape[1], reps)):
        rivals.meet(ratios[rows], _drawn_ratios(matrix[rows], means[rows], counts))
    low, high = winner_interval(rivals.winner, confidence=confidence)
    corrected = own - rivals.optimism
    return SelectedSharpe(own, corrected, min(low, corrected), max(high, corrected), confidence)


class _Rivals:
    """What the other trials, met chunk by chunk, say of the one that was chosen.

    ``own`` is its ratio, ``drawn`` that of each history, shape (reps,). Those above it were not what it was chosen
    before; they say nothing of its bounds.
    """

    def __init__(self, own: float, drawn: FloatArray, confidence: float) -> None:
        self._own, self._spent = own, PROJECTION_SHARE * (1.0 - confidence)
        self._away, self._error = drawn - drawn.mean(), float(drawn.std(ddof=1))
        self._best, self._added = np.full(drawn.size, -np.inf), np.zeros(drawn.size)
        self._furthest = np.zeros(drawn.size)
        self._low, self._high = -np.inf, np.inf
        self._n_trials = 0

    def meet(self, ratios: FloatArray, drawn: FloatArray) -> None:
        """Take in trials by their ratios, shape (n_trials,), and those of each history, shape (n_trials, reps)."""
        self._n_trials += len(ratios)
        chosen = drawn.argmax(axis=0)
        height = drawn[chosen, np.arange(drawn.shape[1])]
        self._added = np.where(height > self._best, height - ratios[chosen], self._added)
        self._best = np.maximum(self._best, height)
        away = drawn - drawn.mean(axis=1, keepdims=True)
        errors = away.std(axis=1, ddof=1)
        varied = errors > 0.0
        away, errors, ratios = away[varied], errors[varied], ratios[varied]
        np.maximum(self._furthest, np.abs(away / errors[:, None]).max(axis=0, initial=0.0), out=self._furthest)
        gaps = 1.0 - away @ self._away / (self._away @ self._away)
        rivals = (ratios <= self._own) & (np.abs(gaps) > ALIKE)
        gaps, behind = gaps[rivals], self._own - ratios[rivals]
        bounds = self._own - behind / gaps
        self._low = float(bounds[gaps > 0].max(initial=self._low))
        self._high = float(bounds[gaps < 0].min(initial=self._high))

    @property
    def optimism(self) -> float:
        """How much choosing the best adds, mean over the histories; nothing where there was no other."""
        return max(0.0, float(self._added.mean())) if self._n_trials > 1 else 0.0

    @property
    def winner(self) -> Winner:
        """The chosen one between its bounds."""
        reach = float(np.quantile(self._furthest, 1.0 - self._spent))
        return Winner(self._own, self._error, self._low, self._high, reach)


def _drawn_ratios(part: TrialReturns, means: FloatArray, counts: FloatArray) -> FloatArray:
    """Return the ratio of each trial in each history, shape (n_trials, reps); 0 where it does not vary there."""
    weights = (counts / counts.shape[1]).astype(part.dtype)
    away = part - means[:, None].astype(part.dtype)
    drawn = (away @ weights.T).astype(np.float64)
    variances = ((away * away) @ weights.T).astype(np.float64) - drawn**2
    varies = variances > FLAT_SHARE * (away * away).mean(axis=1, dtype=np.float64)[:, None]
    ratios: FloatArray = np.where(varies, (drawn + means[:, None]) / np.sqrt(np.where(varies, variances, 1.0)), 0.0)
    return ratios
