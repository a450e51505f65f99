"""Methods: every proposal is in the space, new, and decided by seed and results alone; learning pays."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.search.conditions import Condition
from engine.search.fronts import crowding, dominates, fronts, order_of, undominated
from engine.search.plan import plan_search
from engine.search.rounds import Unlike
from engine.search.run import search
from engine.search.samplers import LEARNING, SAMPLERS, Listed
from engine.search.space import Axis, Space
from engine.search.worth import Worth, trades_asked_for

FAST, SLOW = "indicators.sma_fast.inputs.length", "indicators.sma_slow.inputs.length"
LEARNERS = [name for name in sorted(LEARNING) if name != "bayesian" or find_spec("optuna")]


def space_of(*sizes, conditions=()):
    return Space(tuple(Axis(f"sizing.v{at}", tuple(range(size))) for at, size in enumerate(sizes)), conditions)


def rippled(space):
    """A bowl with ripples, 0 at its only best place."""
    middle = np.array([0.7 * (size - 1) for size in space.shape])

    def worth(places):
        x = (np.array(places) - middle) / np.array(space.shape) * 4.0
        return Worth((-float(np.sum(x * x + 0.15 * (1.0 - np.cos(6.0 * np.pi * x)))),), 0.0)

    return worth


def two_bowls(space):
    """Two bowls whose best places lie apart: only the line between them is not dominated."""
    ends = np.array([[0.25], [0.75]]) * (np.array(space.shape) - 1)

    def worth(places):
        return Worth(tuple(-float(np.sum(((np.array(places) - end) / space.shape) ** 2)) for end in ends), 0.0)

    return worth


def carried_out(sampler, worth, budget):
    """Ask and tell until the budget is spent; return the rounds."""
    rounds = []
    while (left := budget - sum(map(len, rounds))) and (places := sampler.ask(left)):
        assert len(places) <= left
        sampler.tell(places, [worth(one) for one in places])
        rounds.append(places)
    return rounds


def flat(rounds):
    return [places for some in rounds for places in some]


@pytest.mark.parametrize("method", LEARNERS)
@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=4),
    st.integers(0, 2**53 - 1),
    st.integers(1, 3),
    st.sampled_from(["", "<", "!="]),
    st.integers(1, 120),
)
def test_every_proposal_is_new_and_in_the_space_and_repeats_with_its_seed(
    method, sizes, seed, n_objectives, named, budget
):
    conditions = (Condition(0, named, len(sizes) - 1),) if named and len(sizes) > 1 else ()
    space = space_of(*sizes, conditions=conditions)
    dice = np.random.default_rng(seed)
    values = dice.normal(size=(*sizes, n_objectives))

    def worth(places):
        value = values[places]
        return Worth(tuple(value), (0.0, 0.5, math.inf)[int(abs(value[0]) * 10) % 3])

    tried = [flat(carried_out(LEARNING[method](space, budget, seed, n_objectives), worth, budget)) for _ in range(2)]

    assert tried[0] == tried[1]
    assert len(set(tried[0])) == len(tried[0]) == min(budget, len(space.all_places()))
    assert set(tried[0]) <= {tuple(row) for row in space.all_places().tolist()}


@given(st.lists(st.integers(1, 7), min_size=2, max_size=4), st.sampled_from(["<", ">=", "!="]), st.integers(0, 99))
def test_draws_and_grids_keep_the_conditions_of_their_space(sizes, named, seed):
    space = space_of(*sizes, conditions=(Condition(0, named, 1),))
    kept = {tuple(row) for row in space.all_places().tolist()}

    for method in SAMPLERS.values():
        tried = method(space, 10_000, seed)
        assert set(tried) == kept and len(tried) == len(kept)


def test_a_space_too_large_to_list_is_drawn_from_within_its_conditions():
    space = space_of(*[5_000] * 6, conditions=(Condition(0, "<", 1), Condition(2, ">", 3)))

    tried = np.array(SAMPLERS["random"](space, 3_000, 5))

    assert space.allowed(tried).all() and len(tried) == 3_000


@pytest.mark.parametrize("method", LEARNERS)
def test_learning_beats_drawing_at_the_same_budget(method):
    space, budget = space_of(60, 60, 60, 60), 320
    worth, found, drawn = rippled(space), [], []
    for seed in range(5):
        tried = flat(carried_out(LEARNING[method](space, budget, seed, 1), worth, budget))
        found.append(max(worth(one).values[0] for one in tried))
        drawn.append(max(worth(one).values[0] for one in SAMPLERS["random"](space, budget, seed)))

    assert np.median(found) > 0.5 * np.median(drawn)  # values are below 0: at most half as far from the best


@pytest.mark.parametrize("method", LEARNERS)
def test_several_objectives_are_pushed_further_than_by_drawing(method):
    space, budget = space_of(80, 80, 80, 80), 320
    worth, ours, theirs = two_bowls(space), [], []
    for seed in range(3):
        tried = flat(carried_out(LEARNING[method](space, budget, seed, 2), worth, budget))
        for some, volumes in ((tried, ours), (SAMPLERS["random"](space, budget, seed), theirs)):
            volumes.append(volume(np.array([worth(one).values for one in some]), reference=-1.0))

    assert np.median(ours) > np.median(theirs)


def volume(values, reference):
    """The area that some values of two objectives dominate above a reference point."""
    area, height = 0.0, reference
    for x, y in sorted(values.tolist(), reverse=True):
        if x > reference and y > height:
            area += (x - reference) * (y - height)
            height = y
    return area


def test_a_method_that_knows_all_beforehand_proposes_it_once():
    sampler = Listed([(0,), (1,), (2,)])

    assert [sampler.ask(2), sampler.ask(9), sampler.ask(9)] == [[(0,), (1,)], [(2,)], []]


steps = st.sampled_from([-math.inf, 0, 1, 2, 3])
points = st.integers(1, 3).flatmap(lambda m: arrays(float, st.tuples(st.integers(1, 25), st.just(m)), elements=steps))


@given(points, st.data())
def test_the_fronts_are_those_of_taking_away_what_nothing_dominates(values, data):
    n = len(values)
    violations = data.draw(arrays(float, n, elements=st.sampled_from([0.0, 0.0, 0.5, math.inf])))

    def beats(a, b):
        if violations[a] == violations[b] == 0.0:
            return all(values[a] >= values[b]) and any(values[a] > values[b])
        return violations[a] < violations[b]

    left, expected, front = set(range(n)), {}, 0
    while left:
        now = {a for a in left if not any(beats(b, a) for b in left)}
        expected |= dict.fromkeys(now, front)
        left, front = left - now, front + 1

    assert dominates(values, violations).tolist() == [[beats(a, b) for b in range(n)] for a in range(n)]
    assert fronts(values, violations).tolist() == [expected[a] for a in range(n)]
    assert undominated(values, violations).tolist() == [expected[a] == 0 for a in range(n)]


@given(points)
def test_no_candidate_stands_before_one_that_dominates_it(values):
    violations = np.zeros(len(values))
    order = order_of(values, violations).tolist()
    beats = dominates(values, violations)

    assert sorted(order) == list(range(len(values)))
    assert not any(beats[later, earlier] for at, earlier in enumerate(order) for later in order[at + 1 :])


def test_the_ends_of_a_front_are_the_loneliest():
    values = np.array([[0.0, 4.0], [1.0, 3.0], [3.0, 1.0], [4.0, 0.0]])

    assert crowding(values, np.zeros(4, dtype=int)).tolist() == [math.inf, 1.5, 1.5, math.inf]


def test_fewer_trades_are_asked_for_where_the_data_is_short():
    assert [trades_asked_for(3, n_bars) for n_bars in (73_265, 1_500, 600, 10)] == [30, 30, 12, 1]


@pytest.fixture(scope="module", params=LEARNERS)
def learned(request, spec, market):
    lengths = {FAST: {"min": 3, "max": 40, "step": 1}, SLOW: {"min": 10, "max": 80, "step": 2}}
    space = {**lengths, "sizing.value": [0.1, 1.5], "where": [[FAST, "<", SLOW]]}
    found = plan_search(
        spec, market, method=request.param, objectives=["sharpe", "drawdown"], space=space, seed=4, limit=80
    )
    assert found.plan is not None, found.problems
    return found.plan, search(found.plan, market)


def test_a_search_that_learns_tries_as_many_as_it_may_and_keeps_its_conditions(learned):
    plan, found = learned

    assert [one.number for one in found.outcomes[:81]] == list(range(81)) and plan.count == 80
    assert all(one.overrides[FAST] < one.overrides[SLOW] for one in found.outcomes[1:])
    assert {"evaluated", "invalid"} == {one.status for one in found.outcomes}


@pytest.mark.parametrize("seed", range(4))
def test_a_search_that_learns_ends_the_same_wherever_it_was_broken_off(learned, market, seed):
    plan, found = learned
    dice = random.Random(seed)
    known = found.outcomes[: dice.randint(0, len(found.outcomes))]

    again = search(plan, market, known=known, at_once=dice.choice([1, 7, 100]), threads=dice.choice([1, 2, 4]))

    assert again.outcomes == found.outcomes and again.best(5) == found.best(5)


def test_candidates_that_are_not_those_proposed_are_refused(learned, market):
    plan, found = learned
    altered = replace(found.outcomes[1], overrides=found.outcomes[2].overrides)

    with pytest.raises(Unlike, match="candidate 1 is not the one"):
        search(plan, market, known=[found.outcomes[0], altered, *found.outcomes[2:]])


def test_too_many_objectives_for_a_front_are_refused(spec, market):
    names = ["sharpe", "drawdown", "net_profit", "profit_factor"]

    [problem] = plan_search(spec, market, method="evolutionary", objectives=names).problems

    assert (problem.code, problem.path) == ("OUT_OF_BOUNDS", "$.objectives")


def test_without_its_extra_the_bayesian_method_says_what_to_install(spec, market, monkeypatch):
    monkeypatch.setattr("engine.search.plan.find_spec", lambda name: None)

    [problem] = plan_search(spec, market, method="bayesian").problems

    assert problem.code == "NOT_AVAILABLE" and "extra 'optuna'" in problem.message


def test_candidates_with_too_few_trades_rank_after_all_others(spec, market):
    plan = plan_search(spec, market, space={FAST: {"min": 2, "max": 30, "step": 4}}).plan
    ranked = [one.outcome.closed_trades for one in search(plan, market).ranked()]

    assert plan.min_trades == 11  # 579 bars
    enough = [count >= plan.min_trades for count in ranked]
    assert enough == sorted(enough, reverse=True) and 0 < sum(enough) < len(enough)
    assert plan_search(spec, market, objectives=["trade_count"]).plan.min_trades == 0
