"""`kek optimize`: refused before work, kept like a search over HTTP, broken off and gone on with, told for people."""

from __future__ import annotations

import asyncio
import json
import math
import os
import re
import signal
from datetime import datetime
from functools import partial
from itertools import pairwise

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from job_desk import FAST, SLOW, sma_cross
from job_markets import daily_market
from kept_strategies import on_market
from reference.bare_figures import bare_figures
from reference.bare_ratios import bare_ratios, cells, whole_ratios

from agent.background import in_background
from api.cli import main
from api.commands import optimize
from api.compose import opened
from api.fold_searches import FoldTrials
from api.jobs import evaluators, optimization_work
from api.jobs.holding import HeldLock
from api.settings import read_settings
from engine.report.walk_page import walk_html
from engine.search import fold_search
from engine.search.batches import Batches
from engine.search.plan import plan_search
from engine.search.run import search
from engine.spec import check
from storage.records import LOCAL_USER

SPACE = {FAST: [5, 10, 20], SLOW: [30, 45, 60]}
YEAR = math.sqrt(365)
VARY = ["--vary", f"{FAST}=5,10,20", "--vary", f"{SLOW}=30:60:15"]


class Here:
    """Measures in a thread of this process; ``stops`` ends the command as Ctrl-C does after so many batches."""

    at_once = 2
    stops = 0
    numbers: list[int] = []

    def __init__(self, plan, open_market, *, threads=None):
        self._batches = Batches(plan, open_market())

    def remember(self, outcomes):
        self._batches.keep(outcomes)

    async def measure(self, proposals):
        if Here.stops and len(Here.numbers) >= Here.stops:
            Here.stops = 0
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.Event().wait()
        Here.numbers += [one.number for one in proposals]
        return await in_background(lambda: self._batches.measure(proposals))

    async def whole(self, proposals):
        return await in_background(lambda: self._batches.whole(proposals))

    async def close(self):
        pass


@pytest.fixture(scope="module")
def market():
    return daily_market()


@pytest.fixture(scope="module")
def candles(tmp_path_factory, market):
    folder = tmp_path_factory.mktemp("candles")
    for symbol in market.symbols():
        bars = market.bars(symbol, "1d")
        columns = {name: getattr(bars, name) for name in ("open", "high", "low", "close", "volume")}
        pq.write_table(pa.table({"timestamp": bars.time, **columns}), folder / f"{symbol}_1d.parquet")
    return folder


