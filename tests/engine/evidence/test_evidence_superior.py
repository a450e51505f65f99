"""Superior ability: arch is the reference, draw for draw, and properties that hold for any family of trials."""

from __future__ import annotations

import numpy as np
import pytest
from arch.bootstrap import SPA, StepM
from reference.evidence_figures import COMPUTED, MATRICES

from engine.errors import EngineInputError
from engine.evidence import trials
from engine.evidence.bootstrap import resampled_days
from engine.evidence.long_run import long_run_deviations
from engine.evidence.superior import stepped_p_values, superior_ability, superior_trials, trial_p_values


def family(seed: int, *, n_trials: int = 30, n_days: int = 200, edge: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(n_trials, 2)) @ rng.normal(size=(2, n_days))
    returns = 0.01 * (common + rng.normal(size=(n_trials, n_days))) * rng.uniform(0.2, 3, size=(n_trials, 1))
    returns -= 0.002 * rng.uniform(size=(n_trials, 1))
    returns[0] += edge
    return returns


def arch_p(returns: np.ndarray, length: int, reps: int, seed: int) -> list[float]:
    theirs = SPA(np.zeros(returns.shape[1]), -returns.T, block_size=length, reps=reps, seed=seed)
    theirs.compute()
    return [float(theirs.pvalues[name]) for name in ("lower", "consistent", "upper")]


