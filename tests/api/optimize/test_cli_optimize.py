"""`kek optimize`: refused before work, kept like a search over HTTP, broken off and gone on with, told for people."""

from __future__ import annotations

import json
import math
import os
import re
from itertools import pairwise

import pytest
from command_searches import SPACE, VARY, Here, trials
from job_desk import FAST, SLOW, sma_cross
from kept_strategies import on_market
from reference.bare_figures import bare_figures
from reference.bare_ratios import bare_ratios, whole_ratios

from api.commands import optimize
from api.compose import opened
from api.jobs.holding import HeldLock
from api.settings import read_settings
from engine.search.plan import plan_search
from engine.search.run import search
from engine.spec import check
from storage.records import LOCAL_USER

YEAR = math.sqrt(365)


def test_a_search_ends_as_in_one_go_and_every_candidate_is_a_trial(kek, market):
    status, out, _ = kek(*VARY, "--objective", "sharpe", "--objective", "drawdown", "--json")

    record = json.loads(out)
    plan = plan_search(check(sma_cross(), catalog=market).spec, market, space=SPACE, objectives=["sharpe", "drawdown"])
    expected = search(plan.plan, market)
    assert (status, record["status"], record["candidatesEvaluated"]) == (0, "completed", 9)
    assert [one["score"] for one in record["bestVariants"]] == [one.score for one in expected.best(5)]
    assert record["evidence"]["front"] and record["evidence"]["trials"]["total"] >= len(trials()) == 10


def test_people_get_the_best_with_their_ground_and_what_it_does_not_prove(kek, tmp_path):
    status, out, err = kek(*VARY, "--objective", "net_profit", "--out", str(tmp_path / "found.json"))

    told = " ".join(out.split())
    assert status == 0 and "wrote" in err
    for words in ("9 candidates", "Ground", "% interval", " trials, p of", "would rank", "distinct trials", "holdout"):
        assert words in told, words
    written = json.loads((tmp_path / "found.json").read_text())
    assert written["status"] == "completed" and bare_figures(written) == []


def test_broken_off_it_keeps_what_was_measured_and_the_same_command_goes_on(kek, monkeypatch):
    whole = json.loads(kek(*VARY, "--json")[1])
    numbers = list(Here.numbers)
    monkeypatch.setenv("KEK_STATE_DIR", f"{os.environ['KEK_STATE_DIR']}2")
    monkeypatch.setattr(Here, "numbers", [])
    monkeypatch.setattr(Here, "stops", 5)

    status, out, err = kek(*VARY, "--json")

    assert (status, out) == (130, "") and "same command goes on" in err
    kept, before = len(trials()), list(Here.numbers)
    assert kept == len(before) >= 5
    status, out, err = kek(*VARY, "--json")
    assert status == 0 and "goes on with the search" in err
    assert sorted(Here.numbers) == sorted(numbers) and len(set(Here.numbers)) == len(Here.numbers)
    again = json.loads(out)
    assert [one["score"] for one in again["bestVariants"]] == [one["score"] for one in whole["bestVariants"]]
    assert again["evidence"]["plateaus"] == whole["evidence"]["plateaus"] and len(trials()) == 10


def test_another_search_of_the_same_spec_begins_anew_on_the_same_strategy(kek):
    first, other = (json.loads(kek(*VARY, "--seed", seed, "--json")[1]) for seed in ("1", "2"))

    assert first["id"] != other["id"] and first["strategyRecordId"] == other["strategyRecordId"]
    assert len(trials()) == 10


def test_where_another_process_works_on_the_database_a_cluster_is_refused(kek):
    with opened(read_settings()) as database:
        lock = HeldLock(database)
        lock.hold()
        try:
            status, _, err = kek(*VARY, "--cluster", "tcp://127.0.0.1:1")
        finally:
            lock.release()

    assert status == 2 and "another process works on this database" in err


