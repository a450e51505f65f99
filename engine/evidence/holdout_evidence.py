"""The p-value of one look into a holdout: how often a strategy without an edge would do as well there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineInputError
from engine.evidence.bootstrap import FEWEST_DAYS, block_length
from engine.evidence.search_evidence import sharpe_scores
from engine.evidence.superior import FEWEST_ACTIVE_DAYS, superior_ability
from engine.evidence.trials import trial_returns

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

REPS = 5_000
UNKNOWN_P = 0.5


def holdout_p(returns: ArrayLike, *, seed: int, reps: int = REPS) -> float:
    """Return the p-value of the daily returns of one strategy that was fixed before.

    ``1 - PSR(0)``, the generalised probabilistic Sharpe ratio, whose error at 0 does not know of skewed returns; where
    the ratio is above 0, not below what the stationary bootstrap gives when each history is divided by its own
    deviation (`engine.evidence.superior`). Of strategies without an edge that gain a little and rarely lose much, 19 %
    are at 0.05 or below in 330 days by the ratio alone, 2 % here. Returns on fewer than 20 days leave it at 0.5 or
    above: they speak neither for nor against.

    Parameters
    ----------
    returns : array_like of float, shape (n_days,)
        Daily returns over the holdout, zeros where it did not trade, at least 30.
    seed, reps : int
        Of the bootstrap.

    Raises
    ------
    EngineInputError
        More than one strategy, fewer than 30 days, or a return that is not finite.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> holdout_p(rng.normal(0.3, 1.0, 330), seed=0) < 0.01, holdout_p(rng.normal(-0.3, 1.0, 330), seed=0) > 0.5
    (True, True)
    """
    from scipy.stats import norm

    matrix = trial_returns(returns, fewest_days=FEWEST_DAYS)
    if len(matrix) != 1:
        raise EngineInputError(f"returns has {len(matrix)} strategies: a look is into the holdout of one")
    by_ratio = float(norm.sf(sharpe_scores(matrix)[0]))
    if by_ratio >= UNKNOWN_P:
        return by_ratio
    if np.count_nonzero(matrix[0]) < FEWEST_ACTIVE_DAYS:
        return UNKNOWN_P
    drawn = superior_ability(matrix, block_length=block_length(matrix[0]), reps=reps, seed=seed)
    return max(by_ratio, drawn.consistent)
