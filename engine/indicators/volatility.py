"""How far a price swings, and bands drawn from it."""

from __future__ import annotations

from math import inf, sqrt
from typing import TYPE_CHECKING

import numpy as np

from engine.indicators.indicator_type import Context, IndicatorType, Inputs
from engine.indicators.input_specs import after, band_width, bars_input, length, source
from engine.indicators.talib_loader import load_talib
from engine.indicators.trend import of_range
from engine.indicators.windows import window_mean_and_deviation
from engine.market.timeframe import periods_per_year

if TYPE_CHECKING:
    from engine.indicators.indicator_type import FloatArray

BAND_ALIASES = {
    "upperband": "upper",
    "upper_band": "upper",
    "mid": "middle",
    "basis": "middle",
    "middleband": "middle",
    "middle_band": "middle",
    "lowerband": "lower",
    "lower_band": "lower",
    "bandwidth": "width",
}


def _stdev(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    return (window_mean_and_deviation(context.source, inputs["length"], ddof=0)[1],)


def _zscore(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    mean, deviation = window_mean_and_deviation(context.source, inputs["length"], ddof=0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        np.subtract(context.source, mean, out=mean)
        mean /= deviation
    return (mean,)


def _realized_vol(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    bars = context.bars
    deviation = np.full(bars.n_bars, np.nan)
    returns = np.diff(np.log(bars.close))
    deviation[1:] = window_mean_and_deviation(returns, inputs["length"], ddof=1)[1]
    deviation *= sqrt(periods_per_year(bars.timeframe))
    return (deviation,)


def _bbands(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    middle, reach = window_mean_and_deviation(context.source, inputs["length"], ddof=0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        upper, lower = _around(middle, reach, inputs["stddev"])
        width = upper - lower
        percent = context.source - lower
        percent /= width
        width /= middle
    return upper, middle, lower, width, percent


def _keltner(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    talib, bars = load_talib(), context.bars
    middle = talib.EMA(bars.close, timeperiod=inputs["length"])
    reach = talib.ATR(bars.high, bars.low, bars.close, timeperiod=inputs["atr_length"])
    upper, lower = _around(middle, reach, inputs["multiplier"])
    return upper, middle, lower


def _around(middle: FloatArray, reach: FloatArray, times: float) -> tuple[FloatArray, FloatArray]:
    """Return the lines so many times ``reach`` above and below the middle; the lower one takes the place of ``reach``.

    Fresh memory costs more than arithmetic on a long column.
    """
    reach *= times
    upper = middle + reach
    return upper, np.subtract(middle, reach, out=reach)


VOLATILITY = (
    IndicatorType(
        name="stdev",
        group="volatility",
        summary="Standard deviation of the last bars around their mean (the population's, divided by length).",
        inputs=(length(20, low=2), source()),
        compute=_stdev,
        first_value=after(-1),
        aliases=("std", "stddev", "std_dev", "standard_deviation"),
        scale="oscillator",
        bounds={"value": (0.0, inf)},
    ),
    IndicatorType(
        name="zscore",
        group="volatility",
        summary="Z-score: distance from the mean of the last bars in standard deviations (the population's).",
        inputs=(length(20, low=2), source()),
        compute=_zscore,
        first_value=after(-1),
        aliases=("z_score", "standard_score"),
        scale="oscillator",
        unknown="where the window is flat",
    ),
    IndicatorType(
        name="atr",
        group="volatility",
        summary="Average true range: how far a bar swings, gaps included, in price units with Wilder's smoothing.",
        inputs=(length(14),),
        compute=of_range("ATR"),
        first_value=after(0),
        aliases=("average_true_range",),
        needs=("high", "low", "close"),
        scale="oscillator",
        bounds={"value": (0.0, inf)},
    ),
    IndicatorType(
        name="natr",
        group="volatility",
        summary="Normalised ATR: the average true range in per cent of the close.",
        inputs=(length(14),),
        compute=of_range("NATR"),
        first_value=after(0),
        aliases=("normalized_atr", "normalised_atr", "atr_percent"),
        needs=("high", "low", "close"),
        scale="ratio",
        bounds={"value": (0.0, inf)},
    ),
    IndicatorType(
        name="realized_vol",
        group="volatility",
        summary="Realised volatility: sample deviation of log returns, for a year of 365 days (0.6 is 60 %).",
        inputs=(length(30, low=2, description="Returns in the window."),),
        compute=_realized_vol,
        first_value=after(0),
        aliases=("realised_vol", "realized_volatility", "historical_volatility", "volatility", "hv"),
        needs=("close",),
        scale="ratio",
        bounds={"value": (0.0, inf)},
    ),
    IndicatorType(
        name="bbands",
        group="volatility",
        summary="Bollinger bands: standard deviations around a mean; percent is 0 at the lower band, 1 at the upper.",
        inputs=(length(20, low=2), band_width("stddev", 2.0, "the standard deviation"), source()),
        compute=_bbands,
        first_value=after(-1),
        outputs=("upper", "middle", "lower", "width", "percent"),
        aliases=("bb", "bollinger", "bollinger_band", "bollinger_bands"),
        output_aliases=BAND_ALIASES | dict.fromkeys(("percent_b", "percentb", "pct_b", "%b"), "percent"),
        output_scales={"width": "ratio", "percent": "ratio"},
        unknown="percent where the bands have no width, width where the middle is 0",
    ),
    IndicatorType(
        name="keltner",
        group="volatility",
        summary="Keltner channel: an exponential average of the close with bands of ATR multiples around it.",
        inputs=(
            length(20, description="Bars of the average.", more=("ema_length",)),
            band_width("multiplier", 2.0, "the ATR"),
            bars_input("atr_length", 10, description="Bars of the ATR.", aliases=("atr_period", "atrperiod")),
        ),
        compute=_keltner,
        first_value=lambda inputs: max(int(inputs["length"]) - 1, int(inputs["atr_length"])),
        outputs=("upper", "middle", "lower"),
        aliases=("kc", "keltner_channel", "keltner_channels"),
        output_aliases={name: meant for name, meant in BAND_ALIASES.items() if meant != "width"},
        needs=("high", "low", "close"),
    ),
)
