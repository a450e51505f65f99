"""Sessions by the clock: opening ranges through daylight saving, gaps and holidays, anchored averages."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from reference.candles import KINDS, random_bars
from reference.indicator_formulas import by_hand

from engine.indicators.sessions import opening_range
from engine.indicators.store import compute_columns
from engine.market.bars import make_bars
from engine.market.timeframe import DURATION_MS

NEW_YORK = ZoneInfo("America/New_York")


def moment(text, zone=NEW_YORK):
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


def bars_at(times, timeframe="15m"):
    """Bars whose high is 100 + their number and whose low is 50 + a sixteenth of it."""
    number = np.arange(len(times), dtype=float)
    middle = np.full(len(times), 80.0)
    return make_bars("X", timeframe, times, middle, 100 + number, 50 + number / 16, middle, np.ones(len(times)))


def every(timeframe, start, n_bars):
    return [start + k * DURATION_MS[timeframe] for k in range(n_bars)]


def range_of(bars, start="09:30", end="10:00", tz="America/New_York"):
    columns = compute_columns(bars, {"r": ("opening_range", {"start": start, "end": end, "tz": tz})})
    return columns["r", "high"], columns["r", "low"]


def test_the_range_is_known_from_the_close_of_its_last_bar():
    bars = bars_at(every("15m", moment("2024-06-03T09:00"), 8))  # 09:00 to 10:45, numbers 0 to 7

    high, low = range_of(bars)

    # bars 2 (09:30) and 3 (09:45) form it; bar 3 closes at 10:00
    np.testing.assert_array_equal(high, [np.nan] * 3 + [103.0] * 5)
    np.testing.assert_array_equal(low, [np.nan] * 3 + [50.125] * 5)


def test_the_range_holds_until_the_next_days_begins():
    bars = bars_at(every("15m", moment("2024-06-03T09:30"), 96 + 3))
    high, _ = range_of(bars)
    assert np.isnan(high[0])
    assert (high[1:96] == 101.0).all()  # bar 95 closes at 09:30 of the next day, before its range has traded
    assert np.isnan(high[96])
    assert (high[97:] == 197.0).all()


def test_the_range_moves_with_the_local_clock_when_it_changes():
    """New York went to summer time on 2024-03-10: 09:30 is 14:30 UTC before and 13:30 after."""
    bars = bars_at(every("15m", moment("2024-03-09T00:00"), 3 * 96))
    high, _ = range_of(bars)
    known = np.flatnonzero(np.isnan(high[:-1]) & np.isfinite(high[1:])) + 1
    assert [datetime.fromtimestamp(bars.time[t] / 1000, NEW_YORK).strftime("%d %H:%M") for t in known] == [
        "09 09:45",
        "10 09:45",
        "11 09:45",
    ]
    assert known.tolist() == [39, 39 + 92, 39 + 92 + 96]


def test_a_day_on_which_no_bar_lies_inside_has_no_range():
    start = moment("2024-06-03T09:30")
    bars = bars_at([*every("15m", start, 8), *every("15m", start + 86_400_000 + 3_600_000, 8)])
    high, _ = range_of(bars)
    assert (high[1:8] == 101.0).all()
    assert np.isnan(high[8:]).all()


def test_bars_longer_than_the_range_have_none():
    high, low = range_of(bars_at(every("1h", moment("2024-06-03T00:00"), 100), "1h"))
    assert np.isnan(high).all()
    assert np.isnan(low).all()


def test_a_bar_across_the_ranges_edge_is_no_part_of_it():
    """With 15-minute bars a range from 09:30 to 09:50 consists of one bar, and nothing more can come after 09:45."""
    bars = bars_at(every("15m", moment("2024-06-03T09:00"), 6))
    high, low = range_of(bars, end="09:50")
    np.testing.assert_array_equal(high, [np.nan] * 2 + [102.0] * 4)
    np.testing.assert_array_equal(low, [np.nan] * 2 + [50.125] * 4)


def test_a_bar_missing_inside_the_range_does_not_delay_it_beyond_its_end():
    times = every("15m", moment("2024-06-03T09:30"), 6)
    del times[1]  # 09:45, the range's last
    high, _ = range_of(bars_at(times))
    np.testing.assert_array_equal(high, [np.nan] + [100.0] * 4)


def test_history_that_begins_inside_a_range_uses_what_there_is():
    high, _ = range_of(bars_at(every("15m", moment("2024-06-03T09:45"), 3)))
    np.testing.assert_array_equal(high, [100.0] * 3)


@pytest.mark.no_cover
@pytest.mark.parametrize("tz", ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Australia/Lord_Howe"])
@pytest.mark.parametrize("kind", KINDS)
def test_ranges_agree_with_a_search_through_local_days(tz, kind):
    for timeframe, (start, end) in {
        "15m": ("02:15", "04:00"),
        "5m": ("00:00", "00:20"),
        "1h": ("21:00", "23:59"),
    }.items():
        bars = random_bars(len(tz), 400, kind, timeframe)
        expected = by_hand("opening_range", bars, {"start": start, "end": end, "tz": tz})
        for output, column in zip(("high", "low"), range_of(bars, start, end, tz), strict=True):
            wanted = [np.nan if value is None else value for value in expected[output]]
            np.testing.assert_array_equal(column, wanted, f"{timeframe} {output}")


def test_no_bars_have_no_range():
    empty = np.empty(0)
    high, low = opening_range(np.empty(0, dtype=np.int64), 900_000, empty, empty, "09:30", "10:00", "UTC")
    assert high.shape == low.shape == (0,)


def test_a_vwap_begins_anew_each_utc_day_and_week():
    start = moment("2024-06-02T22:00", ZoneInfo("UTC"))  # a Sunday
    times = every("1h", start, 4)
    price, volume = np.array([10.0, 20.0, 30.0, 60.0]), np.array([1.0, 3.0, 2.0, 4.0])
    bars = make_bars("X", "1h", times, price, price, price, price, volume)

    columns = compute_columns(
        bars,
        {
            "day": ("vwap", {}),
            "week": ("vwap", {"session": "week"}),
            "rolling": ("vwap", {"length": 2}),
        },
    )

    np.testing.assert_allclose(columns["day", "value"], [10.0, 17.5, 30.0, 50.0], rtol=1e-14)
    np.testing.assert_allclose(columns["week", "value"], [10.0, 17.5, 30.0, 50.0], rtol=1e-14)
    np.testing.assert_allclose(columns["rolling", "value"], [np.nan, 17.5, 24.0, 50.0], rtol=1e-14)


def test_a_week_lasts_from_monday_to_sunday():
    times = every("1d", moment("2024-06-02T00:00", ZoneInfo("UTC")), 9)
    price = np.arange(1.0, 10.0)
    bars = make_bars("X", "1d", times, price, price, price, price, np.ones(9))
    week = compute_columns(bars, {"w": ("vwap", {"session": "week"})})["w", "value"]
    np.testing.assert_allclose(week, [1, 2, 2.5, 3, 3.5, 4, 4.5, 5, 9], rtol=1e-14)


def test_a_session_without_volume_so_far_has_no_average():
    price = np.array([10.0, 20.0, 30.0])
    bars = make_bars("X", "1h", every("1h", 0, 3), price, price, price, price, [0.0, 0.0, 5.0])
    column = compute_columns(bars, {"v": ("vwap", {})})["v", "value"]
    np.testing.assert_allclose(column, [np.nan, np.nan, 30.0], rtol=1e-14)
