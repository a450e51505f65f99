"""A walk-forward by whole searches: the choice of each fold is the search's best, and all of it is handed on."""

from __future__ import annotations

import pytest

from engine.errors import SpecError
from engine.search.batches import Batches
from engine.search.fold_search import FoldSearch, furthest
from engine.search.plan import plan_search
from engine.search.purge import purge_days
from engine.search.run import search
from engine.search.walk_forward import walk_forward
from engine.spec import apply_overrides

FAST, SLOW = "indicators.sma_fast.inputs.length", "indicators.sma_slow.inputs.length"
SPACE = {FAST: [5, 10, 20], SLOW: [30, 45, 60]}
ASKED = {"objectives": ["net_profit"], "space": SPACE}


def walked(spec, market, asked=None, **named):
    taken, ran = [], []
    asked = ASKED if asked is None else asked
    plan = plan_search(spec, market, **asked).plan
    choose = FoldSearch(spec, market, asked, taken=lambda plan, some: taken.append((plan, some)), **named)
    found = walk_forward(
        spec,
        market,
        choose,
        folds=2,
        candidates=furthest(plan, market),
        ran=lambda *one: ran.append(one),
        scheme="rolling",
    )
    return found, taken, ran


def test_each_choice_is_the_best_of_a_search_of_its_train_window(spec, market):
    found, taken, ran = walked(spec, market)

    for one in found.folds:
        window = {"start": one.fold.train_start, "end": one.fold.train_end}
        best = search(plan_search(spec, market, **ASKED, **window).plan, market).finalists()[0]
        assert one.overrides == best.ranked.outcome.overrides
    windows = {(plan.window.start, plan.window.end) for plan, _ in taken}
    assert windows == {(one.fold.train_start, one.fold.train_end) for one in found.folds}
    measured = [one for _, some in taken for one in some]
    assert len(measured) == 2 * 10 and all(one.days is not None for one in measured if one.outcome.number)
    assert [fold for fold, _, _ in ran] == [one.fold for one in found.folds]
    for (fold, chosen, result), one in zip(ran, found.folds, strict=True):
        assert chosen == apply_overrides(spec, one.overrides).spec
        assert (result.start, result.end) == (fold.test_start, fold.test_end)


@pytest.mark.parametrize("method", ["grid", "random", "evolutionary", "bayesian"])
@pytest.mark.parametrize("share", [0.4, 1.0])
def test_what_is_remembered_is_not_measured_again_and_changes_nothing(spec, market, monkeypatch, method, share):
    asked = {**ASKED, "method": method, "seed": 3, "limit": 9}
    whole, taken, _ = walked(spec, market, asked)
    kept = [(plan.window, one.outcome) for plan, some in taken for one in some]
    kept = kept[: round(share * len(kept))]
    swept = []
    monkeypatch.setattr(Batches, "_swept", counting(Batches._swept, swept))

    again, _, _ = walked(
        spec, market, asked, remembered=lambda plan: [one for window, one in kept if window == plan.window]
    )

    behaviours = {(plan.window.start, one.outcome.behaviour_hash) for plan, some in taken for one in some}
    left = behaviours - {(window.start, one.behaviour_hash) for window, one in kept}
    assert len(swept) == len(left) < len(behaviours)
    assert again.folds == whole.folds and again.equity.tobytes() == whole.equity.tobytes()


def counting(measure, swept):
    def counted(self, proposals, names):
        swept.extend(proposals)
        return measure(self, proposals, names)

    return counted


@pytest.mark.parametrize("method", ["random", "evolutionary", "bayesian"])
def test_threads_and_repetition_change_nothing(spec, market, method):
    asked = {**ASKED, "method": method, "seed": 3, "limit": 6}

    one, two = (walked(spec, market, asked, threads=threads)[0] for threads in (1, 2))

    assert one.folds == two.folds and one.equity.tobytes() == two.equity.tobytes()


def test_the_purge_covers_whatever_may_be_chosen(spec, market):
    plan = plan_search(spec, market, **ASKED).plan
    every = [plan.candidate_at(plan.proposal(number).places).spec for number in range(1, plan.count + 1)]

    named = [apply_overrides(spec, one).spec for one in furthest(plan, market)]

    assert purge_days(named) == purge_days(every)


def test_a_window_that_cannot_be_searched_says_why(spec, market):
    start = plan_search(spec, market, **ASKED).plan.window.start
    choose = FoldSearch(spec, market, {**ASKED, "objectives": ["luck"]})

    with pytest.raises(SpecError, match="luck"):
        choose(start, start + 100 * 86_400_000)
