"""The interval of a winner: exact where it can be reckoned otherwise, and right as often as it says where it can't."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, truncnorm

from engine.errors import EngineInputError
from engine.evidence.selected import selected_sharpe
from engine.evidence.winners import Winner, winner_interval

INFINITE = math.inf


def test_the_only_trial_has_the_interval_of_a_normal() -> None:
    reach = float(norm.isf(0.005))
    low, high = winner_interval(Winner(1.2, 0.4, -INFINITE, INFINITE, reach), confidence=0.9)
    assert (low, high) == pytest.approx((1.2 - 0.4 * norm.isf(0.05), 1.2 + 0.4 * norm.isf(0.05)), abs=1e-9)


@given(
    estimate=st.floats(-3, 3),
    error=st.floats(0.05, 2),
    below=st.floats(0.05, 8),
    above=st.floats(0.05, 8),
    confidence=st.sampled_from([0.5, 0.8, 0.9, 0.99]),
)
def test_the_ends_are_quantiles_of_a_cut_normal(
    estimate: float, error: float, below: float, above: float, confidence: float
) -> None:
    """At each end the estimate is the quantile of scipy's normal, cut off at the bounds and at the reach."""
    winner = Winner(estimate, error, estimate - below * error, estimate + above * error, reach=4.0)
    spent = 0.1 * (1 - confidence)
    tail = (1 - confidence - spent) / (1 - spent) / 2
    for truth, share in zip(winner_interval(winner, confidence=confidence), (1 - tail, tail), strict=True):
        lowest = max((winner.low - truth) / error, -4.0)
        highest = min((winner.high - truth) / error, 4.0)
        assert truncnorm(lowest, highest, loc=truth, scale=error).cdf(estimate) == pytest.approx(share, abs=1e-6)


@given(st.floats(0.01, 6), st.floats(0.0, 5))
def test_a_closer_rival_never_raises_an_end(distance: float, closer: float) -> None:
    far = winner_interval(Winner(0.0, 1.0, -distance - closer, INFINITE, 3.5), confidence=0.9)
    near = winner_interval(Winner(0.0, 1.0, -distance, INFINITE, 3.5), confidence=0.9)
    assert near[0] <= far[0] + 1e-9 and near[1] <= far[1] + 1e-9


@given(st.floats(0.5, 30.0))
def test_bounds_far_from_where_the_truth_may_be_are_the_same_to_either_side(reach: float) -> None:
    low, high = winner_interval(Winner(2.0, 0.5, 1.9, 2.1, reach), confidence=0.9)
    assert 2.0 - low == pytest.approx(high - 2.0, abs=1e-6)


def test_where_nothing_was_chosen_from_choosing_adds_nothing() -> None:
    days = np.zeros(400)
    days[7] = 0.2
    for returns in (np.random.default_rng(1).normal(0.05, 1.0, 400), days):
        found = selected_sharpe(returns, 0, block_length=1)
        assert found.corrected == found.measured
    beside = selected_sharpe(np.vstack([days, np.zeros(400)]), 0, block_length=1)
    assert beside.corrected <= beside.measured


def test_a_tie_leaves_what_holds_for_all_at_once() -> None:
    low, high = winner_interval(Winner(1.0, 0.5, 1.0, INFINITE, 3.0), confidence=0.9)
    assert low == pytest.approx(1.0 - 3.0 * 0.5) and high == pytest.approx(low)


@pytest.mark.parametrize("gap", [0.0, 0.05, 0.15, 0.3])
def test_nine_of_ten_intervals_hold_whether_the_best_stands_alone_or_not(gap: float) -> None:
    """Thirty correlated trials, one of them better by ``gap`` a day: from no difference to one nobody could miss."""
    inside, n = 0, 150
    for seed in range(n):
        rng = np.random.default_rng(seed)
        truth = np.zeros(30)
        truth[11] = gap
        returns = truth[:, None] + 0.6 * rng.normal(size=(1, 300)) + 0.8 * rng.normal(size=(30, 300))
        best = int(np.argmax(returns.mean(axis=1) / returns.std(axis=1)))
        found = selected_sharpe(returns, best, block_length=1, reps=300, seed=seed)
        inside += found.low <= truth[best] <= found.high
        assert found.low <= found.corrected <= found.high
    assert 124 <= inside <= 146


def test_a_copy_of_the_chosen_trial_is_no_rival() -> None:
    returns = np.random.default_rng(2).normal(0.1, 1.0, size=(1, 400))
    alone = selected_sharpe(returns, 0, block_length=1)
    beside = selected_sharpe(np.vstack([returns, returns * 1.0001]), 0, block_length=1)
    assert (beside.low, beside.high) == pytest.approx((alone.low, alone.high), abs=1e-6)


def test_what_can_be_no_winner_is_refused() -> None:
    with pytest.raises(EngineInputError, match="error is 0"):
        winner_interval(Winner(1.0, 0.0, 0.0, 2.0, 3.0), confidence=0.9)
    with pytest.raises(EngineInputError, match=r"chosen between 1\.5 and 2\.0"):
        winner_interval(Winner(1.0, 0.1, 1.5, 2.0, 3.0), confidence=0.9)
    with pytest.raises(EngineInputError, match="confidence is 1"):
        winner_interval(Winner(1.0, 0.1, 0.5, 2.0, 3.0), confidence=1.0)
    with pytest.raises(EngineInputError, match="trial 1 do not vary"):
        selected_sharpe(np.vstack([np.random.default_rng(0).normal(size=50), np.zeros(50)]), 1, block_length=1)
