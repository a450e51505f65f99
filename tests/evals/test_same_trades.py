"""Two specs are the same when their trades are; what differs is found, and what cannot be run is counted apart."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from engine.market.timeframe import TIMEFRAMES
from evals.markets import N_BARS, SEEDS, generated_bars
from evals.run import Run
from evals.same_trades import compare_case, compare_run, price_level, totals, trade_lines
from evals.solvers import Solved

REFERENCE: dict[str, Any] = {
    "id": "r", "name": "r", "version": "1.0",
    "universe": {"assets": ["BTC"], "timeframe": "4h", "market_type": "spot"},
    "indicators": {"fast": {"type": "ema", "inputs": {"length": 9}}, "slow": {"type": "ema", "inputs": {"length": 21}}},
    "signals": {
        "entry": [{"when": "crosses_above", "left": "fast", "right": "slow"}],
        "exit": [{"when": "crosses_below", "left": "fast", "right": "slow"}],
    },
    "sizing": {"mode": "percent_equity", "value": 0.1},
    "risk": {"max_leverage": 1, "stop_loss": {"type": "percent", "value": 0.04}},
    "execution": {"mode": "paper"},
}  # fmt: skip


def a_case(reference: dict[str, Any] = REFERENCE, **expected: Any) -> dict[str, Any]:
    wanted = {"assets": ["BTC"], "sizing": {"mode": "percent_equity", "value": 0.1}, **expected}
    return {"id": "a", "disposition": "build", "expected": wanted, "reference": reference}


def changed(path: str, value: Any) -> dict[str, Any]:
    spec = copy.deepcopy(REFERENCE)
    *above, name = path.split(".")
    holder: Any = spec
    for one in above:
        holder = holder[one]
    holder[name] = value
    return spec


def test_a_spec_trades_like_itself_and_trades_at_all() -> None:
    found = compare_case(a_case(), REFERENCE)

    assert (found.outcome, found.detail) == ("same", "")
    assert found.trades > 100


def test_another_way_to_write_a_spec_trades_the_same() -> None:
    spec = copy.deepcopy(REFERENCE)
    spec["indicators"] = {"a": {"type": "EMA", "inputs": {"period": 21}}, "b": {"type": "ema", "inputs": {"length": 9}}}
    spec["signals"]["entry"] = [{"when": "crosses_below", "left": "a", "right": "b"}]
    spec["signals"]["exit"] = [{"when": "crosses_below", "left": "b - a", "value": 0}]
    spec["universe"]["assets"] = ["BTC/USDT"]

    assert compare_case(a_case(), spec).outcome == "same"


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("risk.stop_loss.value", 0.05, "trade"),
        ("indicators.fast.inputs.length", 10, "_time"),
        ("signals.exit", [], "trade"),
        ("sizing.value", 0.2, "quantity"),
        ("universe.assets", ["ETH"], "assets: BTC became ETH"),
        ("universe.timeframe", "1h", "no 1h candles"),
    ],
)
def test_a_spec_that_trades_otherwise_is_told_apart(path: str, value: Any, where: str) -> None:
    found = compare_case(a_case(), changed(path, value))

    assert found.outcome == "different"
    assert where in found.detail


def test_a_size_the_text_does_not_state_makes_no_difference() -> None:
    assert compare_case(a_case(sizing=None), changed("sizing.value", 0.2)).outcome == "same"


def test_an_asset_the_text_does_not_state_makes_no_difference() -> None:
    assert compare_case(a_case(assets=None), changed("universe.assets", ["ETH"])).outcome == "same"


@pytest.mark.parametrize(
    ("spec", "outcome"),
    [
        (None, "no_spec"),
        (changed("universe", 3), "not_readable"),
    ],
)
def test_what_cannot_be_compared_is_counted_apart(spec: Any, outcome: str) -> None:
    found = compare_case(a_case(), spec)
    result = totals((found, compare_case(a_case(), REFERENCE)))

    assert found.outcome == outcome and found.detail
    assert result["same"] == 1
    assert result["n"] == 2
    assert "same trades as the reference: 1 of 2" in "\n".join(trade_lines(result, explain=True))


def test_only_what_says_nothing_of_it_is_silently_wrong() -> None:
    case, spec = a_case(), changed("risk.stop_loss.value", 0.05)
    answer = {"id": "a", "disposition": "build", "spec": spec, "reply": "", "question": None}

    def counted(**more: Any) -> dict[str, Any]:
        return totals(compare_run(Run("told", (case,), {"a": Solved(answer, "told", **more)})))

    assert (counted()["silentlyWrong"], counted(left_out=("stop",))["silentlyWrong"]) == (1, 0)
    assert "different (told)" in "\n".join(trade_lines(counted(left_out=("stop",)), explain=True))


def test_the_generated_markets_are_the_same_every_time_and_unlike_each_other() -> None:
    one, again = generated_bars("BTC", "1h", SEEDS[0]), generated_bars("BTC", "1h", SEEDS[0])
    others = [generated_bars("BTC", "1h", SEEDS[1]), generated_bars("ETH", "1h", SEEDS[0])]

    assert one.data_hash() == again.data_hash()
    assert one.n_bars == N_BARS
    assert all(not np.array_equal(one.close, other.close) for other in others)


@pytest.mark.parametrize("timeframe", TIMEFRAMES)
def test_a_generated_market_stays_around_its_level(timeframe: str) -> None:
    close = generated_bars("BTC", timeframe, SEEDS[0], level=50_000.0).close

    assert 10_000 < np.exp(np.log(close).mean()) < 200_000


def test_a_market_lies_around_the_prices_a_spec_names() -> None:
    level = {"risk": {"stop_loss": {"type": "price", "value": 90.0}}}
    band = {"signals": {"entry": [{"when": "between", "left": "close", "low": 1.0, "high": 1.2}]}}

    assert price_level(level) == 90.0
    assert price_level(band) == 1.2
    assert price_level({"signals": {"entry": [{"when": "gt", "left": "rsi_14", "value": 30}]}}) == 100.0
