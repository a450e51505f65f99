"""The claims: where each of them turns from holding to failing."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.honesty.cells import BUDGET, CANARY, DEMO, FLIP, INSIDE, LEDGER, OUTSIDE, POWER, SIZE, Cell
from benchmarks.honesty.claims import claims_of
from benchmarks.honesty.suite import truth_key
from benchmarks.honesty.tables import Count, fewest_by_chance, interval, most_by_chance


def records(cell, found, of, **more):
    """Return so many records, the first ``found`` of them validated."""
    return [
        {"cell": cell.name, "number": k, "seat": "ours", "fee": 0.0, "validated": {"ours": k < found}, "ours": []}
        | more
        for k in range(of)
    ]


def told(cell, rows, truths=None, seat="ours"):
    return claims_of([cell], rows, truths or {}, seat=seat)


def test_margins_are_those_of_the_protocol():
    assert [most_by_chance(n) for n in (60, 200, 400, 1000)] == [7, 18, 31, 67]
    assert [fewest_by_chance(60, rate) for rate in (0.6, 0.8, 0.9)] == [27, 40, 48]
    assert interval(Count(0, 60))[0] == 0.0 and np.isnan(Count(0, 0).share)


@pytest.mark.parametrize(("found", "of", "holds"), [(7, 60, True), (8, 60, False), (18, 200, True), (19, 200, False)])
def test_noise_may_be_validated_as_often_as_chance_allows(found, of, holds):
    cell = Cell(SIZE, "G1", "P-grid", of)

    assert {one.holds for one in told(cell, records(cell, found, of))} == {holds}


def test_what_each_cell_may_do_by_chance_all_together_may_not():
    cells = [Cell(SIZE, market, "P-grid", 60) for market in ("G1", "G2", "G4")]
    rows = [one for cell in cells for one in records(cell, 7, 60)]

    failed = [one.text for one in claims_of(cells, rows, {}) if not one.holds]

    assert failed == [
        "validated by P-grid on all noise",
        "validated on all noise",
        "validated on all noise free of fees",
    ]


@pytest.mark.parametrize(("sharpe", "years", "least"), [(2.0, 3, 33), (3.0, 3, 51), (2.0, 6, 48)])
def test_edges_must_be_found_as_often_as_asked(sharpe, years, least):
    cell = Cell(POWER, "trend", INSIDE, 60, sharpe=sharpe, years=years, fee_rate=0.0)

    said = [[one.holds for one in told(cell, records(cell, n, 60))] for n in (least, least - 1)]

    assert said == [[True, True], [True, False]]


def test_one_edge_may_fall_short_by_chance_and_not_by_more():
    cell = Cell(POWER, "hour", INSIDE, 60, sharpe=2.0, fee_rate=0.0)

    assert [told(cell, records(cell, n, 60))[0].holds for n in (24, 23)] == [True, False]


def test_edges_outside_the_search_are_reported_and_not_asked_for():
    cell = Cell(POWER, "trend", OUTSIDE, 60, sharpe=2.0, fee_rate=0.0)

    assert told(cell, records(cell, 0, 60)) == []


@pytest.mark.parametrize(
    ("inside", "bias", "holds"),
    [(90, 0.0, [True, True]), (60, 0.0, [False, True]), (100, 0.0, [False, True]), (90, 0.4, [True, False])],
)
def test_intervals_must_hold_the_true_ratio_nine_times_in_ten(inside, bias, holds):
    cell = Cell(POWER, "trend", OUTSIDE, 100, sharpe=3.0, fee_rate=0.0)
    rows, truths = [], {}
    for k, row in enumerate(records(cell, 100, 100)):
        low = 2.0 if k < inside else 3.5
        figures = {"low": low, "high": 4.0, "claimed": 3.0 + bias}
        rows.append(row | {"ours": [figures], "proven": 0, "edge": ["trend", 3.0], "rule": {"length": k}})
        truths[truth_key(rows[-1])] = 3.0

    assert [one.holds for one in told(cell, rows, truths)] == holds


def test_looks_at_noise_must_have_uniform_p_values():
    cell = Cell(SIZE, "G1", "P-grid", 200)
    for values, holds in ((np.linspace(0, 1, 200), True), (np.linspace(0, 0.7, 200), False)):
        rows = [one | {"ours": [{"p_holdout": p}]} for one, p in zip(records(cell, 0, 200), values, strict=True)]

        assert [one.holds for one in told(cell, rows) if one.line == "L3"] == [holds]


@pytest.mark.parametrize(("singing", "silent", "holds"), [(3, 3, True), (2, 0, True), (12, 3, False)])
def test_champions_may_live_on_the_canary_as_often_as_by_chance(singing, silent, holds):
    cell = Cell(CANARY, "canary", "P-greedy", 60)
    rows = [
        {"cell": cell.name, "number": k, "exploits": {"singing": k < singing, "silent": k < silent}} for k in range(60)
    ]

    assert [one.holds for one in told(cell, rows)] == [holds]


def test_one_session_that_knew_the_holdout_is_too_many():
    cell = Cell(FLIP, "G1", "P-grid", 2)
    rows = [{"cell": cell.name, "number": k, "same": k == 0} for k in range(2)]

    assert [[one.holds for one in told(cell, several)] for several in (rows[:1], rows)] == [[True], [False]]


@pytest.mark.parametrize(
    ("counts", "p", "holds"),
    [
        ([200, 200, 400], [0.1, 0.1, 0.2], [True, True, True]),
        ([200, 201, 400], [0.1, 0.1, 0.2], [False, True, True]),
        ([200, 200, 300], [0.1, 0.1, 0.2], [True, False, True]),
        ([200, 200, 400], [0.1, 0.1, 0.05], [True, True, False]),
    ],
)
def test_the_ledger_counts_what_is_new_and_forgets_nothing(counts, p, holds):
    cell = Cell(LEDGER, "G1", "P-random", 1)

    assert [one.holds for one in told(cell, [{"cell": cell.name, "number": 0, "counts": counts, "p": p}])] == holds


def test_a_judge_without_a_budget_of_looks_fails():
    cell = Cell(BUDGET, "G1", "P-crowd", 400)
    kept = records(cell, 31, 400, handed=10, refused=5)
    spent = records(cell, 32, 400, handed=10, refused=0)

    assert [[one.holds for one in told(cell, rows)] for rows in (kept, spent)] == [[True, True], [False, False]]


def test_the_demo_market_validates_nothing():
    cell = Cell(DEMO, "demo", "P-grid", 1)

    assert [[one.holds for one in told(cell, records(cell, n, 1))] for n in (0, 1)] == [[True], [False]]


def test_what_was_skipped_is_no_session():
    cell = Cell(SIZE, "G5-BTC", "P-grid", 2)

    assert told(cell, [{"cell": cell.name, "number": 0, "skipped": "no candles"}]) == []
