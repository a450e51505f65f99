"""Scripted adversaries: what they try, that they climb on all that is revealed, and that they see nothing else."""

from __future__ import annotations

import json
import zlib

import numpy as np
import pytest

from benchmarks.honesty.judges import BEST_BACKTEST
from benchmarks.honesty.loop import Table
from benchmarks.honesty.markets import assets_of, flipped, null_market, planted_market
from benchmarks.honesty.proposers import (
    CLIMB_BATCH,
    CLIMB_ROUNDS,
    P_VALUE,
    PROPOSERS,
    SESSIONS,
    Batch,
    greedy,
    play,
    worth,
)
from benchmarks.honesty.rules import FAMILIES, average_pairs, base_spec, neighbour, random_rule
from benchmarks.honesty.zoomed import PAIRS, exits_around, pairs_around
from engine.errors import EngineInputError
from engine.spec import apply_overrides, check


def spec_for(market, fee_rate=0.0):
    return base_spec(assets_of(market), fee_rate=fee_rate)


def revealed(market):
    """Return a measure that tells the figures of the selection part and judges nothing."""
    table = Table(market, spec_for(market), BEST_BACKTEST)
    return lambda batch: table.measure(Batch(batch.candidates))


def random(seed):
    return np.random.Generator(np.random.PCG64(seed))


def text(rule):
    return json.dumps(rule, sort_keys=True)


def chance(words):
    """A number from 0 to 1 that only the words decide."""
    return zlib.crc32(words.encode()) / 2**32


def scored(name):
    """Figures that only the text of a candidate decides."""

    def measure(batch):
        return [{"sharpe_daily": chance(name + text(one)), "trade_count": 9} for one in batch.candidates]

    return measure


class Recorded:
    """A measure that keeps what it was asked, and tells figures by a function of the candidate."""

    def __init__(self, tell):
        self.tell, self.batches = tell, []

    def __call__(self, batch):
        self.batches.append(batch)
        return [self.tell(one, number == batch.submitted) for number, one in enumerate(batch.candidates)]


def test_the_grid_is_that_of_105_pairs_and_holds_the_planted_one():
    pairs = [tuple(one.values()) for one in average_pairs()]

    assert len(set(pairs)) == 105 and all(fast < slow for fast, slow in pairs) and (12, 46) in pairs


@pytest.mark.parametrize("fee_rate", [0.0, 0.0005])
def test_the_base_spec_is_valid_on_every_market(fee_rate):
    for market in (null_market("G1", 0), null_market("G6", 0)):
        checked = check(spec_for(market, fee_rate), catalog=market)
        assert checked.valid and not [one for one in checked.problems if one.severity == "error"]


def test_no_asset_is_refused():
    with pytest.raises(EngineInputError, match="assets is empty"):
        base_spec([], fee_rate=0.0)


def test_random_rules_and_their_neighbours_are_valid_specs():
    spec, rng = check(base_spec(["BTC"], fee_rate=0.0)).spec, random(3)
    rules = [random_rule(rng) for _ in range(120)]

    families = {tuple(sorted(path for path in rule if not path.startswith("risk"))) for rule in rules}
    assert len(families) >= len(FAMILIES) - 1 and len({text(rule) for rule in rules}) == 120
    for rule in rules:
        before, moved = text(rule), neighbour(rule, rng)
        assert apply_overrides(spec, rule).valid and apply_overrides(spec, moved).valid
        assert moved != rule and text(rule) == before


@pytest.mark.parametrize("name", PROPOSERS)
def test_a_proposer_does_the_same_with_the_same_seed_and_figures(name):
    first, again, other = (play(PROPOSERS[name](seed), scored("a")) for seed in (1, 1, 2))

    assert first == again and first.champion is not None and first.submitted
    assert (first == other) == (name in ("P-grid", "P-zoom"))


def test_how_much_each_proposer_asks_for():
    asked = {}
    for name, sessions in PROPOSERS.items():
        measure = Recorded(lambda one, judged: {"sharpe_daily": 1.0, "trade_count": 5})
        played = play(sessions(4), measure)
        submitted = [batch.candidates[batch.submitted] for batch in measure.batches if batch.submitted is not None]
        assert list(played.submitted) == submitted
        assert played.asked == sum(len(batch.candidates) for batch in measure.batches)
        asked[name] = played.asked - len(submitted)

    climb = CLIMB_BATCH * (CLIMB_ROUNDS + 1)
    assert asked == {
        "P-grid": 105,
        "P-zoom": 105 + PAIRS + 168 + PAIRS,
        "P-random": 1_000,
        "P-greedy": climb,
        "P-restart": SESSIONS * climb,
        "P-patient": climb,
    }


@pytest.mark.parametrize("name", ["P-grid", "P-random"])
def test_the_best_of_all_that_was_revealed_is_submitted(name):
    measure = Recorded(lambda one, judged: {"sharpe_daily": chance(text(one)), "trade_count": 1})

    played = play(PROPOSERS[name](7), measure)

    tried = [one for batch in measure.batches for one in batch.candidates]
    ratios = [chance(text(one)) for one in tried]
    assert played.submitted == (played.champion,) and played.champion == tried[int(np.argmax(ratios))]


def lengths(rule):
    return tuple(rule[f"indicators.{name}.inputs.length"] for name in ("fast", "slow"))


