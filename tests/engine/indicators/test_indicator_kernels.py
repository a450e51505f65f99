"""The indicator kernels: compiled and plain Python alike, and as exact as a sum without rounding."""

from __future__ import annotations

from math import fsum, sqrt

import numpy as np
import pytest
from reference.candles import random_bars

from engine.indicators import windows
from engine.kernels import indicator_sessions, indicator_windows

LENGTHS = (1, 2, 3, 20, 50)
LONG = 73_000  # eight years of hours


def series(seed, n_bars=137):
    return np.random.default_rng(seed).normal(100.0, 10.0, n_bars)


def results_of(kernel, *arguments, n_outputs=1):
    outputs = [np.full(arguments[0].shape[0], -7.0) for _ in range(n_outputs)]
    kernel(*arguments, *outputs)
    return outputs


def windows_of(kernel, *arguments, length, n_outputs=1):
    outputs = [np.full(arguments[0].shape[0], -7.0) for _ in range(n_outputs)]
    kernel(*arguments, *outputs, np.zeros((indicator_windows.ROWS, length + 1)))
    return outputs


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("n_bars", [0, 1, 19, 20, 21, 137])
@pytest.mark.parametrize("name", ["fill_window_sum", "fill_window_mean", "fill_window_ramp_mean"])
def test_window_kernels_equal_their_python_twins(name, length, n_bars):
    kernel = getattr(indicator_windows, name)
    values = series(1, n_bars)
    (compiled,) = windows_of(kernel, values, length, length=length)
    (plain,) = windows_of(kernel.py_func, values, length, length=length)
    np.testing.assert_allclose(compiled, plain, rtol=1e-13, atol=0.0)  # the compiler may fuse a product and a sum


@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize("length", [2, 3, 20, 50])
@pytest.mark.parametrize("n_bars", [0, 1, 19, 20, 21, 137])
def test_the_moments_kernel_equals_its_python_twin(n_bars, length, ddof):
    kernel = indicator_windows.fill_window_moments
    values = series(1, n_bars)
    compiled = windows_of(kernel, values, length, ddof, length=length, n_outputs=2)
    plain = windows_of(kernel.py_func, values, length, ddof, length=length, n_outputs=2)
    np.testing.assert_allclose(compiled, plain, rtol=1e-12, atol=0.0)


