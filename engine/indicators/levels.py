"""Levels that hold for a while: pivots of the last whole day, week or month, averages since an anchor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.indicators.fields import fields
from engine.indicators.indicator_type import Context, IndicatorType, InputProblem, Inputs, InputSpec
from engine.indicators.sessions import (
    begins_a_session,
    day_ms,
    previous_sessions,
    session_mean,
    session_numbers,
    sessions_from,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.indicators.indicator_type import FloatArray

CAMARILLA = 1.1
"""Width of Camarilla's levels, as its author gives it."""


def _pivots(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    bars = context.bars
    numbers = session_numbers(bars.time, inputs["period"])
    whole = begins_a_session(int(bars.time[0]), inputs["period"])
    high, low, close = previous_sessions(numbers, whole, bars.high, bars.low, bars.close)
    reach = high - low
    weight = 2.0 if inputs["method"] == "woodie" else 1.0
    pivot = (high + low + weight * close) / (2.0 + weight)
    if inputs["method"] == "fibonacci":
        steps = tuple(part * reach for part in (0.382, 0.618, 1.0))
        above, below = tuple(pivot + step for step in steps), tuple(pivot - step for step in steps)
    elif inputs["method"] == "camarilla":
        steps = tuple(CAMARILLA * reach / part for part in (12.0, 6.0, 4.0))
        above, below = tuple(close + step for step in steps), tuple(close - step for step in steps)
    else:
        above = (2.0 * pivot - low, pivot + reach, high + 2.0 * (pivot - low))
        below = (2.0 * pivot - high, pivot - reach, low - 2.0 * (high - pivot))
    return pivot, *above, *below


def _anchored_vwap(context: Context, inputs: Inputs) -> tuple[FloatArray, ...]:
    bars, anchor = context.bars, inputs["anchor"]
    if anchor == "date":
        begin = day_ms(inputs["date"])
        numbers = (bars.time >= begin).astype("int64")
    elif anchor == "session":
        numbers = sessions_from(bars.time, inputs["start"], inputs["tz"])
    else:
        numbers = session_numbers(bars.time, anchor)
    mean = session_mean(numbers, fields(bars, "hlc3"), bars.volume)
    if anchor == "date":
        mean[numbers == 0] = float("nan")
    return (mean,)


def _anchor_and_its_inputs(given: Mapping[str, Any], inputs: dict[str, Any]) -> Iterable[InputProblem]:
    anchor = given.get("anchor")
    if "date" in given and anchor not in (None, "date"):
        message = f"'date' goes with anchor 'date' only, and 'anchor' is '{anchor}': write one of the two"
        yield InputProblem("date", "INPUT_CONFLICT", message)
    elif "date" in given:
        inputs["anchor"] = "date"
    elif anchor == "date":
        yield InputProblem("anchor", "INPUT_CONFLICT", "anchor 'date' needs a 'date', a UTC day written YYYY-MM-DD")
    for name in ("start", "tz"):
        if name in given and inputs["anchor"] != "session" and given[name] != DEFAULTS[name]:
            message = f"'{name}' goes with anchor 'session' only, and the anchor is '{inputs['anchor']}'"
            yield InputProblem(name, "INPUT_CONFLICT", message)


DEFAULTS = {"start": "00:00", "tz": "UTC"}

LEVELS = (
    IndicatorType(
        name="pivots",
        group="levels",
        summary="Pivot points: levels from high, low and close of the day, week or month before.",
        inputs=(
            InputSpec(
                name="method",
                kind="choice",
                default="classic",
                choices=("classic", "fibonacci", "camarilla", "woodie"),
                description="Which formula; woodie weighs the close twice.",
                aliases=("type", "kind", "formula"),
            ),
            InputSpec(
                name="period",
                kind="choice",
                default="day",
                choices=("day", "week", "month"),
                description="The UTC day, week (Monday) or month whose extremes are used once it has ended.",
                aliases=("session", "anchor"),
            ),
        ),
        compute=_pivots,
        first_value=lambda inputs: 0,
        outputs=("pivot", "r1", "r2", "r3", "s1", "s2", "s3"),
        aliases=("pivot", "pivot_point", "pivot_points"),
        output_aliases={"pp": "pivot", "p": "pivot"},
        needs=("high", "low", "close"),
        unknown="before the first whole day, week or month of the data has ended",
        core=False,
    ),
    IndicatorType(
        name="anchored_vwap",
        group="levels",
        summary="Anchored VWAP: mean typical price weighed by volume since a date, or since a session or month began.",
        inputs=(
            InputSpec(
                name="anchor",
                kind="choice",
                default="month",
                choices=("day", "week", "month", "year", "session", "date"),
                description="When it begins anew: with the UTC day, week, month or year, a local session, or once.",
            ),
            InputSpec(
                name="date",
                kind="date",
                description="With anchor date: the UTC day at whose start it begins.",
                aliases=("from", "since", "anchor_date", "start_date"),
            ),
            InputSpec(
                name="start",
                kind="time",
                default=DEFAULTS["start"],
                description="With anchor session: local time at which a session begins each day.",
                aliases=("start_time", "open"),
            ),
            InputSpec(
                name="tz",
                kind="timezone",
                default=DEFAULTS["tz"],
                description="Time zone of start, by its IANA name.",
                aliases=("timezone", "time_zone", "zone"),
            ),
        ),
        compute=_anchored_vwap,
        first_value=lambda inputs: 0,
        aliases=("avwap", "anchored_volume_weighted_average_price"),
        needs=("high", "low", "close", "volume"),
        unknown="before the date, and where nothing has traded since the anchor",
        settle=_anchor_and_its_inputs,
        core=False,
    ),
)
