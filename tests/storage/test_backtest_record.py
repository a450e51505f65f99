"""A result as the data models' BacktestRun: names, units and optionality as their document says."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from engine.backtest.run import backtest
from engine.market.bars import make_bars
from engine.market.demo import DemoMarket
from engine.market.memory import MemoryMarket
from engine.spec.examples import SMA_CROSS
from storage.records import BacktestRun, PerformanceSummary
from storage.results import backtest_run, plain

HOUR = 3_600_000


def walk(symbol, seed, n=2_000):
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, n)))
    open_ = np.concatenate(([100.0], close[:-1]))
    high, low = np.maximum(open_, close) * 1.001, np.minimum(open_, close) * 0.999
    return make_bars(symbol, "1h", np.arange(n) * HOUR, open_, high, low, close, np.ones(n))


@pytest.fixture(scope="module")
def result():
    return backtest(SMA_CROSS, MemoryMarket([walk("BTCUSDT", 1), walk("ETHUSDT", 2)], name="made up"))


@pytest.fixture(scope="module")
def run(result):
    return backtest_run(result, run_id="run_1", created_at="2026-01-01T00:00:00.000Z")


def test_required_fields_stand_under_their_names(run):
    document = run.as_json()

    assert {"id", "strategyRecordId", "createdAt", "timeframe", "dataset", "results"} <= set(document)
    assert document["strategyRecordId"] == "strat_001"
    assert document["timeframe"] == {
        "start": "1970-01-01T00:00:00Z",
        "end": "1970-03-25T08:00:00Z",
        "candleInterval": "1h",
    }
    assert document["dataset"] == {"provider": "made up", "symbolSet": ["BTCUSDT", "ETHUSDT"]}


def test_figures_are_fractions_and_those_of_the_result(run, result):
    figures = run.as_json()["results"]

    assert figures["returnsPct"] == pytest.approx(result.equity[-1] / 10_000 - 1)
    assert figures["maxDrawdownPct"] == result.summary.max_drawdown_pct < 1
    assert figures["tradeCount"] == len(run.trades) == result.trades.closed.sum()


def test_every_trade_is_there_and_open_ones_apart(run, result):
    assert len(run.trades) + len(run.open_positions) == len(result.trades)
    assert all(trade.exit_time and trade.reason and trade.mark_price is None for trade in run.trades)
    assert all(trade.exit_time is None and trade.mark_price for trade in run.open_positions)


def test_nothing_on_the_wire_is_null_or_not_finite(run):
    def numbers(value):
        if isinstance(value, dict):
            return [found for item in value.values() for found in numbers(item)]
        if isinstance(value, list):
            return [found for item in value for found in numbers(item)]
        return [value]

    found = numbers(run.as_json())

    assert None not in found
    assert all(math.isfinite(value) for value in found if isinstance(value, float))
    json.dumps(run.as_json(), allow_nan=False)


def test_notices_keep_their_codes_and_their_words(run):
    document = run.as_json()

    assert any(text.startswith("DEFAULT_ASSUMED") for text in document["diagnostics"]["notes"])
    assert {notice["code"] for notice in document["evidence"]["notices"]} >= {"NO_HOLDOUT", "DEFAULT_ASSUMED"}
    assert document["evidence"]["verdict"] == "UNPROVEN"


def test_a_record_reads_back_as_it_was_written(run):
    assert BacktestRun.model_validate_json(json.dumps(run.as_json())) == run


def test_a_figure_without_a_value_is_left_out():
    assert PerformanceSummary(net_profit=0.0).as_json() == {"netProfit": 0.0}


def test_plain_data_has_plain_names_and_numbers():
    assert plain({"first_bar": np.int64(3), "none": None, "rows": (np.float64(0.5),)}) == {"firstBar": 3, "rows": [0.5]}


def backwards(value):
    """Return JSON data with the members of every object in the other order."""
    if isinstance(value, dict):
        return {key: backwards(value[key]) for key in reversed(value)}
    return [backwards(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", ["rsi_dip", "golden_cross", "breakout_both_ways"])
def test_the_order_in_which_a_spec_names_things_changes_nothing(name):
    spec = json.loads((Path(__file__).parents[2] / "examples" / f"{name}.json").read_text("utf-8"))
    market = DemoMarket()

    written, other = (
        backtest(one, market, start=1_546_300_800_000, end=1_577_836_800_000) for one in (spec, backwards(spec))
    )

    assert backtest_run(written, run_id="r", created_at="t") == backtest_run(other, run_id="r", created_at="t")
