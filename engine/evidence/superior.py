"""Is the best of all trials better than nothing? Hansen's test of superior ability, and which trials are (StepM).

The means of every trial over a resampled history are one matrix product, ``returns @ counts.T / n_days``, so that
thousands of trials cost seconds. They are compared on one scale, so that a wild trial does not drown a quiet one:

- ``history``, the default: a history's mean is divided by that history's own deviation (bootstrap-t), so that Sharpe
  ratios are compared, and a deviation that is small by luck, as of many small gains before the first large loss, is
  small in some histories too. Trials with returns on fewer than 20 days take no part: they can not win either;
- ``error``: Hansen's choice, divided by ``w_k``, the error of the mean, the same in every history;
- ``none``: plain means. With the same draws as many histories reach the best trial as in ``arch.bootstrap.SPA``, which
  compares plain means whatever its argument ``studentize``.

Measured at p <= 0.05 (tests/engine/evidence/test_evidence_search_p.py): without an edge ``history`` and ``none`` hold
5 %, ``error`` passes nearly every family of trials with rare large losses; ``none`` finds hardly any edge beside trials
five times as wild.

References
----------
Hansen, P. (2005). "A test for superior predictive ability". Journal of Business & Economic Statistics 23(4).
Romano, J. and Wolf, M. (2005). "Stepwise multiple testing as formalized data snooping". Econometrica 73(4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from engine.errors import EngineInputError
from engine.evidence.bootstrap import FEWEST_DAYS, day_counts, resampled_days
from engine.evidence.long_run import long_run_deviations
from engine.evidence.trials import means_and_deviations, trial_chunks, trial_returns

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from engine.evidence.trials import FloatArray, TrialReturns

Scale: TypeAlias = Literal["history", "error", "none"]

FEWEST_ACTIVE_DAYS = 20
FLAT_SHARE = 1e-6
"""A history whose variance is not above this share of the trial's holds none of its trades: it shows nothing."""


@dataclass(frozen=True, slots=True)
class SuperiorAbility:
    """Outcome of the test: small p-values say that the best trial is better than chance makes the best of all.

    ``consistent`` is the one to use, ``lower`` and ``upper`` bound it; none is below 1 / (reps + 1). ``best`` is the
    trial they are about, the one with the highest mean on the scale unless another was asked for; ``statistic`` is that
    mean (times the root of the days unless the scale is ``none``), 0 where it is not above 0.
    """

    lower: float
    consistent: float
    upper: float
    statistic: float
    best: int
    reps: int


def superior_ability(
    returns: ArrayLike,
    *,
    block_length: float,
    reps: int = 1_000,
    seed: int = 0,
    scale: Scale = "history",
    trial: int | None = None,
) -> SuperiorAbility:
    """Test whether any of the trials has a mean daily return above 0, corrected for choosing the best of them.

    ``T = max(0, max_k sqrt(n) mean_k / scale_k)`` beside its distribution when means are drawn again about ``g_k``: for
    the consistent p, ``g_k = mean_k`` where ``mean_k >= -w_k sqrt(2 ln ln n / n)`` and 0 for trials too bad to matter.
    ``p = (1 + #{T* >= T}) / (reps + 1)``; where T is 0, p is 1.

    Parameters
    ----------
    returns : array_like of float, shape (n_trials, n_days)
        Daily returns of every trial, zeros where it did not trade, never only of those that did well.
    block_length : float
        Mean length of the blocks, in days (`engine.evidence.bootstrap.family_block_length`).
    reps, seed : int
        Histories drawn, and of which draws.
    scale : {"history", "error", "none"}
        What means are divided by before they are compared.
    trial : int, optional
        Which trial the p-values are about: how often chance makes the best of all as good as this one (Romano and
        Wolf's adjusted p-value, single step). Default the best.

    Raises
    ------
    EngineInputError
        No trial, fewer than 30 days, a return that is not finite, a block shorter than a day, no such trial.

    Examples
    --------
    >>> noise = np.random.default_rng(5).normal(size=(20, 300))
    >>> superior_ability(noise, block_length=1).consistent > 0.05
    True
    >>> noise[7] += 0.3
    >>> found = superior_ability(noise, block_length=1)
    >>> found.best, found.consistent < 0.01
    (7, True)
    """
    contest = _Contest.of(returns, block_length, reps, seed, scale)
    scores = contest.scores()
    best = int(np.argmax(scores)) if trial is None else _known(trial, len(scores))
    statistic = max(0.0, float(scores[best]))
    drawn = contest.maxima(contest.shifts())
    lower, consistent, upper = (1 + (drawn >= statistic * contest.ties).sum(axis=1)) / (reps + 1)
    size = 1.0 if scale == "none" else np.sqrt(contest.matrix.shape[1])
    return SuperiorAbility(float(lower), float(consistent), float(upper), statistic * float(size), best, reps)


