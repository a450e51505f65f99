"""`kek optimize --walk-forward`: folds searched, candidates counted as trials, broken off and gone on with, drawn."""

from __future__ import annotations

import json
import os
import re
from datetime import datetime
from functools import partial

import pytest
from command_searches import SPACE, VARY, Here, trials
from job_desk import sma_cross
from reference.bare_ratios import bare_ratios, cells, whole_ratios

from api.fold_searches import FoldTrials
from engine.report.walk_page import walk_html
from engine.search import fold_search
from engine.search.batches import Batches
from engine.search.plan import plan_search
from engine.search.run import search
from engine.spec import check


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
