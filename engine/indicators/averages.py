"""Moving averages and other smooth lines through a source."""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

import numpy as np

from engine.indicators.indicator_type import Compute, Context, IndicatorType, Inputs
from engine.indicators.input_specs import after, length, source
from engine.indicators.talib_loader import load_talib
from engine.indicators.windows import window_mean, window_ramp_mean, window_weighted_mean

if TYPE_CHECKING:
    from engine.indicators.indicator_type import FloatArray


def _sma(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    return (window_mean(context.source, inputs["length"]),)


def _wma(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    return (window_ramp_mean(context.source, inputs["length"]),)


def _hma(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    bars = inputs["length"]
    raw = window_ramp_mean(context.source, max(bars // 2, 1))
    raw *= 2.0
    out = window_ramp_mean(context.source, bars)
    raw -= out
    window_ramp_mean(raw[bars - 1 :], isqrt(bars), out=out[bars - 1 :])
    return (out,)


def _trima(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    bars = inputs["length"]
    inner = (bars + 1) // 2
    first, out = window_mean(context.source, inner), np.empty_like(context.source)
    window_mean(first[inner - 1 :], bars // 2 + 1, out=out[inner - 1 :])
    return (out,)


def _vwma(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    return (window_weighted_mean(context.source, context.bars.volume, inputs["length"]),)


def of_source(function: str) -> Compute:
    """Return the computation of a TA-Lib function of one series and one length."""

    def compute(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
        return (getattr(load_talib(), function)(context.source, timeperiod=inputs["length"]),)

    return compute


AVERAGES = (
    IndicatorType(
        name="sma",
        group="averages",
        summary="Simple moving average: the plain mean of the last bars.",
        inputs=(length(20), source()),
        compute=_sma,
        first_value=after(-1),
        aliases=("ma", "moving_average", "simple_moving_average", "simple_ma"),
    ),
    IndicatorType(
        name="ema",
        group="averages",
        summary="Exponential moving average: recent bars weigh more (2 / (length + 1)), seeded with a simple average.",
        inputs=(length(20), source()),
        compute=of_source("EMA"),
        first_value=after(-1),
        aliases=("exponential_moving_average", "exp_ma"),
    ),
    IndicatorType(
        name="wma",
        group="averages",
        summary="Weighted moving average: weights fall in a straight line from the newest bar to the oldest.",
        inputs=(length(20), source()),
        compute=_wma,
        first_value=after(-1),
        aliases=("weighted_moving_average", "lwma"),
    ),
    IndicatorType(
        name="hma",
        group="averages",
        summary="Hull moving average: a weighted average of 2 WMA(length / 2) - WMA(length), fast and still smooth.",
        inputs=(length(20), source()),
        compute=_hma,
        first_value=lambda inputs: int(inputs["length"]) - 1 + isqrt(inputs["length"]) - 1,
        aliases=("hull", "hull_ma", "hull_moving_average"),
    ),
    IndicatorType(
        name="rma",
        group="averages",
        summary="Wilder's smoothing: an exponential average that moves by 1 / length, seeded with a simple average.",
        inputs=(length(20), source()),
        compute=of_source("RMA"),
        first_value=after(-1),
        aliases=("wilder", "wilders", "smma", "smoothed_moving_average", "wilder_ma"),
    ),
    IndicatorType(
        name="dema",
        group="averages",
        summary="Double exponential moving average: 2 EMA - EMA of the EMA, which follows turns sooner.",
        inputs=(length(30), source()),
        compute=of_source("DEMA"),
        first_value=after(-2, per_length=2),
        aliases=("double_ema", "double_exponential_moving_average"),
    ),
    IndicatorType(
        name="tema",
        group="averages",
        summary="Triple exponential moving average: 3 EMA - 3 EMA of the EMA + the third EMA, sooner still.",
        inputs=(length(30), source()),
        compute=of_source("TEMA"),
        first_value=after(-3, per_length=3),
        aliases=("triple_ema", "triple_exponential_moving_average"),
    ),
    IndicatorType(
        name="trima",
        group="averages",
        summary="Triangular moving average: the middle of the window weighs most.",
        inputs=(length(30), source()),
        compute=_trima,
        first_value=after(-1),
        aliases=("triangular_ma", "triangular_moving_average"),
    ),
    IndicatorType(
        name="kama",
        group="averages",
        summary="Kaufman's adaptive average: fast (2 bars) in a clean move, slow (30 bars) in noise.",
        inputs=(length(30, low=2), source()),
        compute=of_source("KAMA"),
        first_value=after(0),
        aliases=("kaufman", "kaufman_ma", "adaptive_moving_average"),
    ),
    IndicatorType(
        name="vwma",
        group="averages",
        summary="Volume-weighted moving average: the mean of the last bars, each weighed by its volume.",
        inputs=(length(20), source()),
        compute=_vwma,
        first_value=after(-1),
        aliases=("volume_weighted_moving_average", "volume_weighted_ma"),
        needs=("volume",),
        unknown="where the window has no volume",
    ),
    IndicatorType(
        name="linearreg",
        group="averages",
        summary="Linear regression: where the straight line of best fit through the last bars ends.",
        inputs=(length(14, low=2), source()),
        compute=of_source("LINEARREG"),
        first_value=after(-1),
        aliases=("linreg", "linear_regression", "lsma"),
    ),
)
