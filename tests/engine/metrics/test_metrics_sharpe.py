"""The Sharpe ratio on bars and on UTC days, its kernels, and where the path ends."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import EngineInputError
from engine.kernels.sharpe import fill_day_equity, return_moments, sharpe_of_levels
from engine.metrics.sharpe import day_levels, mean_and_deviation, path_of, sharpe_ratio
from engine.metrics.summary import summarise

HOUR = 3_600_000
DAY = 24 * HOUR
curves = st.lists(st.floats(50.0, 200.0), min_size=2, max_size=50)


def per_observation(returns: np.ndarray) -> float:
    return float(np.mean(returns) / np.std(returns, ddof=1))


@given(curves)
def test_the_sharpe_ratio_is_mean_over_sample_deviation_annualised(equity):
    levels = np.array([100.0, *equity])
    returns = levels[1:] / levels[:-1] - 1.0
    ratio = sharpe_ratio(equity, initial=100.0, periods_per_year=365.0)

    if np.std(returns, ddof=1) <= 1e-12:
        assert ratio is None
    else:
        assert ratio == pytest.approx(per_observation(returns) * math.sqrt(365.0), rel=1e-9, abs=1e-9)


@given(curves, st.integers(-30, 30))
def test_the_sharpe_ratio_does_not_depend_on_the_currency(equity, power):
    small = sharpe_ratio(equity, initial=100.0, periods_per_year=365.0)
    large = sharpe_ratio(np.array(equity) * 2.0**power, initial=100.0 * 2.0**power, periods_per_year=365.0)

    assert small == large


@given(curves, st.integers(1, 40))
def test_flat_bars_are_kept_and_change_the_ratio_as_the_formula_says(equity, flat):
    mean, deviation = mean_and_deviation(100.0, np.array(equity))
    if deviation <= 1e-9:
        return
    n, longer = len(equity), len(equity) + flat
    squares = (n - 1) * deviation**2 + n * mean**2
    diluted = mean * n / longer
    expected = diluted / math.sqrt((squares - longer * diluted**2) / (longer - 1))

    ratio = sharpe_ratio([*equity, *([equity[-1]] * flat)], initial=100.0, periods_per_year=1.0)

    assert ratio == pytest.approx(expected, rel=1e-7, abs=1e-9)


@given(curves)
def test_the_sharpe_kernels_equal_their_plain_twins(equity):
    levels = np.array(equity)

    assert return_moments(100.0, levels) == return_moments.py_func(100.0, levels)
    fast, plain = sharpe_of_levels(100.0, levels, 365.0), sharpe_of_levels.py_func(100.0, levels, 365.0)
    assert fast == plain or (math.isnan(fast) and math.isnan(plain))


@given(st.lists(st.integers(1, 40 * 24), min_size=1, max_size=60, unique=True), st.integers(0, 5))
def test_the_day_kernel_equals_its_plain_twin_and_a_look_back_per_midnight(hours, first_day):
    close_time = np.array(sorted(hours), dtype=np.int64) * HOUR
    equity = np.arange(close_time.size) + 1.0
    fast, plain = np.empty(30), np.empty(30)

    fill_day_equity(close_time, equity, 0.5, first_day * DAY, fast)
    fill_day_equity.py_func(close_time, equity, 0.5, first_day * DAY, plain)

    np.testing.assert_array_equal(fast, plain)
    for day, value in enumerate(fast):
        known = np.flatnonzero(close_time <= (first_day + day) * DAY)
        assert value == (equity[known[-1]] if known.size else 0.5)


@given(st.integers(0, 47), st.lists(st.floats(50.0, 200.0), min_size=80, max_size=80))
def test_only_whole_days_count_and_nothing_between_the_midnights(start_hour, equity):
    close_time = (start_hour + 1 + np.arange(80, dtype=np.int64)) * HOUR
    levels = np.array(equity)
    found = day_levels(start_hour * HOUR, close_time, levels, 100.0)
    at_midnight = close_time % DAY == 0
    between = np.where(at_midnight, levels, 123.0)

    expected = levels[at_midnight].tolist()
    if start_hour % 24 == 0:
        expected.insert(0, 100.0)
    assert found.tolist() == expected
    np.testing.assert_array_equal(day_levels(start_hour * HOUR, close_time, between, 100.0), found)


def test_bars_within_one_day_have_no_daily_return(make_account):
    path = path_of(make_account([100.0, 101.0], initial=100.0, start=3 * HOUR))

    assert path.days.size == 0
    assert path.daily_returns.size == 0


def test_a_missing_day_repeats_the_value_before(make_account):
    path = path_of(make_account([110.0, 121.0], initial=100.0, interval_ms=DAY, time=[0, 3 * DAY]))

    assert path.days.tolist() == [100.0, 110.0, 110.0, 110.0, 121.0]


def test_a_week_of_constant_growth_has_no_ratio():
    assert sharpe_ratio(100.0 * 1.001 ** np.arange(1, 200), initial=100.0, periods_per_year=365.0) is None


@pytest.mark.parametrize(
    ("equity", "initial", "factor", "message"),
    [
        ([1.0, 0.0, 1.0], 1.0, 365.0, r"equity\[1\] is 0.0: the next bar has no return"),
        ([1.0], -1.0, 365.0, "initial is -1.0"),
        ([1.0], 1.0, 0.0, "periods_per_year is 0.0"),
        ([1.0, float("inf")], 1.0, 365.0, r"equity\[1\] is inf"),
    ],
)
def test_what_has_no_returns_is_refused(equity, initial, factor, message):
    with pytest.raises(EngineInputError, match=message):
        sharpe_ratio(equity, initial=initial, periods_per_year=factor)


def test_the_path_ends_with_the_bar_of_the_liquidation(make_account):
    equity = np.concatenate((np.linspace(10_000, 12_000, 800), np.full(1200, 300.0)))
    equity[1::2] *= 1.001
    run = make_account(equity, halted_bar=800, liquidated=True)

    judged = summarise(run, periods_per_year=8760.0, benchmark=np.full(2000, 10_000.0))
    expected = sharpe_ratio(equity[:801], initial=10_000.0, periods_per_year=8760.0)

    assert judged.summary.sharpe_ratio == expected
    assert judged.statistics.sharpe.day_count == 34, "801 hours and the rest of their last day"
    assert path_of(run).days[-1] == equity[800]
    [gone] = [notice for notice in judged.notices if notice.code == "ACCOUNT_GONE"]
    assert gone.detail["bar"] == 800
    assert judged.summary.max_drawdown_pct > 0.97, "the whole run counts for the drawdown"


def test_flat_bars_after_the_drawdown_guard_are_kept(make_account):
    equity = np.concatenate((10_000.0 + np.arange(800) % 7, np.full(1200, 9_000.0)))
    run = make_account(equity, halted_bar=800, liquidated=False)

    judged = summarise(run, periods_per_year=8760.0, benchmark=np.full(2000, 10_000.0))

    assert judged.summary.sharpe_ratio == sharpe_ratio(equity, initial=10_000.0, periods_per_year=8760.0)
    assert judged.statistics.sharpe.day_count == 83


def test_a_path_that_falls_to_nothing_ends_there(make_account):
    equity = np.concatenate((10_000.0 + np.arange(800) % 7, [-50.0], np.full(100, -50.0)))

    judged = summarise(make_account(equity), periods_per_year=8760.0, benchmark=np.full(901, 10_000.0))

    assert path_of(make_account(equity)).levels.size == 801
    assert judged.statistics.growth.cagr_fraction is None
    assert judged.statistics.undefined["growth.cagr_fraction"] == "equity was zero or below"
    assert judged.summary.returns_pct == pytest.approx(-1.005)
    assert judged.summary.max_drawdown_pct > 1.0


def test_returns_that_undo_each_other_within_the_day_are_warned_of(make_account):
    n = 24 * 60
    returns = 0.0004 + 0.01 * (-1.0) ** np.arange(n)
    returns[::24] += 0.004 * (np.arange(60) % 3)
    equity = 10_000.0 * np.cumprod(1.0 + returns)

    judged = summarise(make_account(equity), periods_per_year=8760.0, benchmark=np.full(n, 10_000.0))

    [warning] = [notice for notice in judged.notices if notice.kind == "warning"]
    assert warning.code == "SHARPE_DEPENDS_ON_CLOCK"
    assert warning.detail["bars"] == judged.summary.sharpe_ratio
    assert warning.detail["daily"] == judged.statistics.sharpe.daily_ratio


def test_the_interval_holds_the_daily_ratio_and_the_record_is_in_days(make_account):
    dice = np.random.default_rng(1)
    equity = 10_000.0 * np.cumprod(1.0 + dice.normal(0.004, 0.02, 400))

    found = summarise(
        make_account(equity, interval_ms=DAY), periods_per_year=365.0, benchmark=np.full(400, 10_000.0)
    ).statistics.sharpe

    assert found.low_95 < found.daily_ratio < found.high_95
    assert 0.95 < found.probability_positive < 1.0
    assert 30 < found.min_track_record_days < 400
