"""P-values put together: the notes' figures, scipy as the reference, and what must hold for any p."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.evidence_figures import GOLDEN, PUBLISHED
from scipy.stats import combine_pvalues, norm

from engine.errors import EngineInputError
from engine.evidence.combined import LOOKS, combined_p, holm, look_alpha, sidak_p

p_values = st.floats(1e-12, 1 - 1e-12)


def test_the_combination_of_the_notes():
    known = GOLDEN["stouffer"]

    found = combined_p(known["p_search"], known["p_hold"], n_search=known["T_s"], n_holdout=known["T_h"])

    assert found == pytest.approx(known["p_comb"], rel=1e-9)


@given(p_values, p_values, st.integers(1, 5000), st.integers(1, 5000))
def test_the_combination_is_scipys(search, holdout, n_search, n_holdout):
    known = combine_pvalues([search, holdout], "stouffer", [math.sqrt(n_search), math.sqrt(n_holdout)]).pvalue

    found = combined_p(search, holdout, n_search=n_search, n_holdout=n_holdout)

    assert found == pytest.approx(known, rel=1e-6, abs=1e-14)


def test_a_certain_no_on_either_side_is_no():
    assert combined_p(1.0, 0.0, n_search=700, n_holdout=300) == 1.0
    assert combined_p(0.001, 1.0, n_search=700, n_holdout=300) == 1.0
    assert 0 <= combined_p(0.0, 0.5, n_search=700, n_holdout=300) < 1e-100


@given(p_values, st.floats(1, 1e6))
def test_sidak_never_helps_and_one_test_changes_nothing(p, n_tests):
    assert sidak_p(p, n_tests) >= p * (1 - 1e-9)
    assert sidak_p(p, 1) == pytest.approx(p, rel=1e-9)
    assert sidak_p(p, n_tests) <= min(1.0, n_tests * p * (1 + 1e-9))


def test_sidak_of_the_critical_scores():
    for n_tests, known in GOLDEN["fwer_independent_normal"].items():
        assert sidak_p(norm.sf(known["z_sidak_5pct"]), int(n_tests)) == pytest.approx(0.05, abs=2e-4)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_rejects_what_its_steps_reject(values):
    adjusted = holm(values)

    order, alive = np.argsort(values, kind="stable"), True
    for step, at in enumerate(order):
        alive = alive and values[at] * (len(values) - step) <= 0.05
        assert (adjusted[at] <= 0.05) == alive


def test_bonferroni_of_harvey_and_liu():
    known = PUBLISHED["Harvey_Liu_2015_JPM42(1)_Bonferroni_text_example"]
    inputs = known["inputs"]

    p = 2 * norm.sf(inputs["SR_annual"] * math.sqrt(inputs["years"]))

    assert p * inputs["tests"] == pytest.approx(known["computed_normal"]["p_adj"], rel=1e-7)
    assert holm([p, *[1.0] * (inputs["tests"] - 1)])[0] == pytest.approx(known["computed_normal"]["p_adj"], rel=1e-7)


def test_looks_spend_less_each_time_and_never_more_than_alpha():
    spent = [look_alpha(look) for look in range(1, LOOKS + 1)]

    assert spent[0] == pytest.approx(0.0303964, abs=1e-7)
    assert spent == sorted(spent, reverse=True)
    assert sum(6 * 0.05 / (math.pi * look) ** 2 for look in range(1, 100_000)) <= 0.05
    for look in (0, LOOKS + 1):
        with pytest.raises(EngineInputError, match="holdout has looks 1 to 5"):
            look_alpha(look)


def test_what_is_no_probability_is_refused():
    with pytest.raises(EngineInputError, match=r"p_search is 1\.5"):
        combined_p(1.5, 0.5, n_search=10, n_holdout=10)
    with pytest.raises(EngineInputError, match="p is nan"):
        sidak_p(float("nan"), 3)
    with pytest.raises(EngineInputError, match="n_holdout is 0"):
        combined_p(0.5, 0.5, n_search=10, n_holdout=0)
    with pytest.raises(EngineInputError, match=r"n_tests is 0\.9"):
        sidak_p(0.5, 0.9)
    with pytest.raises(EngineInputError, match=r"p_values\[1\] is -0\.1"):
        holm([0.1, -0.1])
