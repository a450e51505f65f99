"""The first pass: fields, spellings, types and bounds, all problems at once, in the author's own spelling."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from reference.spec_edits import GONE, MINIMAL, edited

from engine.market.memory import MemoryMarket
from engine.market.timeframe import TIMEFRAMES
from engine.spec import check
from engine.spec.models import Timeframe


def problem_of(changes: dict[str, Any]) -> Any:
    """Return the one problem a change makes."""
    (problem,) = check(edited(changes)).problems
    return problem


def test_the_timeframes_of_the_model_are_those_of_the_market() -> None:
    assert get_args(Timeframe) == TIMEFRAMES


@pytest.mark.parametrize(
    ("path", "suggestion"),
    [
        ("risk.max_positon_pct", "max_position_pct"),
        ("risk.maxPositonPct", "maxPositionPct"),
        ("risk.stoploss", "stop_loss"),
        ("sizing.valeu", "value"),
        ("universe.time_frame", "timeframe"),
        ("universe.timeFrame", "timeframe"),
        ("execution.slipageModel", "slippageModel"),
        ("descripton", "description"),
        ("signals.opositeEntry", "oppositeEntry"),
    ],
)
def test_an_unknown_field_is_refused_with_the_nearest_name_in_its_own_spelling(path: str, suggestion: str) -> None:
    problem = problem_of({path: "x"})

    assert (problem.path, problem.code, problem.suggestion) == (f"$.{path}", "UNKNOWN_FIELD", suggestion)
    assert suggestion in problem.allowed


def test_a_field_of_another_section_is_told_where_it_belongs() -> None:
    problem = problem_of({"sizing.max_leverage": 2})

    assert problem.code == "UNKNOWN_FIELD"
    assert "belongs to risk" in problem.message
    assert problem.suggestion is None


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"risk.maxLeverage": 1}, "$.risk.maxLeverage"),
        ({"risk.stop_loss": {"type": "percent", "value": 0.1}, "risk.stopLoss": {}}, "$.risk.stopLoss"),
        ({"universe.market_type": "spot", "universe.marketType": "spot"}, "$.universe.marketType"),
        ({"signals.entry.0.forBars": 2, "signals.entry.0.for_bars": 2}, "$.signals.entry[0].for_bars"),
    ],
)
def test_a_field_in_both_spellings_is_refused(changes: dict[str, Any], path: str) -> None:
    problem = problem_of(changes)

    assert (problem.path, problem.code) == (path, "BOTH_SPELLINGS")


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("sizing.value", "0.1", "expected a number, got the text '0.1'"),
        ("sizing.value", True, "expected a number, got true"),
        ("sizing.value", None, "got null; leave the field out instead"),
        ("sizing.value", [1], "got a list"),
        ("sizing.max_positions", 2.5, "expected a whole number, got the number 2.5"),
        ("sizing.max_positions", 2.0, "expected a whole number, got 2.0; write 2"),
        ("sizing.max_positions", True, "expected a whole number"),
        ("name", 7, "expected text, got the number 7"),
        ("risk.stop_loss", 0.02, "expected an object, got the number 0.02"),
        ("risk.stop_loss", None, "leave the field out"),
        ("signals.entry", {}, "expected a list, got an object"),
        ("signals.entry.0", "rsi < 30", "expected an object, got the text"),
        ("signals.entry.0.right", 30, "goes into 'value'"),
        ("signals.entry.0.conditions", "x", "expected a list"),
        ("universe.assets", "BTC", "expected a list, got the text 'BTC'"),
        ("universe.assets", ["BTC", 7], "expected text, got the number 7"),
        ("indicators", [], "expected an object, got a list"),
        ("indicators.sma_fast", "sma", "expected an object"),
        ("indicators.sma_fast.inputs", 20, "expected an object"),
        ("metadata", "x", "expected an object"),
        ("execution", "paper", "expected an object"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_with_what_was_received(path: str, value: object, words: str) -> None:
    problems = check(edited({path: value})).problems

    assert [problem.code for problem in problems if problem.code == "WRONG_TYPE"] == ["WRONG_TYPE"]
    assert words in problems[0].message


@pytest.mark.parametrize(
    ("path", "value", "suggestion"),
    [
        ("universe.timeframe", "60m", "1h"),
        ("universe.timeframe", "1H", "1h"),
        ("universe.timeframe", "daily", "1d"),
        ("universe.timeframe", "1M", None),
        ("universe.timeframe", "7m", None),
        ("universe.market_type", "perps", "perp"),
        ("signals.entry.0.when", "cross_above", "crosses_above"),
        ("signals.entry.0.when", "crossesAbove", "crosses_above"),
        ("sizing.mode", "percentEquity", "percent_equity"),
        ("sizing.mode", "all_in", None),
        ("execution.mode", "Live", "live"),
        ("execution.fill", "nextOpen", "next_open"),
        ("execution.slippage_model", "conservativ", "conservative"),
        ("signals.opposite_entry", "revers", "reverse"),
    ],
)
def test_a_value_that_is_none_of_the_allowed_is_refused_with_the_nearest(
    path: str, value: str, suggestion: str | None
) -> None:
    problem = next(one for one in check(edited({path: value})).problems if one.code == "UNKNOWN_VALUE")

    assert problem.suggestion == suggestion
    assert problem.allowed
    assert value in problem.message


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("id", ""),
        ("description", "x" * 2_001),
        ("version", "1"),
        ("version", "1.0.0"),
        ("version", "v1.0"),
        ("version", "1.0\n"),
        ("universe.assets", []),
        ("universe.assets", [f"A{n}" for n in range(65)]),
        ("sizing.value", 0),
        ("sizing.value", -0.1),
        ("sizing.value", 1e13),
        ("sizing.max_positions", 0),
        ("risk.max_leverage", 0),
        ("risk.max_leverage", 126),
        ("risk.max_position_pct", 0),
        ("risk.max_drawdown_pct", 15),
        ("risk.stop_loss", {"type": "percent", "value": 0}),
        ("risk.stop_loss", {"type": "atr", "value": 2, "length": 5_001}),
        ("execution.max_orders_per_hour", 0),
        ("execution.fees", {"taker": 0.2}),
        ("execution.fees", {"taker": -0.001}),
        ("execution.slippage", {"base": 0.06}),
        ("signals.entry.0.for_bars", 0),
        ("signals.entry.0.within_bars", 5_001),
        ("variants", [{"id": f"v{n}", "overrides": {}} for n in range(65)]),
        ("variants", [{"id": "v", "overrides": {f"sizing.value{n}": 1 for n in range(33)}}]),
        ("indicators", {f"i{n}": {"type": "sma", "inputs": {}} for n in range(65)}),
    ],
)
def test_a_value_beyond_its_bounds_is_refused(path: str, value: object) -> None:
    problems = check(edited({path: value})).problems

    assert "OUT_OF_BOUNDS" in [problem.code for problem in problems]
    assert all(problem.path.startswith("$.") for problem in problems)


def test_the_bound_of_a_fraction_says_that_it_is_one() -> None:
    problem = problem_of({"risk.maxDrawdownPct": 15})

    assert str(problem) == "$.risk.maxDrawdownPct: 15 must be above 0 and at most 1 (a fraction: 0.15 is 15 %)"


def test_all_problems_are_found_in_one_round() -> None:
    spec = edited(
        {
            "universe.timeframe": "60m",
            "universe.assets": ["BTC", "ETX"],
            "signals.entry.0.rigth": "x",
            "signals.entry.0.left": "sma_fats",
            "signals.exit": [
                {
                    "when": "and",
                    "conditions": [
                        {"when": "crosses", "left": "sma_slwo", "right": "close"},
                        {"when": "gt", "left": "rsi", "value": 70},
                    ],
                }
            ],
            "sizing.value": 3,
            "risk.maxPositonPct": 0.2,
            "execution.mode": GONE,
        }
    )

    assert {(problem.path, problem.code) for problem in check(spec).problems} == {
        ("$.universe.timeframe", "UNKNOWN_VALUE"),
        ("$.universe.assets[1]", "UNKNOWN_ASSET"),
        ("$.signals.entry[0].rigth", "UNKNOWN_FIELD"),
        ("$.signals.entry[0].left", "UNKNOWN_REFERENCE"),
        ("$.signals.exit[0].conditions[0].when", "UNKNOWN_VALUE"),
        ("$.signals.exit[0].conditions[0].left", "UNKNOWN_REFERENCE"),
        ("$.signals.exit[0].conditions[1].left", "UNKNOWN_REFERENCE"),
        ("$.sizing.value", "IMPOSSIBLE_SIZE"),
        ("$.risk.maxPositonPct", "UNKNOWN_FIELD"),
        ("$.execution.mode", "MISSING_FIELD"),
    }


@pytest.mark.parametrize(
    "changes",
    [
        {f"a{n}": 1 for n in range(5_000)},
        {"signals.entry": [{"when": "gt", "left": "smx", "right": "y"} for _ in range(2_000)]},
        {"execution.allowed_venues": ["\u202e"] * 5_000},
        {"indicators": {f"I{n}": {"type": "smx", "inputs": {"a": 1}} for n in range(3_000)}},
    ],
)
def test_a_hundred_problems_are_listed_and_the_others_counted(changes: dict[str, Any]) -> None:
    checked = check(edited(changes))

    assert not checked.valid
    assert len(checked.problems) == 101
    assert checked.problems[-1].code == "MORE_PROBLEMS"


def test_what_is_beyond_a_number_is_refused_by_the_number_alone() -> None:
    spec = edited({"indicators.x": {"type": "sma", "inputs": {f"i{n}": 1 for n in range(33)}}})

    (problem,) = check(spec).problems

    assert (problem.path, problem.code) == ("$.indicators.x.inputs", "OUT_OF_BOUNDS")


@pytest.mark.parametrize("document", ["[]", "7", '"x"', "null", [], 7, None])
def test_a_document_that_is_no_object_is_refused(document: Any) -> None:
    (problem,) = check(document).problems

    assert (problem.path, problem.code) == ("$", "WRONG_TYPE")


def test_the_input_of_a_check_is_left_alone() -> None:
    spec = edited()

    check(spec)

    assert spec == MINIMAL


def test_a_problem_is_plain_json_with_optional_fields_only_where_they_have_a_value() -> None:
    spec = edited({"risk.maxLevrage": 2, "signals.entry": []})

    field, entry = (problem.as_dict() for problem in check(spec).problems)

    assert field["suggestion"] == "maxLeverage"
    assert set(field) == {"path", "code", "severity", "message", "allowed", "suggestion"}
    assert entry == {
        "path": "$.signals.entry",
        "code": "NO_ENTRY",
        "severity": "error",
        "message": "no condition ever opens a position",
    }


@pytest.mark.parametrize(
    ("written", "meant"),
    [(">", "gt"), ("<=", "lte"), ("crossover", "crosses_above"), ("crosses_abov", "crosses_above")],
)
def test_an_operator_in_another_spelling_is_understood_and_named(written: str, meant: str) -> None:
    problems = check(edited({"signals.entry": [{"when": written, "left": "close", "value": 1}]})).problems

    assert [(one.path, one.suggestion) for one in problems if one.code == "UNKNOWN_VALUE"] == [
        ("$.signals.entry[0].when", meant)
    ]


def test_an_unknown_asset_is_not_also_told_to_lack_candles() -> None:
    codes = {one.code for one in check(edited({"universe.assets": ["BTX"]}), catalog=MemoryMarket([])).problems}

    assert "UNKNOWN_ASSET" in codes
    assert "NO_DATA" not in codes