def trial_p_values(
    returns: ArrayLike, *, block_length: float, reps: int = 1_000, seed: int = 0, scale: Scale = "history"
) -> FloatArray:
    """Return the p-value of every trial among all of them, shape (n_trials,), from one set of draws.

    Each is the ``consistent`` one that `superior_ability` gives for that ``trial``; they hold for all trials at once.
    Parameters and refusals are those of `superior_ability`.

    Examples
    --------
    >>> returns = np.random.default_rng(5).normal(size=(20, 300))
    >>> returns[[3, 7]] += 0.3
    >>> np.flatnonzero(trial_p_values(returns, block_length=1) < 0.05).tolist()
    [3, 7]
    """
    contest = _Contest.of(returns, block_length, reps, seed, scale)
    scores = contest.scores()
    (drawn,) = contest.maxima(contest.shifts()[1:2])
    beaten = reps - np.searchsorted(np.sort(drawn), np.maximum(scores, 0.0) * contest.ties, side="left")
    p_values: FloatArray = (1 + beaten) / (reps + 1)
    return p_values


def stepped_p_values(
    returns: ArrayLike, *, block_length: float, reps: int = 1_000, seed: int = 0, scale: Scale = "history"
) -> FloatArray:
    """Return the p-value of every trial, shape (n_trials,), corrected for all that are no better than it (StepM).

    The best is compared with the best of all in each history, the second with the best of all but the first, and so on
    (Romano and Wolf 2016); none is below that of a better trial. Recentring is the consistent one; all hold at once, as
    those of `trial_p_values` do, and are never above them. Parameters and refusals are those of `superior_ability`.

    Examples
    --------
    >>> returns = np.random.default_rng(5).normal(size=(20, 300))
    >>> returns[[3, 7]] += 0.3
    >>> np.flatnonzero(stepped_p_values(returns, block_length=1) < 0.05).tolist()
    [3, 7]
    """
    contest = _Contest.of(returns, block_length, reps, seed, scale)
    scores, shift = contest.scores(), contest.shifts()[1]
    worst_first = np.argsort(scores, kind="stable")
    p_values, highest = np.ones(len(scores)), np.zeros(reps)
    trials = worst_first[contest.scale[worst_first] > 0]
    for rows in trial_chunks(len(trials), max(contest.counts.shape)):
        which = trials[rows]
        reached = np.maximum.accumulate(np.vstack([highest, contest.drawn(which, shift)]), axis=0)[1:]
        needed = np.maximum(scores[which], 0.0) * contest.ties
        p_values[which] = (1 + (reached >= needed[:, None]).sum(axis=1)) / (reps + 1)
        highest = reached[-1]
    p_values[worst_first[::-1]] = np.maximum.accumulate(p_values[worst_first[::-1]])
    return p_values


def superior_trials(
    returns: ArrayLike,
    *,
    block_length: float,
    size: float = 0.05,
    reps: int = 1_000,
    seed: int = 0,
    scale: Scale = "history",
) -> tuple[int, ...]:
    """Return every trial whose mean is above 0 when at most ``size`` of all families may hold one wrong name (StepM).

    Those are the trials whose `stepped_p_values` are at most ``size``. Parameters and refusals are those of
    `superior_ability`.

    Examples
    --------
    >>> returns = np.random.default_rng(5).normal(size=(20, 300))
    >>> returns[[3, 7]] += 0.3
    >>> superior_trials(returns, block_length=1)
    (3, 7)
    """
    if not 0 < size < 1:
        raise EngineInputError(f"size is {size}: it must be above 0 and below 1")
    stepped = stepped_p_values(returns, block_length=block_length, reps=reps, seed=seed, scale=scale)
    return tuple(int(trial) for trial in np.flatnonzero(stepped <= size))


