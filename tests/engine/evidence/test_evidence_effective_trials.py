"""Effective trials: the golden figure, formulae written out on all correlations, and limits that are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.evidence_figures import COMPUTED, MATRICES

from engine.errors import EngineInputError
from engine.evidence import effective_trials as module
from engine.evidence import trials
from engine.evidence.effective_trials import effective_trials


def grid_like(n_trials: int, n_days: int, *, seed: int = 0, ideas: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(n_trials, ideas)) @ rng.normal(size=(ideas, n_days))
    return 0.01 * (common + rng.normal(size=(n_trials, n_days)))


def written_out(returns: np.ndarray) -> tuple[float, float, float]:
    values = np.linalg.eigvalsh(np.corrcoef(returns)).clip(0)
    n = len(returns)
    whole = sum(float(value >= 1) + value - np.floor(value) for value in values)
    return np.sqrt(values).sum() ** 2 / values.sum(), 1 + (n - 1) * (1 - values.var(ddof=1) / n), whole


def test_the_golden_matrix_agrees():
    assert effective_trials(MATRICES["edge"]).galwey == pytest.approx(COMPUTED["meff_edge"]["galwey"], rel=1e-9)


@given(st.integers(2, 40), st.integers(3, 40), st.integers(0, 10**6))
@settings(max_examples=40)
def test_the_smaller_gram_matrix_gives_the_spectrum_of_the_correlations(n_trials, n_days, seed):
    returns = grid_like(n_trials, n_days, seed=seed)

    found = effective_trials(returns)

    known = written_out(returns)
    assert found.galwey == pytest.approx(known[0], rel=1e-5)  # roots of rounded zeros differ
    assert found.nyholt == pytest.approx(known[1], rel=1e-9)
    assert found.li_ji == pytest.approx(known[2], rel=1e-6, abs=1e-6)
    assert 1 <= found.galwey <= n_trials * (1 + 1e-9)


def test_copies_and_idle_trials_add_nothing():
    returns = grid_like(8, 300)
    alone = effective_trials(returns)

    more = effective_trials(
        np.vstack([returns, returns, returns * 3 + 0.001, np.zeros((5, 300)), np.full((1, 300), 0.1)])
    )

    assert more.n_trials == 30
    assert more.galwey == pytest.approx(alone.galwey, rel=1e-6)
    assert more.nyholt >= alone.nyholt


def test_one_idea_is_one_trial_and_nothing_is_one_too():
    base = grid_like(1, 100)
    same = effective_trials(np.vstack([base, -base, base * 2]))

    assert (same.galwey, same.nyholt, same.li_ji) == pytest.approx((1, 1, 1), abs=1e-6)
    assert effective_trials(base) == module.EffectiveTrials(1, 1.0, 1.0, 1.0, 100)
    assert effective_trials(np.zeros((4, 50))) == module.EffectiveTrials(4, 1.0, 1.0, 1.0, 50)


def test_single_precision_and_chunks_change_nothing_that_counts(monkeypatch):
    returns = grid_like(120, 60)
    known = effective_trials(returns)

    monkeypatch.setattr(trials, "CHUNK_BYTES", 7 * 8 * 60)
    found = effective_trials(returns.astype(np.float32))

    assert found.galwey == pytest.approx(known.galwey, rel=1e-3)
    assert found.nyholt == pytest.approx(known.nyholt, rel=1e-5)


def test_a_sketch_comes_near_and_its_seed_decides(monkeypatch):
    returns = grid_like(300, 250, ideas=2)
    known = effective_trials(returns)
    monkeypatch.setattr(module, "LARGEST_GRAM", 100)

    found = effective_trials(returns, seed=5)

    assert found.dimensions == module.PROJECTIONS
    assert found.galwey == pytest.approx(known.galwey, rel=0.05)
    assert found.nyholt == pytest.approx(known.nyholt, rel=0.05)
    assert effective_trials(returns, seed=5) == found
    assert effective_trials(returns, seed=6) != found


def test_different_trials_that_outnumber_the_days_are_corrected_in_full():
    independent = np.random.default_rng(3).normal(size=(600, 150))

    found = effective_trials(independent)

    assert found.galwey < 150, "no more than there are days"
    assert found.prudent == found.nyholt > 590


def test_a_grid_is_corrected_by_galwey():
    found = effective_trials(grid_like(40, 500, ideas=1))

    assert found.prudent == found.galwey < found.nyholt


def test_what_is_no_matrix_of_returns_is_refused():
    with pytest.raises(EngineInputError, match="at least one trial"):
        effective_trials(np.zeros((0, 10)))
