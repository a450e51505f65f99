"""The matrix of trial returns: what it takes, what it refuses, and that chunks change nothing."""

from __future__ import annotations

import numpy as np
import pytest
from reference.evidence_figures import COMPUTED, MATRICES

from engine.errors import EngineInputError
from engine.evidence import trials
from engine.evidence.trials import means_and_deviations, trial_returns, trial_sharpes


def test_the_golden_matrices_are_those_of_the_formula():
    known = COMPUTED["matrix"]

    assert MATRICES["noise"][0, 0] == known["M_1_1"]
    assert MATRICES["noise"].sum() == pytest.approx(known["sum_M"], rel=1e-9)
    np.testing.assert_allclose(trial_sharpes(MATRICES["noise"]), known["sharpe_noise"], atol=5e-11)
    assert trial_sharpes(MATRICES["edge"])[4] == pytest.approx(known["sharpe_edge_col5"], rel=1e-9)


def test_chunks_change_nothing(monkeypatch):
    whole = means_and_deviations(MATRICES["edge"])

    monkeypatch.setattr(trials, "CHUNK_BYTES", 5 * 8 * 512)

    np.testing.assert_array_equal(means_and_deviations(MATRICES["edge"]), whole)


def test_single_precision_stays_and_everything_else_is_double():
    assert trial_returns(MATRICES["edge"].astype(np.float32)).dtype == np.float32
    assert trial_returns([[1, 0, 2]]).dtype == np.float64


def test_a_series_that_does_not_vary_has_shown_nothing():
    assert trial_sharpes([[0.001] * 7, [0.0] * 7]).tolist() == [0.0, 0.0]


def test_what_is_no_matrix_of_returns_is_refused():
    with pytest.raises(EngineInputError, match=r"returns\[1, 2\] is nan"):
        trial_returns([[0.0, 0.1, 0.2], [0.0, 0.1, float("nan")]])
    with pytest.raises(EngineInputError, match=r"shape \(0, 5\)"):
        trial_returns(np.zeros((0, 5)))
    with pytest.raises(EngineInputError, match=r"shape \(2, 2, 2\)"):
        trial_returns(np.zeros((2, 2, 2)))
    with pytest.raises(EngineInputError, match="has 1 days: this takes at least 2"):
        trial_returns([[0.1]])
