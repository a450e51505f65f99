"""The p of a search: which path gives it, that it holds its size on noise, and that smaller counts do not."""

from __future__ import annotations

import numpy as np
import pytest
from reference.evidence_figures import GOLDEN, MATRICES, crossing_returns
from scipy.stats import norm

from engine.errors import EngineInputError
from engine.evidence.bootstrap import family_block_length
from engine.evidence.combined import sidak_p
from engine.evidence.search_evidence import MOST_RESAMPLED, search_p, sharpe_scores
from engine.evidence.sharpe import moments, probabilistic_sharpe
from engine.evidence.superior import superior_ability


def test_the_p_is_that_of_superior_ability_and_says_so():
    found = search_p(MATRICES["edge"], seed=3, reps=500)

    length = family_block_length(MATRICES["edge"])
    known = superior_ability(MATRICES["edge"], block_length=length, reps=500, seed=3)
    assert (found.path, found.p, found.best) == ("spa", known.consistent, known.best)
    assert (found.n_trials, found.block_length, found.reps) == (12, length, 500)
    assert found.p < 0.05 < search_p(MATRICES["noise"], seed=3, reps=500).p


def test_beyond_the_bootstrap_the_p_is_sidaks_of_the_best_ratio():
    found = search_p(MATRICES["edge"], seed=3, most_resampled=11)

    best = max(probabilistic_sharpe(moments(trial)) for trial in MATRICES["edge"])
    assert (found.path, found.block_length, found.reps, found.best) == ("sidak", None, None, 4)
    assert found.p == pytest.approx(sidak_p(1 - best, found.effective_trials.prudent), rel=1e-9)


def test_scores_are_those_of_the_probabilistic_ratio_trial_by_trial():
    rng = np.random.default_rng(0)
    trials = np.cumsum(rng.normal(size=(20, 90)), axis=1) * 0.2 + rng.normal(size=(20, 90))

    known = [probabilistic_sharpe(moments(trial)) for trial in trials]

    np.testing.assert_allclose(norm.cdf(sharpe_scores(trials)), known, atol=1e-12)
    assert sharpe_scores(np.zeros((2, 40))).tolist() == [0.0, 0.0]


def test_thousands_of_trials_take_the_same_path():
    noise = np.random.default_rng(1).normal(size=(6_000, 40)).astype(np.float32)

    found = search_p(noise, seed=1, reps=100)

    assert len(noise) < MOST_RESAMPLED
    assert found.path == "spa" and found.p > 0.01
    assert found.effective_trials.galwey < 40 < found.effective_trials.prudent


def test_a_single_trial_and_idle_ones_have_a_p():
    one = search_p(np.random.default_rng(4).normal(0.2, 1.0, 300), seed=1)
    idle = search_p(np.zeros((3, 300)), seed=1)

    assert (one.n_trials, one.best, one.path) == (1, 0, "spa") and one.p < 0.01
    assert idle.p == 1.0
    assert search_p(np.zeros((3, 300)), seed=1, most_resampled=1).p >= 0.5


def test_the_same_seed_gives_the_same_p_and_another_nearly():
    first = search_p(MATRICES["edge"], seed=3)

    assert search_p(MATRICES["edge"], seed=3) == first
    assert search_p(MATRICES["edge"], seed=4).p == pytest.approx(first.p, abs=0.02)


def test_more_noise_in_the_family_makes_a_finding_less_certain():
    rng = np.random.default_rng(8)
    edge = rng.normal(0.12, 1.0, size=(1, 500))

    alone = search_p(edge, seed=1).p
    among = search_p(np.vstack([edge, rng.normal(size=(200, 500))]), seed=1).p

    assert alone < 0.02 < among


def test_what_cannot_be_tested_is_refused():
    with pytest.raises(EngineInputError, match="29 days: this takes at least 30"):
        search_p(np.zeros((2, 29)), seed=0)


def passes_at_five_percent(p_values: list[float]) -> int:
    return int(np.sum(np.array(p_values) <= 0.05))


