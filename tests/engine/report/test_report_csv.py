"""The CSV files: what is written reads back to the same numbers."""

from __future__ import annotations

import csv
import math
from dataclasses import replace

import numpy as np
import pytest

from engine.backtest.events import Event, events_from
from engine.report import write_csv
from engine.report.figures import iso

START = 1_577_836_800_000


def lines(path):
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@pytest.fixture
def files(result, tmp_path):
    paths = write_csv(result, tmp_path / "deep" / "folder")
    return {path.name: lines(path) for path in paths}


def test_every_number_of_a_trade_reads_back_exactly(result, files):
    for row, trade in zip(files["trades.csv"], result.trades, strict=True):
        for name in ("quantity", "entry_price", "exit_price", "net_profit", "return_fraction", "mae_fraction", "fees"):
            assert float(row[name]) == getattr(trade, name)
        assert (row["asset"], row["side"], int(row["entry_bar"])) == (trade.asset, trade.side, trade.entry_bar)
        assert row["entry_time"] == iso(trade.entry_time)


def test_an_open_trade_is_marked_and_has_no_exit(files):
    *closed, last = files["trades.csv"]

    assert (last["status"], last["exit_bar"], last["exit_time"], last["reason"]) == ("open", "", "", "")
    assert {row["status"] for row in closed} == {"closed"}
    assert {row["reason"] for row in closed} == {"signal", "stop_loss", "take_profit"}


def test_fills_read_back_in_order(result, files):
    for row, fill in zip(files["fills.csv"], result.fills, strict=True):
        assert (row["asset"], row["side"], row["reason"]) == (fill.asset, fill.side, fill.reason)
        assert (row["time"], row["moment"]) == (iso(fill.time), fill.moment)
        assert float(row["price"]) == fill.price


def test_the_equity_file_has_one_line_per_bar(result, files):
    rows = files["equity.csv"]

    np.testing.assert_array_equal([float(row["equity"]) for row in rows], result.equity)
    np.testing.assert_array_equal([float(row["buy_and_hold"]) for row in rows], result.benchmark)
    deepest = max(float(row["drawdown_fraction"]) for row in rows)
    assert deepest == pytest.approx(result.summary.max_drawdown_pct, rel=1e-12)
    assert rows[0]["time"].endswith("Z")


def test_events_read_back_with_the_sentence_of_each(result, tmp_path):
    seen = [
        Event(4, START, "BTC", "long", "opened", "entry", 100.0, 2.0, 95.0, None),
        Event(9, START + 3_600_000, "ETH", "short", "rejected", "cooldown_bars", None, None, 2.0, 3.0),
    ]
    told = replace(result.simulation, events=events_from(seen, ["BTC", "ETH"]))

    rows = lines(write_csv(replace(result, simulation=told), tmp_path)[3])

    assert [row["note"] for row in rows] == [event.note for event in seen]
    assert [(row["state"], row["reason"], row["price"]) for row in rows] == [
        ("opened", "entry", "100.0"),
        ("rejected", "cooldown_bars", ""),
    ]
    assert rows[0]["time"] == iso(START) and rows[1]["quantity"] == ""


def test_an_exposure_without_a_value_is_an_empty_cell(result, tmp_path):
    exposure = result.simulation.exposure.copy()
    exposure[3] = math.nan
    changed = replace(result, simulation=replace(result.simulation, exposure=exposure))

    rows = lines(write_csv(changed, tmp_path)[2])

    assert rows[3]["exposure"] == ""


def test_a_name_that_looks_like_a_formula_is_written_as_text(make_result, tmp_path):
    hostile = make_result(4, 200, "1d", assets=("=cmd|' /C calc'!A0", "@SUM(1)"))

    trades = (write_csv(hostile, tmp_path)[0]).read_text()

    assert "\n=" not in trades
    assert "\n@" not in trades
    assert "'=cmd|" in trades


def test_no_trades_leave_a_file_with_its_heading(make_result, tmp_path):
    paths = write_csv(make_result(0, 40, "1d"), tmp_path)

    assert [len(path.read_text().splitlines()) for path in paths] == [1, 1, 41, 1]


def test_a_file_that_cannot_be_written_leaves_nothing_behind(result, tmp_path):
    (tmp_path / "equity.csv").mkdir()

    with pytest.raises(OSError, match=r"equity\.csv"):
        write_csv(result, tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["equity.csv", "fills.csv", "trades.csv"]


def test_times_between_seconds_keep_their_milliseconds(result, tmp_path):
    time = result.simulation.time.copy()
    time[1] += 250
    changed = replace(result, simulation=replace(result.simulation, time=time))

    rows = lines(write_csv(changed, tmp_path)[2])

    assert [row["time"] for row in rows] == [iso(moment) for moment in time.tolist()]
