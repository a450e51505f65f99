"""The best of many trials: printed values of the papers, the exact distribution, and what must hold for any count."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.evidence_figures import COMPUTED, GOLDEN, MATRICES, PUBLISHED, USE_OF_SHARPE

from engine.errors import EngineInputError
from engine.evidence.combined import sidak_p
from engine.evidence.deflated import (
    deflated_sharpe,
    expected_maximum,
    generalised_deflated_sharpe,
    maximum_deviation,
    minimum_backtest_years,
    trial_variance,
)
from engine.evidence.sharpe import NORMAL, Moments, moments, probabilistic_sharpe


def test_printed_values_of_the_deflated_sharpe_ratio():
    known = PUBLISHED["DSR_Bailey_LdP_2014_JPM40(5)_numerical_example"]
    shape = Moments(n=1250, sharpe=2.5 / math.sqrt(250), skewness=-3.0, kurtosis=10.0, correlation=0.0)
    variance = 0.5 / 250

    assert math.sqrt(variance) * expected_maximum(100) == pytest.approx(known["SR0_per_obs"], rel=1e-9)
    assert deflated_sharpe(shape, variance=variance, n_trials=100) == pytest.approx(known["DSR"], rel=1e-9)
    assert deflated_sharpe(shape, variance=variance, n_trials=46) == pytest.approx(known["DSR_N46"], rel=1e-9)
    normal = replace(shape, skewness=0.0, kurtosis=3.0)
    assert deflated_sharpe(normal, variance=variance, n_trials=88) == pytest.approx(
        known["DSR_N88_normal_moments(skew0,kurt3)"], rel=1e-9
    )


def test_printed_values_of_the_form_of_2026():
    known = USE_OF_SHARPE["DSR_K10_V0.1"]
    deviation = math.sqrt(0.1)

    assert deviation * expected_maximum(10) == pytest.approx(known["SR_0K"], rel=1e-9)
    assert deviation * maximum_deviation(10) == pytest.approx(known["sd_max"], rel=1e-9)
    assert maximum_deviation(15) == pytest.approx(USE_OF_SHARPE["sd_max_rescale_K15"], rel=1e-9)
    score = generalised_deflated_sharpe(USE_OF_SHARPE["SR"], variance=0.1, n_trials=10)
    assert score == pytest.approx(known["DSR"], rel=1e-9)


@pytest.mark.parametrize("n_trials", [10, 100, 1_000, 10_000, 100_000])
def test_the_deviation_of_the_maximum_agrees(n_trials):
    assert maximum_deviation(n_trials) == pytest.approx(
        GOLDEN["fwer_independent_normal"][str(n_trials)]["sdmax"], abs=5e-5
    )


@pytest.mark.parametrize("n_trials", [10, 100, 1_000, 10_000])
def test_how_often_the_best_of_idle_trials_scores_above_95(n_trials):
    """Of independent trials whose ratios vary as their errors do; the reason why the score is no gate."""
    known, z = GOLDEN["fwer_independent_normal"][str(n_trials)], NORMAL.inv_cdf(0.95)
    of_2014, of_2026 = expected_maximum(n_trials) + z, expected_maximum(n_trials) + z * maximum_deviation(n_trials)

    assert (of_2014, of_2026) == pytest.approx((known["z_dsr2014"], known["z_dsr2026"]), abs=6e-4)
    assert sidak_p(1 - NORMAL.cdf(of_2014), n_trials) == pytest.approx(known["fwer_dsr2014_095"], rel=0.01)
    assert sidak_p(1 - NORMAL.cdf(of_2026), n_trials) == pytest.approx(known["fwer_dsr2026_095"], abs=6e-5)


def test_printed_years_of_the_minimum_backtest():
    known = PUBLISHED["MinBTL_Bailey_Borwein_LdP_Zhu_2014_Notices"]

    assert minimum_backtest_years(known["N"], annual_sharpe=1.0) == pytest.approx(known["min_years"], rel=1e-9)


def test_the_golden_matrix_deflates_as_computed():
    known, shape = COMPUTED["psr_dsr_edge"], moments(MATRICES["edge"][4])
    variance = trial_variance(MATRICES["edge"])

    assert variance == pytest.approx(known["V_cross_ddof1"], rel=1e-9)
    assert math.sqrt(variance) * expected_maximum(12) == pytest.approx(known["SR0_N12"], rel=1e-9)
    assert deflated_sharpe(shape, variance=variance, n_trials=12) == pytest.approx(known["dsr2014"], rel=1e-9)


def test_one_trial_is_no_choice():
    shape = moments([0.01, -0.02, 0.03, 0.01, -0.005])

    assert expected_maximum(1) == 0.0
    assert maximum_deviation(1) == pytest.approx(1.0, rel=1e-12)
    assert trial_variance([[0.01, 0.02, -0.01]]) == 0.0
    alone = deflated_sharpe(replace(shape, skewness=0.0, kurtosis=1.0), variance=0.3, n_trials=1)
    assert alone == pytest.approx(probabilistic_sharpe(replace(shape, n=shape.n - 1, correlation=0.0)), rel=1e-12)


@given(st.floats(1, 1e6), st.floats(1.0001, 4))
def test_more_trials_reach_higher_and_never_below_zero(n_trials, factor):
    assert 0.0 <= expected_maximum(n_trials) < expected_maximum(n_trials * factor)


def test_the_variance_counts_trials_that_never_traded():
    traded = np.random.default_rng(1).normal(size=(3, 50))

    with_idle = trial_variance(np.vstack([traded, np.zeros((1, 50))]))

    ratios = traded.mean(1) / traded.std(1, ddof=1)
    assert with_idle == pytest.approx(np.var([*ratios, 0.0], ddof=1), rel=1e-12)


def test_what_cannot_be_stated_is_refused():
    shape = moments([0.01, -0.02, 0.03])
    with pytest.raises(EngineInputError, match=r"n_trials is 0\.5"):
        expected_maximum(0.5)
    with pytest.raises(EngineInputError, match="n_trials is nan"):
        maximum_deviation(float("nan"))
    with pytest.raises(EngineInputError, match=r"variance is -0\.1"):
        deflated_sharpe(shape, variance=-0.1, n_trials=3)
    with pytest.raises(EngineInputError, match=r"variance is 0\.0"):
        generalised_deflated_sharpe(0.1, variance=0.0, n_trials=3)
    with pytest.raises(EngineInputError, match="no estimate"):
        deflated_sharpe(replace(shape, sharpe=2.0, skewness=5.0, kurtosis=3.0), variance=0.1, n_trials=3)
