"""The verdict: each rule can keep a strategy from being validated, and none can help it over another."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import EngineInputError
from engine.evidence.verdict import HoldoutEvidence, SelectionEvidence, judge, judge_forward

GOOD = SelectionEvidence(p_search=0.01, days=765, least_days=400.0, overfitting=0.1, plateau=0.9, stressed_return=0.3)
LOOK = HoldoutEvidence(look=1, p=0.02, p_plain=0.03, days=330)

P = st.floats(0.0, 1.0)
ORDER = ("REJECTED", "UNPROVEN", "VALIDATED")


def test_without_a_look_nothing_is_validated():
    found = judge(GOOD)

    assert (found.verdict, [one.code for one in found.reasons], found.alpha) == ("UNPROVEN", ["NO_LOOK"], None)


def test_where_every_rule_holds_it_is_validated():
    found = judge(GOOD, LOOK)

    assert (found.verdict, found.reasons) == ("VALIDATED", ())
    assert found.alpha == pytest.approx(0.0304, abs=5e-5) and found.p_combined < found.alpha


@pytest.mark.parametrize(
    ("selection", "holdout", "code", "verdict"),
    [
        ({"p_search": 0.31}, {"p": 1e-9}, "SEARCH_P", "UNPROVEN"),
        ({"p_search": 0.51}, {"p": 1e-9}, "SEARCH_P", "REJECTED"),
        ({"least_days": 766.0}, {}, "TRACK_RECORD", "UNPROVEN"),
        ({"least_days": None}, {}, "TRACK_RECORD", "REJECTED"),
        ({"plateau": 0.39}, {}, "PLATEAU", "UNPROVEN"),
        ({"stressed_return": 0.0}, {}, "COST_STRESS", "UNPROVEN"),
        ({"p_search": 1e-9}, {"p": 0.31}, "HOLDOUT_P", "UNPROVEN"),
        ({"generated": True}, {}, "GENERATED_DATA", "UNPROVEN"),
        ({"p_search": 1e-9}, {"p_plain": 0.51}, "HOLDOUT_LOSS", "REJECTED"),
        ({"p_search": 1e-9}, {"days": 59}, "HOLDOUT_DAYS", "UNPROVEN"),
        ({"p_search": 0.08}, {"p": 0.2}, "BEYOND_ALPHA", "UNPROVEN"),
        ({}, {"look": 4, "p": 0.1}, "BEYOND_ALPHA", "UNPROVEN"),
    ],
)
def test_one_rule_that_does_not_hold_keeps_it_from_being_validated(selection, holdout, code, verdict):
    found = judge(replace(GOOD, **selection), replace(LOOK, **holdout))

    assert ([one.code for one in found.reasons], found.verdict) == ([code], verdict)


def test_what_could_not_be_reckoned_is_no_rule_and_no_help():
    unknown = replace(GOOD, overfitting=None, plateau=None, stressed_return=None)

    assert {one.code for one in judge(GOOD, LOOK).findings} - {one.code for one in judge(unknown, LOOK).findings} == {
        "OVERFITTING",
        "PLATEAU",
        "COST_STRESS",
    }
    assert judge(replace(unknown, p_search=0.3), LOOK).verdict == "UNPROVEN"


@given(
    p_search=P,
    p=P,
    p_plain=P,
    look=st.integers(1, 5),
    days=st.integers(1, 2000),
    held=st.integers(1, 700),
    worse=st.floats(0.0, 1.0),
    which=st.sampled_from(["p_search", "p", "p_plain", "look"]),
)
def test_worse_evidence_never_makes_a_better_verdict(p_search, p, p_plain, look, days, held, worse, which):
    selection, holdout = replace(GOOD, p_search=p_search, days=days), HoldoutEvidence(look, p, p_plain, held)
    before = judge(selection, holdout)
    if which == "p_search":
        selection = replace(selection, p_search=p_search + (1 - p_search) * worse)
    elif which == "look":
        holdout = replace(holdout, look=min(5, look + 1))
    else:
        value = getattr(holdout, which)
        holdout = replace(holdout, **{which: value + (1 - value) * worse})

    after = judge(selection, holdout)

    assert ORDER.index(after.verdict) <= ORDER.index(before.verdict)
    assert ORDER.index(judge(selection).verdict) <= ORDER.index("UNPROVEN")


@pytest.mark.parametrize("look", [0, 6])
def test_there_is_no_sixth_look(look):
    with pytest.raises(EngineInputError, match="looks 1 to 5"):
        judge(GOOD, replace(LOOK, look=look))


@pytest.mark.parametrize("name", ["p_search", "overfitting"])
@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_figure_that_is_no_probability_is_refused(name, value):
    with pytest.raises(EngineInputError, match=name):
        judge(replace(GOOD, **{name: value}), LOOK)


def test_a_search_that_overfits_is_told_and_keeps_nothing_back():
    found = judge(replace(GOOD, overfitting=0.51), LOOK)

    assert (found.verdict, [one.code for one in found.warnings]) == ("VALIDATED", ["OVERFITTING"])
    assert judge(GOOD, LOOK).warnings == ()


LATER = HoldoutEvidence(look=1, p=0.03, p_plain=0.03, days=60)


def test_later_data_that_shows_the_edge_again_makes_it_forward():
    assert judge_forward(LATER).verdict == "FORWARD"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"p": 0.031}, "FORWARD_P"),
        ({"look": 2}, "FORWARD_P"),
        ({"p_plain": 0.51}, "FORWARD_LOSS"),
        ({"days": 59}, "FORWARD_DAYS"),
    ],
)
def test_later_data_that_does_not_show_it_leaves_it_validated(change, code):
    found = judge_forward(replace(LATER, **change))

    assert (found.verdict, [one.code for one in found.reasons]) == ("VALIDATED", [code])


def test_a_count_of_tries_keeps_from_being_proven_and_rejects_nothing():
    counted = replace(GOOD, p_search=0.9, p_drawn=0.2)

    assert judge(counted).verdict == judge(counted, LOOK).verdict == "UNPROVEN"
    assert judge(replace(counted, p_drawn=0.6)).verdict == judge(replace(counted, p_drawn=0.6), LOOK).verdict
    assert judge(replace(counted, p_drawn=0.6)).verdict == "REJECTED"


def test_every_figure_of_the_selection_part_can_decide():
    bad = {
        "p_search": 0.9,
        "days": 1,
        "least_days": None,
        "plateau": 0.0,
        "stressed_return": -1.0,
        "generated": True,
    }

    assert {*bad, "overfitting", "p_drawn"} == {one.name for one in fields(SelectionEvidence)}
    for name, value in bad.items():
        assert judge(replace(GOOD, **{name: value}), LOOK).verdict != "VALIDATED"