def test_where_another_process_works_it_waits_and_carries_on_when_that_has_ended(kek, monkeypatch):
    say, said = optimize.console.say, []
    with opened(read_settings()) as database:
        lock = HeldLock(database)
        lock.hold()

        def ends(message="", **named):
            say(message, **named)
            if message == optimize.WAITS:
                said.append(message)
                lock.release()

        monkeypatch.setattr(optimize.console, "say", ends)
        status, out, err = kek(*VARY, "--json")

    assert (status, said) == (0, [optimize.WAITS]) and "Traceback" not in err
    assert json.loads(out)["status"] == "completed" and sorted(Here.numbers) == list(range(10))


RSI = {"rsi": {"type": "rsi", "inputs": {"length": 14}}}
NEVER = {"entry": [{"when": "gt", "left": "rsi", "value": 100}], "exit": [{"when": "lt", "left": "rsi", "value": 50}]}
WIDE = {"min": 1, "max": 5000, "step": 1}
REFUSED = {
    "a grid of 1e20": (
        {},
        {
            "space": {f"indicators.{key}.inputs.length": WIDE for key in ("sma_fast", "sma_slow")}
            | {
                "risk.stop_loss.value": {"min": 0.0001, "max": 0.4, "step": 0.0001},
                "sizing.value": {"min": 0.0001, "max": 0.4, "step": 0.0001},
            }
        },
        "TOO_MANY_CANDIDATES",
        "$.space",
    ),
    "no path": ({}, {"space": {}}, "OUT_OF_BOUNDS", "$.space"),
    "no value": ({}, {"space": {FAST: []}}, "OUT_OF_BOUNDS", f'$.space["{FAST}"]'),
    "a range upside down": ({}, {"space": {FAST: {"min": 9, "max": 5, "step": 1}}}, "OUT_OF_BOUNDS", "max"),
    "no combination": ({}, {"space": {FAST: [50], SLOW: [20], "where": [[FAST, "<", SLOW]]}}, "EMPTY_SPACE", "where"),
    "values out of bounds": ({}, {"space": {FAST: [0, -1]}}, "INPUT_RANGE", FAST),
    "only invalid specs": ({}, {"space": {"risk.take_profit.type": ["percent"]}}, "NO_VALID_CANDIDATE", "$.space"),
    "no variants": ({}, {"space": "variants"}, "NOTHING_TO_VARY", "$.space"),
    "an objective that is none": ({}, {"objectives": ["luck"]}, "UNKNOWN_VALUE", "$.objectives[0]"),
    "entries that never fire": (
        {"indicators": RSI, "signals": NEVER},
        {"space": {"sizing.value": [0.1, 0.2]}},
        "TOO_FEW_TRADES",
        "$.space",
    ),
    "warm-up longer than the data": ({}, {"space": {SLOW: [4_000, 5_000]}}, "TOO_FEW_TRADES", "$.space"),
    "too long": (
        {},
        {"method": "random", "limit": 20_000, "space": {FAST: WIDE, SLOW: WIDE}},
        "TOO_EXPENSIVE",
        "$.space",
    ),
}


@pytest.fixture(scope="module")
def http(market):
    from dataclasses import replace

    from serving import IN_MEMORY

    from api.settings import Searching

    with on_market(market, replace(IN_MEMORY, searching=Searching(seconds=0.5))) as client:
        yield client


@pytest.mark.parametrize(("sections", "asked", "code", "place"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_searched_is_refused_before_work_on_the_command_line_and_over_http(
    kek, http, monkeypatch, sections, asked, code, place
):
    monkeypatch.setenv("KEK_SEARCH_SECONDS", "0.5")
    spec = sma_cross(**sections)
    space = asked.get("space")
    words = [] if space is None else ["--space", space if isinstance(space, str) else json.dumps(space)]
    words += [one for name in asked.get("objectives", ()) for one in ("--objective", name)]
    words += [one for name in ("method", "limit") if name in asked for one in (f"--{name}", str(asked[name]))]

    status, out, _ = kek(*words, "--json", spec=spec)
    made = http.post("/api/strategies", json={"spec": {**spec, "id": f"s{abs(hash(place + code + str(asked)))}"}})
    answer = http.post(f"/api/strategies/{made.json()['id']}/optimizations", json=asked)

    errors = [one for one in json.loads(out)["problems"] if one["severity"] == "error"]
    assert status == 1 and answer.status_code == 422, answer.text
    assert [one["code"] for one in errors] == [one["code"] for one in answer.json()["problems"]]
    assert errors[0]["code"] == code and place in errors[0]["path"], errors
    assert Here.numbers == []


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--vary", "x"], "--vary 'x' cannot be read"),
        (["--vary", f"{FAST}=1:2"], "cannot be read"),
        (["--vary", f"{FAST}=5", "--vary", f"{FAST}=6"], "given twice"),
        (["--space", "variants", "--vary", f"{FAST}=5"], "leave one of them out"),
        (["--space", "nowhere.json"], "cannot read 'nowhere.json'"),
        (["--start", "soon"], "is not a time"),
    ],
)
def test_wrong_words_are_told_in_a_line(kek, words, complaint):
    status, out, err = kek(*words)

    assert status == 1 and complaint in err and out == "" and "Traceback" not in err


