"""Sessions of the honesty benchmark: what counts as a trial, what is told, who is asked, and when a look is refused."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from benchmarks.honesty.judges import BEST_BACKTEST, SINGLE_SPLIT
from benchmarks.honesty.loop import Ruling, Table, hold, holdout_window
from benchmarks.honesty.markets import assets_of, flipped, null_market
from benchmarks.honesty.ours import Ours
from benchmarks.honesty.proposers import (
    CLIMB_BATCH,
    CROWD_CANDIDATES,
    P_VALUE,
    PROPOSERS,
    Batch,
    crowd,
    every,
    patient,
    play,
    random_rules,
)
from benchmarks.honesty.rules import average_pairs, base_spec
from engine.backtest.run import backtest
from engine.metrics.sharpe import path_of
from engine.spec import apply_overrides, check

PAIRS = average_pairs()


@pytest.fixture(scope="module")
def market():
    return null_market("G1", 5, years=2)


@pytest.fixture(scope="module")
def spec(market):
    return base_spec(assets_of(market), fee_rate=0.0)


class Recording:
    """A judge that keeps what is handed in and validates every second time."""

    def __init__(self, name="recording", looks=None, tried=()):
        self.name, self.looks, self.tried, self.handed = name, looks, tried, []

    def ruling(self, handed):
        self.handed.append(handed)
        tried = dict.fromkeys(self.tried, handed.selection)
        return Ruling(validated=len(self.handed) % 2 == 0, p=0.25, tried=tried)


def test_a_rule_that_is_asked_for_again_is_no_new_trial_and_is_told_the_same(market, spec):
    table = Table(market, spec, Recording())

    first = table.measure(Batch((*PAIRS[:3], PAIRS[0])))
    again = table.measure(Batch(tuple(PAIRS[:4])))

    assert len(table.trials) == 4 == table.trials.returns.shape[0]
    assert first[0] == first[3] == again[0] and again[1:3] == first[1:3]


def test_an_invalid_rule_is_told_nothing_and_is_no_trial(market, spec):
    table = Table(market, spec, Recording())

    told = table.measure(Batch(({"indicators.fast.inputs.length": 0}, PAIRS[0]), submitted=0))

    assert told[0] == {} and len(table.trials) == 1 and table.rulings == {"recording": []}


def test_the_seat_tells_its_bit_and_its_p_and_listeners_tell_nothing(market, spec):
    seat, listener = Recording(), Recording("listener")
    table = Table(market, spec, seat, [listener])

    told = [table.measure(Batch((rule,), submitted=0))[0] for rule in PAIRS[:3]]

    assert [one["validated"] for one in told] == [0.0, 1.0, 0.0] and {one[P_VALUE] for one in told} == {0.25}
    assert [one.look for one in seat.handed] == [one.look for one in listener.handed] == [1, 2, 3]
    assert "validated" not in table.measure(Batch((PAIRS[0],)))[0]


def test_looks_are_counted_over_all_conversations_and_refused_when_they_are_spent(market, spec):
    strict, patient_one = Recording(looks=5), Recording("any number")

    held = hold(market, spec, crowd(3, count=7), strict, [patient_one])

    assert len(strict.handed) == 5 and len(patient_one.handed) == 7 == len(held.handed)
    assert [one.refused for one in held.rulings["recording"]] == [False] * 5 + [True] * 2
    assert [len(one.trials) for one in patient_one.handed] == sorted(len(one.trials) for one in patient_one.handed)


def test_who_listens_changes_nothing(market, spec):
    sessions = (patient(4, rounds=2),)

    alone, heard = (hold(market, spec, sessions, SINGLE_SPLIT, others) for others in ((), (BEST_BACKTEST, Recording())))

    assert alone.champion == heard.champion and alone.trials == heard.trials
    assert alone.rulings["single split"] == heard.rulings["single split"]


def test_what_a_judge_measures_itself_is_in_the_ledger(market, spec):
    table = Table(market, spec, Recording(tried=("ring 1", "ring 2")))

    table.measure(Batch((PAIRS[0],), submitted=0))

    assert [name for name, _ in table.trials][1:] == ["ring 1", "ring 2"]


def test_the_holdout_is_the_last_three_tenths_and_its_returns_are_those_of_a_backtest(market, spec):
    seat = Recording()
    Table(market, spec, seat).measure(Batch((PAIRS[40],), submitted=0))
    start, end = holdout_window(market)

    champion = apply_overrides(check(spec).spec, PAIRS[40]).spec
    result = backtest(champion, market, start=start, end=end, full_window=True)

    assert (end - start) / 86_400_000 == 219 and seat.handed[0].holdout.shape == (219,)
    assert_array_equal(seat.handed[0].holdout, path_of(result.simulation).daily_returns.astype(np.float32))


def test_no_figure_of_the_selection_part_knows_the_holdout(market, spec):
    told = [Table(one, spec, Recording()).measure(Batch(tuple(PAIRS[:20]))) for one in (market, flipped(market))]

    assert told[0] == told[1]


def test_our_judge_counts_the_ring_once_whoever_asked_for_it_first(market, spec):
    """The ring of (12, 46) and the grid have pairs in common; in the ledger each behaviour stands once."""
    seat = Ours()
    held = hold(market, spec, (every(PAIRS),), seat)

    [ruling] = held.rulings["ours"]
    assert ruling.figures["trials"] <= 105 + len(ruling.tried)
    assert ruling.figures["look"] == 1 and 0.0 < ruling.figures["p_search"] <= 1.0


@pytest.mark.parametrize(
    ("sessions", "planned"),
    [
        (PROPOSERS["P-grid"](1), 105),
        (PROPOSERS["P-zoom"](1), 168),
        ((random_rules(1, 150),), 150),
        ((patient(1, rounds=2),), CLIMB_BATCH),
        (PROPOSERS["P-greedy"](1), CLIMB_BATCH),
        (crowd(1, count=3), CROWD_CANDIDATES),
        ((random_rules(1, 150), patient(1, rounds=2)), 150),
        ((patient(1, rounds=2), random_rules(2, 40)), 40),
    ],
)
def test_planned_is_what_the_largest_sweep_had_decided_before_it_saw_anything(market, spec, sessions, planned):
    seat = Recording()
    table = Table(market, spec, seat)
    play(sessions, table.measure)

    assert len(table.trials.planned) == pytest.approx(planned, abs=2), "a rule drawn twice is one trial"
    assert table.trials.planned <= {name for name, _ in table.trials}


def test_what_was_tried_on_the_way_counts_against_our_champion_and_a_grid_does_not(market, spec):
    grid, climbed = Table(market, spec, Ours()), Table(market, spec, Ours())
    grid.measure(Batch(tuple(PAIRS), plan="grid"))
    climbed.measure(Batch(tuple(PAIRS)))

    planned, found = (Ours().ruling(one.handed(PAIRS[30], 1)).figures for one in (grid, climbed))

    assert planned["unplanned"] == 0 and found["unplanned"] > 90
    assert planned["p_drawn"] == found["p_drawn"] and found["p_search"] >= max(planned["p_search"], found["p_drawn"])
