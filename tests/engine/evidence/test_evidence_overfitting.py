"""Overfitting by cross-validation: golden figures, every half written out one by one, and limits that are known."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.evidence_figures import COMPUTED, MATRICES
from scipy.stats import rankdata

from engine.errors import EngineInputError
from engine.evidence import trials
from engine.evidence.overfitting import overfitting


@pytest.mark.parametrize("name", ["noise", "edge"])
@pytest.mark.parametrize("blocks", [8, 10, 16])
def test_the_golden_figures_agree(name, blocks):
    known = COMPUTED["pbo"][name][f"S{blocks}"]

    found = overfitting(MATRICES[name], blocks=blocks)

    assert found.n_splits == known["n_splits"]
    assert found.probability == pytest.approx(known["pbo"], abs=1e-12)
    assert found.loss_probability == pytest.approx(known["prob_oos_loss"], abs=1e-12)
    assert found.logit_mean == pytest.approx(known["logit_mean"], abs=1e-12)
    assert found.slope == pytest.approx(known["deg_slope"], abs=1e-12)
    assert found.intercept == pytest.approx(known["deg_intercept"], abs=1e-12)


@pytest.mark.parametrize("name", ["noise", "edge"])
def test_the_figures_of_pypbo_agree(name):
    known, found = COMPUTED["pbo"][name]["pypbo_S8"], overfitting(MATRICES[name], blocks=8)

    assert found.probability == pytest.approx(known["pbo"], abs=1e-12)
    assert found.loss_probability == pytest.approx(known["prob_oos_loss"], abs=1e-12)
    assert (found.slope, found.intercept) == pytest.approx((known["slope"], known["intercept"]), abs=1e-12)


def one_by_one(returns: np.ndarray, blocks: int) -> tuple[float, float, float]:
    parts = np.split(returns[:, : returns.shape[1] // blocks * blocks], blocks, axis=1)
    odds, losses = [], []
    for chosen in combinations(range(blocks), blocks // 2):
        here = np.hstack([parts[k] for k in chosen])
        there = np.hstack([parts[k] for k in range(blocks) if k not in chosen])
        best = np.argmax(here.mean(1) / here.std(1, ddof=1))
        ratios = there.mean(1) / there.std(1, ddof=1)
        share = rankdata(ratios)[best] / (len(returns) + 1)
        odds.append(np.log(share / (1 - share)))
        losses.append(ratios[best] < 0)
    return np.mean(np.array(odds) <= 0), np.mean(odds), np.mean(losses)


@given(st.integers(0, 10**6), st.integers(2, 9), st.sampled_from([2, 4, 6]), st.integers(30, 60))
@settings(max_examples=30)
def test_every_half_written_out_gives_the_same(seed, n_trials, blocks, n_days):
    returns = np.random.default_rng(seed).normal(0.1, 1.0, size=(n_trials, n_days))

    found = overfitting(returns, blocks=blocks)

    known = one_by_one(returns, blocks)
    assert (found.probability, found.logit_mean, found.loss_probability) == pytest.approx(known, abs=1e-12)


def test_chunks_single_precision_and_size_change_nothing(monkeypatch):
    known = overfitting(MATRICES["edge"], blocks=8)

    monkeypatch.setattr(trials, "CHUNK_BYTES", 8 * 12 * 3)

    assert overfitting(MATRICES["edge"], blocks=8) == known
    single = overfitting((MATRICES["edge"] * 7).astype(np.float32), blocks=8)
    assert single.probability == known.probability
    assert single.slope == pytest.approx(known.slope, rel=1e-5)


def test_idle_trials_have_a_ratio_of_nothing():
    losing = np.vstack([MATRICES["noise"] - 0.01, np.zeros((1, 512))])

    found = overfitting(losing, blocks=8)

    assert found.probability == 0.0, "to stay out is best in every half"
    assert found.loss_probability == 0.0
    assert found.slope is None and found.intercept is None


def test_what_cannot_be_cut_is_refused():
    with pytest.raises(EngineInputError, match="blocks is 7: it must be even"):
        overfitting(MATRICES["noise"], blocks=7)
    with pytest.raises(EngineInputError, match="blocks is 30: it must be even, 2 to 20"):
        overfitting(MATRICES["noise"], blocks=30)
    with pytest.raises(EngineInputError, match="has 1 trial"):
        overfitting(MATRICES["noise"][:1])
    with pytest.raises(EngineInputError, match="has 31 days: 16 blocks of at least 2 take 32"):
        overfitting(MATRICES["noise"][:, :31])
