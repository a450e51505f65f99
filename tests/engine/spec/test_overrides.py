"""Overrides and variants: what a path may reach, that limits only tighten, that the result is checked whole."""

from __future__ import annotations

from typing import Any

import pytest
from reference.spec_edits import edited

from engine import MemoryMarket, make_bars
from engine.spec import apply_overrides, apply_variant, check
from engine.spec.canonical import plain
from engine.spec.models import StrategySpec

BASE = edited(
    {
        "universe.market_type": "perp",
        "indicators.k": {"type": "keltner", "inputs": {"length": 20}},
        "signals.entry": [
            {
                "when": "and",
                "conditions": [
                    {"when": "crosses_above", "left": "sma_fast", "right": "sma_slow"},
                    {"when": "gt", "left": "close", "value": 100},
                ],
            }
        ],
        "sizing.max_positions": 3,
        "risk": {
            "max_leverage": 2,
            "max_position_pct": 0.2,
            "max_drawdown_pct": 0.2,
            "stop_loss": {"type": "percent", "value": 0.02},
        },
        "variants": [{"id": "v1", "overrides": {"sizing.value": 0.05}}],
    }
)


def base() -> StrategySpec:
    spec = check(BASE).spec
    assert spec is not None
    return spec


def at(spec: Any, path: str) -> Any:
    value = plain(spec)
    for step in path.split("."):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("indicators.sma_fast.inputs.length", 10, "indicators.sma_fast.inputs.length"),
        ("indicators.sma_fast.inputs.period", 10, "indicators.sma_fast.inputs.length"),
        ("indicators.k.inputs.atr_length", 12, "indicators.k.inputs.atr_length"),
        ("indicators.k.inputs.atrLength", 12, "indicators.k.inputs.atr_length"),
        ("indicators.sma_fast.type", "ema", "indicators.sma_fast.type"),
        ("signals.entry.0.conditions.1.value", 120.5, "signals.entry.0.conditions.1.value"),
        ("signals.entry[0].conditions[1].value", 120, "signals.entry.0.conditions.1.value"),
        ("signals.entry.0.for_bars", 2, "signals.entry.0.for_bars"),
        ("signals.entry.0.forBars", 2, "signals.entry.0.for_bars"),
        ("signals.opposite_entry", "reverse", "signals.opposite_entry"),
        ("sizing.value", 0.05, "sizing.value"),
        ("sizing.max_positions", 2, "sizing.max_positions"),
        ("sizing.maxPositions", 2, "sizing.max_positions"),
        ("risk.stop_loss.value", 0.5, "risk.stop_loss.value"),
        ("risk.stopLoss.value", 0.05, "risk.stop_loss.value"),
        ("risk.stop_loss", {"type": "atr", "value": 3}, "risk.stop_loss"),
        ("risk.take_profit", {"type": "percent", "value": 0.1}, "risk.take_profit"),
        ("risk.max_leverage", 1, "risk.max_leverage"),
        ("risk.max_drawdown_pct", 0.1, "risk.max_drawdown_pct"),
        ("risk.max_total_exposure_pct", 0.5, "risk.max_total_exposure_pct"),
        ("execution.fill", "close", "execution.fill"),
        ("execution.fees.taker", 0.001, "execution.fees.taker"),
        ("execution.slippage_model", "conservative", "execution.slippage_model"),
        ("execution.slippageModel", "conservative", "execution.slippage_model"),
    ],
)
def test_an_override_reaches_its_field(path: str, value: object, where: str) -> None:
    spec = base()

    applied = apply_overrides(spec, {path: value})

    assert applied.problems == ()
    assert at(applied.spec, where) == value
    assert spec == base()
    assert applied.spec is not None
    assert applied.spec.variants is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", "x"),
        ("name", "x"),
        ("version", "2.0"),
        ("metadata.tags", []),
        ("variants.0.id", "x"),
        ("universe.assets", ["BTC"]),
        ("universe.timeframe", "4h"),
        ("execution.mode", "live"),
        ("execution", {"mode": "live"}),
        ("execution.max_orders_per_hour", 100),
        ("execution.allowed_venues", []),
        ("risk", {}),
        ("indicators", {}),
        ("", 1),
        (".", 1),
        ("sizing..value", 0.1),
        ("sizing.value.", 0.1),
        (".sizing.value", 0.1),
        ("sizing.__class__", 0.1),
        ("__proto__.x", 1),
        ("sizing.valeu", 0.1),
        ("sizing.value.x", 0.1),
        ("indicators.sma_fats.inputs.length", 10),
        ("signals.entry.1.value", 1),
        ("signals.entry.-1.value", 1),
        ("signals.entry.first.value", 1),
        ("signals entry", 1),
    ],
)
def test_a_path_that_names_nothing_or_may_not_be_reached_is_refused(path: str, value: object) -> None:
    applied = apply_overrides(base(), {path: value})

    assert applied.spec is None
    assert [problem.code for problem in applied.problems] == ["BAD_OVERRIDE"]
    assert applied.problems[0].path.startswith("$.overrides")