@pytest.fixture
def kek(monkeypatch, tmp_path, candles, capfd):
    """Run a command on the candles, with a state of its own, measuring in this process."""
    monkeypatch.setenv("KEK_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(evaluators, "ProcessEvaluator", Here)
    monkeypatch.setattr(optimization_work, "FIRST_BATCH", 2)
    monkeypatch.setattr(Here, "stops", 0)
    monkeypatch.setattr(Here, "numbers", [])
    file = tmp_path / "spec.json"
    file.write_text(json.dumps(sma_cross()))

    def run(*words, spec=None):
        if spec is not None:
            file.write_text(json.dumps(spec))
        status = main(["optimize", str(file), "--data", str(candles), *words])
        spoken = capfd.readouterr()
        return status, spoken.out, spoken.err

    return run


def trials():
    """The trials of searches, without those that judging the best adds around it."""
    with opened(read_settings()) as database, database.read() as work:
        assert work.trials.check(LOCAL_USER).whole
        found = work.trials.all(LOCAL_USER)
        return [one for one in found if one.origin == "search" and "judged" not in (one.note or "")]


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


def test_a_walk_forward_searches_each_train_window_and_every_candidate_is_a_trial(kek, market):
    words = (*VARY, "--objective", "net_profit", "--walk-forward", "rolling", "--folds", "3")

    status, out, _ = kek(*words, "--json")

    document = json.loads(out)
    assert (status, document["scheme"], document["verdict"]) == (0, "rolling", "UNPROVEN")
    assert len(document["folds"]) == 3
    assert len(document["equity"]) == document["outOfSample"]["days"]
    for one in document["folds"]:
        assert one["train"]["end"] < one["test"]["start"]
        spec, window = check(sma_cross(), catalog=market).spec, [ms(one["train"][end]) for end in ("start", "end")]
        asked = {"space": SPACE, "objectives": ["net_profit"], "start": window[0], "end": window[1]}
        best = search(plan_search(spec, market, **asked).plan, market).finalists()[0]
        assert one["overrides"] == best.ranked.outcome.overrides
    kept = trials()
    chosen = sum("overrides" in one for one in document["folds"])
    assert len(kept) == 3 * 10 + chosen and all(one.returns_hash for one in kept)
    assert document["trials"] == {"family": "BTC", "total": len(kept)}
    again = json.loads(kek(*words, "--json")[1])
    assert again == document and len(trials()) == len(kept)


@pytest.mark.parametrize("stop", [1, 3, 5])
def test_a_walk_forward_that_is_broken_off_goes_on_and_measures_nothing_twice(kek, monkeypatch, stop):
    words = (*VARY, "--objective", "net_profit", "--walk-forward", "rolling", "--folds", "2", "--threads", "1")
    measured = counted(monkeypatch)
    whole = json.loads(kek(*words, "--json")[1])
    all_of_it, kept = len(measured), len(trials())
    monkeypatch.setenv("KEK_STATE_DIR", f"{os.environ['KEK_STATE_DIR']}2")
    monkeypatch.setattr(fold_search, "search", partial(search, at_once=3))
    measured.clear()
    breaks_off(monkeypatch, stop)

    status, out, err = kek(*words, "--json")

    assert (status, out) == (130, "") and "same command goes on" in err
    before = sum("train window" in one.note for one in trials())
    assert 0 < before == len(measured) < all_of_it
    status, out, err = kek(*words)
    assert status == 0 and f"{before} candidates were measured before and are not measured again" in err
    assert len(measured) == all_of_it
    measured.clear()
    assert json.loads(kek(*words, "--json")[1]) == whole and measured == [] and len(trials()) == kept


def counted(monkeypatch):
    """Collect every candidate that is measured by a sweep."""
    measured, sweep = [], Batches._swept

    def swept(self, proposals, names):
        measured.extend(proposals)
        return sweep(self, proposals, names)

    monkeypatch.setattr(Batches, "_swept", swept)
    return measured


def breaks_off(monkeypatch, batches):
    """End a walk-forward once, as Ctrl-C does, after so many batches were written."""
    written, taken = FoldTrials.measured, []

    def measured(self, plan, several):
        written(self, plan, several)
        taken.append(len(several))
        if len(taken) == batches:
            raise KeyboardInterrupt

    monkeypatch.setattr(FoldTrials, "measured", measured)


def folds_without_trials(folds):
    """The folds without the count of trials beside each ratio, which is that of everything so far."""
    return json.loads(re.sub(r', "trials": \d+', "", json.dumps(folds)))


def test_a_ticker_that_is_only_in_the_users_folder_is_walked_as_any_other(kek, candles, tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "WALKUSDT_1d.parquet").write_bytes((candles / "BTCUSDT_1d.parquet").read_bytes())
    words = (*VARY, "--objective", "net_profit", "--walk-forward", "rolling", "--folds", "2", "--json")
    own = sma_cross(universe={"assets": ["WALK"], "quote": "USDT", "timeframe": "1d"})

    known, walked = kek(*words), kek("--data", str(tmp_path / "own"), *words, spec=own)

    assert walked[0] == 0, walked
    known, walked = (json.loads(out) for _, out, _ in (known, walked))
    assert (
        folds_without_trials(walked["folds"]) == folds_without_trials(known["folds"])
        and walked["purgeDays"] == known["purgeDays"]
    )
    kept = [one.family for one in trials()]
    assert kept.count("WALK") == kept.count("BTC") > 20


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


def test_a_walk_forward_is_drawn_with_its_folds_and_holding(kek, tmp_path):
    files = {"--html": tmp_path / "walk.html", "--picture": tmp_path / "walk.svg"}
    words = (*VARY, "--objective", "net_profit", "--walk-forward", "anchored", "--folds", "3", "--json")

    status, out, err = kek(*words, *(str(one) for pair in files.items() for one in pair))

    document, page = json.loads(out), files["--html"].read_text()
    assert status == 0 and err.count("wrote ") == 2 and files["--picture"].read_text().startswith("<?xml")
    assert len(document["holding"]) == len(document["equity"])
    assert page == walk_html(document) and bare_ratios(cells(page)) == [] and len(whole_ratios(cells(page))) == 1
    for one in document["folds"]:
        assert f"{one['test']['start'][:10]} to {one['test']['end'][:10]}" in page


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--html", "walk.html"], "add --walk-forward"),
        (["--walk-forward", "rolling", "--picture", "walk.pdf"], "must end in .png or .svg"),
    ],
)
def test_a_drawing_that_cannot_be_is_refused_before_work(kek, words, complaint):
    status, out, err = kek(*VARY, *words)

    assert (status, out) == (1, "") and complaint in err and trials() == []


