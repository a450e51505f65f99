"""Checks of the curves that metrics are computed from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineInputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]


def finite_series(name: str, values: ArrayLike) -> FloatArray:
    """Return ``values`` as contiguous float64 of shape (n,), n >= 1.

    Raises
    ------
    EngineInputError
        Not one-dimensional, empty, or a value that is not finite.

    Examples
    --------
    >>> finite_series("equity", [100.0, float("nan")])
    Traceback (most recent call last):
    engine.errors.EngineInputError: equity[1] is nan: every value must be finite (1 of 2 are not)
    """
    series = np.ascontiguousarray(values, dtype=np.float64)
    if series.ndim != 1 or series.size == 0:
        raise EngineInputError(f"{name} has shape {series.shape}: it must be one-dimensional and not empty")
    _refuse(name, series, ~np.isfinite(series), "finite")
    return series


def positive_series(name: str, values: ArrayLike) -> FloatArray:
    """Return ``values`` as contiguous float64 of shape (n,), n >= 1, all finite and > 0.

    Raises
    ------
    EngineInputError
        Not one-dimensional, empty, or a value that is not finite and positive.
    """
    series = finite_series(name, values)
    _refuse(name, series, series <= 0, "finite and > 0")
    return series


def positive_number(name: str, value: float) -> float:
    """Return ``value`` when it is finite and > 0, else raise `EngineInputError`."""
    if not (np.isfinite(value) and value > 0):
        raise EngineInputError(f"{name} is {value}: it must be finite and > 0")
    return float(value)


def _refuse(name: str, series: FloatArray, wrong: NDArray[np.bool_], rule: str) -> None:
    if wrong.any():
        at = int(np.argmax(wrong))
        raise EngineInputError(
            f"{name}[{at}] is {series[at]}: every value must be {rule} ({int(wrong.sum())} of {series.size} are not)"
        )
