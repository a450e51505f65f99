"""Extremes and ranks of a window, and the range a day opened with."""

from __future__ import annotations

from math import ceil, inf
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.indicators.indicator_type import Context, IndicatorType, InputProblem, Inputs, InputSpec
from engine.indicators.input_specs import after, length, source
from engine.indicators.sessions import opening_range
from engine.indicators.volatility import BAND_ALIASES
from engine.indicators.windows import highest, lowest, window_rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.indicators.indicator_type import FloatArray


def _highest(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    return (highest(context.source, inputs["length"]),)


def _lowest(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    return (lowest(context.source, inputs["length"]),)


def _donchian(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    bars = context.bars
    upper, lower = np.empty(bars.n_bars), np.empty(bars.n_bars)
    upper[1:] = highest(bars.high, inputs["length"])[:-1]
    lower[1:] = lowest(bars.low, inputs["length"])[:-1]
    upper[0] = lower[0] = np.nan
    middle = upper + lower
    middle /= 2.0
    return upper, middle, lower, upper - lower


def _percentile(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    bars = inputs["length"]
    rank = max(ceil(inputs["q"] * bars / 100.0), 1) - 1
    return (window_rank(context.source, bars, rank),)


def _whole_percent(given: Mapping[str, Any], inputs: dict[str, Any]) -> Iterable[InputProblem]:
    q = inputs["q"]
    if 0.0 < q < 1.0:
        message = f"'q' is {q:g}: it is written in per cent, 0 to 100, so this would be the {q:g}th percentile"
        yield InputProblem("q", "INPUT_RANGE", message, None, f"{100.0 * q:g}")


def _opening_range(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    bars = context.bars
    return opening_range(bars.time, bars.interval_ms, bars.high, bars.low, inputs["start"], inputs["end"], inputs["tz"])


def _start_before_end(given: Mapping[str, Any], inputs: dict[str, Any]) -> Iterable[InputProblem]:
    if inputs["start"] >= inputs["end"]:
        message = f"'start' is {inputs['start']} and 'end' {inputs['end']}: the range must end later on the same day"
        yield InputProblem("end", "INPUT_CONFLICT", message)


CHANNELS = (
    IndicatorType(
        name="highest",
        group="channels",
        summary="The highest value of the last bars, the current one included.",
        inputs=(length(20), source()),
        compute=_highest,
        first_value=after(-1),
        aliases=("max", "rolling_max", "highest_high", "hh"),
    ),
    IndicatorType(
        name="lowest",
        group="channels",
        summary="The lowest value of the last bars, the current one included.",
        inputs=(length(20), source()),
        compute=_lowest,
        first_value=after(-1),
        aliases=("min", "rolling_min", "lowest_low", "ll"),
    ),
    IndicatorType(
        name="donchian",
        group="channels",
        summary="Donchian channel: highest high and lowest low of the bars before the current one, which can break it.",
        inputs=(length(20, description="Bars in the channel, the current one left out."),),
        compute=_donchian,
        first_value=after(0),
        outputs=("upper", "middle", "lower", "width"),
        aliases=("dc", "donchian_channel", "donchian_channels"),
        output_aliases={**BAND_ALIASES, "high": "upper", "low": "lower"},
        needs=("high", "low"),
        output_scales={"width": "oscillator"},
        bounds={"width": (0.0, inf)},
    ),
    IndicatorType(
        name="percentile",
        group="channels",
        summary="Percentile: the smallest value of the last bars that q per cent of them do not exceed (nearest rank).",
        inputs=(
            length(20),
            InputSpec(
                name="q",
                kind="float",
                default=50.0,
                low=0.0,
                high=100.0,
                description="Per cent of the bars at or below the value: 0 the lowest, 50 the median, 100 the highest.",
                aliases=("percentile", "percent"),
            ),
            source(),
        ),
        compute=_percentile,
        first_value=after(-1),
        aliases=("rolling_percentile", "quantile"),
        settle=_whole_percent,
    ),
    IndicatorType(
        name="opening_range",
        group="channels",
        summary="Opening range: high and low of the bars between two local times, held until the next day's begins.",
        inputs=(
            InputSpec(
                name="start",
                kind="time",
                required=True,
                description="Local time at which the range begins.",
                aliases=("start_time", "from", "open"),
            ),
            InputSpec(
                name="end",
                kind="time",
                required=True,
                description="Local time at which it ends, later on the same day.",
                aliases=("end_time", "to"),
            ),
            InputSpec(
                name="tz",
                kind="timezone",
                default="UTC",
                description="Time zone of both, by its IANA name.",
                aliases=("timezone", "time_zone", "zone"),
            ),
        ),
        compute=_opening_range,
        first_value=lambda inputs: 0,
        outputs=("high", "low"),
        aliases=("orb", "opening_range_breakout", "session_range"),
        output_aliases={"upper": "high", "lower": "low", "range_high": "high", "range_low": "low"},
        needs=("high", "low"),
        unknown="while the range forms, and on days on which no bar lies wholly inside it",
        settle=_start_before_end,
        example={"start": "09:30", "end": "10:00", "tz": "America/New_York"},
    ),
)
