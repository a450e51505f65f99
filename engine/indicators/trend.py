"""Which way a market goes, and how decidedly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.indicators.indicator_type import Compute, Context, IndicatorType, InputProblem, Inputs, InputSpec
from engine.indicators.input_specs import after, band_width, length
from engine.indicators.talib_loader import load_talib

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.indicators.indicator_type import FloatArray


def of_range(*functions: str) -> Compute:
    """Return the computation of TA-Lib functions of high, low, close and one length, one output each."""

    def compute(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
        talib, bars = load_talib(), context.bars
        return tuple(
            getattr(talib, function)(bars.high, bars.low, bars.close, timeperiod=inputs["length"])
            for function in functions
        )

    return compute


def _aroon(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    down, up = load_talib().AROON(context.bars.high, context.bars.low, timeperiod=inputs["length"])
    return up, down, up - down


def _supertrend(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    bars = context.bars
    line, direction = load_talib().SUPERTREND(
        bars.high, bars.low, bars.close, timeperiod=inputs["length"], multiplier=inputs["multiplier"]
    )
    return line, direction.astype("float64")


def _psar(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    bars = context.bars
    return (load_talib().SAR(bars.high, bars.low, acceleration=inputs["step"], maximum=inputs["max"]),)


def _step_within_max(given: Mapping[str, Any], inputs: dict[str, Any]) -> Iterable[InputProblem]:
    if inputs["step"] > inputs["max"]:
        message = f"'step' is {inputs['step']:g} and 'max' {inputs['max']:g}: the step may not exceed the maximum"
        yield InputProblem("step" if "step" in given else "max", "INPUT_CONFLICT", message)


def _directional(name: str, function: str, summary: str, aliases: tuple[str, ...]) -> IndicatorType:
    return IndicatorType(
        name=name,
        group="trend",
        summary=summary,
        inputs=(length(14, low=2),),
        compute=of_range(function),
        first_value=after(0),
        aliases=aliases,
        needs=("high", "low", "close"),
        scale="oscillator",
        bounds={"value": (0.0, 100.0)},
    )


TREND = (
    IndicatorType(
        name="adx",
        group="trend",
        summary="Average directional index: how decided the trend is (adx), with the up and down movement behind it.",
        inputs=(length(14, low=2),),
        compute=of_range("ADX", "PLUS_DI", "MINUS_DI"),
        first_value=after(-1, per_length=2),
        outputs=("adx", "plus_di", "minus_di"),
        aliases=("average_directional_index", "dmi", "directional_movement"),
        output_aliases={
            "plus": "plus_di",
            "minus": "minus_di",
            "pdi": "plus_di",
            "mdi": "minus_di",
            "di_plus": "plus_di",
            "di_minus": "minus_di",
        },
        needs=("high", "low", "close"),
        scale="oscillator",
        bounds={"adx": (0.0, 100.0), "plus_di": (0.0, 100.0), "minus_di": (0.0, 100.0)},
    ),
    _directional(
        "dx",
        "DX",
        "Directional movement index: the difference of up and down movement over their sum, 0 to 100.",
        ("directional_movement_index",),
    ),
    _directional(
        "plus_di",
        "PLUS_DI",
        "Upward movement: Wilder's share of the true range that was new highs, 0 to 100.",
        ("pdi", "di_plus"),
    ),
    _directional(
        "minus_di",
        "MINUS_DI",
        "Downward movement: Wilder's share of the true range that was new lows, 0 to 100.",
        ("mdi", "di_minus"),
    ),
    IndicatorType(
        name="aroon",
        group="trend",
        summary="Aroon: how recently the window's high (up) and low (down) came, 100 is now; oscillator is up - down.",
        inputs=(length(14, low=2, description="Bars back that are searched, beside the current one."),),
        compute=_aroon,
        first_value=after(0),
        outputs=("up", "down", "oscillator"),
        output_aliases={
            "aroonup": "up",
            "aroondown": "down",
            "aroon_up": "up",
            "aroon_down": "down",
            "osc": "oscillator",
        },
        needs=("high", "low"),
        scale="oscillator",
        bounds={"up": (0.0, 100.0), "down": (0.0, 100.0), "oscillator": (-100.0, 100.0)},
    ),
    IndicatorType(
        name="supertrend",
        group="trend",
        summary="Supertrend: a line ATR multiples from the price that trails the trend; direction 1 is up, -1 down.",
        inputs=(
            length(10, low=2, description="Bars of the ATR.", more=("atr_length", "atr_period")),
            band_width("multiplier", 3.0, "the ATR"),
        ),
        compute=_supertrend,
        first_value=after(0),
        outputs=("line", "direction"),
        aliases=("super_trend",),
        output_aliases={"supertrend": "line", "dir": "direction", "trend": "direction"},
        needs=("high", "low", "close"),
        output_scales={"direction": "direction"},
        bounds={"direction": (-1.0, 1.0)},
    ),
    IndicatorType(
        name="psar",
        group="trend",
        summary="Parabolic SAR: a stop that closes in on the trend's extreme and turns around when it is touched.",
        inputs=(
            InputSpec(
                name="step",
                kind="float",
                default=0.02,
                low=0.0001,
                high=1.0,
                description="Acceleration at the start and at each new extreme.",
                aliases=("acceleration", "af", "increment"),
            ),
            InputSpec(
                name="max",
                kind="float",
                default=0.2,
                low=0.0001,
                high=1.0,
                description="Highest acceleration.",
                aliases=("maximum", "max_step", "max_af"),
            ),
        ),
        compute=_psar,
        first_value=lambda inputs: 1,
        aliases=("sar", "parabolic_sar", "parabolic"),
        needs=("high", "low"),
        settle=_step_within_max,
    ),
)
