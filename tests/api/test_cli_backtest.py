"""`kek backtest`: a spec and candles in; a summary, a record and reports out."""

import copy
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from api.cli import main
from engine.spec.examples import SMA_CROSS

HOUR = 3_600_000
DAYS = 700


@pytest.fixture(scope="module")
def candles(tmp_path_factory):
    folder = tmp_path_factory.mktemp("candles")
    for seed, symbol in enumerate(("BTCUSDT", "ETHUSDT")):
        rng = np.random.default_rng(seed)
        close = 100 * np.exp(np.cumsum(rng.normal(0, 0.008, DAYS * 24)))
        open_ = np.concatenate(([100.0], close[:-1]))
        columns = {
            "timestamp": 1_600_000_000_000 // HOUR * HOUR + np.arange(DAYS * 24) * HOUR,
            "open": open_,
            "high": np.maximum(open_, close) * 1.001,
            "low": np.minimum(open_, close) * 0.999,
            "close": close,
            "volume": np.ones(DAYS * 24),
        }
        pq.write_table(pa.table(columns), folder / f"{symbol}_1h.parquet", compression="zstd")
    return folder


@pytest.fixture(autouse=True)
def _own_state(tmp_path, monkeypatch):
    monkeypatch.setenv("KEK_STATE_DIR", str(tmp_path / "state"))


@pytest.fixture
def strategy(tmp_path):
    def write(**changes):
        spec = copy.deepcopy(SMA_CROSS) | changes
        file = tmp_path / "strategy.json"
        file.write_text(json.dumps(spec))
        return str(file)

    return write


def ran(capfd, *arguments):
    status = main([str(argument) for argument in arguments])
    spoken = capfd.readouterr()
    return status, spoken.out, spoken.err


def test_a_summary_for_people_names_data_window_and_holdout(candles, strategy, capfd):
    status, out, _ = ran(capfd, "backtest", strategy(), "--data", candles)

    assert status == 0
    assert "SMA Cross (BTC-ETH)" in out and "holdout" in out and "interval" in out


def test_json_is_one_backtest_run_with_trades(candles, strategy, capfd):
    status, out, _ = ran(capfd, "backtest", strategy(), "--data", candles, "--json")

    document = json.loads(out)
    assert status == 0 and len(document["trades"]) == document["results"]["tradeCount"] > 100
    assert document["evidence"]["holdout"]["seen"] is False


def test_the_holdout_opens_only_when_asked(candles, strategy, capfd):
    file = strategy()
    status, out, _ = ran(capfd, "backtest", file, "--data", candles, "--end", "2022-08-01", "--json")
    error = json.loads(out)["error"]
    assert status == 1 and error["code"] == "HOLDOUT_LOCKED" and "--full-window" in error["message"]

    status, out, _ = ran(capfd, "backtest", file, "--data", candles, "--end", "2022-08-01", "--full-window", "--json")
    assert status == 0 and json.loads(out)["evidence"]["holdout"]["seen"] is True


def test_an_opened_holdout_stays_seen(candidates_of, candles, strategy, capfd, tmp_path):
    file, state = strategy(), tmp_path / "state"
    before = json.loads(ran(capfd, "backtest", file, "--data", candles, "--json")[1])
    assert before["evidence"]["holdout"]["seen"] is False

    ran(capfd, "backtest", file, "--data", candles, "--full-window", "--json")
    [_, line] = candidates_of(state)
    after = json.loads(ran(capfd, "backtest", file, "--data", candles, "--json")[1])
    told = ran(capfd, "backtest", file, "--data", candles)[1]
    status, again, _ = ran(capfd, "backtest", file, "--data", candles, "--start", "2022-02-01", "--json")

    assert line.origin == "backtest" and line.end > before["evidence"]["holdout"]["start"]
    assert line.note == "the full window of a spec's file"
    assert after["evidence"]["holdout"]["seen"] is True and after["timeframe"] == before["timeframe"]
    assert after["results"] == before["results"] | {"sharpeTrials": 2} and "HOLDOUT_LOCKED" not in json.dumps(after)
    assert "was looked into on" in " ".join(told.split()) and "is locked" not in told
    assert status == 0 and json.loads(again)["evidence"]["holdout"]["seen"] is True
    assert len(candidates_of(state)) == 3


def test_every_test_is_a_trial_with_its_daily_returns(candidates_of, candles, strategy, capfd, tmp_path):
    state = tmp_path / "state"
    other = {"indicators": {**SMA_CROSS["indicators"], "sma_fast": {"type": "sma", "inputs": {"length": 9}}}}
    calls = (
        ({}, (), "trial 1 on BTC"),
        ({"name": "renamed"}, (), "tried before, so no new trial; there are 1 on BTC"),
        (other, (), "trial 2 on BTC"),
        ({}, ("--start", "2021-01-01"), "trial 3 on BTC"),
    )

    told = [ran(capfd, "backtest", strategy(**changes), "--data", candles, *window)[1] for changes, window, _ in calls]
    document = json.loads(ran(capfd, "backtest", strategy(), "--data", candles, "--json")[1])

    assert [text.splitlines()[-1] for text in told] == [f"Ledger: {words}." for *_, words in calls]
    assert document["evidence"]["trials"] == {"family": "BTC", "total": 3}
    lines = candidates_of(state)
    assert [(line.family, line.origin, line.note) for line in lines] == [("BTC+ETH", "backtest", "a spec's file")] * 3
    assert lines[0].summary.as_json() == {
        name: value for name, value in document["results"].items() if name in lines[0].summary.as_json()
    }
    assert all(line.returns_hash for line in lines)


