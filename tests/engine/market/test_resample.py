"""Resampling against a plain reference that knows calendars, not arithmetic on milliseconds."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DataError
from engine.market.bars import Bars, make_bars
from engine.market.resample import resample
from engine.market.timeframe import DURATION_MS, nests

PAIRS = [(fine, coarse) for fine in DURATION_MS for coarse in DURATION_MS if fine != coarse and nests(fine, coarse)]
START = datetime(2024, 2, 27, tzinfo=UTC)


def random_bars(seed: int, timeframe: str, n_bars: int, present: float = 0.8) -> Bars:
    random = np.random.default_rng(seed)
    step = DURATION_MS[timeframe]
    first = int(START.timestamp() * 1000) // step * step + int(random.integers(0, 40)) * step
    first -= first % step
    if timeframe == "1w":
        first += 4 * 86_400_000
    time = (first + step * np.arange(n_bars))[random.random(n_bars) < present]
    n = time.size
    open_, close = random.uniform(10, 20, n), random.uniform(10, 20, n)
    high = np.maximum(open_, close) + random.uniform(0, 1, n)
    low = np.minimum(open_, close) - random.uniform(0, 1, n)
    return make_bars("X", timeframe, time, open_, high, low, close, random.uniform(0, 5, n))


def period_of(time_ms: int, timeframe: str) -> datetime:
    """The period's start by the calendar: weeks from Monday, days from midnight, three days from the epoch."""
    moment = datetime.fromtimestamp(time_ms / 1000, UTC)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if timeframe == "1w":
        return midnight - timedelta(days=moment.weekday())
    if timeframe == "3d":
        return midnight - timedelta(days=(midnight - datetime(1970, 1, 1, tzinfo=UTC)).days % 3)
    minutes = DURATION_MS[timeframe] // 60_000
    since = (moment - midnight).seconds // 60
    return midnight + timedelta(minutes=since // minutes * minutes)


def reference(bars: Bars, timeframe: str) -> list[tuple[int, float, float, float, float, float, int]]:
    groups: dict[datetime, list[int]] = defaultdict(list)
    for t in range(bars.n_bars):
        groups[period_of(int(bars.time[t]), timeframe)].append(t)
    out = []
    length = timedelta(milliseconds=DURATION_MS[timeframe])
    known_until = datetime.fromtimestamp((int(bars.time[-1]) + bars.interval_ms) / 1000, UTC) if bars.n_bars else START
    for start, members in sorted(groups.items()):
        if start + length > known_until:
            continue
        out.append(
            (
                int(start.timestamp() * 1000),
                float(bars.open[members[0]]),
                max(float(bars.high[t]) for t in members),
                min(float(bars.low[t]) for t in members),
                float(bars.close[members[-1]]),
                math.fsum(float(bars.volume[t]) for t in members),
                DURATION_MS[timeframe] // bars.interval_ms - len(members),
            )
        )
    return out


@settings(max_examples=60)
@given(pair=st.sampled_from(PAIRS), seed=st.integers(0, 10_000), n_bars=st.integers(0, 90))
def test_resampled_bars_equal_a_plain_reference(pair: tuple[str, str], seed: int, n_bars: int) -> None:
    bars = random_bars(seed, pair[0], n_bars)

    made = resample(bars, pair[1])

    expected = reference(bars, pair[1])
    assert made.bars.n_bars == len(expected)
    for t, (time, open_, high, low, close, volume, missing) in enumerate(expected):
        assert made.bars.time[t] == time
        assert (made.bars.open[t], made.bars.high[t]) == (open_, high)
        assert (made.bars.low[t], made.bars.close[t]) == (low, close)
        assert made.bars.volume[t] == pytest.approx(volume, rel=1e-13, abs=0)
        assert made.missing[t] == missing


@pytest.mark.parametrize("seed", range(10))
def test_a_resampled_bar_does_not_change_when_later_bars_arrive(seed: int) -> None:
    bars = random_bars(seed, "1h", 200)
    whole = resample(bars, "4h").bars
    for cut in range(1, bars.n_bars):
        part = resample(bars.between(0, int(bars.time[cut])), "4h").bars
        np.testing.assert_array_equal(part.close, whole.close[: part.n_bars])
        np.testing.assert_array_equal(part.high, whole.high[: part.n_bars])


def test_resampling_in_two_steps_equals_one_step() -> None:
    bars = random_bars(3, "5m", 5_000, present=1.0)
    once, twice = resample(bars, "4h").bars, resample(resample(bars, "1h").bars, "4h").bars
    for name in ("time", "open", "high", "low", "close"):
        np.testing.assert_array_equal(getattr(once, name), getattr(twice, name))


def test_the_open_period_at_the_end_is_left_out_and_a_full_one_is_kept() -> None:
    hours = random_bars(0, "1h", 60, present=1.0)
    midnight = int(resample(hours, "1d").bars.time[0]) + 86_400_000
    until_23 = hours.between(0, midnight - 3_600_000)
    until_24 = hours.between(0, midnight)
    assert resample(until_24, "1d").bars.n_bars == resample(until_23, "1d").bars.n_bars + 1


def test_the_same_timeframe_comes_back_as_it_is() -> None:
    bars = random_bars(1, "1h", 20)
    assert resample(bars, "1h").bars is bars


@pytest.mark.parametrize(("fine", "coarse"), [("1h", "30m"), ("3m", "5m"), ("3d", "1w"), ("1h", "7h"), ("2h", "3h")])
def test_what_does_not_nest_is_refused_with_what_does(fine: str, coarse: str) -> None:
    with pytest.raises(
        DataError,
        match=rf"{fine} bars cannot be put together into '{coarse}'; allowed: .*1d" if fine != "3d" else "allowed: 3d",
    ):
        resample(random_bars(0, fine, 30), coarse)
