"""The stationary bootstrap: days drawn again in blocks of random length, so that what hangs together stays together.

A block begins on any day with equal chance and goes on, around the end, with chance 1 - 1 / block length.

References
----------
Politis, D. and Romano, J. (1994). "The stationary bootstrap". JASA 89(428).
Politis, D. and White, H. (2004), with Patton (2009). "Automatic block-length selection for the dependent bootstrap".
Econometric Reviews 23(1), 28(4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.errors import EngineInputError
from engine.evidence.trials import FLAT, means_and_deviations, trial_returns
from engine.metrics.series import finite_series
from engine.metrics.sharpe import DAYS_PER_YEAR

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

FEWEST_DAYS = 30
"""Days below which nothing is drawn again: a block length cannot be told from fewer."""

SAMPLED_TRIALS = 64
"""Trials, evenly through all of them, whose block lengths stand for those of all."""

LONG_BLOCKS = 0.75
"""Quantile of their block lengths that is taken: a block that is too short makes noise look like skill."""


def resampled_days(n_days: int, block_length: float, *, reps: int, seed: int) -> NDArray[np.int64]:
    """Draw which day stands where in each of ``reps`` histories, shape (reps, n_days), of values 0 to n_days - 1.

    The same draws as ``arch.bootstrap.StationaryBootstrap(block_length, ..., seed=seed)`` makes.

    Raises
    ------
    EngineInputError
        ``n_days`` or ``reps`` below 1, or a block shorter than one day.

    Examples
    --------
    >>> resampled_days(6, 3.0, reps=1, seed=4).tolist()
    [[4, 5, 0, 1, 5, 0]]
    """
    if n_days < 1 or reps < 1 or not block_length >= 1:
        raise EngineInputError(
            f"n_days is {n_days}, reps is {reps}, block_length is {block_length}: each must be at least 1"
        )
    rng = np.random.Generator(np.random.PCG64(seed))
    days = np.arange(n_days)
    drawn = np.empty((reps, n_days), dtype=np.int64)
    for row in drawn:
        starts = rng.integers(n_days, size=n_days, dtype=np.int64)
        begins = rng.random(n_days) <= 1.0 / block_length
        begins[0] = True
        begun = np.maximum.accumulate(np.where(begins, days, 0))
        row[:] = (starts[begun] + days - begun) % n_days
    return drawn


def day_counts(drawn: NDArray[np.int64]) -> FloatArray:
    """Return how often each day stands in each history: the mean of a history is ``counts @ returns / n_days``.

    >>> day_counts(np.array([[0, 1, 1, 2]])).tolist()
    [[1.0, 2.0, 1.0, 0.0]]
    """
    reps, n_days = drawn.shape
    flat = drawn + np.arange(reps)[:, None] * n_days
    return np.bincount(flat.ravel(), minlength=reps * n_days).reshape(reps, n_days).astype(np.float64)


def block_length(returns: ArrayLike) -> float:
    """Mean block length that fits one series, in days, >= 1 (Politis and White, by `arch`); 1 if it does not vary.

    Raises
    ------
    EngineInputError
        Fewer than 30 days, or a return that is not finite.

    Examples
    --------
    >>> block_length(np.random.default_rng(0).normal(size=500)) < 4
    True
    """
    from arch.bootstrap import optimal_block_length

    series = finite_series("returns", returns)
    if series.size < FEWEST_DAYS:
        raise EngineInputError(f"returns has {series.size} days: a block length takes at least {FEWEST_DAYS}")
    if float(series.std()) <= FLAT * max(1.0, abs(float(series.mean()))):
        return 1.0
    with np.errstate(invalid="ignore", divide="ignore"):  # lags at which one side does not vary do not count
        found = float(optimal_block_length(series)["stationary"].iloc[0])
    return max(found, 1.0)


def family_block_length(returns: ArrayLike) -> float:
    """Whole mean block length for all trials of a search, in days: the upper quartile over up to 64 of those that vary.

    1 where none does.

    Raises
    ------
    EngineInputError
        As `engine.evidence.trials.trial_returns`, or fewer than 30 days.

    Examples
    --------
    >>> family_block_length(np.random.default_rng(0).normal(size=(100, 200))) < 10
    True
    """
    matrix = trial_returns(returns, fewest_days=FEWEST_DAYS)
    varied = np.flatnonzero(means_and_deviations(matrix)[1])
    if varied.size == 0:
        return 1.0
    chosen = varied[np.unique(np.linspace(0, varied.size - 1, SAMPLED_TRIALS).astype(np.int64))]
    lengths = [block_length(matrix[trial].astype(np.float64)) for trial in chosen]
    return float(np.ceil(np.quantile(lengths, LONG_BLOCKS)))


def sharpe_of(returns: FloatArray) -> float:
    """Mean over deviation (ddof 1) of returns, 0 where they do not vary: a history drawn again may hold one day only.

    >>> sharpe_of(np.array([0.01, 0.01])), round(sharpe_of(np.array([0.01, 0.03])), 4)
    (0.0, 1.4142)
    """
    deviation = float(returns.std(ddof=1))
    mean = float(returns.mean())
    return mean / deviation if deviation > FLAT * max(1.0, abs(mean)) else 0.0


def mean_a_year(returns: FloatArray) -> float:
    """Mean of daily returns times 365: what they add up to in a year, nothing compounded.

    >>> round(mean_a_year(np.array([0.001, 0.003])), 9)
    0.73
    """
    return float(returns.mean()) * DAYS_PER_YEAR


def bootstrap_interval(
    returns: ArrayLike,
    statistic: Callable[[FloatArray], float] = sharpe_of,
    *,
    confidence: float = 0.95,
    method: Literal["percentile", "bca"] = "percentile",
    reps: int = 2_000,
    seed: int = 0,
) -> tuple[float, float]:
    """Interval that holds the true value of a statistic of one series with ``confidence``, drawn by `arch`.

    It knows nothing of a choice among trials: it is right for a series that was not picked for what it shows.

    Parameters
    ----------
    returns : array_like of float, shape (n_days,)
        Daily returns, zeros included, at least 30.
    statistic : callable
        Series -> number; the Sharpe ratio per day unless given.
    confidence : float
        In (0, 1).
    method : {"percentile", "bca"}
        Quantiles of the drawn values, or those corrected for bias and acceleration.

    Raises
    ------
    EngineInputError
        Fewer than 30 days, a return that is not finite, returns that do not vary, a ``confidence`` out of range.

    Examples
    --------
    >>> low, high = bootstrap_interval(np.random.default_rng(0).normal(0.1, 1.0, 300), reps=200)
    >>> low < 0.1 < high
    True
    """
    from arch.bootstrap import StationaryBootstrap

    series = finite_series("returns", returns)
    if not 0 < confidence < 1:
        raise EngineInputError(f"confidence is {confidence}: it must be above 0 and below 1")
    if float(series.std()) <= FLAT * max(1.0, abs(float(series.mean()))):
        raise EngineInputError("returns do not vary: there is nothing to draw again")
    length = block_length(series)
    rng = np.random.Generator(np.random.PCG64(seed))
    bootstrap = StationaryBootstrap(length, series, seed=rng)  # type: ignore[arg-type]  # any length >= 1 will do
    ends = bootstrap.conf_int(lambda drawn: np.asarray([statistic(drawn)]), reps=reps, method=method, size=confidence)
    return float(ends[0, 0]), float(ends[1, 0])
