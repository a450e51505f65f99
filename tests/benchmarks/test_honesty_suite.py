"""The suite: what is measured once stays measured, what the records are worth, and who fails it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.honesty import suite
from benchmarks.honesty.cells import (
    BUDGET,
    CANARY,
    DEMO,
    FLIP,
    INSIDE,
    LEDGER,
    POWER,
    SIZE,
    Cell,
    full_cells,
    nightly_cells,
    small_cells,
)
from benchmarks.honesty.claims import claims_of
from benchmarks.honesty.edges import EDGES
from benchmarks.honesty.markets import NULLS
from benchmarks.honesty.page import Run, page_of
from benchmarks.honesty.picture import draw_power, points
from benchmarks.honesty.proposers import PROPOSERS
from benchmarks.honesty.rules import FAST, SLOW, hour_rule, oversold_rule
from benchmarks.honesty.sessions import JUDGES, record_of
from benchmarks.honesty.spaces import INSIDE as SPACES_INSIDE
from benchmarks.honesty.spaces import OUTSIDE as SPACES_OUTSIDE
from benchmarks.honesty.suite import measured, played, store_of, tasks_of
from benchmarks.honesty.truth import true_sharpes

RUN = Run("c" * 40, False, 0, 1, 60.0, "ours", "Nothing else ran.")
TRUE_RULES = {
    "trend": {f"{FAST}.inputs.length": 12, f"{SLOW}.inputs.length": 46},
    "reversion": oversold_rule(14, 30.0, 30.0),
    "hour": hour_rule(13, 1),
}


@pytest.fixture(scope="module")
def noise_cells():
    return [Cell(SIZE, market, "P-grid", 5, years=2, fee_rate=0.0) for market in ("G1", "G2")]


@pytest.fixture(scope="module")
def noise_records(noise_cells, tmp_path_factory):
    store = tmp_path_factory.mktemp("honesty") / "noise.jsonl"
    return measured(tasks_of(noise_cells), store, seat="ours")


@pytest.fixture
def counted(monkeypatch):
    """Counts sessions instead of playing them."""
    played = []

    def play(cell, number, seat):
        played.append((cell.name, number, seat))
        return {"cell": cell.name, "number": number, "seat": seat}

    monkeypatch.setattr("benchmarks.honesty.sessions.record_of", play)
    return played


def test_sessions_of_all_cells_take_turns():
    two, three = Cell(SIZE, "G1", "P-grid", 2), Cell(SIZE, "G2", "P-grid", 3)

    assert [(cell.market, number) for cell, number in tasks_of([two, three])] == [
        ("G1", 0), ("G2", 0), ("G1", 1), ("G2", 1), ("G2", 2),
    ]  # fmt: skip


def test_from_a_commit_on_no_two_cells_share_a_market():
    cells = full_cells()
    numbers = [number for _, number in tasks_of(cells, base=4_000)]

    assert len(set(numbers)) == len(numbers) == sum(cell.count for cell in cells)
    first = {cell.name: number for cell, number in reversed(tasks_of(cells, base=4_000))}
    assert all(number % 1_000 == 0 for number in first.values())
    assert [first[cell.name] for cell in cells[3:5]] == [
        number for _, number in tasks_of([replace(one, count=1) for one in cells[3:5]], base=4_000)
    ]


def test_what_was_measured_is_not_measured_again(tmp_path, counted):
    tasks, store = tasks_of([Cell(SIZE, "G1", "P-grid", 4)]), tmp_path / "a" / "store.jsonl"

    first = measured(tasks[:2], store, seat="ours")
    every = measured(tasks, store, seat="ours")

    assert every[:2] == first and [number for _, number, _ in counted] == [0, 1, 2, 3]
    measured(tasks[:1], store, seat="best backtest")
    assert counted[-1][2] == "best backtest"


def test_a_line_that_was_cut_off_is_measured_again(tmp_path, counted):
    tasks, store = tasks_of([Cell(SIZE, "G1", "P-grid", 3)]), tmp_path / "store.jsonl"
    measured(tasks[:2], store, seat="ours")
    store.write_bytes(store.read_bytes()[:-9])

    found = measured(tasks, store, seat="ours")

    assert [one["number"] for one in found] == [0, 1, 2] == [json.loads(line)["number"] for line in _whole(store)]
    assert Counter(number for _, number, _ in counted) == {0: 1, 1: 2, 2: 1}


def test_a_run_that_was_broken_off_has_a_page_of_what_was_played(tmp_path, counted):
    tasks, store = tasks_of([Cell(SIZE, "G1", "P-grid", 4)]), tmp_path / "store.jsonl"
    first = measured(tasks[:3], store, seat="ours")

    assert played(tasks, store, seat="ours") == first and played(tasks, store, seat="best backtest") == []
    assert len(counted) == 3


def _whole(store):
    lines = {}
    for line in store.read_text("utf-8").splitlines():
        try:
            lines[json.loads(line)["number"]] = line
        except json.JSONDecodeError:
            continue
    return [lines[number] for number in sorted(lines)]


def test_another_version_of_the_benchmark_has_another_store(tmp_path, monkeypatch):
    for name in ("judges.py", "page.py"):
        (tmp_path / name).write_text("one", "utf-8")
    monkeypatch.setattr(suite, "HERE", tmp_path)
    first = store_of(tmp_path)

    (tmp_path / "page.py").write_text("two", "utf-8")
    read_otherwise = store_of(tmp_path)
    (tmp_path / "judges.py").write_text("two", "utf-8")

    assert first == read_otherwise != store_of(tmp_path)


def test_modules_that_only_read_records_are_named():
    assert {f"{name}.py" for name in suite.READERS} <= {path.name for path in Path(suite.HERE).glob("*.py")}


def test_without_real_candles_a_session_is_skipped_and_counted(monkeypatch):
    monkeypatch.delenv("KEK_TEST_DATA", raising=False)
    cell = Cell(SIZE, "G5-BTC", "P-grid", 1)

    record = record_of(cell, 0)

    assert record["skipped"] == "KEK_TEST_DATA is not set"
    assert "1 were skipped: KEK_TEST_DATA is not set" in page_of(RUN, [cell], [record], {}, [], "p.svg")


@pytest.mark.parametrize("edge", EDGES)
def test_the_true_rule_of_an_edge_is_in_one_grid_and_not_in_the_other(edge):
    assert SPACES_INSIDE[edge]().count(TRUE_RULES[edge]) == 1 and TRUE_RULES[edge] not in SPACES_OUTSIDE[edge]()


@pytest.mark.parametrize("edge", EDGES)
def test_the_true_rule_of_an_edge_earns_what_was_planted(edge):
    [found] = true_sharpes(edge, 3.0, [TRUE_RULES[edge]], fee_rate=0.0, markets=6)

    assert found == pytest.approx(3.0, abs=3 / 36**0.5)


def test_every_line_of_the_protocol_has_its_cells():
    asked = full_cells()
    sizes = {(one.market, one.proposer) for one in asked if one.kind == SIZE}

    assert sizes == {(market, proposer) for market in NULLS for proposer in PROPOSERS}
    of_each = {market: sum(one.count for one in asked if (one.kind, one.market) == (SIZE, market)) for market in NULLS}
    assert set(of_each.values()) == {230} and min(one.count for one in asked if one.kind == SIZE) >= 30
    assert all(one.count == 200 for one in nightly_cells() if one.kind == SIZE)
    inside = {(one.market, one.sharpe, one.years) for one in asked if one.proposer == INSIDE and one.fee_rate == 0.0}
    assert inside >= {(edge, *goal) for edge in EDGES for goal in ((2.0, 3), (3.0, 3), (2.0, 6))}
    assert [one.count for one in asked if one.kind == BUDGET] == [400]
    for cells in (asked, small_cells()):
        assert {one.kind for one in cells} == {SIZE, POWER, CANARY, FLIP, BUDGET, LEDGER, DEMO}
        assert len({one.name for one in cells}) == len(cells)


def test_the_best_backtest_fails_the_suite_and_our_judge_does_not(noise_cells, noise_records):
    said = {name: claims_of(noise_cells, noise_records, {}, seat=name) for name in ("ours", "best backtest")}

    assert all(one.holds for one in said["ours"]), [str(one) for one in said["ours"]]
    failed = [one.text for one in said["best backtest"] if not one.holds]
    assert "validated on all noise" in failed


def test_the_page_says_whatever_came_out(noise_cells, noise_records, tmp_path):
    claims = claims_of(noise_cells, noise_records, {}, seat="best backtest")
    page = page_of(RUN, noise_cells, noise_records, {}, claims, "power.svg")
    draw_power(noise_cells, noise_records, tmp_path / "images" / "power.svg")

    assert "claims hold.**" in page and "| **no** |" in page and RUN.commit[:12] in page and RUN.note in page
    assert "10 sessions; " in page and "| P-grid | 0/10 | 0/10 | 3 |" in page
    assert "| size | P-grid | 0 | 420 |" in page, "two years are no cell of the whole benchmark"
    cut_short = page_of(RUN, noise_cells, noise_records[:7], {}, claims, "power.svg")
    assert "7 sessions of 10 that were asked for, then it was broken off;" in cut_short
    for cell in noise_cells:
        assert f"| {cell.market} | {cell.proposer} |" in page
    assert (tmp_path / "images" / "power.svg").read_text("utf-8").startswith("<?xml")
    [(sharpe, count)] = points(noise_cells, noise_records, "trend", "ours")
    assert (sharpe, count.of) == (0.0, 5)


@pytest.mark.parametrize(
    "proposer", [pytest.param(name, marks=[] if name == "P-grid" else pytest.mark.long) for name in PROPOSERS]
)
def test_nothing_is_ever_validated_on_the_demo_market(proposer):
    record = record_of(Cell(DEMO, "demo", proposer, 1), 0)

    assert record["validated"] == {"ours": False} and record["handed"] >= 1


def test_more_searching_makes_no_champion_better_and_a_repetition_counts_nothing():
    record = record_of(Cell(LEDGER, "G1", "P-random", 1, years=2), 3)

    once, again, twice = record["counts"]
    assert once == again and twice > 1.9 * once and record["asked"] >= 600
    assert record["p"][0] == record["p"][1] <= record["p"][2] + 0.03


def test_the_holdout_turned_over_changes_nothing_that_is_told_before_a_look():
    assert record_of(Cell(FLIP, "G1", "P-grid", 1, years=2), 4)["same"]


def test_the_sixth_look_is_refused():
    record = record_of(Cell(BUDGET, "G1", "P-crowd", 1, years=2, fee_rate=0.0), 2)

    assert (record["handed"], record["refused"], len(record["ours"])) == (10, 5, 5)
    assert [one["look"] for one in record["ours"]] == [1, 2, 3, 4, 5]


@pytest.mark.long
@pytest.mark.parametrize("seat", ["ours", "best backtest"])
def test_a_small_suite_passes_our_judge_and_fails_the_best_backtest(seat, tmp_path):
    cells = [replace(one, count=min(one.count, 8)) for one in small_cells()]
    records = measured(tasks_of(cells), tmp_path / "small.jsonl", seat=seat, jobs=2)
    claims = claims_of(cells, records, {}, seat=seat)

    assert all(one.holds for one in claims) == (seat == "ours"), [str(one) for one in claims]
    assert set(JUDGES) == set(records[0]["validated"])
