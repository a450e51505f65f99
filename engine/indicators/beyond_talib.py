"""What TA-Lib lacks and people name: Ichimoku's lines, choppiness, a stop that hangs from the extremes."""

from __future__ import annotations

from math import inf, log10
from typing import TYPE_CHECKING

import numpy as np

from engine.indicators.indicator_type import Context, IndicatorType, Inputs
from engine.indicators.input_specs import after, band_width, bars_input, length
from engine.indicators.talib_loader import load_talib
from engine.indicators.windows import highest, lowest, window_sum

if TYPE_CHECKING:
    from engine.indicators.indicator_type import FloatArray


def _middle(context: Context, length_bars: int) -> FloatArray:
    return (highest(context.bars.high, length_bars) + lowest(context.bars.low, length_bars)) / 2.0


def _ichimoku(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    conversion, base = _middle(context, inputs["tenkan"]), _middle(context, inputs["kijun"])
    return conversion, base, (conversion + base) / 2.0, _middle(context, inputs["senkou_b"])


def _choppiness(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    bars, length_bars = context.bars, inputs["length"]
    true_range = load_talib().TRANGE(bars.high, bars.low, bars.close)
    path = np.full(bars.n_bars, np.nan)
    path[1:] = window_sum(true_range[1:], length_bars)
    reach = highest(bars.high, length_bars) - lowest(bars.low, length_bars)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return (100.0 * np.log10(path / reach) / log10(length_bars),)


def _chandelier(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    bars, length_bars = context.bars, inputs["length"]
    reach = inputs["multiplier"] * load_talib().ATR(bars.high, bars.low, bars.close, timeperiod=length_bars)
    return highest(bars.high, length_bars) - reach, lowest(bars.low, length_bars) + reach


BEYOND_TALIB = (
    IndicatorType(
        name="ichimoku",
        group="trend",
        summary="Ichimoku's lines as known now; a chart draws span_a and span_b kijun bars later: its cloud is [26].",
        inputs=(
            bars_input(
                "tenkan",
                9,
                description="Bars of the conversion line.",
                aliases=("tenkan_sen", "conversion", "conversion_length", "conversion_period"),
            ),
            bars_input(
                "kijun",
                26,
                description="Bars of the base line.",
                aliases=("kijun_sen", "base", "base_length", "base_period"),
            ),
            bars_input(
                "senkou_b",
                52,
                description="Bars of span_b.",
                aliases=("senkou", "senkou_span_b", "span_b", "span_b_length", "span_b_period"),
            ),
        ),
        compute=_ichimoku,
        first_value=lambda inputs: max(inputs["tenkan"], inputs["kijun"], int(inputs["senkou_b"])) - 1,
        outputs=("conversion", "base", "span_a", "span_b"),
        aliases=("ichimoku_cloud", "ichimoku_kinko_hyo"),
        output_aliases={
            "tenkan": "conversion",
            "tenkan_sen": "conversion",
            "conversion_line": "conversion",
            "kijun": "base",
            "kijun_sen": "base",
            "base_line": "base",
            "senkou_a": "span_a",
            "senkou_span_a": "span_a",
            "leading_a": "span_a",
            "senkou_b": "span_b",
            "senkou_span_b": "span_b",
            "leading_b": "span_b",
        },
        needs=("high", "low"),
        core=False,
    ),
    IndicatorType(
        name="chandelier",
        group="trend",
        summary="Chandelier exit: ATR multiples below the window's high (long) and above its low (short).",
        inputs=(
            length(22, description="Bars of the extremes and of the ATR."),
            band_width("multiplier", 3.0, "the ATR"),
        ),
        compute=_chandelier,
        first_value=after(0),
        outputs=("long", "short"),
        aliases=("chandelier_exit", "ce"),
        output_aliases={"long_stop": "long", "short_stop": "short", "buy": "long", "sell": "short"},
        needs=("high", "low", "close"),
        core=False,
    ),
    IndicatorType(
        name="choppiness",
        group="volatility",
        summary="Choppiness: the bars' path over the range they covered, on a log scale: 100 sideways, 0 straight.",
        inputs=(length(14, low=2),),
        compute=_choppiness,
        first_value=after(0),
        aliases=("chop", "choppiness_index", "ci"),
        needs=("high", "low", "close"),
        scale="oscillator",
        bounds={"value": (0.0, inf)},
        unknown="where the window has no range",
        core=False,
    ),
)
