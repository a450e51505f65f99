"""`kek compare`: specs and candles in; a ranking and what can be told apart out."""

from __future__ import annotations

import copy
import json
import re
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from api.cli import main
from engine.spec.examples import SMA_CROSS

HOUR = 3_600_000
DAYS = 700


def write_hours(folder, close):
    """Write hourly candles of these closes as those of BTC."""
    open_ = np.concatenate(([100.0], close[:-1]))
    columns = {
        "timestamp": 1_600_000_000_000 // HOUR * HOUR + np.arange(DAYS * 24) * HOUR,
        "open": open_,
        "high": np.maximum(open_, close) * 1.001,
        "low": np.minimum(open_, close) * 0.999,
        "close": close,
        "volume": np.ones(DAYS * 24),
    }
    pq.write_table(pa.table(columns), folder / "BTCUSDT_1h.parquet", compression="zstd")


@pytest.fixture(scope="module")
def candles(tmp_path_factory):
    folder = tmp_path_factory.mktemp("candles")
    rng = np.random.default_rng(3)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.008, DAYS * 24)))
    write_hours(folder, close)
    return folder


@pytest.fixture(autouse=True)
def _own_state(tmp_path, monkeypatch):
    monkeypatch.setenv("KEK_STATE_DIR", str(tmp_path / "state"))


@pytest.fixture
def written(tmp_path):
    def write(file, *, fast=20, name="SMA", **sections):
        spec = copy.deepcopy(SMA_CROSS) | {"name": name, **sections}
        spec["universe"] = {"assets": ["BTC"], "quote": "USDT", "timeframe": "1h"}
        spec["indicators"]["sma_fast"]["inputs"]["length"] = fast
        (tmp_path / file).write_text(json.dumps(spec))
        return str(tmp_path / file)

    return write


@pytest.fixture
def three(written):
    return [written(f"{fast}.json", fast=fast, name=f"fast {fast}") for fast in (5, 12, 20)]


def ran(capfd, *arguments):
    status = main([str(argument) for argument in arguments])
    spoken = capfd.readouterr()
    return status, spoken.out, spoken.err


