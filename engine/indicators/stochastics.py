"""Where a price stands within its recent range, and who pushes it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.indicators.indicator_type import Context, IndicatorType, Inputs
from engine.indicators.input_specs import LENGTH_ALIASES, bars_input, length, source
from engine.indicators.talib_loader import load_talib
from engine.indicators.windows import window_mean, window_sum

if TYPE_CHECKING:
    from engine.indicators.indicator_type import FloatArray

K_ALIASES = ("k_length", "k_period", "fastk_period", "length", *LENGTH_ALIASES)
D_ALIASES = ("d_length", "d_period", "d_smooth", "smooth_d", "fastd_period")
STANDSTILL = 1e-9
"""A range of the RSI, in points, that is rounding alone: while prices stand still the RSI does, up to its last bits."""

K_AND_D = {"slowk": "k", "fastk": "k", "percent_k": "k", "slowd": "d", "fastd": "d", "percent_d": "d"}


def _raw_stochastic(high: FloatArray, low: FloatArray, close: FloatArray, length_bars: int) -> FloatArray:
    raw: FloatArray = load_talib().STOCHF(high, low, close, fastk_period=length_bars, fastd_period=1)[0]
    return raw


def _smoothed(raw: FloatArray, first: int, *lengths: int) -> tuple[FloatArray, ...]:
    """Return averages of averages of ``raw``, which is defined from bar ``first`` on, each aligned with the bars."""
    lines: list[FloatArray] = []
    for bars in lengths:
        line = np.full_like(raw, np.nan)
        line[first:] = window_mean(raw[first:], bars)
        lines.append(line)
        raw, first = line, first + bars - 1
    return tuple(lines)


def _stoch(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    bars = context.bars
    raw = _raw_stochastic(bars.high, bars.low, bars.close, inputs["k"])
    return _smoothed(raw, inputs["k"] - 1, inputs["smooth"], inputs["d"])


def _stochf(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    bars = context.bars
    raw = _raw_stochastic(bars.high, bars.low, bars.close, inputs["k"])
    return raw, *_smoothed(raw, inputs["k"] - 1, inputs["d"])


def _stochrsi(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    talib, bars = load_talib(), inputs["length"]
    rsi = talib.RSI(context.source, timeperiod=bars)[bars:]
    lowest = talib.MIN(rsi, timeperiod=bars)
    reach = talib.MAX(rsi, timeperiod=bars) - lowest
    raw = np.full_like(context.source, np.nan)
    place = np.divide(rsi - lowest, reach, out=np.zeros_like(reach), where=reach > STANDSTILL)
    raw[bars:] = place * 100.0
    return _smoothed(raw, 2 * bars - 1, inputs["k"], inputs["d"])


def _ultosc(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    bars = context.bars
    floor = np.minimum(bars.low[1:], bars.close[:-1])
    pressure = np.zeros(bars.n_bars)
    true_range = np.zeros(bars.n_bars)
    pressure[1:] = bars.close[1:] - floor
    true_range[1:] = np.maximum(bars.high[1:], bars.close[:-1]) - floor
    total = np.zeros(bars.n_bars)
    for name, weight in (("fast", 4.0), ("middle", 2.0), ("slow", 1.0)):
        moved = window_sum(true_range, inputs[name])
        bought = window_sum(pressure, inputs[name])
        total += weight * np.divide(bought, moved, out=np.zeros_like(moved), where=moved != 0.0)
    return (total * (100.0 / 7.0),)


STOCHASTICS = (
    IndicatorType(
        name="stoch",
        group="momentum",
        summary="Stochastic: where the close stands in the window's range, 0 to 100, smoothed (k) and its average (d).",
        inputs=(
            bars_input(
                "k",
                14,
                description="Bars of the range.",
                aliases=K_ALIASES,
            ),
            bars_input("d", 3, description="Bars of the average of k.", aliases=(*D_ALIASES, "slowd_period")),
            bars_input(
                "smooth",
                3,
                description="Bars over which k is smoothed; 1 for none.",
                aliases=("smoothing", "slowing", "smooth_k", "k_smooth", "slowk_period"),
            ),
        ),
        compute=_stoch,
        first_value=lambda inputs: inputs["k"] + inputs["smooth"] + int(inputs["d"]) - 3,
        outputs=("k", "d"),
        aliases=("stochastic", "stochastic_oscillator", "slow_stochastic"),
        output_aliases=K_AND_D,
        needs=("high", "low", "close"),
        scale="oscillator",
        bounds={"k": (0.0, 100.0), "d": (0.0, 100.0)},
    ),
    IndicatorType(
        name="stochf",
        group="momentum",
        summary="Fast stochastic: where the close stands in the window's range, 0 to 100 (k), and its average (d).",
        inputs=(
            bars_input(
                "k",
                5,
                description="Bars of the range.",
                aliases=K_ALIASES,
            ),
            bars_input("d", 3, description="Bars of the average of k.", aliases=D_ALIASES),
        ),
        compute=_stochf,
        first_value=lambda inputs: inputs["k"] + int(inputs["d"]) - 2,
        outputs=("k", "d"),
        aliases=("fast_stochastic", "stoch_fast"),
        output_aliases=K_AND_D,
        needs=("high", "low", "close"),
        scale="oscillator",
        bounds={"k": (0.0, 100.0), "d": (0.0, 100.0)},
    ),
    IndicatorType(
        name="stochrsi",
        group="momentum",
        summary="Stochastic RSI: where the RSI stands in its own range, both over length bars, 0 to 100, smoothed.",
        inputs=(
            length(14, low=2, description="Bars of the RSI and of its range.", more=("rsi_length", "rsi_period")),
            bars_input(
                "k",
                3,
                description="Bars over which k is smoothed; 1 for none.",
                aliases=("smooth_k", "k_smooth", "smooth", "k_length", "k_period"),
            ),
            bars_input("d", 3, description="Bars of the average of k.", aliases=D_ALIASES),
            source(),
        ),
        compute=_stochrsi,
        first_value=lambda inputs: 2 * inputs["length"] + inputs["k"] + int(inputs["d"]) - 3,
        outputs=("k", "d"),
        aliases=("stoch_rsi", "stochastic_rsi", "srsi"),
        output_aliases=K_AND_D,
        scale="oscillator",
        bounds={"k": (0.0, 100.0), "d": (0.0, 100.0)},
    ),
    IndicatorType(
        name="ultosc",
        group="momentum",
        summary="Ultimate oscillator: buying pressure over true range in three windows weighed 4, 2 and 1, 0 to 100.",
        inputs=(
            bars_input("fast", 7, description="Bars of the window weighed 4.", aliases=("timeperiod1", "length1")),
            bars_input("middle", 14, description="Bars of the window weighed 2.", aliases=("timeperiod2", "length2")),
            bars_input("slow", 28, description="Bars of the window weighed 1.", aliases=("timeperiod3", "length3")),
        ),
        compute=_ultosc,
        first_value=lambda inputs: max(inputs["fast"], inputs["middle"], int(inputs["slow"])),
        aliases=("ultimate_oscillator", "uo"),
        needs=("high", "low", "close"),
        scale="oscillator",
        bounds={"value": (0.0, 100.0)},
    ),
)
