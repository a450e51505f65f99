"""What a Sharpe ratio proves: printed values of the papers, the golden series, and what must hold for any returns."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.errors import EngineInputError
from engine.evidence.sharpe import (
    NORMAL,
    Moments,
    minimum_track_record,
    moments,
    probabilistic_sharpe,
    sharpe_interval,
    sharpe_variance,
)

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "statistics_metrics.json").read_text("utf-8"))
PUBLISHED = GOLDEN["published"]
KNOWN = Moments(n=24, sharpe=0.036 / 0.079, skewness=-2.448, kurtosis=10.164, correlation=0.2)


def test_printed_values_of_how_to_use_the_sharpe_ratio():
    known = PUBLISHED["Generalised_2025"]
    normal = replace(KNOWN, skewness=0.0, kurtosis=3.0, correlation=0.0)

    assert math.sqrt(sharpe_variance(KNOWN, at=KNOWN.sharpe)) == pytest.approx(known["sd_SR_generalized"], rel=1e-9)
    assert math.sqrt(sharpe_variance(normal, at=KNOWN.sharpe)) == pytest.approx(known["sd_SR_iid_normal"], rel=1e-8)
    assert probabilistic_sharpe(KNOWN) == pytest.approx(known["PSR_SR0=0"], rel=1e-9)
    assert probabilistic_sharpe(KNOWN, benchmark=0.1) == pytest.approx(known["PSR_SR0=0.1"], rel=1e-9)
    assert minimum_track_record(KNOWN) == pytest.approx(known["MinTRL_SR0=0"], rel=1e-9)
    assert minimum_track_record(KNOWN, benchmark=0.1) == pytest.approx(known["MinTRL_SR0=0.1"], rel=1e-9)


def test_printed_values_of_the_efficient_frontier_follow_from_the_variance_at_the_estimate():
    """The older formula takes n - 1 and the variance at the estimate, without correlation."""
    known = PUBLISHED["PSR_Bailey_LdP_2012_JoR15(2)"]
    ratio = 1.585 / math.sqrt(12)
    shape = Moments(n=23, sharpe=ratio, skewness=-2.448, kurtosis=10.164, correlation=0.0)
    normal = replace(shape, skewness=0.0, kurtosis=3.0)

    assert NORMAL.cdf(ratio / math.sqrt(sharpe_variance(shape, at=ratio))) == pytest.approx(known["PSR"], rel=1e-9)
    assert NORMAL.cdf(ratio / math.sqrt(sharpe_variance(normal, at=ratio))) == pytest.approx(
        known["printed"]["normal"], abs=5e-4
    )


@pytest.mark.parametrize(
    ("name", "per_year", "skewness", "kurtosis"),
    [
        ("daily250_normal", 250, 0.0, 3.0),
        ("weekly52_normal", 52, 0.0, 3.0),
        ("monthly12_normal", 12, 0.0, 3.0),
        ("monthly12_skew-0.72_kurt5.78", 12, -0.72, 5.78),
    ],
)
def test_printed_track_records_follow_from_the_variance_at_the_estimate(name, per_year, skewness, kurtosis):
    known = PUBLISHED["MinTRL_Bailey_LdP_2012_years"]["annual SR 2 vs 1, 95%"][name]
    ratio, benchmark = 2 / math.sqrt(per_year), 1 / math.sqrt(per_year)
    shape = Moments(n=1, sharpe=ratio, skewness=skewness, kurtosis=kurtosis, correlation=0.0)

    length = 1 + sharpe_variance(shape, at=ratio) * (NORMAL.inv_cdf(0.95) / (ratio - benchmark)) ** 2

    assert length / per_year == pytest.approx(known, rel=1e-9)


def test_moments_and_probability_of_the_golden_series_agree():
    known = GOLDEN["series"]["R12_1d_365"]
    found = moments(known["returns"])

    assert found.skewness == pytest.approx(known["skew_biased_g1"], rel=1e-9)
    assert found.kurtosis == pytest.approx(known["kurt_biased_pearson"], rel=1e-9)
    assert found.correlation == 0.0, "a negative correlation must not help"
    assert probabilistic_sharpe(replace(found, correlation=known["rho1"])) == pytest.approx(
        known["psr0_gen2026"], rel=1e-9
    )
    assert probabilistic_sharpe(found) < known["psr0_gen2026"]


def test_the_correlation_is_held_to_nine_tenths():
    drifting = np.concatenate((np.full(200, 0.01), np.full(200, -0.01)))

    assert moments(drifting).correlation == 0.9


def test_a_constant_half_has_no_correlation():
    assert moments([0.0, 0.0, 0.1]).correlation == 0.0


returns = st.lists(st.floats(-0.2, 0.25), min_size=5, max_size=60)


@given(returns)
def test_the_probability_reaches_confidence_at_the_minimum_track_record(values):
    assume(np.std(values) > 1e-6)
    shape = moments(values)
    assume(shape.sharpe > 1e-3)

    needed = minimum_track_record(shape)

    assert probabilistic_sharpe(shape) >= 0.95 or shape.n < needed * (1 + 1e-9)
    assert probabilistic_sharpe(shape) <= 0.95 or shape.n > needed * (1 - 1e-9)


@given(returns)
def test_the_interval_is_centred_on_the_ratio_and_grows_with_confidence(values):
    assume(np.std(values) > 1e-6)
    shape = moments(values)
    assume(sharpe_variance(shape, at=shape.sharpe) > 0)

    low, high = sharpe_interval(shape)
    lower, higher = sharpe_interval(shape, confidence=0.99)

    assert lower < low <= shape.sharpe <= high < higher
    assert (low + high) / 2 == pytest.approx(shape.sharpe, abs=1e-12 * (high - low) + 1e-15)


@given(returns, st.floats(0.01, 100.0))
def test_moments_do_not_depend_on_the_size_of_returns(values, factor):
    assume(np.std(values) > 1e-6)
    small, large = moments(values), moments(np.array(values) * factor)

    assert large.sharpe == pytest.approx(small.sharpe, rel=1e-6, abs=1e-9)
    assert large.kurtosis == pytest.approx(small.kurtosis, rel=1e-6)
    assert large.correlation == pytest.approx(small.correlation, rel=1e-6, abs=1e-9)


def test_what_cannot_be_stated_is_refused():
    with pytest.raises(EngineInputError, match="two that differ"):
        moments([0.01])
    with pytest.raises(EngineInputError, match="two that differ"):
        moments([0.25, 0.25, 0.25])
    with pytest.raises(EngineInputError, match=r"above the benchmark 0\.5"):
        minimum_track_record(KNOWN, benchmark=0.5)
    impossible = Moments(n=10, sharpe=2.0, skewness=5.0, kurtosis=3.0, correlation=0.0)
    with pytest.raises(EngineInputError, match="no estimate"):
        sharpe_interval(impossible)
