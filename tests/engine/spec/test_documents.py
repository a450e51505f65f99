"""The examples of the specification and of the data models, one by one and composed into whole specs."""

from __future__ import annotations

from typing import Any

import pytest
from reference.json_schema import schema_errors
from reference.spec_edits import MINIMAL, edited

from engine.spec import check, json_schema, spec_hash
from engine.spec.examples import SMA_CROSS

UNIVERSE = {
    "assets": ["BTC", "ETH"],
    "quote": "USDT",
    "timeframe": "1h",
    "venue": "orderly",
    "market_type": "perp",
}
INDICATORS = {
    "rsi_14": {"type": "rsi", "inputs": {"length": 14, "source": "close"}},
    "ema_50": {"type": "ema", "inputs": {"length": 50, "source": "close"}},
    "ema_fast": {"type": "ema", "inputs": {"length": 20}},
    "ema_slow": {"type": "ema", "inputs": {"length": 60}},
}
SIGNALS = {
    "entry": [
        {
            "when": "and",
            "conditions": [
                {"when": "crosses_above", "left": "ema_fast", "right": "ema_slow"},
                {"when": "lt", "left": "rsi_14", "value": 70},
            ],
        }
    ],
    "exit": [{"when": "crosses_below", "left": "ema_fast", "right": "ema_slow"}],
}
SIZING = {"mode": "percent_equity", "value": 0.10, "max_positions": 3}
RISK = {
    "max_leverage": 2,
    "max_position_pct": 0.20,
    "max_total_exposure_pct": 0.50,
    "stop_loss": {"type": "percent", "value": 0.02},
    "take_profit": {"type": "percent", "value": 0.04},
    "max_drawdown_pct": 0.15,
}
EXECUTION = {
    "mode": "paper",
    "slippage_model": "conservative",
    "max_orders_per_hour": 12,
    "allowed_venues": ["orderly"],
}
VARIANTS = [
    {"id": "v1", "overrides": {"indicators.ema_fast.inputs.length": 20, "indicators.ema_slow.inputs.length": 60}},
    {"id": "v2", "overrides": {"indicators.ema_fast.inputs.length": 10, "indicators.ema_slow.inputs.length": 40}},
]
WHOLE: dict[str, Any] = {
    "id": "strat_002",
    "name": "EMA cross with a filter",
    "version": "1.0",
    "description": "Every fragment of the specification in one strategy",
    "universe": UNIVERSE,
    "indicators": INDICATORS,
    "signals": SIGNALS,
    "sizing": SIZING,
    "risk": RISK,
    "execution": EXECUTION,
    "variants": VARIANTS,
    "metadata": {"tags": ["trend"], "author": "somebody", "provenance": {"generatedBy": "user"}, "notes": "two\nlines"},
}
IN_CAMEL_CASE: dict[str, Any] = {
    **{name: WHOLE[name] for name in ("id", "name", "version", "description", "indicators", "signals", "variants")},
    "universe": {
        "assets": ["BTC", "ETH"],
        "quote": "USDT",
        "timeframe": "1h",
        "venue": "orderly",
        "marketType": "perp",
    },
    "sizing": {"mode": "percent_equity", "value": 0.10, "maxPositions": 3},
    "risk": {
        "maxLeverage": 2,
        "maxPositionPct": 0.20,
        "maxTotalExposurePct": 0.50,
        "stopLoss": {"type": "percent", "value": 0.02},
        "takeProfit": {"type": "percent", "value": 0.04},
        "maxDrawdownPct": 0.15,
    },
    "execution": {
        "mode": "paper",
        "slippageModel": "conservative",
        "maxOrdersPerHour": 12,
        "allowedVenues": ["orderly"],
    },
    "metadata": WHOLE["metadata"],
}
"""The same strategy with the field names of the data models."""


def test_the_minimum_viable_strategy_is_valid_and_warned_of_leverage_on_spot() -> None:
    checked = check(SMA_CROSS)

    assert checked.valid
    assert [(problem.path, problem.code, problem.severity) for problem in checked.problems] == [
        ("$.risk.max_leverage", "SPOT_LEVERAGE", "warning")
    ]


def test_every_fragment_of_the_specification_makes_one_valid_spec() -> None:
    checked = check(WHOLE)

    assert checked.problems == ()
    assert checked.spec is not None
    assert checked.spec.universe.market_type == "perp"
    assert checked.spec.risk.stop_loss is not None
    assert checked.spec.risk.stop_loss.value == 0.02
    assert [variant.id for variant in checked.spec.variants or ()] == ["v1", "v2"]


def test_the_data_models_spelling_means_the_same_spec() -> None:
    ours, theirs = check(WHOLE), check(IN_CAMEL_CASE)

    assert theirs.problems == ()
    assert ours.spec == theirs.spec
    assert ours.spec is not None
    assert theirs.spec is not None
    assert spec_hash(ours.spec) == spec_hash(theirs.spec)


@pytest.mark.parametrize("spec", [MINIMAL, SMA_CROSS, WHOLE], ids=["minimal", "sma_cross", "whole"])
def test_the_examples_fit_the_json_schema(spec: dict[str, Any]) -> None:
    assert list(schema_errors(json_schema(), spec)) == []


@pytest.mark.parametrize("when", ["gt", "gte", "lt", "lte", "eq", "crosses_above", "crosses_below"])
@pytest.mark.parametrize("operand", [{"right": "ema_50"}, {"value": 30}], ids=["right", "value"])
def test_every_comparison_takes_right_or_value(when: str, operand: dict[str, Any]) -> None:
    condition = {"when": when, "left": "rsi_14", **operand}
    spec = edited({"signals.entry": [condition], "indicators": INDICATORS, "signals.exit": SIGNALS["exit"]})

    assert check(spec).valid


@pytest.mark.parametrize("mode", ["percent_equity", "fixed_notional", "volatility_target"])
def test_every_sizing_mode_of_the_specification_is_valid(mode: str) -> None:
    assert check(edited({"sizing": {"mode": mode, "value": 0.1, "max_positions": 3}})).valid


@pytest.mark.parametrize("name", ["stop_loss", "take_profit"])
@pytest.mark.parametrize("level", [("percent", 0.02), ("atr", 2), ("price", 100)])
def test_every_type_of_stop_and_target_is_valid(name: str, level: tuple[str, float]) -> None:
    kind, value = level
    spec = edited({f"risk.{name}": {"type": kind, "value": value}, "universe.assets": ["BTC"]})

    assert check(spec).problems == ()


@pytest.mark.parametrize("model", ["basic", "conservative"])
@pytest.mark.parametrize("mode", ["paper", "live"])
def test_every_execution_mode_and_slippage_model_passes_without_a_warning(mode: str, model: str) -> None:
    assert check(edited({"execution": {"mode": mode, "slippage_model": model}})).problems == ()


@pytest.mark.parametrize("timeframe", ["1m", "5m", "15m", "1h", "4h", "1d"])
def test_every_timeframe_of_the_specification_is_supported(timeframe: str) -> None:
    assert check(edited({"universe.timeframe": timeframe})).valid


@pytest.mark.parametrize("name", ["id", "name", "version", "universe", "indicators", "signals", "sizing", "risk",
                                  "execution"])  # fmt: skip
def test_every_required_field_is_required(name: str) -> None:
    spec = {field: value for field, value in MINIMAL.items() if field != name}

    problems = check(spec).problems

    assert [(problem.path, problem.code) for problem in problems] == [(f"$.{name}", "MISSING_FIELD")]
    assert any(schema_errors(json_schema(), spec))
