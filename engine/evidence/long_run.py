"""By how much the mean of a correlated series errs.

References
----------
Politis, D. and Romano, J. (1994). "The stationary bootstrap". JASA 89(428), equation 4.
Hansen, P. (2005). "A test for superior predictive ability". Journal of Business & Economic Statistics 23(4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.evidence.trials import trial_chunks

if TYPE_CHECKING:
    from engine.evidence.trials import FloatArray, TrialReturns


def long_run_deviations(returns: TrialReturns, means: FloatArray, block_length: float) -> FloatArray:
    """Return ``w_k``, by which the mean of trial k errs times the root of the days, under the stationary bootstrap.

    ``w^2 = sum over lags i of a_i C_i``, C the circular autocovariances and ``a_i = (1 - i / n) (1 - 1 / b)^i`` on both
    sides, taken through the spectrum of the series. With ``b = 1`` it is the deviation with ddof 0.

    Parameters
    ----------
    returns : array of float, shape (n_trials, n_days)
        Checked by `engine.evidence.trials.trial_returns`.
    means : array of float, shape (n_trials,)
        Of the trials.
    block_length : float
        Mean length b of the blocks, in days, >= 1.

    Examples
    --------
    >>> days = np.array([[0.01, 0.03, 0.01, 0.03]])
    >>> long_run_deviations(days, days.mean(axis=1), 1.0).round(12).tolist()
    [0.01]
    """
    n_days = returns.shape[1]
    lags = np.arange(n_days)
    weights = (1 - lags / n_days) * (1 - 1 / block_length) ** lags
    kernel = 2 * np.fft.rfft(weights).real - 1
    kernel[1 : (n_days + 1) // 2] *= 2  # each stands for the frequency below zero as well
    deviations = np.empty(len(returns))
    for rows in trial_chunks(len(returns), 2 * n_days):
        spectrum = np.fft.rfft(returns[rows] - means[rows, None])
        power = spectrum.real**2 + spectrum.imag**2
        deviations[rows] = np.sqrt(np.maximum(power @ kernel, 0.0)) / n_days
    return deviations
