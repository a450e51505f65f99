"""Spaces that are proposed hold no senseless candidate: what is compared as fast and slow stays so."""

from __future__ import annotations

import copy

import pytest

from engine.search.faster import fast_before_slow
from engine.search.neighbours import neighbours
from engine.search.plan import plan_search
from engine.spec import check
from engine.spec.examples import SMA_CROSS

FAST, SLOW = "indicators.sma_fast.inputs.length", "indicators.sma_slow.inputs.length"
MACD_FAST, MACD_SLOW = "indicators.macd.inputs.fast", "indicators.macd.inputs.slow"


def crossing(fast, slow, **fields):
    spec = copy.deepcopy(SMA_CROSS)
    spec["universe"] = {"assets": ["BTC"], "quote": "USDT", "timeframe": "1d"}
    spec["indicators"]["sma_fast"]["inputs"]["length"] = fast
    spec["indicators"]["sma_slow"]["inputs"]["length"] = slow
    return check({**spec, **fields}).spec


def macd(fast=12, slow=16):
    entry = [{"when": "crosses_above", "left": "macd.line", "right": "macd.signal"}]
    exit_ = [{"when": "crosses_below", "left": "macd.line", "right": "macd.signal"}]
    inputs = {"fast": fast, "slow": slow}
    return crossing(
        20, 50, indicators={"macd": {"type": "macd", "inputs": inputs}}, signals={"entry": entry, "exit": exit_}
    )


@pytest.mark.parametrize(("spec", "fast", "slow"), [(crossing(20, 30), FAST, SLOW), (macd(), MACD_FAST, MACD_SLOW)])
def test_no_proposed_candidate_has_its_lengths_the_wrong_way_round(spec, fast, slow, market):
    plan = plan_search(spec, market).plan

    assert plan.document["where"] == [[fast, "<", slow]]
    tried = [plan.overrides(number) for number in range(1, plan.count + 1)]
    assert tried and all(one[fast] < one[slow] for one in tried)
    assert plan.count < plan.space.size  # some would have been senseless
    codes = [problem.code for number in range(plan.count + 1) for problem in candidate(plan, number).problems]
    assert "FAST_NOT_FASTER" not in codes


def candidate(plan, number):
    return plan.candidate_at(plan.proposal(number).places)


@pytest.mark.parametrize("spec", [crossing(20, 50), crossing(20, 20)], ids=["far apart", "equal"])
def test_where_nothing_would_be_left_out_there_is_no_condition(spec):
    assert fast_before_slow(spec, neighbours(spec, 5_000)) == []


def test_the_order_of_the_spec_itself_is_kept_whatever_the_names_say():
    spec = crossing(30, 20)

    assert fast_before_slow(spec, neighbours(spec, 5_000)) == [[SLOW, "<", FAST]]


def test_two_types_are_no_pair():
    spec = crossing(
        20,
        22,
        indicators={
            "sma_fast": {"type": "ema", "inputs": {"length": 20}},
            "sma_slow": {"type": "sma", "inputs": {"length": 22}},
        },
    )

    assert fast_before_slow(spec, neighbours(spec, 5_000)) == []


def test_a_space_that_is_named_stays_as_it_was_written(market):
    plan = plan_search(crossing(20, 30), market, space={FAST: [20, 40], SLOW: [30]}).plan

    assert "where" not in plan.document and plan.count == 2
