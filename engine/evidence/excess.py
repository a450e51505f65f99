"""What a strategy earned beyond the market it was in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import EngineInputError
from engine.metrics.series import finite_series

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]


def exposure_matched_excess(returns: ArrayLike, asset_returns: ArrayLike, *, mean_exposure: float) -> FloatArray:
    """Return what a strategy earned beyond holding the asset at its own mean exposure: ``r - exposure * r_asset``.

    A rule that is long half of the time in a rising market earns without any skill; this takes that off.

    Parameters
    ----------
    returns, asset_returns : array_like of float, shape (n_days,)
        Daily returns of the strategy and of the asset on the same days.
    mean_exposure : float
        Signed notional over equity, mean over all bars; short is negative.

    Raises
    ------
    EngineInputError
        Unequal lengths, or a value that is not finite.

    Examples
    --------
    >>> exposure_matched_excess([0.02, -0.01], [0.02, 0.01], mean_exposure=0.5).tolist()
    [0.01, -0.015]
    """
    own, asset = finite_series("returns", returns), finite_series("asset_returns", asset_returns)
    exposure = float(finite_series("mean_exposure", [mean_exposure])[0])
    if own.shape != asset.shape:
        raise EngineInputError(f"returns has {own.size} days, asset_returns {asset.size}: they must be the same days")
    excess: FloatArray = own - exposure * asset
    return excess
