"""How fast and how far a price has moved: oscillators."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.indicators.averages import of_source
from engine.indicators.fields import PRICE_SOURCES
from engine.indicators.indicator_type import Context, IndicatorType, Inputs
from engine.indicators.input_specs import LENGTH_ALIASES, after, bars_input, length, source
from engine.indicators.talib_loader import load_talib
from engine.indicators.windows import window_mean, window_sum

if TYPE_CHECKING:
    from engine.indicators.indicator_type import FloatArray

FAST_ALIASES = ("fastperiod", "fast_period", "fast_length")
SLOW_ALIASES = ("slowperiod", "slow_period", "slow_length")
D_ALIASES = ("d_length", "d_period", "d_smooth", "smooth_d")


def _roc(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    bars_back = inputs["length"]
    out = np.full_like(context.source, np.nan)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        out[bars_back:] = (context.source[bars_back:] / context.source[:-bars_back] - 1.0) * 100.0
    return (out,)


def _cci(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    bars, values = context.bars, context.source
    typical = (bars.high, bars.low, bars.close) if inputs["source"] == "hlc3" else (values, values, values)
    return (load_talib().CCI(*typical, timeperiod=inputs["length"]),)


def _williams_r(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    bars = context.bars
    return (load_talib().WILLR(bars.high, bars.low, context.source, timeperiod=inputs["length"]),)


def _macd(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    fast, slow = inputs["fast"], inputs["slow"]
    columns: tuple[FloatArray, ...] = load_talib().MACD(
        context.source, fastperiod=min(fast, slow), slowperiod=max(fast, slow), signalperiod=inputs["signal"]
    )
    # TA-Lib swaps a fast length above the slow one in silence; here the sign stays as written.
    return tuple(-column for column in columns) if fast > slow else columns


def _ppo(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    talib = load_talib()
    slow = talib.EMA(context.source, timeperiod=inputs["slow"])
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return ((talib.EMA(context.source, timeperiod=inputs["fast"]) - slow) / slow * 100.0,)


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
    bars = inputs["length"]
    rsi = load_talib().RSI(context.source, timeperiod=bars)[bars:]
    raw = np.full_like(context.source, np.nan)
    raw[bars:] = _raw_stochastic(rsi, rsi, rsi, bars)
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


MOMENTUM = (
    IndicatorType(
        name="rsi",
        group="momentum",
        summary="Relative strength index: Wilder's share of gains in all movement, 0 to 100 (0 where nothing moved).",
        inputs=(length(14, low=2), source()),
        compute=of_source("RSI"),
        first_value=after(0),
        aliases=("relative_strength_index",),
        scale="oscillator",
        bounds={"value": (0.0, 100.0)},
    ),
    IndicatorType(
        name="roc",
        group="momentum",
        summary="Rate of change: the move since a number of bars ago, in per cent (5 means 5 % higher).",
        inputs=(length(14, description="Bars back to compare with."), source()),
        compute=_roc,
        first_value=after(0),
        aliases=("rate_of_change",),
        scale="oscillator",
        unknown="where the source was 0 that many bars ago",
    ),
    IndicatorType(
        name="momentum",
        group="momentum",
        summary="Momentum: the move since a number of bars ago, in units of the source.",
        inputs=(length(14, description="Bars back to compare with."), source()),
        compute=of_source("MOM"),
        first_value=after(0),
        aliases=("mom",),
        scale="oscillator",
    ),
    IndicatorType(
        name="cci",
        group="momentum",
        summary="Commodity channel index: distance of the typical price from its average, in 0.015 mean deviations.",
        inputs=(length(14, low=2), source("hlc3")),
        compute=_cci,
        first_value=after(-1),
        aliases=("commodity_channel_index",),
        scale="oscillator",
    ),
    IndicatorType(
        name="williams_r",
        group="momentum",
        summary="Williams %R: where the price stands in the window's range, 0 at the high and -100 at the low.",
        inputs=(length(14, low=2), source(choices=PRICE_SOURCES)),
        compute=_williams_r,
        first_value=after(-1),
        aliases=("willr", "williams", "williams_percent_r", "williams_%r", "percent_r", "wpr"),
        needs=("high", "low"),
        scale="oscillator",
        bounds={"value": (-100.0, 0.0)},
    ),
    IndicatorType(
        name="cmo",
        group="momentum",
        summary="Chande momentum oscillator: gains minus losses over their sum, with Wilder's smoothing, -100 to 100.",
        inputs=(length(14, low=2), source()),
        compute=of_source("CMO"),
        first_value=after(0),
        aliases=("chande_momentum", "chande_momentum_oscillator"),
        scale="oscillator",
        bounds={"value": (-100.0, 100.0)},
    ),
    IndicatorType(
        name="trix",
        group="momentum",
        summary="TRIX: the one-bar change, in per cent, of a triple exponential average.",
        inputs=(length(30), source()),
        compute=of_source("TRIX"),
        first_value=after(-2, per_length=3),
        scale="oscillator",
    ),
    IndicatorType(
        name="macd",
        group="momentum",
        summary="MACD: fast minus slow exponential average (line), its average (signal), and their difference (hist).",
        inputs=(
            bars_input("fast", 12, low=2, description="Bars of the fast average.", aliases=FAST_ALIASES),
            bars_input("slow", 26, low=2, description="Bars of the slow average.", aliases=SLOW_ALIASES),
            bars_input(
                "signal",
                9,
                description="Bars of the line's average.",
                aliases=("signalperiod", "signal_period", "signal_length"),
            ),
            source(),
        ),
        compute=_macd,
        first_value=lambda inputs: max(inputs["fast"], inputs["slow"]) + int(inputs["signal"]) - 2,
        outputs=("line", "signal", "hist"),
        output_aliases={
            "macd": "line",
            "macdsignal": "signal",
            "signal_line": "signal",
            "macd_signal": "signal",
            "macdhist": "hist",
            "histogram": "hist",
            "macd_hist": "hist",
            "macd_line": "line",
        },
        scale="oscillator",
    ),
    IndicatorType(
        name="ppo",
        group="momentum",
        summary="Percentage price oscillator: fast minus slow exponential average, in per cent of the slow one.",
        inputs=(
            bars_input("fast", 12, low=2, description="Bars of the fast average.", aliases=FAST_ALIASES),
            bars_input("slow", 26, low=2, description="Bars of the slow average.", aliases=SLOW_ALIASES),
            source(),
        ),
        compute=_ppo,
        first_value=lambda inputs: max(inputs["fast"], int(inputs["slow"])) - 1,
        aliases=("percentage_price_oscillator",),
        scale="oscillator",
        unknown="where the slow average is 0",
    ),
    IndicatorType(
        name="stoch",
        group="momentum",
        summary="Stochastic: where the close stands in the window's range, 0 to 100, smoothed (k) and its average (d).",
        inputs=(
            bars_input(
                "k",
                14,
                description="Bars of the range.",
                aliases=("k_length", "k_period", "fastk_period", *LENGTH_ALIASES, "length"),
            ),
            bars_input(
                "d", 3, description="Bars of the average of k.", aliases=(*D_ALIASES, "slowd_period", "fastd_period")
            ),
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
        output_aliases={"slowk": "k", "fastk": "k", "slowd": "d", "fastd": "d", "percent_k": "k", "percent_d": "d"},
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
                aliases=("k_length", "k_period", "fastk_period", *LENGTH_ALIASES, "length"),
            ),
            bars_input("d", 3, description="Bars of the average of k.", aliases=(*D_ALIASES, "fastd_period")),
        ),
        compute=_stochf,
        first_value=lambda inputs: inputs["k"] + int(inputs["d"]) - 2,
        outputs=("k", "d"),
        aliases=("fast_stochastic", "stoch_fast"),
        output_aliases={"fastk": "k", "fastd": "d", "percent_k": "k", "percent_d": "d"},
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
            bars_input("d", 3, description="Bars of the average of k.", aliases=(*D_ALIASES, "fastd_period")),
            source(),
        ),
        compute=_stochrsi,
        first_value=lambda inputs: 2 * inputs["length"] + inputs["k"] + int(inputs["d"]) - 3,
        outputs=("k", "d"),
        aliases=("stoch_rsi", "stochastic_rsi", "srsi"),
        output_aliases={"fastk": "k", "fastd": "d", "slowk": "k", "slowd": "d", "percent_k": "k", "percent_d": "d"},
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
