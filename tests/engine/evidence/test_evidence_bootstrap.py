"""The stationary bootstrap: arch's draws, its block lengths and intervals, and what a mean over counts must be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from arch.bootstrap import StationaryBootstrap
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.evidence_figures import COMPUTED, MATRICES

from engine.errors import EngineInputError
from engine.evidence.bootstrap import (
    block_length,
    bootstrap_interval,
    day_counts,
    family_block_length,
    resampled_days,
)
from engine.evidence.sharpe import moments, sharpe_interval


@given(st.integers(1, 60), st.floats(1, 20), st.integers(0, 10**9))
@settings(max_examples=40)
def test_the_draws_are_those_of_arch(n_days, length, seed):
    theirs = StationaryBootstrap(length, np.zeros(n_days), seed=seed)
    known = [theirs.index.copy() for _ in theirs.bootstrap(4)]

    np.testing.assert_array_equal(resampled_days(n_days, length, reps=4, seed=seed), known)


def test_counts_give_the_means_of_the_histories():
    drawn = resampled_days(512, 4.0, reps=20, seed=3)
    returns = MATRICES["edge"]

    by_counts = returns @ day_counts(drawn).T / 512

    np.testing.assert_allclose(by_counts, returns[:, drawn].mean(axis=2), atol=1e-15)


def test_block_lengths_agree():
    assert block_length(MATRICES["edge"][4]) == pytest.approx(
        COMPUTED["optimal_block_length_edge_col5"]["stationary"], rel=1e-9
    )


def test_the_length_for_a_family_is_whole_and_long_rather_than_short():
    one_by_one = [block_length(trial) for trial in MATRICES["noise"]]

    found = family_block_length(MATRICES["noise"])

    assert found == math.ceil(np.quantile(one_by_one, 0.75))


def test_series_that_hardly_vary_have_a_block_length():
    once = np.zeros(100)
    once[3] = 0.1

    assert block_length(np.zeros(100)) == 1.0
    assert block_length(once) >= 1.0


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_intervals_of_the_golden_series_agree(method):
    known = COMPUTED["stationary_bootstrap_ci_edge_col5"]

    found = bootstrap_interval(MATRICES["edge"][4], method=method, reps=1_000, seed=1)

    assert found == pytest.approx(known[method], abs=0.02)
    assert bootstrap_interval(MATRICES["edge"][4], method=method, reps=1_000, seed=1) == found


def test_any_statistic_has_an_interval():
    low, high = bootstrap_interval(MATRICES["edge"][4], lambda series: float(series.mean()), reps=300)

    assert low < MATRICES["edge"][4].mean() < high


def drawn_returns(seed: int, *, n_days: int, correlation: float, sharpe: float) -> np.ndarray:
    """AR(1) returns with t(4) innovations whose deviation is 1 and whose mean is ``sharpe``."""
    rng = np.random.default_rng(seed)
    shocks = rng.standard_t(4, n_days + 50) / math.sqrt(2) * math.sqrt(1 - correlation**2)
    series = np.zeros(n_days + 50)
    for day in range(1, n_days + 50):
        series[day] = correlation * series[day - 1] + shocks[day]
    return series[50:] + sharpe


@pytest.mark.long
@pytest.mark.parametrize(("correlation", "annual"), [(0.0, 0.0), (0.0, 2.0), (0.15, 1.0)])
def test_nine_in_ten_intervals_hold_the_true_ratio(correlation, annual):
    """90 % intervals over 300 sets of two years: 85 to 95 % of them, by both ways."""
    truth, sets = annual / math.sqrt(365), 300
    held = np.zeros(2)
    for seed in range(sets):
        series = drawn_returns(seed, n_days=730, correlation=correlation, sharpe=truth)
        drawn = bootstrap_interval(series, confidence=0.9, reps=500, seed=seed)
        formula = sharpe_interval(moments(series), confidence=0.9)
        held += [low <= truth <= high for low, high in (drawn, formula)]

    assert (held / sets >= 0.85).all() and (held / sets <= 0.95).all(), held / sets


def test_what_cannot_be_drawn_again_is_refused():
    with pytest.raises(EngineInputError, match="has 29 days: a block length takes at least 30"):
        block_length(np.arange(29.0))
    with pytest.raises(EngineInputError, match="29 days"):
        family_block_length(np.zeros((3, 29)))
    with pytest.raises(EngineInputError, match=r"block_length is 0\.5"):
        resampled_days(30, 0.5, reps=1, seed=0)
    with pytest.raises(EngineInputError, match="do not vary"):
        bootstrap_interval(np.full(50, 0.01))
    with pytest.raises(EngineInputError, match=r"confidence is 90"):
        bootstrap_interval(np.arange(50.0), confidence=90)
