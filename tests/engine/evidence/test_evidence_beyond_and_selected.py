"""What the market gives is taken off, and so is what choosing the best adds."""

import numpy as np
import pytest

from engine.errors import EngineInputError
from engine.evidence.beyond import beyond_market
from engine.evidence.bootstrap import family_block_length
from engine.evidence.search_evidence import search_p
from engine.evidence.selected import selected_sharpe
from engine.evidence.superior import superior_ability


def test_what_is_left_has_nothing_of_the_market_and_the_mean_of_a_regression() -> None:
    rng = np.random.default_rng(1)
    market = rng.normal(0.01, 0.05, 300)
    trials = rng.normal(0.0, 0.02, (5, 300)) + np.linspace(-1, 2, 5)[:, None] * market
    left = beyond_market(trials, market)
    for before, after in zip(trials, left, strict=True):
        beta, alpha = np.polyfit(market, before, 1)
        assert after.mean() == pytest.approx(alpha, abs=1e-12)
        assert np.cov(after, market)[0, 1] == pytest.approx(0.0, abs=1e-12)
        np.testing.assert_allclose(after, before - beta * market, atol=1e-12)


def test_a_rule_in_the_market_at_random_has_earned_nothing_beyond_it() -> None:
    rng = np.random.default_rng(2)
    market = rng.normal(0.004, 0.02, 4_000)
    held = rng.random(4_000) < 0.5
    left = beyond_market(np.where(held, market, 0.0), market)[0]
    assert abs(left.mean()) < 3 * left.std() / np.sqrt(4_000)


def test_a_trial_that_hardly_traded_has_shown_nothing() -> None:
    rng = np.random.default_rng(3)
    quiet = np.zeros((1, 200), dtype=np.float32)
    quiet[0, :19] = 0.01
    left = beyond_market(quiet, rng.normal(size=200))
    assert left.dtype == np.float32 and not left.any()
    assert quiet[0, 0] != 0.0


def test_a_market_that_stands_still_takes_nothing_off() -> None:
    returns = np.random.default_rng(4).normal(size=(2, 50))
    np.testing.assert_array_equal(beyond_market(returns, np.zeros(50)), returns)


def test_market_and_trials_have_the_same_days() -> None:
    with pytest.raises(EngineInputError, match="market has 49 days, the trials have 50"):
        beyond_market(np.zeros((2, 50)), np.zeros(49))


def test_the_p_value_of_another_than_the_best_is_no_smaller_than_that_of_the_best() -> None:
    returns = np.random.default_rng(5).normal(size=(30, 300))
    returns[4] += 0.35
    best = superior_ability(returns, block_length=1)
    of_each = [superior_ability(returns, block_length=1, trial=k).consistent for k in range(30)]
    assert best.best == 4 and of_each[4] == best.consistent
    assert all(p >= best.consistent for p in of_each) and min(of_each[:4]) > 0.05
    for most in (100, 10):
        assert search_p(returns, seed=0, trial=7, most_resampled=most).p > 0.3
        assert search_p(returns, seed=0, trial=7, most_resampled=most).best == 7
    with pytest.raises(EngineInputError, match="trial is 30: there are trials 0 to 29"):
        superior_ability(returns, block_length=1, trial=30)


def test_the_interval_of_a_chosen_edge_holds_the_true_ratio() -> None:
    """40 correlated trials with an edge each, the best taken: nine in ten intervals hold what it truly has."""
    inside, errors = 0, []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        truth = np.linspace(0.0, 0.1, 40)
        returns = truth[:, None] + 0.8 * rng.normal(size=(1, 600)) + 0.6 * rng.normal(size=(40, 600))
        best = int(np.argmax(returns.mean(axis=1) / returns.std(axis=1)))
        found = selected_sharpe(returns, best, block_length=1, reps=200, seed=seed)
        inside += found.low <= truth[best] <= found.high
        errors.append((found.measured - truth[best], found.corrected - truth[best]))
    measured, corrected = np.mean(errors, axis=0)
    assert inside >= 48
    assert abs(corrected) < measured / 2


def test_less_than_half_is_left_of_the_best_of_noise_and_the_interval_holds_nothing() -> None:
    left, inside = [], 0
    for seed in range(40):
        returns = np.random.default_rng(seed).normal(size=(60, 400))
        best = int(np.argmax(returns.mean(axis=1)))
        found = selected_sharpe(returns, best, block_length=1, reps=200, seed=seed)
        left.append(found.corrected / found.measured)
        inside += found.low <= 0.0 <= found.high
    assert np.mean(left) < 0.5 and inside >= 34


def test_a_single_trial_keeps_its_ratio() -> None:
    returns = np.random.default_rng(8).normal(0.1, 1.0, size=(1, 500))
    found = selected_sharpe(returns, 0, block_length=1)
    assert found.corrected == pytest.approx(found.measured, abs=0.005)
    assert found.low < found.measured < found.high


def test_the_interval_does_not_depend_on_how_trials_lie_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    returns = np.random.default_rng(6).normal(size=(40, 100))
    whole = selected_sharpe(returns, 3, block_length=2, reps=50)
    monkeypatch.setattr("engine.evidence.trials.CHUNK_BYTES", 8 * 100 * 7)
    parts = selected_sharpe(returns, 3, block_length=2, reps=50)
    assert parts.corrected == pytest.approx(whole.corrected, abs=1e-12)
    assert (parts.low, parts.high) == pytest.approx((whole.low, whole.high), abs=1e-12)


def test_a_trial_that_is_not_there_and_a_confidence_of_more_than_one_are_refused() -> None:
    returns = np.random.default_rng(7).normal(size=(2, 50))
    with pytest.raises(EngineInputError, match="trial is 2"):
        selected_sharpe(returns, 2, block_length=1)
    with pytest.raises(EngineInputError, match=r"confidence is 1\.5"):
        selected_sharpe(returns, 0, block_length=1, confidence=1.5)


def test_trials_that_never_traded_make_no_block_shorter() -> None:
    rng = np.random.default_rng(9)
    days = np.zeros((8, 600))
    for day in range(1, 600):
        days[:, day] = 0.7 * days[:, day - 1] + rng.normal(size=8)
    length = family_block_length(days)

    assert length > 4
    assert family_block_length(np.vstack([days, np.zeros((500, 600))])) == length
    assert family_block_length(np.zeros((3, 600))) == 1.0
