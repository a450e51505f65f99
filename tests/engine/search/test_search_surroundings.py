"""The ground around the best: measured whole, counted, and what the best are ranked by."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search.plan import plan_search
from engine.search.run import search
from engine.search.space import Axis, Space
from engine.search.surroundings import FINALISTS, ring_of

FAST, SLOW = "indicators.sma_fast.inputs.length", "indicators.sma_slow.inputs.length"
LENGTHS = {FAST: {"min": 2, "max": 40, "step": 1}, SLOW: {"min": 20, "max": 80, "step": 2}}


@given(st.integers(1, 5), st.integers(1, 5), st.data())
def test_on_two_axes_the_ring_is_every_combination_that_touches(width, height, data):
    space = Space((Axis("a.b", tuple(range(width))), Axis("a.c", tuple(range(height)))))
    x, y = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))

    touching = {(a, b) for a, b in product(range(width), range(height)) if max(abs(a - x), abs(b - y)) == 1}

    assert set(ring_of(space, (x, y))) == touching


def test_values_without_an_order_have_no_steps():
    space = Space((Axis("a.b", ("x", "y", "z")), Axis("a.c", (3, 1, 2)), Axis("a.d", (1, 2, 3))))

    assert ring_of(space, (1, 1, 1)) == [(1, 1, 0), (1, 1, 2)]


@pytest.fixture(scope="module", params=["random", "evolutionary"])
def searched(request, spec, market):
    found = plan_search(spec, market, method=request.param, space=LENGTHS, seed=3, limit=60)
    return search(found.plan, market)


def test_all_that_is_around_the_best_is_measured_and_counted(searched):
    space, found = searched.plan.space, searched.outcomes
    tried = {space.places(one.overrides) for one in found if one.number > 0}

    assert len(found) > 61 and [one.number for one in found] == list(range(len(found)))
    assert len(searched.finalists()) == FINALISTS and searched.evaluated == len(found) - 1
    for one in searched.finalists():
        ring = ring_of(space, space.places(one.ranked.outcome.overrides))
        assert set(ring) <= tried and one.around == len(ring)


def test_the_best_stand_in_the_order_of_the_ground_around_them(searched):
    space = searched.plan.space
    score = {space.places(one.outcome.overrides): one.score for one in searched.ranked() if one.outcome.number > 0}
    finalists = searched.finalists()

    robust = []
    for one in finalists:
        around = [score.get(at) for at in ring_of(space, space.places(one.ranked.outcome.overrides))]
        if None not in around:
            assert one.plateau.robust_score == pytest.approx(np.quantile(around, 0.2))
        robust.append(one.plateau.robust_score)
    assert robust == sorted(robust, reverse=True)
    assert [one.outcome.number for one in searched.best(FINALISTS)] == [one.ranked.outcome.number for one in finalists]


def test_a_whole_grid_has_everything_around_its_best_already(spec, market):
    plan = plan_search(spec, market, space={FAST: [5, 10, 20], SLOW: [30, 40]}).plan

    assert len(search(plan, market).outcomes) == plan.count + 1
