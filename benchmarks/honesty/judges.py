"""Judges of the honesty benchmark that are in use elsewhere: each takes one popular figure for a proof.

Every one of them demands that the champion earned something on the selection part.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.honesty.loop import Ruling
from engine.errors import EngineInputError
from engine.evidence.deflated import deflated_sharpe, trial_variance
from engine.evidence.overfitting import overfitting
from engine.evidence.sharpe import moments, probabilistic_sharpe
from engine.market.timeframe import DAY_MS
from engine.search.folds import cut_folds

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from benchmarks.honesty.loop import Days, Judge, Submission

SURE = 0.95
LEAST_EFFICIENCY = 0.5
MOST_OVERFITTING = 0.2
FOLDS, PURGE_DAYS = 5, 10
PBO_BLOCKS = 10
"""252 halves: sixteen blocks make 12,870, which take a hundred times as long and change the figure by some 0.03."""


@dataclass(frozen=True, slots=True)
class Naive:
    """A judge by one figure; it may be asked as often as anybody likes."""

    name: str
    figure: Callable[[Submission], float]
    passes: Callable[[float], bool]
    p: Callable[[float], float] | None = None
    looks: None = None

    def ruling(self, handed: Submission) -> Ruling:
        """Rule on a champion; one that earned nothing never passes."""
        if not sharpe(handed.selection) > 0.0:
            return Ruling(validated=False, p=None if self.p is None else 1.0)
        value = self.figure(handed)
        return Ruling(self.passes(value), None if self.p is None else self.p(value), {"figure": value})


def sharpe(days: ArrayLike) -> float:
    """Return the Sharpe ratio of a day, 0 where nothing varies."""
    try:
        return moments(days).sharpe
    except EngineInputError:
        return 0.0


def certainty(days: Days) -> float:
    """Return the probability that the true Sharpe ratio is above 0, 0.5 where nothing varies."""
    try:
        return probabilistic_sharpe(moments(days))
    except EngineInputError:
        return 0.5


def deflated(handed: Submission) -> float:
    """Return the deflated Sharpe ratio (2014) of the champion among all trials of the family; 0 without an estimate."""
    try:
        shape = moments(handed.selection)
        return deflated_sharpe(shape, variance=trial_variance(handed.returns), n_trials=len(handed.returns))
    except EngineInputError:
        return 0.0


def walk_forward_efficiency(returns: Days) -> float:
    """Return the mean return of the anchored test windows over that of the windows the trials were chosen on.

    Each window takes the trial with the best Sharpe ratio so far, out of all trials; 0 where the chosen ones earned
    nothing even there.
    """
    n_days = returns.shape[1]
    folds = cut_folds(0, n_days * DAY_MS, folds=FOLDS, scheme="anchored", purge_days=PURGE_DAYS)
    earned, expected, days = 0.0, 0.0, 0
    for fold in folds:
        train = returns[:, fold.train_start // DAY_MS : fold.train_end // DAY_MS]
        test = returns[:, fold.test_start // DAY_MS : fold.test_end // DAY_MS]
        means, deviations = train.mean(axis=1, dtype=np.float64), train.std(axis=1, dtype=np.float64)
        best = int(np.argmax(np.where(deviations > 0.0, means / np.where(deviations > 0.0, deviations, 1.0), -np.inf)))
        expected += float(means[best]) / len(folds)
        earned += float(test[best].sum(dtype=np.float64))
        days += test.shape[1]
    return earned / days / expected if expected > 0.0 else 0.0


def overfitting_of(returns: Days) -> float:
    """Return the probability of backtest overfitting of a family; 1 where there was nothing to choose from."""
    return overfitting(returns, blocks=PBO_BLOCKS).probability if len(returns) > 1 else 1.0


BEST_BACKTEST = Naive(
    "best backtest", lambda handed: certainty(handed.selection), lambda value: value > SURE, lambda value: 1.0 - value
)
SINGLE_SPLIT = Naive(
    "single split", lambda handed: certainty(handed.holdout), lambda value: value > SURE, lambda value: 1.0 - value
)
DEFLATED = Naive("DSR > 0.95", deflated, lambda value: value > SURE, lambda value: 1.0 - value)
EFFICIENT = Naive(
    "walk-forward efficiency > 0.5",
    lambda handed: walk_forward_efficiency(handed.returns),
    lambda value: value > LEAST_EFFICIENCY,
)
NOT_OVERFITTED = Naive(
    "PBO < 0.2", lambda handed: overfitting_of(handed.returns), lambda value: value < MOST_OVERFITTING
)

NAIVE: tuple[Judge, ...] = (BEST_BACKTEST, SINGLE_SPLIT, DEFLATED, EFFICIENT, NOT_OVERFITTED)
"""Above 95 % in the backtest; the same in the last 30 % of the data, again and again; and three scores of a search."""