def _known(trial: int, n_trials: int) -> int:
    if not 0 <= trial < n_trials:
        raise EngineInputError(f"trial is {trial}: there are trials 0 to {n_trials - 1}")
    return trial


@dataclass(frozen=True, slots=True)
class _Contest:
    """Trials and the histories drawn for them; ``scale`` divides means, 0 for a trial that takes no part.

    With ``own`` each drawn mean is divided by the deviation of its history instead.
    """

    matrix: TrialReturns
    means: FloatArray
    errors: FloatArray
    scale: FloatArray
    own: bool
    counts: TrialReturns

    @classmethod
    def of(cls, returns: ArrayLike, block_length: float, reps: int, seed: int, scale: Scale) -> _Contest:
        matrix = trial_returns(returns, fewest_days=FEWEST_DAYS)
        counts = day_counts(resampled_days(matrix.shape[1], block_length, reps=reps, seed=seed))
        means, deviations = means_and_deviations(matrix)
        errors = long_run_deviations(matrix, means, block_length)
        errors[deviations == 0] = 0.0
        ones = (deviations > 0).astype(np.float64)
        deviations *= np.sqrt(1 - 1 / matrix.shape[1])  # ddof 0, as of the histories
        deviations[np.count_nonzero(matrix, axis=1) < FEWEST_ACTIVE_DAYS] = 0.0
        scales = {"history": deviations, "error": errors, "none": ones}
        if scale not in scales:
            raise EngineInputError(f"scale is {scale!r}: it must be one of {', '.join(scales)}")
        drawn: TrialReturns = counts.astype(np.float32) if matrix.dtype == np.float32 else counts
        return cls(matrix, means, errors, scales[scale], scale == "history", drawn)

    @property
    def ties(self) -> float:
        """A drawn score from this share of another on is its equal: few trades tie often, rounding must not decide."""
        return 1.0 - (1e-4 if self.matrix.dtype == np.float32 else 1e-11)

    def scores(self) -> FloatArray:
        """Mean over scale of each trial; 0 for one that does not vary."""
        return np.divide(self.means, self.scale, out=np.zeros_like(self.means), where=self.scale > 0)

    def shifts(self) -> FloatArray:
        """Return what recentring leaves of each trial's mean, shape (3, n_trials): lower, consistent, upper."""
        n_days = self.matrix.shape[1]
        too_bad = self.means < -self.errors * np.sqrt(2 * np.log(np.log(n_days)) / n_days)
        return np.stack([np.minimum(self.means, 0.0), np.where(too_bad, self.means, 0.0), np.zeros_like(self.means)])

    def maxima(self, shifts: FloatArray) -> FloatArray:
        """Return the highest score of all trials in each history, at least 0, shape (len(shifts), reps)."""
        highest = np.zeros((len(shifts), self.counts.shape[0]))
        trials = np.flatnonzero(self.scale > 0)
        for rows in trial_chunks(len(trials), max(self.counts.shape)):
            drawn, divisor = self._means_and_divisors(trials[rows])
            for shift, found in zip(shifts, highest, strict=True):
                np.maximum(found, ((drawn + shift[trials[rows], None]) / divisor).max(axis=0), out=found)
        return highest

    def drawn(self, which: NDArray[np.intp], shift: FloatArray) -> FloatArray:
        """Return the score of some trials in each history, recentred, shape (len(which), reps)."""
        means, divisor = self._means_and_divisors(which)
        scores: FloatArray = (means + shift[which, None]) / divisor
        return scores

    def _means_and_divisors(self, which: NDArray[np.intp]) -> tuple[FloatArray, FloatArray]:
        n_days = self.counts.shape[1]
        away = self.matrix[which] - self.means[which, None].astype(self.matrix.dtype)
        drawn = (away @ self.counts.T).astype(np.float64) / n_days
        divisor = self.scale[which, None]
        if self.own:
            variances = ((away * away) @ self.counts.T).astype(np.float64) / n_days - drawn**2
            divisor = np.sqrt(np.where(variances > FLAT_SHARE * divisor**2, variances, np.inf))
        return drawn, divisor
