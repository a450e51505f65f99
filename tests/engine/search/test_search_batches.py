"""Batches: the figures of a backtest, each behaviour measured once, one fault alone."""

from __future__ import annotations

import random

import pytest

from engine.market.bars import make_bars
from engine.market.memory import MemoryMarket
from engine.search import batches as module
from engine.search.batches import FIGURES, Batches, apart
from engine.search.behaviours import Behaviours
from engine.search.evaluate import broken_off, evaluate
from engine.search.outcome import Measured, Outcome
from engine.search.plan import plan_search
from engine.search.proposal import Proposal
from engine.search.run import search
from engine.spec import behaviour_hash

FAST, SLOW = "indicators.sma_fast.inputs.length", "indicators.sma_slow.inputs.length"
SPACE = {FAST: [5, 10, 20], SLOW: {"min": 20, "max": 60, "step": 20}, "sizing.value": [0.1, 0.25, 1.5]}
NEARLY = ("profitFactor", "feesPaid")  # sums in another order


def plan_over(space, spec, market):
    found = plan_search(spec, market, space=space)
    assert found.plan is not None, found.problems
    return found.plan


@pytest.fixture(scope="module")
def plan(spec, market):
    return plan_over(SPACE, spec, market)


def proposals(plan):
    return [plan.proposal(number) for number in range(plan.count + 1)]


def test_a_batch_has_the_figures_reasons_and_candles_of_backtests(plan, market):
    several = Batches(plan, market).measure(proposals(plan))

    for one, measured in zip(proposals(plan), several, strict=True):
        alone = evaluate(plan, one, market)
        assert measured.data_hash == alone.data_hash
        assert measured.outcome.overrides == alone.outcome.overrides and measured.outcome.number == one.number
        assert (measured.outcome.status, measured.outcome.behaviour_hash) == (
            alone.outcome.status,
            alone.outcome.behaviour_hash,
        )
        assert bool(measured.outcome.reason) == bool(alone.outcome.reason)
        expected = {name: value for name, value in alone.outcome.summary.items() if name in FIGURES}
        for name in NEARLY:
            if name in expected:
                assert measured.outcome.summary.get(name) == pytest.approx(expected[name], rel=1e-12, abs=0.0)
        assert measured.outcome.summary.keys() == expected.keys()
        expected = {name: value for name, value in expected.items() if name not in NEARLY}
        assert {name: value for name, value in measured.outcome.summary.items() if name not in NEARLY} == expected


@pytest.mark.parametrize(
    "space",
    [
        SPACE,
        {
            "sizing.value": [0.1, 0.2],
            "risk.take_profit": [{"type": "percent", "value": 0.1}, {"value": 2, "type": "atr"}],
        },
        {"risk.stop_loss": [{"type": "percent", "value": 0.1}], FAST: [3, 4]},
        {"indicators.sma_fast.inputs.period": [5, 7], SLOW: [20, 30]},
        {"execution.fees.taker": [0, 0.0002, 0.001]},
        {"execution.fill": ["next_open", "close"], "sizing.max_positions": [1, 2]},
    ],
)
def test_the_quick_name_of_a_behaviour_is_that_of_its_spec(spec, market, space):
    plan, named = plan_over(space, spec, market), 0
    behaviours = Behaviours(plan)

    for one in proposals(plan):
        checked = plan.candidate_at(one.places, market).spec
        if checked is not None:
            assert behaviours.of(one) == behaviour_hash(checked)
            named += 1

    assert named > 1


def test_candidates_on_a_ticker_that_no_list_knows_have_their_names_and_figures(spec, market, plan):
    bars = market.bars("BTCUSDT", "1d")
    columns = (getattr(bars, name) for name in ("time", "open", "high", "low", "close", "volume"))
    own = MemoryMarket([make_bars("WALKUSDT", "1d", *columns)])
    renamed = spec.model_copy(update={"universe": spec.universe.model_copy(update={"assets": ("WALK",)})})
    other = plan_over(SPACE, renamed, own)

    several = [one.outcome for one in Batches(other, own).measure(proposals(other))]

    known = [one.outcome for one in Batches(plan, market).measure(proposals(plan))]
    assert [one.summary for one in several] == [one.summary for one in known]
    assert [one.behaviour_hash is None for one in several] == [one.behaviour_hash is None for one in known]
    names = [one.behaviour_hash for one in several if one.behaviour_hash]
    assert len(set(names)) == len(names) > 9
    assert broken_off(other, other.proposal(1), "lost").outcome.status == "failed"


def test_what_behaves_the_same_is_measured_once_and_the_ranking_is_that_without_memory(spec, market, monkeypatch):
    plan = plan_over({FAST: [20, 5], SLOW: [50, 60]}, spec, market)  # candidate 1 is the spec as it is
    swept, sweep = [], Batches._swept
    monkeypatch.setattr(Batches, "_swept", lambda self, some, names: swept.extend(some) or sweep(self, some, names))

    found = search(plan, market)
    forgetful = [Batches(plan, market).measure([one])[0].outcome for one in proposals(plan)]

    assert [one.number for one in swept[:4]] == [0, 2, 3, 4] and list(found.outcomes) == forgetful


def test_batches_of_any_size_and_any_number_of_threads_give_the_same(plan, market):
    whole = search(plan, market)

    for at_once, threads in ((1, 1), (7, 2), (100, 4)):
        again = search(plan, market, at_once=at_once, threads=threads)
        assert again.outcomes == whole.outcomes and again.best(5) == whole.best(5)


@pytest.mark.parametrize("seed", range(8))
def test_one_fault_takes_no_other_candidate_with_it(seed):
    dice = random.Random(seed)
    several = [Proposal(number) for number in range(dice.randint(1, 40))]
    faulty = {one.number for one in several if dice.random() < 0.2}

    def measure(some):
        if any(one.number in faulty for one in some):
            raise ArithmeticError("no")
        return [Measured(Outcome(one.number, {}, "evaluated")) for one in some]

    def failed(one, fault):
        return Measured(Outcome(one.number, {}, "failed", reason=str(fault)))

    found = [one.outcome for one in apart(several, measure, ArithmeticError, failed)]

    assert [one.number for one in found] == [one.number for one in several]
    assert {one.number for one in found if one.status == "failed"} == faulty


def test_a_summary_holds_no_figure_without_a_value(plan, market):
    found = [one.outcome.summary for one in Batches(plan, market).measure(proposals(plan))]

    assert all(value == value for one in found for value in one.values()) and module.FIGURES.keys() >= found[0].keys()
