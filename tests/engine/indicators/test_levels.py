"""Pivots, anchored averages and Ichimoku's lines by hand: which bars a level knows of, and from when on."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from reference.candles import random_bars

from engine.indicators.catalog import CATALOG, resolve_inputs
from engine.indicators.store import compute_columns
from engine.kernels import indicator_sessions
from engine.market.bars import make_bars
from engine.market.timeframe import DAY_MS

HOUR = 3_600_000
JANUARY_FIRST = 1_704_067_200_000  # 2024-01-01, a Monday
SIX_HOURS = 6 * HOUR


def six_hour_bars(rows, start=JANUARY_FIRST):
    """Return bars of (high, low, close, volume), four to a day, each opening at its close."""
    high, low, close, volume = np.array(rows, dtype=float).T
    time = start + np.arange(len(rows)) * SIX_HOURS
    return make_bars("X", "6h", time, close, high, low, close, volume)


def columns_of(name, bars, inputs):
    return {output: column for (_, output), column in compute_columns(bars, {"one": (name, inputs)}).items()}


TWO_DAYS = [(11, 9, 10, 1), (13, 10, 12, 1), (14, 12, 13, 2), (13, 8, 12, 4), (12, 11, 12, 1), (15, 12, 14, 3)]


def test_pivots_are_known_from_the_first_bar_after_the_day_they_come_from():
    found = columns_of("pivots", six_hour_bars(TWO_DAYS), {})

    for column in found.values():
        assert np.isnan(column[:4]).all()
        assert column[4] == column[5]
    # high 14, low 8, close 12 of the first day
    pivot = 34 / 3
    expected = {
        "pivot": pivot,
        "r1": 2 * pivot - 8,
        "r2": pivot + 6,
        "r3": 14 + 2 * (pivot - 8),
        "s1": 2 * pivot - 14,
        "s2": pivot - 6,
        "s3": 8 - 2 * (14 - pivot),
    }
    for name, value in expected.items():
        assert found[name][4] == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(
    ("method", "pivot", "r1", "s3"),
    [
        ("fibonacci", 34 / 3, 34 / 3 + 0.382 * 6, 34 / 3 - 6),
        ("camarilla", 34 / 3, 12 + 1.1 * 6 / 12, 12 - 1.1 * 6 / 4),
        ("woodie", 11.5, 2 * 11.5 - 8, 8 - 2 * (14 - 11.5)),
    ],
)
def test_each_method_has_its_formula(method, pivot, r1, s3):
    found = columns_of("pivots", six_hour_bars(TWO_DAYS), {"method": method})
    assert [found[name][5] for name in ("pivot", "r1", "s3")] == pytest.approx([pivot, r1, s3], rel=1e-14)


def test_a_day_the_data_begins_in_the_middle_of_gives_no_pivots():
    late = six_hour_bars(TWO_DAYS * 2, start=JANUARY_FIRST + SIX_HOURS)  # three bars of the first day, then whole ones
    pivot = columns_of("pivots", late, {})["pivot"]
    assert np.isnan(pivot[:7]).all()
    day = late.time // DAY_MS
    second = day == day[3]
    expected = (late.high[second].max() + late.low[second].min() + late.close[second][-1]) / 3
    assert pivot[7] == pytest.approx(expected, rel=1e-14)


def test_a_weeks_pivots_hold_from_monday_to_monday():
    bars = random_bars(1, 900)
    pivot = columns_of("pivots", bars, {"period": "week"})["pivot"]
    changes = [t for t in range(1, 900) if np.isfinite(pivot[t]) and pivot[t] != pivot[t - 1]]
    assert len(changes) >= 3
    for t in changes:
        assert (bars.time[t] // DAY_MS + 3) % 7 == 0
        assert bars.time[t] % DAY_MS == 0
    assert all(later - earlier == 7 * 24 for earlier, later in pairwise(changes))


def test_a_days_market_without_weekends_takes_the_last_day_that_traded():
    days = [0, 1, 2, 3, 4, 7, 8]  # Monday to Friday, then Monday
    close = np.array([10.0, 11.0, 12.0, 13.0, 20.0, 15.0, 16.0])
    time = JANUARY_FIRST + np.array(days) * DAY_MS
    bars = make_bars("X", "1d", time, close, close + 1, close - 1, close, np.ones(7))
    pivot = columns_of("pivots", bars, {})["pivot"]
    np.testing.assert_allclose(pivot, [np.nan, 10, 11, 12, 13, 20, 15], rtol=1e-14)


def test_an_average_anchored_at_a_date_begins_with_that_day():
    bars = six_hour_bars(TWO_DAYS)
    (column,) = columns_of("anchored_vwap", bars, {"date": "2024-01-02"}).values()
    assert np.isnan(column[:4]).all()
    first, second = (12 + 11 + 12) / 3, (15 + 12 + 14) / 3
    np.testing.assert_allclose(column[4:], [first, (first + 3 * second) / 4], rtol=1e-14)


def test_a_session_begins_at_its_local_time_across_a_change_of_clocks():
    bars = random_bars(3, 24 * 7)  # from 2024-03-09, the day before New York's clocks go forward
    inputs = {"anchor": "session", "start": "09:00", "tz": "America/New_York"}
    (column,) = columns_of("anchored_vwap", bars, inputs).values()
    typical = (bars.high + bars.low + bars.close) / 3
    begins = np.flatnonzero(np.abs(column - typical) < 1e-9 * typical)
    assert {int(bars.time[t] % DAY_MS // HOUR) for t in begins if bars.time[t] // DAY_MS < 19_792} >= {14}
    assert {int(bars.time[t] % DAY_MS // HOUR) for t in begins if bars.time[t] // DAY_MS > 19_792} == {13}


@pytest.mark.parametrize(
    ("inputs", "input_", "code"),
    [
        ({"anchor": "date"}, "anchor", "INPUT_CONFLICT"),
        ({"anchor": "week", "date": "2024-01-02"}, "date", "INPUT_CONFLICT"),
        ({"anchor": "week", "start": "09:30"}, "start", "INPUT_CONFLICT"),
        ({"date": "2024-02-30"}, "date", "INPUT_CHOICE"),
        ({"date": "20240102"}, "date", "INPUT_CHOICE"),
        ({"date": 20240102}, "date", "INPUT_TYPE"),
        ({"anchor": "decade"}, "anchor", "INPUT_CHOICE"),
    ],
)
def test_an_anchor_that_cannot_be_is_refused(inputs, input_, code):
    (problem,) = resolve_inputs(CATALOG["anchored_vwap"], inputs).problems
    assert (problem.input, problem.code) == (input_, code)


@pytest.mark.parametrize("written", ["20240102", "2024/01/02", "2024-1-2", "2024-01-02T09:30:00Z"])
def test_a_date_written_otherwise_is_refused_with_the_day_it_means(written):
    (problem,) = resolve_inputs(CATALOG["anchored_vwap"], {"date": written}).problems
    assert problem.suggestion == "2024-01-02"
    assert "YYYY-MM-DD" in problem.message


def test_a_date_alone_says_that_it_is_the_anchor():
    resolved = resolve_inputs(CATALOG["anchored_vwap"], {"since": "2024-01-02"})
    assert resolved.problems == ()
    assert (resolved.inputs["anchor"], resolved.inputs["date"]) == ("date", "2024-01-02")
    assert resolve_inputs(CATALOG["anchored_vwap"], resolved.inputs) == resolved


def test_ichimokus_spans_are_those_of_their_own_bar_and_the_charts_cloud_is_an_offset():
    bars = random_bars(4, 200)
    indicators = {"now": ("ichimoku", {}), "drawn": ("ichimoku", {"offset": 26})}
    found = compute_columns(bars, indicators)
    t = 150
    middles = {n: (bars.high[t - n + 1 : t + 1].max() + bars.low[t - n + 1 : t + 1].min()) / 2 for n in (9, 26, 52)}
    assert found["now", "conversion"][t] == pytest.approx(middles[9], rel=1e-15)
    assert found["now", "base"][t] == pytest.approx(middles[26], rel=1e-15)
    assert found["now", "span_a"][t] == pytest.approx((middles[9] + middles[26]) / 2, rel=1e-15)
    assert found["now", "span_b"][t] == pytest.approx(middles[52], rel=1e-15)
    np.testing.assert_array_equal(found["drawn", "span_a"][26:], found["now", "span_a"][:-26])


@pytest.mark.parametrize("whole", [False, True])
def test_the_kernel_of_earlier_sessions_equals_its_python_twin(whole):
    bars = random_bars(6, 400, "jumps")
    session = bars.time // DAY_MS
    kernel = indicator_sessions.fill_previous_session
    results = []
    for call in (kernel, kernel.py_func):
        outputs = [np.full(400, -7.0) for _ in range(3)]
        call(session, whole, bars.high, bars.low, bars.close, *outputs)
        results.append(outputs)
    np.testing.assert_array_equal(results[0], results[1])
    first_new = int(np.flatnonzero(np.diff(session))[0]) + 1
    assert np.isfinite(results[0][0][first_new]) == whole