def test_people_get_a_ranking_with_intervals_and_what_is_not_told_apart(candles, three, capfd, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")

    status, out, _ = ran(capfd, "compare", *three, "--data", candles)

    assert status == 0
    for words in (
        "3 strategies by Sharpe ratio",
        "95 % interval",
        "p, corrected",
        "not validated",
        "Not told apart",
        "holdout stays closed",
    ):
        assert words in out
    assert "proves nothing" in " ".join(out.split())


def shown_waves(tmp_path, written):
    """Hourly candles in slow waves, a strategy that rides them and one that is always in."""
    folder = tmp_path / "waves"
    folder.mkdir()
    rng = np.random.default_rng(5)
    moves = 0.004 * np.sin(np.arange(DAYS * 24) / 30) + rng.normal(0, 0.004, DAYS * 24)
    close = 100 * np.exp(np.cumsum(moves))
    write_hours(folder, close)
    always = {"entry": [{"when": "gt", "left": "close", "value": 0.0001}], "exit": []}
    return folder, [written("ride.json", fast=10, name="ride"), written("in.json", name="in", signals=always)]


def test_who_earns_beyond_holding_is_named_when_all_are_counted(candles, three, written, tmp_path, capfd):
    waves, files = shown_waves(tmp_path, written)

    _, out, _ = ran(capfd, "compare", *files, "--data", waves, "--json")
    told = " ".join(ran(capfd, "compare", *files, "--data", waves)[1].split())
    aimless = " ".join(ran(capfd, "compare", *three, "--data", candles)[1].split())

    document = json.loads(out)
    assert document["beyondHolding"] == ["ride"]
    assert "what was tried before is not counted" in document["caution"]
    figures = {one["name"]: one["beyondHolding"] for one in document["ranking"]}
    assert figures["ride"]["shown"] and figures["ride"]["pStepwise"] <= 0.05 < figures["in"]["pStepwise"]
    assert 0 < figures["ride"]["low95"] < figures["ride"]["yearly"] < figures["ride"]["high95"]
    assert "Beyond holding, all 2 counted: ride. That validates nothing." in told and "StepM" in told
    assert "None of the 3 is shown to earn anything beyond holding." in aimless


@pytest.mark.parametrize("by", ["sharpe", "net_profit"])
def test_eighty_columns_hold_every_figure(candles, three, capfd, monkeypatch, by):
    def figures(columns):
        monkeypatch.setenv("COLUMNS", columns)
        lines = ran(capfd, "compare", *three, "--by", by, "--data", candles)[1].splitlines()[
            :-1
        ]  # what is new to the ledger
        return lines, Counter(word for line in lines for word in line.split() if re.search(r"\d", word))

    (narrow, few), (_, all_) = figures("80"), figures("240")

    assert max(map(len, narrow)) <= 80 and few == all_


@pytest.mark.parametrize("by", ["sharpe", "net_profit"])
def test_who_never_traded_has_no_place_in_any_table_and_names_fold_only_where_there_is_no_room(
    candles, three, written, capfd, monkeypatch, by
):
    monkeypatch.setenv("COLUMNS", "80")
    never = {"entry": [{"when": "gt", "left": "low", "right": "high"}], "exit": []}
    idle = written("idle.json", name="out of the market", signals=never)

    out = ran(capfd, "compare", *three[:2], idle, "--by", by, "--data", candles)[1]

    tables = out.partition("Not told apart")[0]
    rows = [line for line in tables.splitlines() if "out of the market" in line]
    assert len(rows) == 4 and all(row.startswith("-  out of the market") for row in rows), out


def test_json_is_one_document_whose_figures_are_those_of_the_backtests(candles, three, capfd):
    status, out, _ = ran(capfd, "compare", *three, "--data", candles, "--json")

    document = json.loads(out)
    assert status == 0 and len(document["pairs"]) == 3 and document["groups"]
    values = [one["value"] for one in document["ranking"]]
    assert values == sorted(values, reverse=True)
    for one in document["ranking"]:
        alone = json.loads(ran(capfd, "backtest", one["file"], "--data", candles, "--json")[1])
        assert one["specHash"] == alone["specHash"]
        assert document["timeframe"].items() <= alone["timeframe"].items()
        assert one["results"] == {k: v for k, v in alone["results"].items() if not k.startswith("sharpe")}
        assert one["sharpe"]["low95"] < one["sharpe"]["value"] < one["sharpe"]["high95"]
        assert one["sharpe"]["verdict"] == "UNPROVEN"


def test_without_candles_it_runs_on_the_demo_market_and_says_so(three, capfd):
    status, out, _ = ran(capfd, "compare", *three[:2], "--start", "2021-01-01", "--end", "2021-06-01")

    assert status == 0 and "demo market (generated" in out


def test_the_same_words_give_the_same_document(candles, three, capfd):
    first, again = (ran(capfd, "compare", *three, "--data", candles, "--json")[1] for _ in range(2))

    assert first == again


def test_another_metric_ranks_otherwise_and_tests_mean_returns(candles, three, capfd):
    status, out, _ = ran(capfd, "compare", *three, "--by", "drawdown", "--data", candles, "--json")

    document = json.loads(out)
    depths = [one["results"]["maxDrawdownPct"] for one in document["ranking"]]
    assert status == 0 and depths == sorted(depths) and document["tested"] == "mean"


def test_two_files_of_one_name_stay_apart(candles, written, capfd):
    files = [written("a.json", fast=5), written("b.json", fast=9)]

    _, out, _ = ran(capfd, "compare", *files, files[0], "--data", candles, "--json")

    document = json.loads(out)
    assert {one["name"] for one in document["ranking"]} == {"SMA [a.json]", "SMA [a.json] #2", "SMA [b.json]"}
    assert "SAME_BEHAVIOUR" in [one["code"] for one in document["notices"]]


def test_the_problems_of_all_files_are_told_at_once(candles, written, three, capfd):
    bad = [
        written("bad.json", sizing={"mode": "percent_equity", "value": 3}),
        written("worse.json", signals={"entry": [], "exit": []}),
    ]

    status, out, _ = ran(capfd, "compare", three[0], *bad, "--data", candles, "--json")
    told, plain, err = ran(capfd, "compare", three[0], *bad, "--data", candles)

    files = {problem["file"] for problem in json.loads(out)["problems"] if problem["severity"] == "error"}
    assert status == told == 1 and files == set(bad) and plain == ""
    assert all(file in err for file in bad)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--by", "luck"], "--by luck: allowed are sharpe"),
        (["--start", "yesterday"], "is not a time"),
        (["--start", "2021-01-01", "--end", "2021-01-11"], "10 whole days in common"),
        (["--end", "2022-08-01"], "reaches into the holdout"),
        (["--equity", "0"], "initial_equity"),
    ],
)
def test_wrong_arguments_are_told_in_a_line(candles, three, capfd, arguments, words):
    status, out, err = ran(capfd, "compare", *three, "--data", candles, *arguments)

    assert status == 1 and words in err and "Traceback" not in err and out == ""


def test_one_strategy_alone_cannot_be_compared(candles, three, capfd):
    status, out, _ = ran(capfd, "compare", three[0], "--data", candles, "--json")

    assert status == 1 and "between 2 and 16" in json.loads(out)["error"]["message"]


def test_a_file_that_is_not_there_is_told(candles, three, capfd):
    status, _, err = ran(capfd, "compare", three[0], "nowhere.json", "--data", candles)

    assert status == 1 and "nowhere.json" in err


def test_what_is_compared_are_trials_with_their_daily_returns(candles, three, capfd):
    from api.compose import opened
    from api.settings import read_settings
    from storage.records import LOCAL_USER

    alone = ran(capfd, "backtest", three[0], "--data", candles)[1]
    told = ran(capfd, "compare", *three, "--data", candles)[1]
    again = json.loads(ran(capfd, "compare", *three, "--data", candles, "--json")[1])

    assert alone.splitlines()[-1] == "Ledger: trial 1 on BTC."
    assert told.splitlines()[-1] == "Ledger: 2 of these 3 are new trials; there are 3 on BTC."
    assert {json.dumps(one["sharpe"]["trials"]) for one in again["ranking"]} == {'{"family": "BTC", "total": 3}'}
    with opened(read_settings()) as database, database.read() as work:
        kept = work.trials.returns(LOCAL_USER, "BTC")
        assert work.trials.check(LOCAL_USER).whole
    assert [line.note for line, _ in kept] == ["a spec's file"] + ["compared with other files"] * 2
    assert len({days.values.shape for _, days in kept if days is not None}) == 1 and all(days for _, days in kept)
