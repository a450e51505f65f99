"""P-values put together: search and holdout into one, many tests at once, and the alpha that looks use up.

References
----------
Stouffer, S. et al. (1949). "The American Soldier", vol. 1, weighted as by Lipták (1958).
Sidak, Z. (1967). JASA 62. Holm, S. (1979). Scandinavian Journal of Statistics 6.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineInputError
from engine.metrics.series import finite_series

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

ALPHA = 0.05
LOOKS = 5
"""Looks that one holdout has: after them it is retired."""

SMALLEST_P = float(np.finfo(np.float64).tiny)


def combined_p(p_search: float, p_holdout: float, *, n_search: int, n_holdout: int) -> float:
    """Stouffer's combination of two independent p-values, weighted by the root of the days behind each.

    ``1 - Z[(sqrt(T_S) Z^-1(1 - p_S) + sqrt(T_H) Z^-1(1 - p_H)) / sqrt(T_S + T_H)]``. Independent under no edge: holdout
    and selection share no day (purge). A p of 1 makes 1; a p of 0, which only rounding makes, is read as 2e-308.

    Raises
    ------
    EngineInputError
        A p outside [0, 1], or a count of days below 1.

    Examples
    --------
    >>> round(combined_p(0.08, 0.06, n_search=765, n_holdout=330), 5)
    0.02128
    """
    from scipy.special import ndtri
    from scipy.stats import norm

    search, holdout = probability("p_search", p_search), probability("p_holdout", p_holdout)
    for name, days in (("n_search", n_search), ("n_holdout", n_holdout)):
        if days < 1:
            raise EngineInputError(f"{name} is {days}: it must be at least one day")
    if max(search, holdout) == 1.0:
        return 1.0
    scores = [-float(ndtri(max(p, SMALLEST_P))) for p in (search, holdout)]
    total = math.sqrt(n_search) * scores[0] + math.sqrt(n_holdout) * scores[1]
    return float(norm.sf(total / math.sqrt(n_search + n_holdout)))


def sidak_p(p: float, n_tests: float) -> float:
    """Chance that the smallest p of N independent tests without effect is at most ``p``: 1 - (1 - p)^N.

    ``n_tests`` may be a number of effective tests, at least 1.

    >>> round(sidak_p(0.001, 26), 6)
    0.025678
    """
    value = probability("p", p)
    if not (n_tests >= 1 and math.isfinite(n_tests)):
        raise EngineInputError(f"n_tests is {n_tests}: it must be at least 1")
    return 1.0 if value == 1.0 else -math.expm1(n_tests * math.log1p(-value))


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Holm's adjusted p-values, in the order given: each is compared to the error allowed over the whole family.

    >>> holm([0.01, 0.04, 0.03]).round(4).tolist()
    [0.03, 0.06, 0.06]
    """
    values = _probabilities(p_values)
    order = np.argsort(values, kind="stable")
    scaled = values[order] * np.arange(values.size, 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted


def look_alpha(look: int) -> float:
    """Return the error that the ``look``-th look into a holdout may make: 6 * 0.05 / (pi^2 look^2).

    Over all looks, were there infinitely many, they add up to 0.05.

    Raises
    ------
    EngineInputError
        Not a look from the first to the fifth: the holdout is used up after that.

    Examples
    --------
    >>> [round(look_alpha(j), 4) for j in range(1, LOOKS + 1)]
    [0.0304, 0.0076, 0.0034, 0.0019, 0.0012]
    """
    if not 1 <= look <= LOOKS:
        raise EngineInputError(
            f"look is {look}: a holdout has looks 1 to {LOOKS}, then it is used up and only later data can validate"
        )
    return 6 * ALPHA / (math.pi**2 * look**2)


def probability(name: str, value: float) -> float:
    """Return ``value`` when it is in [0, 1], else raise `EngineInputError`."""
    if not 0 <= value <= 1:
        raise EngineInputError(f"{name} is {value}: a p-value must be in [0, 1]")
    return float(value)


def _probabilities(p_values: ArrayLike) -> NDArray[np.float64]:
    values = finite_series("p_values", p_values)
    wrong = (values < 0) | (values > 1)
    if wrong.any():
        at = int(np.argmax(wrong))
        raise EngineInputError(f"p_values[{at}] is {values[at]}: a p-value must be in [0, 1]")
    return values
