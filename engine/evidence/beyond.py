"""What is left of returns when the market's part is taken off: what a rising market gives is no merit of a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineInputError
from engine.evidence.superior import FEWEST_ACTIVE_DAYS
from engine.evidence.trials import trial_chunks, trial_returns
from engine.metrics.series import finite_series

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from engine.evidence.trials import TrialReturns


def beyond_market(returns: ArrayLike, market: ArrayLike) -> TrialReturns:
    """Return the daily returns of trials less ``beta`` times those of the market, each with its own least-squares beta.

    Their mean is Jensen's alpha. Trials with returns on fewer than 20 days have shown nothing and come back as zeros. A
    market that does not vary takes nothing off.

    Parameters
    ----------
    returns : array_like of float, shape (n_trials, n_days) or (n_days,)
        As for `engine.evidence.trials.trial_returns`; float32 stays float32.
    market : array_like of float, shape (n_days,)
        Daily returns of holding what is traded.

    Raises
    ------
    EngineInputError
        Not as many days of the market as of the trials, or a return that is not finite.

    References
    ----------
    Jensen, M. (1968). "The performance of mutual funds in the period 1945-1964". Journal of Finance 23(2).

    Examples
    --------
    >>> held = np.random.default_rng(0).normal(0.01, 0.1, size=(1, 200))
    >>> bool(np.abs(beyond_market(0.5 * held + 0.001, held[0]) - 0.001).max() < 1e-12)
    True
    """
    matrix, held = trial_returns(returns), finite_series("market", market)
    if held.size != matrix.shape[1]:
        raise EngineInputError(f"market has {held.size} days, the trials have {matrix.shape[1]}: they must be the same")
    away = held - held.mean()
    spread = float(away @ away)
    if not spread > 0.0:
        away, spread = np.zeros_like(away), 1.0
    left = np.empty_like(matrix)
    for rows in trial_chunks(*matrix.shape):
        part = matrix[rows].astype(np.float64)
        left[rows] = part - (part @ away / spread)[:, None] * held
        left[rows][np.count_nonzero(part, axis=1) < FEWEST_ACTIVE_DAYS] = 0.0
    return left
