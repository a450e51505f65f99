"""Conditions between axes, log ranges and the spaces of variants: what is proposed obeys them."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search.conditions import OPERATORS
from engine.search.plan import plan_search
from engine.search.space import read_space
from engine.search.values import read_values
from engine.spec import check
from engine.spec.canonical import plain
from engine.spec.findings import Findings

FAST, SLOW = "indicators.sma_fast.inputs.length", "indicators.sma_slow.inputs.length"


@given(
    st.lists(st.integers(2, 60), min_size=1, max_size=8, unique=True),
    st.lists(st.integers(2, 60), min_size=1, max_size=8, unique=True),
    st.sampled_from(sorted(OPERATORS)),
    st.one_of(st.just(SLOW), st.integers(1, 60)),
)
def test_the_combinations_of_a_space_are_those_that_keep_its_conditions(spec, fast, slow, named, right):
    findings = Findings()
    space = read_space({FAST: fast, SLOW: slow, "where": [[FAST, named, right]]}, spec, findings)
    assert space is not None, findings.problems

    kept = [(a, b) for a, b in product(fast, slow) if OPERATORS[named](a, b if right == SLOW else right)]

    assert [tuple(space.overrides(row).values()) for row in space.all_places().tolist()] == kept


def test_a_grid_never_proposes_what_breaks_a_condition(spec, market):
    document = {FAST: {"min": 5, "max": 50, "step": 5}, SLOW: {"min": 5, "max": 50, "step": 5}}
    plan = plan_search(spec, market, space={**document, "where": [[FAST, "<", SLOW]]}).plan

    assert plan.count == 45
    assert all(plan.overrides(number)[FAST] < plan.overrides(number)[SLOW] for number in range(1, 46))


@pytest.mark.parametrize(
    ("where", "code", "path"),
    [
        ([[FAST, "<", 2]], "EMPTY_SPACE", "$.space.where"),
        ([[FAST, "=<", SLOW]], "UNKNOWN_VALUE", "$.space.where[0][1]"),
        ([[FAST, "<", "indicators.sma_slo.inputs.length"]], "UNKNOWN_VALUE", "$.space.where[0][2]"),
        ([[FAST, "<"]], "WRONG_TYPE", "$.space.where[0]"),
        ("fast < slow", "WRONG_TYPE", "$.space.where"),
        ([[FAST, "<", None]], "UNKNOWN_VALUE", "$.space.where[0][2]"),
    ],
)
def test_a_condition_that_is_none_or_leaves_nothing_is_refused(spec, market, where, code, path):
    [problem] = plan_search(spec, market, space={FAST: [5, 10], SLOW: [20], "where": where}).problems

    assert (problem.code, problem.path) == (code, path)


@given(st.floats(1e-6, 1e3), st.floats(1.0, 1e6), st.integers(2, 50))
def test_a_log_range_goes_from_end_to_end_in_equal_multiples(low, ratio, count):
    values = read_values({"min": low, "max": low * ratio, "scale": "log", "count": count}, ("space", "a.b"), Findings())

    assert values[0] == low and values[-1] == low * ratio and list(values) == sorted(set(values))
    if len(values) == count:
        np.testing.assert_allclose(values, np.geomspace(low, low * ratio, count), rtol=6e-4)  # 4 digits


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ({"min": 0, "max": 5, "scale": "log", "count": 3}, "OUT_OF_BOUNDS"),
        ({"min": 1, "max": 5, "scale": "linear", "count": 3}, "UNKNOWN_VALUE"),
        ({"min": 1, "max": 5, "scale": "log", "count": 1}, "OUT_OF_BOUNDS"),
        ({"min": 1, "max": 5, "scale": "log", "count": 2.5}, "OUT_OF_BOUNDS"),
        ({"min": 1, "max": 5, "scale": "log", "step": 1}, "MISSING_FIELD"),
        ({"min": 5, "max": 1, "scale": "log", "count": 3}, "OUT_OF_BOUNDS"),
    ],
)
def test_a_log_range_that_is_none_is_refused(written, code):
    findings = Findings()

    assert read_values(written, ("space", FAST), findings) == ()
    assert code in {problem.code for problem in findings.problems}


def test_a_space_of_variants_combines_the_values_they_give(spec, market):
    variants = [{"id": "a", "overrides": {FAST: 5, SLOW: 40}}, {"id": "b", "overrides": {FAST: 8, SLOW: 40}}]
    varied = check({**plain(spec), "variants": variants}, catalog=market).spec

    assert plan_search(varied, market, space="variants").plan.document == {FAST: [5, 8], SLOW: [40]}
    [problem] = plan_search(spec, market, space="variants").problems
    assert (problem.code, problem.path) == ("NOTHING_TO_VARY", "$.space")
