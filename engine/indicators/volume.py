"""What volume says beside price."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.indicators.fields import fields
from engine.indicators.indicator_type import MAX_LENGTH, Context, IndicatorType, InputProblem, Inputs, InputSpec
from engine.indicators.input_specs import LENGTH_ALIASES, after, length, source
from engine.indicators.sessions import session_mean, session_numbers
from engine.indicators.talib_loader import load_talib
from engine.indicators.windows import window_mean, window_sum, window_weighted_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.indicators.indicator_type import FloatArray

ROLLING_LENGTH = 20


def _volume_sma(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    return (window_mean(context.bars.volume, inputs["length"]),)


def _obv(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    return (load_talib().OBV(context.bars.close, context.bars.volume),)


def _vwap(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    bars = context.bars
    typical = fields(bars, "hlc3")
    if inputs["session"] == "rolling":
        return (window_weighted_mean(typical, bars.volume, inputs["length"]),)
    return (session_mean(session_numbers(bars.time, inputs["session"]), typical, bars.volume),)


def _vwap_first_value(inputs: Inputs) -> int:
    return int(inputs["length"]) - 1 if inputs["session"] == "rolling" else 0


def _session_or_length(given: Mapping[str, Any], inputs: dict[str, Any]) -> Iterable[InputProblem]:
    if "length" in given and given.get("session", "rolling") != "rolling":
        message = (
            f"'length' goes with session 'rolling' only, and 'session' is '{given['session']}': write one of the two"
        )
        yield InputProblem("length", "INPUT_CONFLICT", message)
    elif "length" in given:
        inputs["session"] = "rolling"
    elif inputs["session"] == "rolling":
        inputs["length"] = ROLLING_LENGTH


def _mfi(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    price = context.source
    flow = price[1:] * context.bars.volume[1:]
    rose, fell = np.zeros_like(price), np.zeros_like(price)
    rose[1:] = np.where(price[1:] > price[:-1], flow, 0.0)
    fell[1:] = np.where(price[1:] < price[:-1], flow, 0.0)
    gained = window_sum(rose, inputs["length"])
    with np.errstate(divide="ignore", invalid="ignore"):
        return (gained / (gained + window_sum(fell, inputs["length"])) * 100.0,)


def _cmf(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    bars = context.bars
    spread = bars.high - bars.low
    place = np.divide(
        (bars.close - bars.low) - (bars.high - bars.close), spread, out=np.zeros_like(spread), where=spread > 0
    )
    volume = window_sum(bars.volume, inputs["length"])
    with np.errstate(divide="ignore", invalid="ignore"):
        return (window_sum(place * bars.volume, inputs["length"]) / volume,)


VOLUME = (
    IndicatorType(
        name="volume_sma",
        group="volume",
        summary="Average volume: the plain mean of the last bars' volume.",
        inputs=(length(20),),
        compute=_volume_sma,
        first_value=after(-1),
        aliases=("volume_ma", "vol_sma", "vol_ma", "average_volume", "avg_volume", "volume_average"),
        needs=("volume",),
        scale="volume",
        bounds={"value": (0.0, inf)},
    ),
    IndicatorType(
        name="obv",
        group="volume",
        summary="On-balance volume: volume added on a higher close, taken off on a lower one, from the first bar on.",
        inputs=(),
        compute=_obv,
        first_value=lambda inputs: 0,
        aliases=("on_balance_volume",),
        needs=("close", "volume"),
        scale="volume",
    ),
    IndicatorType(
        name="vwap",
        group="volume",
        summary="Volume-weighted average price: mean typical price of the UTC day or week so far, or of a window.",
        inputs=(
            InputSpec(
                name="session",
                kind="choice",
                default="day",
                choices=("day", "week", "rolling"),
                description="Begin anew with the UTC day or week (Monday), or roll over the last length bars.",
                aliases=("anchor",),
            ),
            InputSpec(
                name="length",
                kind="int",
                low=1,
                high=MAX_LENGTH,
                description=f"Bars of a rolling window ({ROLLING_LENGTH} when session is rolling).",
                aliases=LENGTH_ALIASES,
            ),
        ),
        compute=_vwap,
        first_value=_vwap_first_value,
        aliases=("volume_weighted_average_price",),
        needs=("high", "low", "close", "volume"),
        unknown="where nothing has traded in the session or window yet",
        settle=_session_or_length,
    ),
    IndicatorType(
        name="mfi",
        group="volume",
        summary="Money flow index: the share of money that flowed while the typical price rose, 0 to 100.",
        inputs=(length(14), source("hlc3")),
        compute=_mfi,
        first_value=after(0),
        aliases=("money_flow_index", "money_flow"),
        needs=("volume",),
        scale="oscillator",
        bounds={"value": (0.0, 100.0)},
        unknown="where no money flowed: no volume, or no change of price",
    ),
    IndicatorType(
        name="cmf",
        group="volume",
        summary="Chaikin money flow: where the closes lay in their bars' ranges, weighed by volume, -1 to 1.",
        inputs=(length(20),),
        compute=_cmf,
        first_value=after(-1),
        aliases=("chaikin_money_flow",),
        needs=("high", "low", "close", "volume"),
        scale="oscillator",
        bounds={"value": (-1.0, 1.0)},
        unknown="where the window has no volume",
    ),
)