def test_a_misspelt_step_is_told_with_the_nearest() -> None:
    (problem,) = apply_overrides(base(), {"indicators.sma_fats.inputs.length": 10}).problems

    assert problem.path == '$.overrides["indicators.sma_fats.inputs.length"]'
    assert problem.suggestion == "sma_fast"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("risk.max_leverage", 3),
        ("risk.max_leverage", 2.0001),
        ("risk.max_position_pct", 0.21),
        ("risk.max_drawdown_pct", 0.5),
        ("risk.maxDrawdownPct", 0.5),
        ("sizing.max_positions", 4),
    ],
)
def test_a_limit_is_never_loosened(path: str, value: float) -> None:
    (problem,) = apply_overrides(base(), {path: value}).problems

    assert (problem.path, problem.code) == (f'$.overrides["{path}"]', "LOOSENED_LIMIT")


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("sizing.value", "0.1", "WRONG_TYPE"),
        ("sizing.value", True, "WRONG_TYPE"),
        ("sizing.value", None, "WRONG_TYPE"),
        ("sizing.max_positions", None, "WRONG_TYPE"),
        ("indicators.sma_fast.inputs.length", "10", "WRONG_TYPE"),
        ("indicators.sma_fast.inputs.length", 10.5, "INPUT_TYPE"),
        ("indicators.sma_fast.inputs.length", 0, "INPUT_RANGE"),
        ("indicators.sma_fast.inputs.lenght", 10, "UNKNOWN_INPUT"),
        ("signals.entry.0.conditions.0.left", "sma_fats", "UNKNOWN_REFERENCE"),
        ("signals.entry.0.when", "not", "ARITY"),
        ("sizing.value", 2, "IMPOSSIBLE_SIZE"),
        ("risk.stop_loss.type", "price", "PRICE_LEVEL_SCOPE"),
        ("risk.stop_loss", {"value": 1}, "MISSING_FIELD"),
        ("sizing.value", float("nan"), "NUMBER_RANGE"),
    ],
)
def test_what_is_wrong_with_the_result_is_told_at_the_override(path: str, value: object, code: str) -> None:
    applied = apply_overrides(base(), {path: value})

    assert applied.spec is None
    assert [problem.code for problem in applied.problems] == [code]
    if code != "NUMBER_RANGE":
        assert applied.problems[0].path == f'$.overrides["{path}"]'


def test_two_overrides_of_which_one_holds_the_other_are_refused() -> None:
    overrides = {"risk.stop_loss": {"type": "percent", "value": 0.1}, "risk.stop_loss.value": 0.2}

    assert [problem.code for problem in apply_overrides(base(), overrides).problems] == ["BAD_OVERRIDE"]


