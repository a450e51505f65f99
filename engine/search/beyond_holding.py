"""Which of several strategies earn something beyond holding what they trade, when all that are compared are counted.

References
----------
Romano, J. and Wolf, M. (2005). "Stepwise multiple testing as formalized data snooping". Econometrica 73(4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.evidence.beyond import beyond_market
from engine.evidence.bootstrap import bootstrap_interval, family_block_length, mean_a_year
from engine.evidence.superior import stepped_p_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.evidence.trials import TrialReturns

    FloatArray = NDArray[np.float64]

LEVEL = 0.05
"""Corrected p-value at or below which a strategy is shown to earn something beyond holding."""

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class BeyondHolding:
    """Mean return a year beyond holding, a fraction; ``low`` to ``high`` is the 95 % interval of this strategy alone.

    ``p`` is one-sided and corrected for every strategy that is compared (`engine.evidence.superior.stepped_p_values`):
    among strategies of which none earns anything beyond holding, one at `LEVEL` or below is named in 5 % of all
    comparisons.
    """

    yearly: float
    low: float
    high: float
    p: float

    @property
    def shown(self) -> bool:
        """True where chance among so many would rarely earn as much."""
        return self.p <= LEVEL


def beyond_holding(
    returns: Mapping[str, FloatArray], held: Mapping[str, FloatArray], *, resamples: int, seed: int
) -> dict[str, BeyondHolding]:
    """Weigh strategies, each less its own beta times the market it trades, against having no edge at all.

    Parameters
    ----------
    returns : mapping of str to ndarray, shape (n_days,)
        Daily returns of each strategy, by its name, over the same 30 days or more.
    held : mapping of str to ndarray, shape (n_days,)
        What holding the assets of each earned on these days (`engine.judging.holding.holding_returns`).
    resamples, seed : int
        Of the stationary bootstrap; all are drawn on the same days.

    Returns
    -------
    dict
        By name; one with returns on fewer than 20 days, or none that vary beyond the market, has shown nothing: it is
        left out, and counted all the same.

    Raises
    ------
    EngineInputError
        Not as many days of a market as of its strategy, fewer than 30, or a return that is not finite.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> market = rng.normal(0.001, 0.03, 400)
    >>> days = {"timed": rng.normal(0.004, 0.01, 400), "rode": 0.5 * market + rng.normal(0.0, 0.01, 400)}
    >>> found = beyond_holding(days, dict.fromkeys(days, market), resamples=499, seed=1)
    >>> {name: one.shown for name, one in found.items()}
    {'timed': True, 'rode': False}
    """
    rows = {name: beyond_market(own, held[name])[0] for name, own in returns.items()}
    matrix = np.stack(list(rows.values()))
    p_values = stepped_p_values(matrix, block_length=family_block_length(matrix), reps=resamples, seed=seed)
    return {
        name: _weighed(row, float(p), seed)
        for (name, row), p in zip(rows.items(), p_values, strict=True)
        if np.ptp(row) > 0.0
    }


def _weighed(row: TrialReturns, p: float, seed: int) -> BeyondHolding:
    days = row.astype(np.float64)
    low, high = bootstrap_interval(days, mean_a_year, confidence=CONFIDENCE, seed=seed)
    return BeyondHolding(mean_a_year(days), low, high, p)