@pytest.mark.long
def test_the_size_holds_on_noise_and_smaller_counts_would_break_it():
    """200 families of 105 crossings without an edge; the margin is the 99 % one of the binomial at 5 %."""
    margin = GOLDEN["binomial_pass_counts"]["n200_p0.05"]
    spa, galwey, by_entropy, by_participation = [], [], [], []
    for seed in range(200):
        returns = crossing_returns(90_000 + seed)
        found = search_p(returns, seed=seed, reps=400)
        spa.append(found.p)
        alone = float(norm.sf(sharpe_scores(returns).max()))
        spectrum = np.linalg.eigvalsh(np.corrcoef(returns)).clip(1e-15)
        share = spectrum / spectrum.sum()
        galwey.append(sidak_p(alone, found.effective_trials.galwey))
        by_entropy.append(sidak_p(alone, float(np.exp(-(share * np.log(share)).sum()))))
        by_participation.append(sidak_p(alone, 1 / float(share @ share)))

    assert passes_at_five_percent(spa) <= margin
    assert passes_at_five_percent(galwey) <= margin
    assert passes_at_five_percent(by_entropy) > margin
    assert passes_at_five_percent(by_participation) > margin


@pytest.mark.long
def test_the_size_holds_where_trials_outnumber_days_and_galwey_would_break_it():
    """200 families of 1,000 independent trials in 120 days: a spectrum of 120 values cannot count them."""
    margin = GOLDEN["binomial_pass_counts"]["n200_p0.05"]
    spa, sidak, by_galwey = [], [], []
    for seed in range(200):
        returns = np.random.default_rng(seed).normal(size=(1_000, 120))
        spa.append(search_p(returns, seed=seed, reps=400).p)
        found = search_p(returns, seed=seed, most_resampled=1)
        sidak.append(found.p)
        by_galwey.append(sidak_p(float(norm.sf(sharpe_scores(returns).max())), found.effective_trials.galwey))

    assert passes_at_five_percent(spa) <= margin
    assert passes_at_five_percent(sidak) <= margin
    assert passes_at_five_percent(by_galwey) > margin


def rare_losses(seed: int) -> np.ndarray:
    """100 trials that win 1 on one day in twenty, and lose 9 on every tenth of these: no edge."""
    rng = np.random.default_rng(seed)
    return np.where(rng.random((100, 730)) < 0.05, np.where(rng.random((100, 730)) < 0.1, -9.0, 1.0), 0.0)


@pytest.mark.long
def test_the_size_holds_for_small_gains_before_large_losses_and_fixed_errors_would_break_it():
    found = [search_p(rare_losses(seed), seed=seed, reps=400).p for seed in range(60)]
    fixed = [
        superior_ability(rare_losses(seed), block_length=2, reps=400, seed=seed, scale="error").consistent
        for seed in range(60)
    ]

    assert passes_at_five_percent(found) <= GOLDEN["binomial_pass_counts"]["n60_p0.05"]
    assert passes_at_five_percent(fixed) > 50


@pytest.mark.long
def test_wild_trials_do_not_hide_an_edge_and_plain_means_would():
    families = [
        np.vstack([crossing_returns(50_000 + s, n_days=765, annual_sharpe=2.0), 5 * crossing_returns(s, n_days=765)])
        for s in range(60)
    ]

    found = [search_p(returns, seed=seed).p for seed, returns in enumerate(families)]
    plain = [superior_ability(returns, block_length=2, reps=400, scale="none").consistent for returns in families]

    assert passes_at_five_percent(found) >= GOLDEN["binomial_power_min_counts"]["n60_p0.6"]
    assert passes_at_five_percent(plain) < 10


@pytest.mark.long
def test_an_edge_is_found():
    """A true ratio of 2 among 105 crossings over 765 days: 65 % of the notes' families were found at 5 %."""
    found = [
        search_p(crossing_returns(50_000 + seed, n_days=765, annual_sharpe=2.0), seed=seed).p for seed in range(60)
    ]

    assert passes_at_five_percent(found) >= GOLDEN["binomial_power_min_counts"]["n60_p0.6"]