def test_the_same_field_in_two_spellings_is_refused() -> None:
    problems = apply_overrides(base(), {"sizing.max_positions": 1, "sizing.maxPositions": 2}).problems

    assert {problem.code for problem in problems} == {"BAD_OVERRIDE"}


def test_problems_of_several_overrides_are_found_at_once() -> None:
    problems = apply_overrides(base(), {"risk.max_leverage": 5, "sizing.valeu": 1, "name": "x"}).problems

    assert {problem.code for problem in problems} == {"LOOSENED_LIMIT", "BAD_OVERRIDE"}
    assert len(problems) == 3


@pytest.mark.parametrize(
    ("overrides", "path", "code"),
    [
        ({"risk.max_leverage": 3}, '$.variants[1].overrides["risk.max_leverage"]', "LOOSENED_LIMIT"),
        ({"execution.mode": "live"}, '$.variants[1].overrides["execution.mode"]', "BAD_OVERRIDE"),
        (
            {"indicators.sma_fast.inputs.length": 0},
            '$.variants[1].overrides["indicators.sma_fast.inputs.length"]',
            "INPUT_RANGE",
        ),
    ],
)
def test_variants_are_checked_with_the_spec(overrides: dict[str, Any], path: str, code: str) -> None:
    spec = edited({"variants": [*BASE["variants"], {"id": "v2", "overrides": overrides}]}, BASE)

    checked = check(spec)

    assert checked.spec is None
    assert [(problem.path, problem.code) for problem in checked.problems] == [(path, code)]


def test_a_problem_between_two_overrides_is_told_at_the_variant() -> None:
    changed = {"sizing.mode": "fixed_notional", "risk.max_leverage": 1, "risk.max_position_pct": 0.1}
    overrides = {"risk.max_leverage": 1, "sizing.value": 0.05}
    spec = edited({"risk.max_position_pct": 1.5, "variants": [{"id": "v", "overrides": overrides}]}, BASE)

    assert check(edited({"variants": [{"id": "v", "overrides": changed}]}, BASE)).valid
    (problem,) = check(spec).problems
    assert (problem.path, problem.code) == ("$.variants[0].overrides", "OUT_OF_BOUNDS")
    assert "$.risk.max_position_pct" in problem.message


def test_variants_have_names_of_their_own() -> None:
    spec = edited({"variants": [{"id": "v", "overrides": {}}, {"id": "v", "overrides": {}}]})

    assert [(problem.path, problem.code) for problem in check(spec).problems] == [
        ("$.variants[1].id", "DUPLICATE_VARIANT")
    ]


def test_a_variant_is_applied_by_its_name() -> None:
    applied = apply_variant(base(), "v1")

    assert applied.spec is not None
    assert applied.spec.sizing.value == 0.05


def test_an_unknown_variant_is_told_with_the_nearest() -> None:
    (problem,) = apply_variant(base(), "v11").problems

    assert (problem.code, problem.suggestion, problem.allowed) == ("UNKNOWN_VARIANT", "v1", ("v1",))


def test_a_variant_has_32_overrides_at_most() -> None:
    overrides = {f"indicators.sma_fast.inputs.length{n}": 9 for n in range(33)}

    assert [problem.code for problem in apply_overrides(base(), overrides).problems] == ["OUT_OF_BOUNDS"]


def test_a_part_of_a_list_that_is_no_object_has_nothing_inside() -> None:
    problems = apply_overrides(base(), {"signals.entry.0.when.x": 1}).problems

    assert [problem.code for problem in problems] == ["BAD_OVERRIDE"]
    assert "has nothing inside" in problems[0].message


@pytest.mark.parametrize("whole", [{"a": 1}, {"type": 3, "inputs": {}}, {"type": "no_such", "inputs": {}}])
def test_an_indicator_replaced_and_changed_inside_is_refused_whatever_was_put_there(whole: dict[str, Any]) -> None:
    overrides = {"indicators.sma_fast": whole, "indicators.sma_fast.inputs.length": 5}

    assert "BAD_OVERRIDE" in {problem.code for problem in apply_overrides(base(), overrides).problems}