@pytest.mark.parametrize("seed", range(6))
def test_with_the_same_draws_p_is_that_of_arch(seed):
    returns = family(seed, edge=0.004 * (seed % 3))

    found = superior_ability(returns, block_length=3, reps=200, seed=seed, scale="none")

    counted = [p * 201 - 1 for p in (found.lower, found.consistent, found.upper)]
    np.testing.assert_allclose(counted, np.multiply(arch_p(returns, 3, 200, seed), 200), atol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_with_the_same_draws_the_winners_are_those_of_arch(seed):
    returns = family(seed, edge=0.01)
    returns[5] += 0.008
    theirs = StepM(np.zeros(200), -returns.T, block_size=2, reps=200, seed=seed)
    theirs.compute()

    found = superior_trials(returns, block_length=2, reps=200, seed=seed, scale="none")

    assert found == tuple(theirs.superior_models)


@pytest.mark.parametrize("name", ["noise", "edge"])
@pytest.mark.parametrize("scale", ["none", "history", "error"])
def test_p_values_of_the_golden_matrices_agree(name, scale):
    known = COMPUTED["spa"][name]

    found = superior_ability(MATRICES[name], block_length=10, reps=2_000, seed=1, scale=scale)

    for which in ("lower", "consistent", "upper"):
        wide = 0.02 if name == "edge" or scale == "none" else 0.1  # arch compares plain means
        assert getattr(found, which) == pytest.approx(known[which], abs=wide)
    assert superior_trials(MATRICES[name], block_length=10, reps=2_000, seed=1, scale=scale) == tuple(
        known["stepm_superior_0based"]
    )


@pytest.mark.parametrize("n_days", [30, 45, 64, 101])
def test_the_error_of_a_mean_is_the_one_arch_writes_out_lag_by_lag(n_days):
    returns = family(3, n_days=n_days)
    theirs = SPA(np.zeros(n_days), -returns.T, block_size=4, reps=2, seed=1)
    theirs.compute()

    found = long_run_deviations(returns, returns.mean(axis=1), 4)

    np.testing.assert_allclose(found**2, theirs._loss_diff_var, rtol=1e-9)


@pytest.mark.parametrize("scale", ["history", "error"])
def test_the_size_of_a_trial_does_not_matter(scale):
    returns = family(4, edge=0.003)
    sizes = np.random.default_rng(0).uniform(0.01, 100, size=(30, 1))

    found = superior_ability(returns * sizes, block_length=2, reps=200, scale=scale)

    assert found.consistent == superior_ability(returns, block_length=2, reps=200, scale=scale).consistent


def test_bounds_hold_and_a_worse_trial_never_helps():
    for seed in range(5):
        returns = family(seed, edge=0.002)
        found = superior_ability(returns, block_length=2, reps=200)
        more = superior_ability(np.vstack([returns, family(seed + 100) - 0.001]), block_length=2, reps=200)

        assert 1 / 201 <= found.lower <= found.consistent <= found.upper <= 1
        if more.best == found.best:
            assert more.upper >= found.upper


def test_chunks_single_precision_and_idle_trials_change_nothing(monkeypatch):
    returns = family(1, edge=0.004)
    known = superior_ability(returns, block_length=2, reps=300)

    monkeypatch.setattr(trials, "CHUNK_BYTES", 8 * 300 * 4)
    single = superior_ability(returns.astype(np.float32), block_length=2, reps=300)
    idle = superior_ability(np.vstack([returns, np.zeros((9, 200))]), block_length=2, reps=300)

    assert idle == known
    assert single.consistent == pytest.approx(known.consistent, abs=1.01 / 301)
    assert single.best == known.best


def test_a_single_trial_is_tested_as_a_family_of_one():
    rng = np.random.default_rng(2)

    good = superior_ability(rng.normal(0.2, 1, 400), block_length=1, reps=500)
    bad = superior_ability(rng.normal(-0.2, 1, 400), block_length=1, reps=500)

    assert good.best == 0 and good.consistent < 0.01
    assert bad.statistic == 0.0 and bad.consistent == 1.0


@pytest.mark.parametrize("size", [0.1, 0.07, 0.013])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_histories_that_reach_the_score_exactly_count(size, dtype):
    """One trade that won: drawn twice, or oftener, it is as good as what was found."""
    returns = np.zeros((2, 90), dtype=dtype)
    returns[1, 17] = size
    drawn = resampled_days(90, 1.0, reps=400, seed=2)

    found = superior_ability(returns, block_length=1, reps=400, seed=2, scale="none")

    assert found.upper == (1 + np.sum((drawn == 17).sum(axis=1) >= 2)) / 401


def test_a_mean_over_its_own_history_is_that_of_the_days_drawn():
    returns = family(2, n_trials=6, edge=0.002)
    drawn = returns[:, resampled_days(200, 2.0, reps=100, seed=5)]
    own = (drawn.mean(axis=2) - returns.mean(axis=1)[:, None]) / drawn.std(axis=2)

    found = superior_ability(returns, block_length=2, reps=100, seed=5)

    best = (returns.mean(axis=1) / returns.std(axis=1)).max()
    assert found.upper == (1 + np.sum(np.maximum(own.max(axis=0), 0) >= best)) / 101
    assert found.statistic == pytest.approx(best * np.sqrt(200), rel=1e-9)


def test_trials_with_returns_on_few_days_take_no_part():
    returns = family(3, edge=0.004)
    few = np.zeros((40, 200))
    few[:, :19] = np.abs(np.random.default_rng(0).normal(size=(40, 19)))

    found = superior_ability(np.vstack([returns, few]), block_length=2, reps=200)

    assert found == superior_ability(returns, block_length=2, reps=200)
    assert superior_ability(few, block_length=2, reps=200).consistent == 1.0


def test_no_trial_that_trades_has_shown_anything():
    found = superior_ability(np.zeros((5, 60)), block_length=1, reps=100)

    assert (found.lower, found.consistent, found.upper, found.statistic) == (1.0, 1.0, 1.0, 0.0)
    assert superior_trials(np.zeros((5, 60)), block_length=1, reps=100) == ()


def test_what_cannot_be_tested_is_refused():
    with pytest.raises(EngineInputError, match="29 days: this takes at least 30"):
        superior_ability(np.zeros((2, 29)), block_length=1)
    with pytest.raises(EngineInputError, match="size is 5"):
        superior_trials(np.zeros((2, 40)), block_length=1, size=5)
    with pytest.raises(EngineInputError, match="scale is 'mean': it must be one of history, error, none"):
        superior_ability(np.zeros((2, 40)), block_length=1, scale="mean")


@pytest.mark.parametrize("scale", ["history", "error", "none"])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_p_values_of_all_trials_are_those_of_each_alone(scale, kind):
    rng = np.random.default_rng(8)
    returns = (rng.normal(size=(12, 200)) + rng.normal(0.05, 0.1, (12, 1))).astype(kind)
    returns[3, 15:] = 0.0
    returns[5] = 0.0
    together = trial_p_values(returns, block_length=3, reps=200, seed=2, scale=scale)

    alone = [superior_ability(returns, block_length=3, reps=200, seed=2, scale=scale, trial=k) for k in range(12)]

    assert together.tolist() == [one.consistent for one in alone]
    assert together[5] == 1.0


@pytest.mark.parametrize("scale", ["history", "none"])
@pytest.mark.parametrize("edge", [0.0, 0.004])
def test_stepped_p_values_are_those_of_the_families_that_are_left(scale, edge, monkeypatch):
    """Of the trials that are no better, one family after the other; the recentring is that of all trials."""
    returns = family(7, n_trials=12, edge=edge)
    told = {"block_length": 2, "reps": 200, "seed": 3, "scale": scale}
    means = returns.mean(axis=1)
    order = np.argsort(-means if scale == "none" else -means / returns.std(axis=1))
    steps = [superior_ability(returns[order[at:]], **told).consistent for at in range(12)]

    monkeypatch.setattr(trials, "CHUNK_BYTES", 8 * 300 * 4)
    found = stepped_p_values(returns, **told)

    assert found[order].tolist() == np.maximum.accumulate(steps).tolist()
    assert (found <= trial_p_values(returns, **told)).all()
    assert found.min() == superior_ability(returns, **told).consistent


def test_the_same_trial_under_two_names_has_one_p_value():
    returns = family(9, edge=0.004)

    found = stepped_p_values(np.vstack([returns, returns[:1]]), block_length=2, reps=200)

    assert found[0] == found[-1]
    np.testing.assert_array_equal(found[:-1], stepped_p_values(returns, block_length=2, reps=200))


@pytest.mark.parametrize("edge", [0.0, 0.5])
def test_a_wrong_name_is_rare_beside_true_ones_too(edge):
    """Twelve trials, three of which have an edge or none: at 5 % the share of families with a wrong name."""
    wrong = found = 0
    for seed in range(200):
        returns = np.random.default_rng(seed).standard_t(4, size=(12, 250))
        returns[:3] += edge
        named = superior_trials(returns, block_length=1, reps=200, seed=seed)
        wrong += any(one >= (3 if edge else 0) for one in named)
        found += sum(one < 3 for one in named)

    assert wrong <= 18  # 99 % of 200 at 0.05
    assert found >= 0.95 * 600 or not edge
