"""Searches: the selection part alone, the same bits however they were broken off, nothing dropped in silence."""

import random

import pytest

from engine import run_backtest
from engine.backtest.window import HoldoutLocked
from engine.search.batches import Batches
from engine.search.evaluate import evaluate
from engine.search.outcome import HoldoutTouched
from engine.search.plan import plan_search
from engine.search.rounds import Rounds
from engine.search.run import search
from engine.spec import apply_overrides, behaviour_hash
from engine.spec.place import camel_case

FAST, SLOW = "indicators.sma_fast.inputs.length", "indicators.sma_slow.inputs.length"
SPACE = {FAST: [5, 10, 20], SLOW: {"min": 20, "max": 60, "step": 20}}


@pytest.fixture(scope="module")
def plan(spec, market):
    return plan_search(spec, market, objectives=["sharpe", "drawdown"], space=SPACE).plan


@pytest.fixture(scope="module")
def searched(plan, market):
    return search(plan, market)


def test_every_candidate_and_the_spec_as_it_is_are_tried_once(plan, searched):
    assert [one.number for one in searched.outcomes] == list(range(10)) and searched.evaluated == plan.count == 9
    assert searched.outcomes[0].overrides == {} and searched.outcomes[0].behaviour_hash == behaviour_hash(plan.spec)
    assert searched.outcomes[6].overrides == {FAST: 10, SLOW: 60}


def test_the_best_candidates_figures_are_those_of_a_plain_backtest(plan, searched, market):
    for one in searched.best(3):
        again = run_backtest(apply_overrides(plan.spec, one.outcome.overrides).spec, market)

        expected = {camel_case(name): value for name, value in again.summary.defined().items()}
        assert one.outcome.summary == {**expected, "sharpeDaily": again.statistics.sharpe.daily_ratio}


@pytest.mark.parametrize("seed", range(6))
def test_resumed_at_any_point_in_any_order_the_end_is_the_same_to_the_bit(plan, searched, market, seed):
    dice = random.Random(seed)
    known = dice.sample(searched.outcomes, dice.randint(0, 10))

    resumed = search(plan, market, known=known)

    assert resumed.outcomes == searched.outcomes and resumed.best(5) == searched.best(5)


def test_what_is_known_is_not_tried_again(plan, searched, market):
    seen = []
    search(plan, market, known=searched.outcomes[:8], progress=lambda done, total: seen.append((done, total)))

    assert seen == [(10, 10)] and [one.number for one in Rounds(plan).left(dict(enumerate(searched.outcomes[:8])))] == [
        8,
        9,
    ]


def test_a_search_can_be_ended_between_batches(plan, searched, market):
    asked = iter([False, False, False, True])

    ended = search(plan, market, cancelled=lambda: next(asked), at_once=1)

    assert ended.cancelled and ended.outcomes == searched.outcomes[:3]


def test_a_plan_ends_where_the_holdout_begins(spec, market):
    plan = plan_search(spec, market, space=SPACE).plan
    holdout = plan.window.holdout

    assert holdout is not None and plan.window.end <= holdout.start
    with pytest.raises(HoldoutLocked):
        run_backtest(spec, market, end=holdout.start + 1)


def test_candles_that_changed_so_that_the_window_reaches_the_holdout_stop_the_search(spec, plan, market):
    bars = market.bars("BTCUSDT", "1d")
    shorter = type(market)([bars.between(-(2**62), int(bars.time[700]))])

    with pytest.raises(HoldoutTouched):
        evaluate(plan, plan.proposal(1), shorter)
    with pytest.raises(HoldoutTouched):
        Batches(plan, shorter).measure([plan.proposal(1)])


def test_candidates_that_are_no_specs_are_counted_and_say_why(spec, market):
    plan = plan_search(spec, market, space={"sizing.value": [0.5, 1.5], FAST: [5, 10]}).plan

    tried = search(plan, market).outcomes

    assert [one.status for one in tried] == ["evaluated", "evaluated", "invalid", "evaluated", "invalid"]
    assert "1.5 is more than percent_equity allows" in tried[2].reason and tried[2].behaviour_hash is None


def test_a_search_draws_with_its_seed(spec, market):
    drawn = [plan_search(spec, market, method="random", space=SPACE, seed=seed, limit=4).plan for seed in (1, 1, 2)]
    tried = [[one.overrides(number) for number in range(1, 5)] for one in drawn]

    assert tried[0] == tried[1] != tried[2]