def test_a_list_put_where_none_belongs_and_changed_inside_is_refused() -> None:
    overrides = {"signals.entry.0.conditions": [[]], "signals.entry.0.conditions.0.conditions.0.left": "close"}

    assert "BAD_OVERRIDE" in {problem.code for problem in apply_overrides(base(), overrides).problems}


def test_a_variant_may_trade_an_asset_that_only_the_stored_candles_know() -> None:
    time = [1_577_836_800_000 + hour * 3_600_000 for hour in range(100)]
    ones = [1.0] * 100
    market = MemoryMarket([make_bars("ODDCOINUSDT", "1h", time, ones, ones, ones, ones, ones)])
    data = edited({"universe.assets": ["ODDCOIN"], "variants": [{"id": "v1", "overrides": {"sizing.value": 0.05}}]})

    assert check(data, catalog=market).valid
    assert not check(data).valid


# --- the life of a position

LIFE = edited(
    {
        "risk.trailing_stop": {"type": "percent", "value": 0.05, "activate_at": 0.02},
        "risk.breakeven": {"at": 0.03},
        "risk.partial_exits": [{"at": 0.04, "fraction": 0.3}, {"at": 0.08, "fraction": 0.3}],
        "risk.time_limit": {"bars": 48},
        "risk.checks": {"max_concurrent": 2, "cooldown_bars": 3, "max_daily_loss_pct": 0.05},
        "execution.entry_order": {"type": "limit", "offset": 0.01},
    },
    BASE,
)


def living() -> StrategySpec:
    spec = check({name: part for name, part in LIFE.items() if name != "variants"}).spec
    assert spec is not None
    return spec


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("risk.trailing_stop.value", 0.03, "risk.trailing_stop.value"),
        ("risk.trailingStop.activateAt", 0.01, "risk.trailing_stop.activate_at"),
        ("risk.breakeven.offset", 0.01, "risk.breakeven.offset"),
        ("risk.partial_exits[0].fraction", 0.5, "risk.partial_exits.0.fraction"),
        ("risk.partial_exits.1.at", 0.1, "risk.partial_exits.1.at"),
        ("risk.time_limit.bars", 12, "risk.time_limit.bars"),
        ("risk.checks.cooldown_bars", 1, "risk.checks.cooldown_bars"),
        ("risk.checks.max_concurrent", 1, "risk.checks.max_concurrent"),
        ("risk.checks.max_daily_loss_pct", 0.02, "risk.checks.max_daily_loss_pct"),
    ],
)
def test_an_override_reaches_the_life_of_a_position(path: str, value: float, where: str) -> None:
    checked = apply_overrides(living(), {path: value})

    assert checked.valid, checked.problems
    assert at(checked.spec, where) == value


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("risk.partial_exits[0].fraction", 0.8, "PARTS_EXCEED_WHOLE"),
        ("risk.partial_exits[0].at", 0.09, "PARTS_OUT_OF_ORDER"),
        ("risk.partial_exits[2].at", 0.09, "BAD_OVERRIDE"),
        ("risk.breakeven.offset", 0.04, "CONTRADICTION"),
        ("risk.time_limit.minutes", 60, "NO_MEANING"),
        ("risk.checks.max_concurrent", 3, "LOOSENED_LIMIT"),
        ("risk.checks.max_daily_loss_pct", 0.06, "LOOSENED_LIMIT"),
        ("execution.entry_order.offset", 0.02, "BAD_OVERRIDE"),
    ],
)
def test_a_life_that_an_override_breaks_is_told_at_the_override(path: str, value: float, code: str) -> None:
    problems = apply_overrides(living(), {path: value}).problems

    assert [(problem.path, problem.code) for problem in problems] == [(f'$.overrides["{path}"]', code)]
