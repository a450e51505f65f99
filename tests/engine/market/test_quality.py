"""Quality of candles: gaps, closing hours, flat runs, bad prints; and what a result says about them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.market.bars import Bars, make_bars
from engine.market.quality import notices_for, quality_report
from engine.market.timeframe import DAY_MS, DURATION_MS

HOUR = DURATION_MS["1h"]
MONDAY = 1_704_067_200_000
"""2024-01-01 00:00 UTC."""


def flat_bars(times: np.ndarray, timeframe: str = "1h", price: np.ndarray | float = 100.0) -> Bars:
    close = np.broadcast_to(np.asarray(price, dtype=float), times.shape)
    wide = np.ones(times.shape) * 1.0
    return make_bars("X", timeframe, times, close, close + wide, close - wide, close, wide)


def hours(n: int) -> np.ndarray:
    return MONDAY + HOUR * np.arange(n, dtype=np.int64)


def test_gaps_are_counted_and_the_longest_comes_first() -> None:
    kept = np.delete(hours(100), [10, 50, 51, 52, 80])
    report = quality_report(flat_bars(kept))
    assert (report.n_gaps, report.missing_bars, report.unexpected_bars) == (3, 5, 5)
    assert [gap.bars for gap in report.longest] == [3, 1, 1]
    assert report.longest[0].start == MONDAY + 50 * HOUR
    assert report.longest[0].end == MONDAY + 53 * HOUR
    assert report.completeness == pytest.approx(0.95)
    assert report.start == MONDAY
    assert report.end == MONDAY + 100 * HOUR


def test_a_market_that_closes_at_the_weekend_is_told_from_an_outage() -> None:
    times = hours(24 * 7 * 8)
    weekday = (times - MONDAY) // DAY_MS % 7
    open_hours = times[weekday < 5]
    outage = open_hours[(open_hours < MONDAY + 30 * HOUR) | (open_hours >= MONDAY + 34 * HOUR)]
    report = quality_report(flat_bars(outage))
    assert report.unexpected_bars == 4
    assert report.closed_bars == 7 * 48
    assert report.completeness == pytest.approx(1 - 4 / (8 * 120))


def test_a_gap_over_weekend_and_monday_counts_monday_as_missing() -> None:
    times = hours(24 * 7 * 8)
    weekday, week = (times - MONDAY) // DAY_MS % 7, (times - MONDAY) // (7 * DAY_MS)
    kept = times[(weekday < 5) & ~((week == 3) & (weekday == 0))]
    report = quality_report(flat_bars(kept))
    assert report.unexpected_bars == 24
    assert report.closed_bars == 7 * 48


def test_short_series_never_call_a_hole_closing_time() -> None:
    times = hours(24 * 14)
    weekday = (times - MONDAY) // DAY_MS % 7
    report = quality_report(flat_bars(times[weekday < 5]))
    assert report.closed_bars == 0
    assert report.unexpected_bars == 48


def test_notices_count_only_the_window() -> None:
    bars = flat_bars(np.delete(hours(100), [10, 50, 51, 52, 80]))
    (notice,) = notices_for(bars, MONDAY + 51 * HOUR, MONDAY + 80 * HOUR)
    assert notice.code == "MISSING_BARS"
    assert notice.kind == "warning"
    assert notice.detail["missingBars"] == 2
    assert notice.detail["longestStart"] == "2024-01-03T03:00:00Z"
    assert notices_for(bars, MONDAY + 20 * HOUR, MONDAY + 40 * HOUR) == []


def test_closing_hours_are_a_note_not_a_warning() -> None:
    times = hours(24 * 7 * 8)
    weekday = (times - MONDAY) // DAY_MS % 7
    (notice,) = notices_for(flat_bars(times[weekday < 5]), MONDAY, MONDAY + 14 * DAY_MS)
    assert (notice.code, notice.kind) == ("MARKET_CLOSES", "note")
    assert notice.detail["closedBars"] == 2 * 48


def test_a_complete_window_says_nothing() -> None:
    assert notices_for(flat_bars(hours(50)), MONDAY, MONDAY + 50 * HOUR) == []


def test_bars_off_the_grid_are_counted() -> None:
    times = hours(50)
    times[20:30] += 60_000
    assert quality_report(flat_bars(times)).off_grid_bars == 10


def test_a_spike_that_comes_back_is_an_outlier_and_a_crash_that_stays_is_not() -> None:
    random = np.random.default_rng(1)
    price = 100 * np.exp(np.cumsum(random.normal(0, 0.001, 400)))
    price[100] *= 1.2
    price[300:] *= 0.8
    report = quality_report(flat_bars(hours(400), price=price))
    assert [move.time for move in report.outliers] == [MONDAY + 100 * HOUR]
    assert {move.time for move in report.moves[:3]} == {MONDAY + at * HOUR for at in (100, 101, 300)}
    assert any("jump and come back" in sentence for sentence in report.suspicious)


def test_a_run_without_any_change_of_price_is_flagged() -> None:
    ones = np.ones(60)
    high = np.where((np.arange(60) >= 20) & (np.arange(60) < 40), 1.0, 1.1)
    bars = make_bars("X", "1h", hours(60), ones, high, ones, ones, ones)
    report = quality_report(bars)
    assert (report.flat_runs, report.longest_flat_run_bars) == (1, 20)


def test_bars_without_volume_are_counted_and_a_market_without_any_is_said_to_have_none() -> None:
    ones = np.ones(50)
    some = make_bars("X", "1h", hours(50), ones, ones, ones, ones, np.where(np.arange(50) < 3, 0.0, 1.0))
    none = make_bars("X", "1h", hours(50), ones, ones, ones, ones, 0 * ones)
    assert quality_report(some).zero_volume_bars == 3
    assert any("3 of 50 bars have no volume" in sentence for sentence in quality_report(some).suspicious)
    assert any("no volume at all" in line for line in quality_report(none).lines())


@pytest.mark.parametrize("n_bars", [0, 1, 2])
def test_tiny_series_are_looked_over_too(n_bars: int) -> None:
    report = quality_report(flat_bars(hours(n_bars)))
    assert report.n_bars == n_bars
    assert report.lines()
    assert report.as_dict()["missingBars"] == 0


@pytest.mark.parametrize("timeframe", ["3d", "1w"])
def test_gaps_on_long_timeframes_are_never_closing_time(timeframe: str) -> None:
    step = DURATION_MS[timeframe]
    times = 4 * DAY_MS + step * np.delete(np.arange(100), [50, 51])
    report = quality_report(flat_bars(times, timeframe))
    assert (report.unexpected_bars, report.closed_bars) == (2, 0)


@pytest.mark.parametrize(
    ("symbol", "timeframe", "gaps", "missing", "longest", "zero_volume"),
    [
        ("BTCUSDT", "1h", 27, 122, 33, 3),
        ("SOLUSDT", "1h", 10, 20, 4, 2),
        ("EURUSD", "1h", 465, 23304, 74, 53160),
        ("SPY", "1d", 269, 565, 3, 0),
        ("BTCUSDT-PERP", "1h", 0, 0, 0, 3),
    ],
)
def test_real_candles_show_the_gaps_their_collector_counted(
    real_data: Path, symbol: str, timeframe: str, gaps: int, missing: int, longest: int, zero_volume: int
) -> None:
    from storage.candles import CandleStore

    bars = CandleStore(real_data).bars(symbol, timeframe)
    assert bars is not None
    report = quality_report(bars)
    assert (report.n_gaps, report.missing_bars, report.zero_volume_bars) == (gaps, missing, zero_volume)
    assert (report.longest[0].bars if report.longest else 0) == longest


def test_the_longest_outage_counts_no_closing_hours():
    days = [day for day in range(365) if day % 7 not in (2, 3)]  # 1970 began on a Thursday: no Saturday, no Sunday
    holiday, outage = days[100], range(days[200], days[200] + 3)
    kept = [day for day in days if day != holiday and day not in outage]
    closed_too = sum(day % 7 in (2, 3) for day in outage)
    ones = np.ones(len(kept))
    bars = make_bars("SPY", "1d", np.array(kept) * 86_400_000, ones, ones, ones, ones, ones)

    (told,) = [notice for notice in notices_for(bars, 0, 365 * 86_400_000) if notice.code == "MISSING_BARS"]

    assert told.detail["missingBars"] == 1 + 3 - closed_too
    assert told.detail["longestBars"] == 3 - closed_too
