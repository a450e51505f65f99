"""TA-Lib functions that are computed here instead, where TA-Lib's running sums leave noise for a value.

A running sum keeps the rounding error of every bar it has seen. Most functions show it in the eleventh digit; in these
it decides: a window without volume sums to 1e-13 and not to zero, and what is divided by it is anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.indicators.windows import window_mean, window_mean_and_deviation, window_sum

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.indicators.indicator_type import Compute, Context, FloatArray, Inputs


def _sum(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    return (window_sum(context.source, inputs["length"]),)


def _var(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    return (window_mean_and_deviation(context.source, inputs["length"], ddof=0)[1] ** 2,)


def _rvol(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    volume = context.bars.volume
    out = np.full_like(volume, np.nan)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        out[1:] = volume[1:] / window_mean(volume, inputs["length"])[:-1]
    return (out,)


def _vwap(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    from engine.indicators.fields import fields
    from engine.indicators.sessions import session_mean

    bars = context.bars
    return (session_mean(np.zeros_like(bars.time), fields(bars, "hlc3"), bars.volume),)


INSTEAD: Mapping[str, Compute] = {"RVOL": _rvol, "SUM": _sum, "VAR": _var, "VWAP": _vwap}
"""Function -> the same formula without the noise; a test holds both against each other where there is none."""
