"""The best of many: what the highest Sharpe ratio of N trials is worth without any edge, and what is left of one.

All ratios are per observation. The deflated ratio is a score to show, not a test to pass: the form of 2014 hardly ever
passes noise at 0.95 but costs most of the power, so that verdicts rest on `engine.evidence.search_evidence`.

References
----------
Bailey, D., Borwein, J., Lopez de Prado, M. and Zhu, Q. (2014). "Pseudo-mathematics and financial charlatanism".
Notices of the AMS 61(5).
Bailey, D. and Lopez de Prado, M. (2014). "The deflated Sharpe ratio". Journal of Portfolio Management 40(5).
Lopez de Prado, M., Lipton, A. and Zoonekynd, V. (2026). "How to use the Sharpe ratio".
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineInputError
from engine.evidence.sharpe import NORMAL
from engine.evidence.trials import trial_sharpes
from engine.metrics.series import positive_number

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from engine.evidence.sharpe import Moments

TAIL = 40.0
"""Normal deviations beyond which nothing counts in float64."""


def expected_maximum(n_trials: float) -> float:
    """Expected highest of N independent standard normals, by the False Strategy theorem.

    ``(1 - g) Z^-1(1 - 1/N) + g Z^-1(1 - 1/(N e))``, g the Euler-Mascheroni constant: 2 % above the exact value at
    N = 10, 1 % at 100. A number of effective trials need not be whole; below 2, where the formula falls under zero, the
    straight line from 0 at N = 1 (one trial is no choice) to its value at N = 2 is taken.

    Raises
    ------
    EngineInputError
        ``n_trials`` is below 1 or not finite.

    Examples
    --------
    >>> round(expected_maximum(100), 4), round(expected_maximum(45), 4), expected_maximum(1)
    (2.5306, 2.2356, 0.0)
    """
    n = _trials(n_trials)
    if n < 2:
        return (n - 1) * expected_maximum(2)
    gamma = float(np.euler_gamma)
    return (1 - gamma) * NORMAL.inv_cdf(1 - 1 / n) + gamma * NORMAL.inv_cdf(1 - 1 / (n * math.e))


def maximum_deviation(n_trials: float) -> float:
    """Return the standard deviation of the highest of N independent standard normals, integrated to 1e-12.

    Examples
    --------
    >>> round(maximum_deviation(10), 4), round(maximum_deviation(1), 9)
    (0.5868, 1.0)
    """
    from scipy.special import log_ndtr

    n = _trials(n_trials)
    x = np.linspace(-TAIL, TAIL, 16_001)
    density = np.exp(math.log(n) - x**2 / 2 - math.log(2 * math.pi) / 2 + (n - 1) * log_ndtr(x))
    weight = density / density.sum()
    mean = float(weight @ x)
    return math.sqrt(float(weight @ (x - mean) ** 2))


def trial_variance(returns: ArrayLike) -> float:
    """Variance (ddof 1) of the Sharpe ratio across all trials, also those that never traded; 0 for a single one.

    To leave out the bad ones shrinks it, and with it what chance is said to reach.

    >>> trial_variance([[0.01, -0.02, 0.01, 0.02], [0.0, 0.0, 0.0, 0.0]]).__round__(6)
    0.041667
    """
    ratios = trial_sharpes(returns)
    return float(ratios.var(ddof=1)) if ratios.size > 1 else 0.0


def deflated_sharpe(shape: Moments, *, variance: float, n_trials: float) -> float:
    """Deflated Sharpe ratio of 2014: probability that the true ratio is above what the best of N idle trials shows.

    ``Z[(SR - SR0) sqrt(T - 1) / sqrt(1 - g3 SR + (g4 - 1) / 4 SR^2)]``, ``SR0 = sqrt(variance) expected_maximum(N)``.

    Parameters
    ----------
    shape : Moments
        Of the chosen trial.
    variance : float
        Of the ratios across trials (`trial_variance`), >= 0.
    n_trials : float
        Trials, or effective trials, >= 1.

    Raises
    ------
    EngineInputError
        A negative variance, fewer than one trial, or moments that allow no estimate of the error.

    Examples
    --------
    >>> from engine.evidence.sharpe import Moments
    >>> paper = Moments(n=1250, sharpe=2.5 / 250**0.5, skewness=-3.0, kurtosis=10.0, correlation=0.0)
    >>> round(deflated_sharpe(paper, variance=0.5 / 250, n_trials=100), 4)
    0.9004
    """
    if not variance >= 0:
        raise EngineInputError(f"variance is {variance}: the variance across trials must be >= 0")
    ratio = shape.sharpe
    spread = 1 - shape.skewness * ratio + (shape.kurtosis - 1) / 4 * ratio**2
    if not spread > 0:
        raise EngineInputError(f"the variance of the Sharpe ratio at {ratio} comes out as {spread}: no estimate")
    above = ratio - math.sqrt(variance) * expected_maximum(n_trials)
    return NORMAL.cdf(above * math.sqrt(shape.n - 1) / math.sqrt(spread))


def generalised_deflated_sharpe(sharpe: float, *, variance: float, n_trials: float) -> float:
    """Deflated Sharpe ratio of 2026: where ``sharpe`` lies among the highest ratios of N idle trials.

    ``Z[(SR - SR0) / (sqrt(variance) maximum_deviation(N))]``. On independent idle trials the best is above 0.95 in 5 to
    6 % of searches, by the form of 2014 in 0.6 % of those with 10 trials and 0.05 % of those with 1,000.

    Raises
    ------
    EngineInputError
        A variance that is not above 0 (trials that are all alike have no distribution), or fewer than one trial.

    Examples
    --------
    >>> round(generalised_deflated_sharpe(0.036 / 0.079, variance=0.1, n_trials=10), 3)
    0.41
    """
    deviation = math.sqrt(positive_number("variance", variance))
    above = sharpe - deviation * expected_maximum(n_trials)
    return NORMAL.cdf(above / (deviation * maximum_deviation(n_trials)))


def minimum_backtest_years(n_trials: float, *, annual_sharpe: float = 1.0) -> float:
    """Years of data below which the best of N idle trials is expected to show ``annual_sharpe``: (E[max] / SR)^2.

    >>> round(minimum_backtest_years(45), 3)
    4.998
    """
    return (expected_maximum(n_trials) / positive_number("annual_sharpe", annual_sharpe)) ** 2


def _trials(n_trials: float) -> float:
    if not (n_trials >= 1 and math.isfinite(n_trials)):
        raise EngineInputError(f"n_trials is {n_trials}: it must be at least 1")
    return float(n_trials)