@pytest.mark.parametrize("changed", [("--equity", "5000"), ("--start", "2021-02-01")])
def test_what_was_measured_from_another_equity_or_on_other_days_is_measured_again(kek, monkeypatch, changed):
    words = (*VARY, "--objective", "net_profit", "--walk-forward", "anchored", "--folds", "1", "--json")
    measured = counted(monkeypatch)
    kek(*words)
    first = len(measured)
    measured.clear()

    document = json.loads(kek(*words, *changed)[1])

    monkeypatch.setenv("KEK_STATE_DIR", f"{os.environ['KEK_STATE_DIR']}2")
    assert len(measured) == first
    alone = json.loads(kek(*words, *changed)[1])
    assert folds_without_trials(alone["folds"]) == folds_without_trials(document["folds"])


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--folds", "5"], "--folds sets"),
        (["--purge", "0"], "--purge sets"),
        (["--embargo", "0"], "--embargo sets"),
        (["--embargo", "3", "--folds", "2", "--purge", "9"], "--folds and --purge and --embargo set"),
    ],
)
def test_the_windows_of_a_walk_forward_are_refused_without_one(kek, words, named):
    status, out, err = kek(*VARY, *words)

    assert (status, out) == (1, "") and f"{named} the windows of a walk-forward: add --walk-forward" in err
    assert Here.numbers == [] and trials() == []


def test_a_walk_forward_has_five_folds_and_no_embargo_where_nothing_is_said(kek):
    words = (*VARY, "--objective", "net_profit", "--walk-forward", "anchored", "--json")

    told = json.loads(kek(*words)[1])

    assert len(told["folds"]) == 5 and told == json.loads(kek(*words, "--folds", "5", "--embargo", "0")[1])


def ms(text):
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def test_people_get_the_folds_of_a_walk_forward_and_what_it_does_not_prove(kek):
    status, out, _ = kek(*VARY, "--objective", "net_profit", "--walk-forward", "anchored", "--folds", "2")

    told = " ".join(out.split())
    assert status == 0
    for words in ("anchored, 2 folds", "of purge", "Out of sample, stitched", "UNPROVEN", "holdout was not read"):
        assert words in told, words


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--walk-forward", "sideways"], "allowed are anchored, rolling"),
        (["--walk-forward", "rolling", "--folds", "90"], "folds leave"),
        (["--walk-forward", "rolling", "--folds", "0"], "folds is 0"),
        (["--walk-forward", "rolling", "--cluster", "tcp://127.0.0.1:1"], "leave --cluster out"),
    ],
)
def test_a_walk_forward_that_cannot_be_is_refused(kek, words, complaint):
    status, out, err = kek(*VARY, "--objective", "net_profit", *words)

    assert status == 1 and complaint in err and out == ""
    assert trials() == []
