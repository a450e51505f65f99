"""What a measured Sharpe ratio proves: its error, the probability that it is above a benchmark, the record needed.

All ratios here are per observation (never annualised); kurtosis is raw (Pearson), 3 for a normal.

References
----------
Bailey, D. and Lopez de Prado, M. (2012). "The Sharpe ratio efficient frontier". Journal of Risk 15(2).
Lopez de Prado, M., Lipton, A. and Zoonekynd, V. (2025). "How to use the Sharpe ratio". Equations 2 to 5: the
variance with serial correlation and non-normal returns, taken at the hypothesis that is tested.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineInputError
from engine.metrics.series import finite_series

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

NORMAL = NormalDist()
LARGEST_CORRELATION = 0.9


@dataclass(frozen=True, slots=True)
class Moments:
    """Shape of a series of returns.

    ``sharpe`` is mean / deviation (ddof 1), ``skewness`` and ``kurtosis`` (raw) divide by n, ``correlation`` is that
    of each return with the one before, held to [0, 0.9] so that a negative one never helps.
    """

    n: int
    sharpe: float
    skewness: float
    kurtosis: float
    correlation: float


def moments(returns: ArrayLike) -> Moments:
    """Return the moments of a series of returns.

    Parameters
    ----------
    returns : array_like of float, shape (n,)
        Simple returns in time order, finite, n >= 2 and not all equal.

    Raises
    ------
    EngineInputError
        Fewer than two returns, one that is not finite, or no variance.

    Examples
    --------
    >>> found = moments([0.01, -0.02, 0.01, 0.02])
    >>> round(found.sharpe, 4), round(found.skewness, 4), found.correlation
    (0.2887, -0.8889, 0.0)
    """
    series = finite_series("returns", returns)
    away = series - series.mean()
    spread = float(np.sqrt(np.mean(away**2)))
    if series.size < 2 or spread == 0.0:
        raise EngineInputError(
            f"returns has {series.size} values with deviation {spread}: it must have two that differ"
        )
    scaled = away / spread
    return Moments(
        n=int(series.size),
        sharpe=float(series.mean() / series.std(ddof=1)),
        skewness=float(np.mean(scaled**3)),
        kurtosis=float(np.mean(scaled**4)),
        correlation=min(max(lag_one_correlation(series), 0.0), LARGEST_CORRELATION),
    )


def lag_one_correlation(returns: ArrayLike) -> float:
    """Return the correlation of each return with the one before; 0 when either side does not vary.

    >>> round(lag_one_correlation([1.0, 2.0, 1.0, 2.0, 1.0]), 6)
    -1.0
    """
    series = finite_series("returns", returns)
    before, after = series[:-1] - series[:-1].mean(), series[1:] - series[1:].mean()
    scale = math.sqrt(float(before @ before) * float(after @ after))
    return float(before @ after) / scale if scale > 0 else 0.0


def sharpe_variance(shape: Moments, *, at: float) -> float:
    """Variance of a Sharpe ratio measured over ``shape.n`` observations when the true one is ``at``.

    It may come out at or below zero for moments that cannot belong together; then it is no estimate.

    >>> known = Moments(n=24, sharpe=0.45570, skewness=-2.448, kurtosis=10.164, correlation=0.2)
    >>> round(sharpe_variance(known, at=known.sharpe) ** 0.5, 3)
    0.379
    """
    rho = shape.correlation
    spread = (1 + rho) / (1 - rho)
    tilt = (1 + rho + rho**2) / (1 - rho**2) * shape.skewness * at
    tails = (1 + rho**2) / (1 - rho**2) * (shape.kurtosis - 1) / 4 * at**2
    return (spread - tilt + tails) / shape.n


def probabilistic_sharpe(shape: Moments, *, benchmark: float = 0.0) -> float:
    """Probability that the true Sharpe ratio is above ``benchmark``, the error taken at the benchmark.

    Raises
    ------
    EngineInputError
        The moments allow no estimate of the error at ``benchmark`` (never at 0).

    Examples
    --------
    >>> known = Moments(n=24, sharpe=0.45570, skewness=-2.448, kurtosis=10.164, correlation=0.2)
    >>> round(probabilistic_sharpe(known), 3), round(probabilistic_sharpe(known, benchmark=0.1), 3)
    (0.966, 0.9)
    """
    error = _error(shape, benchmark)
    return NORMAL.cdf((shape.sharpe - benchmark) / error)


def minimum_track_record(shape: Moments, *, benchmark: float = 0.0, confidence: float = 0.95) -> float:
    """Observations after which `probabilistic_sharpe` would reach ``confidence``, were the ratio to stay as it is.

    Raises
    ------
    EngineInputError
        The ratio is not above ``benchmark``: no record is long enough; or no estimate of the error.

    Examples
    --------
    >>> known = Moments(n=24, sharpe=0.45570, skewness=-2.448, kurtosis=10.164, correlation=0.2)
    >>> round(minimum_track_record(known), 2)
    19.54
    """
    if shape.sharpe <= benchmark:
        raise EngineInputError(f"sharpe is {shape.sharpe}: it must be above the benchmark {benchmark}")
    steps = NORMAL.inv_cdf(confidence) * _error(shape, benchmark) / (shape.sharpe - benchmark)
    return shape.n * steps**2


def sharpe_interval(shape: Moments, *, confidence: float = 0.95) -> tuple[float, float]:
    """Interval that holds the true Sharpe ratio with ``confidence``: the ratio -/+ z errors, taken at the ratio.

    Raises
    ------
    EngineInputError
        The moments allow no estimate of the error.

    Examples
    --------
    >>> normal = Moments(n=400, sharpe=0.0, skewness=0.0, kurtosis=3.0, correlation=0.0)
    >>> [round(end, 4) for end in sharpe_interval(normal)]
    [-0.098, 0.098]
    """
    reach = NORMAL.inv_cdf(0.5 + confidence / 2) * _error(shape, shape.sharpe)
    return shape.sharpe - reach, shape.sharpe + reach


def _error(shape: Moments, at: float) -> float:
    variance = sharpe_variance(shape, at=at)
    if not variance > 0:
        raise EngineInputError(f"the variance of the Sharpe ratio at {at} comes out as {variance}: no estimate")
    return math.sqrt(variance)