def test_no_result_is_told_that_is_not_in_the_ledger(candles, strategy, capfd, tmp_path):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "kek.db").write_text("this is no database, but it is long enough to be taken for one" * 40)

    status, out, err = ran(capfd, "backtest", strategy(), "--data", candles)

    assert status == 2 and "SMA Cross" not in out and "database" in err


@pytest.fixture
def candidates_of():
    from storage.database import open_database
    from storage.records import LOCAL_USER

    def lines(state):
        database = open_database(f"sqlite:///{state / 'kek.db'}")
        with database.read() as work:
            found = work.trials.all(LOCAL_USER)
        database.close()
        return found

    return lines


def test_a_window_is_measured_exactly(candles, strategy, capfd):
    status, out, _ = ran(
        capfd,
        "backtest",
        strategy(),
        "--data",
        candles,
        "--start",
        "2021-01-01",
        "--end",
        "2021-02-01T12:00Z",
        "--json",
    )

    frame = json.loads(out)["timeframe"]
    assert status == 0 and (frame["start"], frame["end"]) == ("2021-01-01T00:00:00Z", "2021-02-01T12:00:00Z")


def test_a_variant_is_tested_by_its_name(candles, strategy, capfd):
    file = strategy(variants=[{"id": "fast", "overrides": {"indicators.sma_fast.inputs.length": 5}}])

    plain = json.loads(ran(capfd, "backtest", file, "--data", candles, "--json")[1])
    status, out, _ = ran(capfd, "backtest", file, "--data", candles, "--variant", "fast", "--json")
    document = json.loads(out)

    assert status == 0 and document["variantId"] == "fast"
    assert document["results"]["tradeCount"] > plain["results"]["tradeCount"]
    status, out, _ = ran(capfd, "backtest", file, "--data", candles, "--variant", "fats", "--json")
    assert status == 1 and "fast" in out


def test_reports_are_written_where_asked(candles, strategy, capfd, tmp_path):
    out = tmp_path / "out"
    status, _, err = ran(
        capfd,
        "backtest",
        strategy(),
        "--data",
        candles,
        "--html",
        out / "report.html",
        "--markdown",
        out / "report.md",
        "--csv",
        out / "csv",
    )

    assert status == 0
    assert {path.name for path in out.rglob("*") if path.is_file()} == {
        "report.html",
        "report.md",
        "trades.csv",
        "fills.csv",
        "equity.csv",
        "events.csv",
    }
    assert err.count("wrote") == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--start", "yesterday"], "is not a time"),
        (["--start", "2021-02-01", "--end", "2021-01-01"], "is empty"),
        (["--end", "1999-01-01"], "no candles"),
        (["--equity", "0"], "initial_equity"),
        (["--equity", "nan"], "initial_equity"),
        (["--variant", "none"], "none"),
    ],
)
def test_wrong_arguments_are_told_in_a_line(candles, strategy, capfd, arguments, words):
    status, out, err = ran(capfd, "backtest", strategy(), "--data", candles, *arguments)

    assert status == 1 and words in err and "Traceback" not in err and out == ""


def test_problems_of_a_spec_are_listed_with_their_paths(candles, strategy, capfd):
    file = strategy(sizing={"mode": "percent_equity", "value": 3})

    status, out, _ = ran(capfd, "backtest", file, "--data", candles, "--json")

    document = json.loads(out)
    assert status == 1 and document["valid"] is False
    errors = [problem["path"] for problem in document["problems"] if problem["severity"] == "error"]
    assert errors == ["$.sizing.value"]


def test_a_protection_that_can_never_act_is_refused_by_name(candles, strategy, capfd):
    target = {"type": "percent", "value": 0.02}
    file = strategy(risk={"take_profit": target, "breakeven": {"at": 0.03}})

    status, out, _ = ran(capfd, "backtest", file, "--data", candles, "--json")

    assert status == 1 and [p["code"] for p in json.loads(out)["problems"]] == ["NEVER_ACTS"]


def test_missing_candles_say_what_to_import(candles, strategy, capfd):
    file = strategy(universe={"assets": ["SOL"], "quote": "USDT", "timeframe": "1h"})

    status, _, err = ran(capfd, "backtest", file, "--data", candles)

    assert status == 1 and "kek data import" in err


def test_a_folder_that_is_not_there_is_told(strategy, capfd, tmp_path):
    status, _, err = ran(capfd, "backtest", strategy(), "--data", tmp_path / "nowhere")

    assert status in (1, 2) and "nowhere" in err and "Traceback" not in err


def test_a_picture_of_no_known_kind_is_refused_before_anything_is_written(candles, strategy, capfd, tmp_path):
    page = tmp_path / "out" / "page.html"

    assert main(["backtest", strategy(), "--data", str(candles), "--html", str(page), "--picture", "x.gif"]) == 1

    assert "it must end in .png or .svg" in capfd.readouterr().err
    assert not page.exists()


def test_a_report_that_cannot_be_written_is_told_by_the_name_that_was_given(candles, strategy, capfd, tmp_path):
    assert main(["backtest", strategy(), "--data", str(candles), "--html", str(tmp_path)]) == 2

    assert capfd.readouterr().err.splitlines()[-1] == f"kek: {tmp_path}: Is a directory"
    assert not [path for path in tmp_path.parent.iterdir() if path.name.startswith(f".{tmp_path.name}")]