def test_an_objective_without_a_value_in_so_short_a_window_is_refused(kek):
    status, _, err = kek(*VARY, "--start", "2021-01-01", "--end", "2021-01-20")

    assert status == 1 and "sharpe has no value under 30 days" in err and "UNDEFINED_OBJECTIVE" in err


FIGURE = re.compile(r"-?\d[\d,]*\.?\d*(?: %)?")


@pytest.mark.parametrize(
    "words",
    [
        ("--objective", "sharpe"),
        ("--objective", "net_profit", "--objective", "sharpe", "--objective", "drawdown"),
        ("--objective", "net_profit", "--walk-forward", "rolling", "--folds", "2"),
    ],
)
def test_every_figure_is_whole_on_80_columns(kek, monkeypatch, words):
    monkeypatch.setenv("COLUMNS", "400")
    wide = kek(*VARY, *words)[1]

    figures = list(figures_of(wide))
    assert len(figures) >= 8
    monkeypatch.setenv("COLUMNS", "80")
    told = kek(*VARY, *words)[1]

    left_out = " ".join(told.split()).partition("too narrow: ")[2].partition(".")[0].split(", ")
    assert max(map(len, told.splitlines())) <= 80 and "…" not in told
    assert set(left_out) <= {"", "Drawdown", "Trades"}
    for column, figure in figures:
        assert column in left_out or figure in told, (column, figure, told)


def figures_of(printed):
    """Yield heading and text of every cell of the tables of a wide terminal that is a figure."""
    heading = []
    for line, following in pairwise([*printed.splitlines(), ""]):
        cells = re.split(r"\s{2,}", line.strip())
        if following.startswith("──"):
            heading = cells
        elif len(cells) < 2 and not line.startswith("──"):
            heading = []
        pairs = zip(reversed(heading), reversed(cells), strict=False)
        yield from ((column, cell) for column, cell in pairs if FIGURE.fullmatch(cell))


def test_no_annual_sharpe_ratio_of_a_candidate_is_shown_but_the_cards(kek, monkeypatch):
    words = (*VARY, "--objective", "sharpe")
    record = json.loads(kek(*words, "--json")[1])
    out = kek(*words)[1]

    table, _, card = out.partition("judged among all of them")
    assert bare_ratios(table) == [] and len(whole_ratios(card)) == 1
    for one, ground in zip(record["bestVariants"], record["evidence"]["plateaus"], strict=True):
        for annual in (one["score"] * YEAR, ground["robustScore"] * YEAR, ground["sharpe"]["value"]):
            assert not re.search(rf"(?<![\d.]){re.escape(f'{annual:.2f}')}(?![\d%])", table.replace(" %", "%"))
        assert f"{one['score']:.4f}" in table
    assert "not corrected for" in " ".join(table.split())


def test_a_step_of_a_search_tells_the_best_as_it_may_be_shown(kek):
    record = json.loads(kek(*VARY, "--objective", "sharpe", "--json")[1])

    with opened(read_settings()) as database, database.read() as work:
        run = work.runs.find_by_subject(LOCAL_USER, record["id"])
        steps = [one.data for one in work.runs.events(LOCAL_USER, run.id, limit=100) if "best" in one.data]
    assert steps[-1]["best"] == pytest.approx(max(one["score"] for one in record["bestVariants"]))
    assert "no annual one" in steps[-1]["bestIs"]