@pytest.mark.parametrize("length", [2, 20, 1000, 5000])
def test_a_deviation_far_from_its_anchor_keeps_its_digits(length):
    """The value that closes each block, the anchor of the next one's windows, stands far off all others."""
    values = np.random.default_rng(5).normal(0.0, 1.0, 3 * length + 7)
    values[length - 1 :: length] += 1e6
    mean, deviation = windows.window_mean_and_deviation(values, length, ddof=0)
    for t in range(length - 1, values.shape[0], max(1, length // 50)):
        window = values[t - length + 1 : t + 1].tolist()
        centre = fsum(window) / length
        assert mean[t] == pytest.approx(centre, rel=1e-9, abs=0.0)
        assert deviation[t] == pytest.approx(sqrt(fsum((v - centre) ** 2 for v in window) / length), rel=1e-10)


@pytest.mark.parametrize("length", [2, 3, 7, 20])
def test_a_flat_window_between_moves_has_its_value_as_mean_and_no_deviation(length):
    rng = np.random.default_rng(6)
    values = np.repeat(rng.normal(0.1, 1e-3, 30), rng.integers(length, 3 * length, 30))
    flat = [bool(np.ptp(values[t - length + 1 : t + 1]) == 0.0) for t in range(length - 1, values.shape[0])]
    mean, deviation = (column[length - 1 :] for column in windows.window_mean_and_deviation(values, length, ddof=0))
    plain, ramp = (of(values, length)[length - 1 :] for of in (windows.window_mean, windows.window_ramp_mean))
    for column in (mean, plain, ramp):
        np.testing.assert_array_equal(column[flat], values[length - 1 :][flat])
    assert (deviation[flat] == 0.0).all() and (deviation[~np.array(flat)] > 0.0).all()


@pytest.mark.parametrize("length", LENGTHS)
def test_the_weighted_mean_kernel_equals_its_python_twin(length):
    values, weights = series(2), np.maximum(series(3) - 100.0, 0.0)
    kernel = indicator_windows.fill_window_weighted_mean
    with np.errstate(invalid="ignore", divide="ignore"):
        (plain,) = windows_of(kernel.py_func, values, weights, length, length=length)
    (compiled,) = windows_of(kernel, values, weights, length, length=length)
    np.testing.assert_allclose(compiled, plain, rtol=1e-13, atol=0.0)


@pytest.mark.parametrize("length", LENGTHS)
def test_the_rank_kernel_equals_its_python_twin(length):
    values = np.round(series(4))
    for rank in {0, length // 2, length - 1}:
        kernel = indicator_windows.fill_window_rank
        (compiled,) = windows_of(kernel, values, length, rank, length=length)
        (plain,) = windows_of(kernel.py_func, values, length, rank, length=length)
        np.testing.assert_array_equal(compiled, plain)


def test_the_session_kernels_equal_their_python_twins():
    bars = random_bars(5, 300, "thin", "15m")
    session = bars.time // 14_400_000
    kernel = indicator_sessions.fill_session_mean
    (compiled,) = results_of(kernel, session, bars.close, bars.volume)
    (plain,) = results_of(kernel.py_func, session, bars.close, bars.volume)
    np.testing.assert_allclose(compiled, plain, rtol=1e-13, atol=0.0)

    starts = np.arange(int(bars.time[0]) - 7_200_000, int(bars.time[-1]), 28_800_000)
    arguments = (bars.time, bars.interval_ms, bars.high, bars.low, starts, starts + 5_400_000)
    kernel = indicator_sessions.fill_opening_range
    compiled = results_of(kernel, *arguments, n_outputs=2)
    plain = results_of(kernel.py_func, *arguments, n_outputs=2)
    np.testing.assert_array_equal(compiled, plain)
    assert np.isfinite(compiled[0]).sum() > 100


def hard_series(kind):
    rng = np.random.default_rng(11)
    if kind == "price":
        return 60_000.0 * np.exp(np.cumsum(rng.normal(0.0, 0.005, LONG)))
    if kind == "narrow":
        return 60_000.0 + rng.normal(0.0, 1e-3, LONG)
    if kind == "fall":
        return np.where(np.arange(LONG) % 1000 < 500, 1e6, 1e-3) * (1.0 + rng.random(LONG) * 1e-3)
    return np.where(rng.random(LONG) < 0.0005, 1e12, 1.0) * rng.random(LONG)


@pytest.mark.parametrize("length", [2, 20, 200])
@pytest.mark.parametrize("kind", ["price", "narrow", "fall", "spikes"])
def test_windows_stay_exact_over_eight_years_of_hours(kind, length):
    values = hard_series(kind)
    total = windows.window_sum(values, length)
    mean, deviation = windows.window_mean_and_deviation(values, length, ddof=0)
    plain_mean = windows.window_mean(values, length)
    ramp = windows.window_ramp_mean(values, length)
    bars = np.concatenate((np.random.default_rng(1).integers(length, LONG, 200), np.arange(LONG - 20, LONG)))
    for t in bars.tolist():
        window = values[t - length + 1 : t + 1].tolist()
        exact = fsum(window)
        centre = exact / length
        spread = sqrt(fsum((value - centre) ** 2 for value in window) / length)
        weighted = fsum((k + 1) * value for k, value in enumerate(window)) / (length * (length + 1) / 2)
        assert total[t] == pytest.approx(exact, rel=1e-12, abs=0.0)
        assert plain_mean[t] == pytest.approx(centre, rel=1e-9, abs=0.0)
        assert mean[t] == pytest.approx(centre, rel=1e-9, abs=0.0)
        assert ramp[t] == pytest.approx(weighted, rel=1e-9, abs=0.0)
        # the mean of 60,000 itself is known to 1e-11, which bounds what a spread of 1e-3 can be known to
        assert deviation[t] == pytest.approx(spread, rel=1e-9, abs=1e-16 * abs(centre))


def test_zeros_after_a_spike_sum_to_exactly_zero():
    volume = np.concatenate((np.random.default_rng(2).random(500) * 1e9, np.zeros(100)))
    for length in (7, 20):
        assert (windows.window_sum(volume, length)[500 + length :] == 0.0).all()
        assert (windows.window_mean(volume, length)[500 + length :] == 0.0).all()
        assert (windows.window_mean_and_deviation(volume, length, ddof=0)[1][500 + length :] == 0.0).all()
