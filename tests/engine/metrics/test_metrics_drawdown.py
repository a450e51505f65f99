"""Falls below the peak: the curve, its spells, and the figures of a run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import EngineInputError
from engine.kernels.drawdown import fill_drawdown
from engine.metrics.drawdown import drawdown, spells
from engine.metrics.summary import summarise

HOUR = 3_600_000
curves = st.lists(st.floats(1.0, 1e6), min_size=1, max_size=60)


@given(curves)
def test_depth_is_the_fall_below_the_highest_value_so_far(equity):
    found = drawdown(equity)
    expected = [1.0 - equity[t] / max(equity[: t + 1]) for t in range(len(equity))]

    np.testing.assert_array_equal(found.depth, expected)
    assert found.deepest == max(expected)
    assert found.trough == (expected.index(max(expected)) if max(expected) > 0 else None)


@given(curves, st.integers(1, 60))
def test_drawdown_at_a_bar_does_not_see_later_bars(equity, cut):
    np.testing.assert_array_equal(drawdown(equity[:cut]).depth, drawdown(equity).depth[:cut])


@given(curves, st.floats(1.0, 1e6))
def test_a_value_before_the_first_bar_is_one_more_value_of_the_curve(equity, initial):
    np.testing.assert_array_equal(drawdown(equity, initial=initial).depth, drawdown([initial, *equity]).depth[1:])


@given(curves, st.integers(-20, 20))
def test_drawdown_does_not_depend_on_the_currency(equity, power):
    np.testing.assert_array_equal(drawdown(np.array(equity) * 2.0**power).depth, drawdown(equity).depth)


@given(curves)
def test_the_drawdown_kernel_equals_its_plain_twin(equity):
    values = np.array(equity)
    fast, plain = np.empty_like(values), np.empty_like(values)

    assert fill_drawdown(values, -np.inf, fast) == fill_drawdown.py_func(values, -np.inf, plain)
    np.testing.assert_array_equal(fast, plain)


@given(st.lists(st.integers(1, 6).map(float), min_size=1, max_size=40))
def test_spells_cover_exactly_the_bars_under_water(equity):
    depth = drawdown(equity).depth
    covered = np.zeros(len(equity), dtype=bool)

    for spell in spells(depth):
        end = len(equity) if spell.recovered is None else spell.recovered
        assert depth[spell.peak] == 0.0
        assert spell.recovered is None or depth[spell.recovered] == 0.0
        assert spell.length_bars == (end - 1 if spell.recovered is None else end) - spell.peak
        assert not covered[spell.peak + 1 : end].any()
        covered[spell.peak + 1 : end] = True

    np.testing.assert_array_equal(covered, depth > 0.0)


def figures(make_account, equity, initial=100.0, **other):
    run = make_account(equity, initial=initial, **other)
    return summarise(run, periods_per_year=8760.0, benchmark=np.full(len(equity), initial)).statistics


def test_a_fall_that_was_recovered_is_measured_from_peak_to_peak(make_account):
    #                                   0    1     2   3    4    5    6    7
    found = figures(make_account, [110, 99, 88, 105, 110, 108, 109, 112]).drawdown

    assert found.max_fraction == pytest.approx(0.2)
    assert (found.peak_bar, found.trough_bar, found.recovered_bar) == (0, 2, 4)
    assert (found.length_bars, found.length_ms) == (4, 4 * HOUR)
    assert (found.recovery_bars, found.recovery_ms) == (2, 2 * HOUR)
    assert (found.longest_bars, found.longest_ms) == (4, 4 * HOUR)
    assert found.under_water_fraction == 5 / 8
    assert found.final_fraction == 0.0


def test_the_longest_spell_need_not_be_the_deepest_and_time_counts_gaps(make_account):
    hours = [0, 1, 2, 3, 4, 15, 16]
    found = figures(make_account, [50, 101, 99, 100, 100, 100, 100], time=[h * HOUR for h in hours]).drawdown

    assert (found.peak_bar, found.trough_bar, found.recovered_bar) == (-1, 0, 1)
    assert (found.length_bars, found.length_ms) == (2, 2 * HOUR)
    assert (found.recovery_bars, found.recovery_ms) == (1, HOUR)
    assert (found.longest_bars, found.longest_ms) == (5, 15 * HOUR)


def test_a_fall_not_recovered_runs_to_the_end_and_says_so(make_account):
    statistics = figures(make_account, [120, 90, 100])

    assert statistics.drawdown.recovered_bar is None
    assert statistics.drawdown.recovery_bars is None
    assert (statistics.drawdown.length_bars, statistics.drawdown.final_fraction) == (2, pytest.approx(1 / 6))
    assert statistics.undefined["drawdown.recovery_bars"] == "the deepest drawdown was not recovered by the end"


def test_an_account_never_under_water_has_no_spell(make_account):
    statistics = figures(make_account, [100, 101, 102])

    assert statistics.drawdown.max_fraction == 0.0
    assert statistics.drawdown.peak_bar is None
    assert statistics.drawdown.longest_bars == 0
    assert statistics.undefined["drawdown.recovery_ms"] == "equity was never below its peak"


def test_more_than_everything_can_be_lost():
    assert drawdown([100.0, -20.0]).deepest == pytest.approx(1.2)


@pytest.mark.parametrize(
    ("equity", "initial", "message"),
    [
        ([], None, r"equity has shape \(0,\): it must be one-dimensional and not empty"),
        ([[1.0]], None, r"equity has shape \(1, 1\)"),
        ([1.0, float("nan"), float("inf")], None, r"equity\[1\] is nan: every value must be finite \(2 of 3 are not\)"),
        ([0.0, 1.0], None, r"equity\[0\] is 0.0: the first value must be > 0"),
        ([1.0], 0.0, "initial is 0.0: it must be finite and > 0"),
    ],
)
def test_what_is_no_equity_curve_is_refused(equity, initial, message):
    with pytest.raises(EngineInputError, match=message):
        drawdown(equity, initial=initial)
