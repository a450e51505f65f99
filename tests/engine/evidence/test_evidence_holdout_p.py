"""The p of a look: the ratio's own, uniform without an edge, and careful where returns are skewed or few."""

from __future__ import annotations

import numpy as np
import pytest
from reference.evidence_figures import GOLDEN
from scipy.stats import kstest

from engine.errors import EngineInputError
from engine.evidence.holdout_evidence import holdout_p
from engine.evidence.sharpe import moments, probabilistic_sharpe


@pytest.mark.parametrize("seed", range(8))
def test_it_is_near_the_probabilistic_ratios_and_never_below(seed):
    days = np.random.default_rng(seed).normal(0.05, 1.0, 330)

    found = holdout_p(days, seed=1)

    known = 1 - probabilistic_sharpe(moments(days))
    assert known <= found * (1 + 1e-9)
    assert found == pytest.approx(known, abs=0.02)
    assert found == holdout_p(days, seed=1)


def test_few_days_with_returns_speak_neither_for_nor_against():
    lucky = np.zeros(300)
    lucky[10:25] = 0.02

    assert holdout_p(lucky, seed=1) == 0.5
    assert holdout_p(-lucky, seed=1) == pytest.approx(1 - probabilistic_sharpe(moments(-lucky)), rel=1e-9)
    assert holdout_p(np.zeros(300), seed=1) == 0.5


@pytest.mark.long
def test_without_an_edge_it_is_uniform():
    found = [holdout_p(np.random.default_rng(s).standard_t(4, 330), seed=s, reps=1_000) for s in range(400)]

    assert kstest(found, "uniform").pvalue > 0.01


@pytest.mark.long
def test_small_gains_before_large_losses_pass_no_more_often_than_they_may():
    """Win 1 on one day in twenty, lose 9 on every tenth of these."""
    passed, by_ratio = 0, 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        days = np.where(rng.random(330) < 0.05, np.where(rng.random(330) < 0.1, -9.0, 1.0), 0.0)
        by_ratio += 1 - probabilistic_sharpe(moments(days)) <= 0.05
        passed += holdout_p(days, seed=seed, reps=1_000) <= 0.05

    assert passed <= GOLDEN["binomial_pass_counts"]["n200_p0.05"] < by_ratio


def test_what_is_no_look_is_refused():
    with pytest.raises(EngineInputError, match="returns has 2 strategies"):
        holdout_p(np.zeros((2, 50)), seed=0)
    with pytest.raises(EngineInputError, match="29 days"):
        holdout_p(np.zeros(29), seed=0)
