"""How fast and how far a price has moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.indicators.averages import of_source
from engine.indicators.fields import PRICE_SOURCES
from engine.indicators.indicator_type import Context, IndicatorType, Inputs
from engine.indicators.input_specs import after, bars_input, length, source
from engine.indicators.talib_loader import load_talib

if TYPE_CHECKING:
    from engine.indicators.indicator_type import FloatArray

FAST_ALIASES = ("fastperiod", "fast_period", "fast_length")
SLOW_ALIASES = ("slowperiod", "slow_period", "slow_length")


def _roc(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    bars_back = inputs["length"]
    out = np.empty_like(context.source)
    moved = out[bars_back:]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        np.divide(context.source[bars_back:], context.source[:-bars_back], out=moved)
        moved -= 1.0
        moved *= 100.0
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
    out = talib.EMA(context.source, timeperiod=inputs["fast"])
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        out -= slow
        out /= slow
        out *= 100.0
    return (out,)


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
)