def test_finer_grids_around_a_pair_are_larger_than_the_grid_it_comes_from_and_hold_it():
    for pair in average_pairs():
        finer = [lengths(one) for one in pairs_around(pair)]
        assert len(set(finer)) == PAIRS > 105 and finer[0] == lengths(pair)
        assert all(2 <= fast < slow for fast, slow in finer)


def test_exits_around_a_rule_are_valid_specs_and_the_first_is_the_rule_itself():
    spec, rule = check(base_spec(["BTC"], fee_rate=0.0)).spec, average_pairs()[3]

    variants = exits_around(rule)

    assert variants[0] == rule and len({text(one) for one in variants}) == 168
    assert all(apply_overrides(spec, one).valid and lengths(one) == lengths(rule) for one in variants)


def test_zooming_plans_each_grid_around_the_best_of_all_before_it():
    measure = Recorded(lambda one, judged: {"sharpe_daily": chance(text(one)), "trade_count": 1})
    played = play(PROPOSERS["P-zoom"](1), measure)

    plans, best, looks = {}, {}, []
    for batch in measure.batches:
        if batch.submitted is None:
            plans.setdefault(batch.plan, []).extend(batch.candidates)
            best[batch.plan] = max((one for some in plans.values() for one in some), key=lambda one: chance(text(one)))
        else:
            looks.append(batch.candidates[0])
    first, second, third, fourth = plans.values()
    assert first == average_pairs() and second == pairs_around(best["zoom 0"])
    assert third == exits_around(best["zoom 1"]) and fourth == pairs_around(best["zoom 2"])
    assert looks[0] == best["zoom 1"] and len({text(one) for one in looks}) == len(played.submitted) == 3


def test_zooming_leaves_what_a_look_spoke_against():
    def stays_with(p):
        def tell(one, judged):
            told = {"sharpe_daily": chance(text(one)), "trade_count": 1}
            return told | {P_VALUE: p} if judged else told

        measure = Recorded(tell)
        play(PROPOSERS["P-zoom"](1), measure)
        third = next(one for one in measure.batches if one.plan == "zoom 2")
        look = next(one for one in measure.batches if one.submitted is not None)
        return third.candidates[0] == look.candidates[0]

    assert stays_with(0.01) and not stays_with(0.99)


def test_climbing_goes_up_and_only_what_looks_better_is_submitted():
    measure = Recorded(lambda one, judged: {"sharpe_daily": len(text(one)) / 100, "trade_count": 1})

    played = play(PROPOSERS["P-greedy"](5), measure)

    heights = [len(text(one)) for one in played.submitted]
    assert heights == sorted(set(heights)) and played.champion == played.submitted[-1]


def test_climbing_turns_to_what_is_judged_well():
    def stopped(good):
        def tell(one, judged):
            told = {"sharpe_daily": chance(text(one)), "trade_count": 1}
            return told | {P_VALUE: 0.05 if ("risk.stop_loss" in one) == good else 0.95} if judged else told

        return sum("risk.stop_loss" in play((greedy(seed),), Recorded(tell)).champion for seed in range(20))

    assert stopped(True) >= 16 and stopped(False) <= 4


def test_a_new_conversation_goes_on_from_the_best_of_the_one_before():
    measure = Recorded(lambda one, judged: {"sharpe_daily": len(text(one)) / 100, "trade_count": 1})

    sessions = PROPOSERS["P-restart"](6)
    ends = []
    for count in range(1, SESSIONS + 1):
        ends.append(len(text(play(sessions[:count], measure).champion)))

    assert len(sessions) == SESSIONS and ends == sorted(ends)


def test_who_never_trades_or_is_no_valid_spec_is_worth_nothing():
    assert worth({}) == worth({"trade_count": 3}) == worth({"sharpe_daily": 2.0, "trade_count": 0}) == -np.inf
    assert worth({"sharpe_daily": 2.0, "trade_count": 1, P_VALUE: 0.5}) == pytest.approx(2.0)
    assert worth({"sharpe_daily": 0.0, "trade_count": 1, P_VALUE: 0.05}) == pytest.approx(1.645, abs=1e-3)
    assert play(PROPOSERS["P-greedy"](1), Recorded(lambda one, judged: {})).champion is None


def test_a_measure_that_leaves_a_candidate_out_is_refused():
    with pytest.raises(ValueError, match="0 figures for a batch of 100"):
        play(PROPOSERS["P-grid"](1), lambda batch: [])


def test_what_is_revealed_is_of_the_selection_part_alone():
    market = null_market("G1", 3)

    same = [play(PROPOSERS["P-grid"](0), revealed(one)) for one in (market, flipped(market))]

    assert same[0] == same[1]


def test_the_grid_finds_a_strong_planted_trend_and_flatters_noise():
    planted = planted_market("trend", 1, sharpe=5.0)
    champion = play(PROPOSERS["P-grid"](0), revealed(planted)).champion
    fast, slow = champion.values()
    assert 7 <= fast <= 21 and 27 <= slow <= 78

    ratios = []
    for number in range(4):
        noise = null_market("G1", number)
        told = revealed(noise)(Batch(tuple(average_pairs())))
        ratios.append(max(worth(one) for one in told))
    assert np.mean(ratios) > 0.5  # the best of 105 without an edge
