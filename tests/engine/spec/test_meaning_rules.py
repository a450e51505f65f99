"""The second pass over indicators and conditions: names, operators, chains, sense."""

from __future__ import annotations

from typing import Any

import pytest
from reference.spec_edits import edited, entering_when

from engine.spec import check

RSI = {"rsi_14": {"type": "rsi", "inputs": {"length": 14}}}
BANDS = {"bb": {"type": "bbands", "inputs": {}}}


def codes(spec: dict[str, Any]) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in check(spec).problems]


def gt(left: str, right: str | float) -> dict[str, Any]:
    return {"when": "gt", "left": left, **({"right": right} if isinstance(right, str) else {"value": right})}


def lt(left: str, right: str | float) -> dict[str, Any]:
    return {**gt(left, right), "when": "lt"}


def both(*conditions: dict[str, Any]) -> dict[str, Any]:
    return {"when": "and", "conditions": list(conditions)}


# --- references


def test_an_unknown_indicator_is_told_with_the_nearest_and_all_that_are_known() -> None:
    (problem,) = check(entering_when(gt("sma_fats", "sma_slow"))).problems

    assert str(problem).startswith("$.signals.entry[0].left: indicator 'sma_fats' is not defined; allowed: sma_fast")
    assert problem.suggestion == "sma_fast"
    assert problem.code == "UNKNOWN_REFERENCE"


def test_a_key_of_several_outputs_needs_one_and_lists_them() -> None:
    (problem,) = check(entering_when(lt("close", "bb"), indicators=BANDS)).problems

    assert (problem.path, problem.code) == ("$.signals.entry[0].right", "OUTPUT_REQUIRED")
    assert problem.allowed == ("bb.upper", "bb.middle", "bb.lower", "bb.width", "bb.percent")


@pytest.mark.parametrize(
    ("operand", "suggestion"),
    [
        ("bb.uper", "bb.upper"),
        ("sma_fast.line", None),
        ("close.high", None),
        ("time.hours", "time.hour"),
        ("time", None),
    ],
)
def test_an_output_that_is_none_is_refused(operand: str, suggestion: str | None) -> None:
    problems = check(entering_when(gt(operand, 1), indicators=BANDS)).problems

    assert [(problem.path, problem.code) for problem in problems] == [("$.signals.entry[0].left", "UNKNOWN_OUTPUT")]
    if suggestion is not None:
        assert problems[0].suggestion == suggestion


@pytest.mark.parametrize(
    ("operand", "words"),
    [
        ("close >", "unexpected '>'"),
        ("close +", "expected a number"),
        ("close / 0", "divides by zero"),
        ("close / (1 - 1)", "divides by zero"),
        ("eval(close)", "no function"),
        ("sma_fast.", "output name"),
        ("", "expected a number"),
    ],
)
def test_an_operand_that_cannot_be_read_is_refused_with_the_reason(operand: str, words: str) -> None:
    (problem,) = check(entering_when(gt(operand, "close"))).problems

    assert (problem.path, problem.code) == ("$.signals.entry[0].left", "BAD_EXPRESSION")
    assert words in problem.message


@pytest.mark.parametrize(
    "operand",
    ["close", "volume", "hl2", "hlc3", "ohlc4", "time.weekday", "sma_fast[3]", "bb.lower[1]", "close * 1.02",
     "sma_fast - 2 * (high - low)", "max(high[1], high[2])", "abs(close - open)"],
)  # fmt: skip
def test_every_kind_of_operand_is_read(operand: str) -> None:
    assert check(entering_when(gt(operand, 3), indicators=BANDS)).valid


# --- indicators


@pytest.mark.parametrize("key", ["close", "time", "hlc3", "SMA", "1st", "a-b", "a.b", "x" * 65, "", "_x", "é"])
def test_a_key_that_is_no_plain_name_or_a_bar_field_is_refused(key: str) -> None:
    spec = edited()
    spec["indicators"][key] = {"type": "sma", "inputs": {}}

    (problem,) = check(spec).problems

    assert problem.code == "BAD_KEY"
    assert problem.path.startswith("$.indicators")


@pytest.mark.parametrize(
    ("written", "suggestion"),
    [("bolinger", "bbands"), ("smaa", "sma"), ("supertrent", "supertrend"), ("moon_phase", None)],
)
def test_an_unknown_type_is_refused_with_the_nearest(written: str, suggestion: str | None) -> None:
    problem = check(edited({"indicators.sma_fast.type": written})).problems[0]

    assert (problem.path, problem.code, problem.suggestion) == (
        "$.indicators.sma_fast.type",
        "UNKNOWN_INDICATOR",
        suggestion,
    )
    assert problem.allowed is not None
    assert "sma" in problem.allowed


@pytest.mark.parametrize(
    ("inputs", "name", "code"),
    [
        ({"length": "20"}, "length", "INPUT_TYPE"),
        ({"length": 20.0}, "length", "INPUT_TYPE"),
        ({"length": 2.5}, "length", "INPUT_TYPE"),
        ({"length": True}, "length", "INPUT_TYPE"),
        ({"length": 0}, "length", "INPUT_RANGE"),
        ({"length": 5_001}, "length", "INPUT_RANGE"),
        ({"lenght": 20}, "lenght", "UNKNOWN_INPUT"),
        ({"length": 20, "period": 20}, "period", "INPUT_TWICE"),
        ({"source": "sma_fats"}, "source", "UNKNOWN_REFERENCE"),
        ({"source": "close[1]"}, "source", "INPUT_CHOICE"),
        ({"source": "bb"}, "source", "OUTPUT_REQUIRED"),
        ({"source": "bb.uper"}, "source", "UNKNOWN_OUTPUT"),
        ({"source": "time.hour"}, "source", "UNKNOWN_REFERENCE"),
        ({"offset": -1}, "offset", "INPUT_RANGE"),
    ],
)
def test_an_input_that_is_none_is_refused_at_its_own_place(inputs: dict[str, Any], name: str, code: str) -> None:
    spec = edited({"indicators.bb": BANDS["bb"], "indicators.x": {"type": "ema", "inputs": inputs}})

    assert codes(spec) == [(f"$.indicators.x.inputs.{name}", code)]


def test_inputs_are_read_in_camel_case_and_under_their_aliases() -> None:
    spec = edited({"indicators.k": {"type": "keltner", "inputs": {"atrLength": 12, "timeperiod": 30, "mult": 1.5}}})

    checked = check(spec)

    assert checked.spec is not None
    assert checked.spec.indicators["k"].inputs == {"atr_length": 12, "length": 30, "multiplier": 1.5}


def test_an_input_in_both_spellings_is_refused() -> None:
    spec = edited({"indicators.k": {"type": "keltner", "inputs": {"atrLength": 12, "atr_length": 12}}})

    assert codes(spec) == [("$.indicators.k.inputs.atr_length", "BOTH_SPELLINGS")]


def chain(*links: tuple[str, str]) -> dict[str, Any]:
    return edited(
        {f"indicators.{key}": {"type": "ema", "inputs": {"length": 3, "source": source}} for key, source in links}
    )


@pytest.mark.parametrize(
    ("links", "places"),
    [
        ([("a", "a")], ["a"]),
        ([("a", "b"), ("b", "a")], ["a"]),
        ([("a", "b"), ("b", "c"), ("c", "b")], ["b"]),
        ([("a", "b"), ("b", "a"), ("x", "y"), ("y", "x")], ["a", "x"]),
    ],
)
def test_a_circle_of_indicators_is_told_once(links: list[tuple[str, str]], places: list[str]) -> None:
    assert codes(chain(*links)) == [(f"$.indicators.{key}.inputs.source", "CYCLE") for key in places]


def test_eight_indicators_may_stand_on_each_other_and_nine_may_not() -> None:
    links = [(f"a{n}", f"a{n + 1}") for n in range(8)]

    assert check(chain(*links[1:], ("a8", "close"))).valid
    assert codes(chain(*links, ("a8", "close"))) == [("$.indicators.a0.inputs.source", "TOO_DEEP")]


@pytest.mark.parametrize(
    ("timeframe", "expected"),
    [
        ("1h", []),
        ("4h", []),
        ("1w", []),
        ("15m", ["BAD_TIMEFRAME"]),
        ("2 hours", ["INPUT_CHOICE"]),
    ],
)
def test_another_timeframe_must_be_a_whole_multiple_of_the_strategy_s(timeframe: str, expected: list[str]) -> None:
    spec = edited({"indicators.sma_fast.inputs.timeframe": timeframe})

    assert codes(spec) == [("$.indicators.sma_fast.inputs.timeframe", code) for code in expected]


@pytest.mark.parametrize(
    ("reader", "source", "good"),
    [
        ("4h", "4h", True),
        ("4h", "1d", True),
        (None, "4h", True),
        ("1h", None, True),
        ("4h", None, False),
        ("1d", "4h", False),
    ],
)
def test_a_source_is_on_the_same_or_a_higher_timeframe_than_its_reader(
    reader: str | None, source: str | None, good: bool
) -> None:
    spec = edited(
        {
            "indicators.sma_fast.inputs": {"length": 20, "source": "base"} | ({"timeframe": reader} if reader else {}),
            "indicators.base": {"type": "ema", "inputs": {"length": 5} | ({"timeframe": source} if source else {})},
        }
    )

    assert codes(spec) == ([] if good else [("$.indicators.sma_fast.inputs.source", "BAD_TIMEFRAME")])


# --- operators


@pytest.mark.parametrize(
    ("condition", "path"),
    [
        ({"when": "gt", "left": "close"}, ""),
        ({"when": "gt", "right": "close"}, ""),
        ({"when": "gt", "left": "close", "right": "open", "value": 1}, ""),
        ({"when": "crosses_above", "left": "close"}, ""),
        ({"when": "crosses_above", "left": "close", "value": 1, "low": 2}, ".low"),
        ({"when": "gt", "left": "close", "value": 1, "conditions": []}, ".conditions"),
        ({"when": "and"}, ""),
        ({"when": "and", "conditions": []}, ".conditions"),
        ({"when": "and", "conditions": [gt("close", 1)]}, ".conditions"),
        ({"when": "or", "conditions": [gt("close", 1)]}, ".conditions"),
        ({"when": "not", "conditions": [gt("close", 1), gt("open", 1)]}, ".conditions"),
        ({"when": "not", "left": "close", "conditions": [gt("close", 1)]}, ".left"),
        ({"when": "between", "left": "close", "low": 1}, ""),
        ({"when": "between", "left": "close", "low": 1, "high": 2, "value": 3}, ".value"),
        ({"when": "rising", "left": "close"}, ""),
        ({"when": "falling", "bars": 3}, ""),
        ({"when": "rising", "left": "close", "bars": 3, "right": "open"}, ".right"),
    ],
)
def test_an_operator_takes_its_own_operands_and_no_others(condition: dict[str, Any], path: str) -> None:
    assert codes(entering_when(condition)) == [(f"$.signals.entry[0]{path}", "ARITY")]


@pytest.mark.parametrize(
    "condition",
    [
        {"when": "between", "left": "rsi_14", "low": 30, "high": 70},
        {"when": "between", "left": "close", "low": "bb.lower", "high": "bb.upper * 1.01"},
        {"when": "rising", "left": "sma_fast", "bars": 3},
        {"when": "falling", "left": "close", "bars": 1},
        {"when": "not", "conditions": [gt("close", "open")]},
        {"when": "or", "conditions": [gt("close", "open"), gt("rsi_14", 70), lt("rsi_14", 30)]},
        {**gt("close", "open"), "filters": [gt("rsi_14", 50)], "for_bars": 2, "within_bars": 5},
    ],
)
def test_the_further_operators_are_valid(condition: dict[str, Any]) -> None:
    assert check(entering_when(condition, indicators=RSI | BANDS)).problems == ()


def test_conditions_nest_twelve_deep_with_filters_and_no_deeper() -> None:
    def tower(depth: int, field: str) -> dict[str, Any]:
        inner = gt("close", "open")
        for _ in range(depth - 1):
            shell = {"when": "not", "conditions": [inner]} if field == "conditions" else {**gt("close", "low")}
            inner = shell if field == "conditions" else {**shell, "filters": [inner]}
        return inner

    for field in ("conditions", "filters"):
        assert check(entering_when(tower(12, field))).valid
        assert codes(entering_when(tower(13, field))) == [("$.signals.entry[0]", "TOO_DEEP")]


def test_a_spec_holds_256_conditions_and_no_more() -> None:
    leaves = [gt("close", float(n + 1)) for n in range(254)]  # one more for `or`, one in signals.exit

    assert check(entering_when({"when": "or", "conditions": leaves})).valid
    assert codes(entering_when({"when": "or", "conditions": [*leaves, gt("open", 1)]})) == [
        ("$.signals", "OUT_OF_BOUNDS")
    ]


# --- sense


@pytest.mark.parametrize(
    "condition",
    [
        gt("70", 30),
        gt("1 + 1", "3"),
        {"when": "crosses_above", "left": "5", "value": 5},
        {"when": "rising", "left": "5", "bars": 2},
        {"when": "between", "left": "5", "low": 1, "high": 9},
        gt("min(1, 2) / max(3, 4) - abs(-1) * 2 + 1", 3),
        gt("close", "close"),
        gt("close", " close[0] "),
        {"when": "gte", "left": "sma_fast * 2", "right": "sma_fast*2"},
    ],
)
def test_a_condition_that_reads_nothing_or_compares_a_thing_with_itself_is_refused(condition: dict[str, Any]) -> None:
    assert codes(entering_when(condition)) == [("$.signals.entry[0]", "CONSTANT_CONDITION")]


@pytest.mark.parametrize(
    ("conditions", "at"),
    [
        ([gt("rsi_14", 70), lt("rsi_14", 30)], 1),
        ([gt("rsi_14", 70), lt("rsi_14", 70)], 1),
        ([{**gt("rsi_14", 70), "when": "gte"}, lt("rsi_14", 70)], 1),
        ([gt("sma_fast", "sma_slow"), gt("sma_slow", "sma_fast")], 1),
        ([gt("sma_fast", "sma_slow"), lt("sma_fast", "sma_slow")], 1),
        ([gt("sma_fast", "sma_slow"), {"when": "eq", "left": "sma_slow", "right": "sma_fast"}], 1),
        ([gt("rsi_14", 50), {"when": "not", "conditions": [gt("rsi_14", 40)]}], 1),
        ([gt("rsi_14", 50), both(gt("close", "open"), lt("rsi_14", 40))], 1),
        ([{"when": "crosses_above", "left": "sma_fast", "right": "sma_slow"},
          {"when": "crosses_below", "left": "sma_fast", "right": "sma_slow"}], 1),
        ([{"when": "crosses_above", "left": "rsi_14", "value": 30}, lt("rsi_14", 20)], 1),
        ([{"when": "crosses_above", "left": "sma_fast", "right": "sma_slow"}, gt("sma_slow", "sma_fast")], 1),
        ([{"when": "between", "left": "rsi_14", "low": 10, "high": 20}, gt("rsi_14", 20)], 1),
        ([{"when": "rising", "left": "close", "bars": 2}, {"when": "falling", "left": "close", "bars": 3}], 1),
        ([{**gt("rsi_14", 70), "for_bars": 3}, lt("rsi_14", 30)], 1),
        ([gt("rsi_14", 70), gt("30", "rsi_14")], 1),
        ([{**gt("rsi_14", 30), "when": "eq"}, {"when": "eq", "left": "rsi_14", "value": 40}], 1),
    ],
)  # fmt: skip
def test_two_parts_of_an_and_that_exclude_each_other_are_refused(conditions: list[Any], at: int) -> None:
    problems = check(entering_when(both(*conditions), indicators=RSI)).problems
    errors = [problem for problem in problems if problem.severity == "error"]

    assert [problem.code for problem in errors] == ["CONTRADICTION"]
    assert errors[0].path.startswith(f"$.signals.entry[0].conditions[{at}]")
    assert "$.signals.entry[0].conditions[0]" in errors[0].message


def test_a_filter_that_excludes_its_condition_is_refused() -> None:
    condition = {**gt("rsi_14", 70), "filters": [lt("rsi_14", 30)]}

    assert [code for _, code in codes(entering_when(condition, indicators=RSI))] == ["CONTRADICTION"]


@pytest.mark.parametrize(
    "conditions",
    [
        [gt("rsi_14", 30), lt("rsi_14", 70)],
        [{**gt("rsi_14", 70), "when": "gte"}, {**lt("rsi_14", 70), "when": "lte"}],
        [{**gt("rsi_14", 70), "within_bars": 5}, lt("rsi_14", 30)],
        [gt("rsi_14[1]", 70), lt("rsi_14", 30)],
        [gt("sma_fast", "sma_slow"), gt("sma_slow[1]", "sma_fast[1]")],
        [{"when": "or", "conditions": [gt("rsi_14", 70), lt("rsi_14", 30)]}, gt("close", "open")],
        [{"when": "crosses_above", "left": "rsi_14", "value": 30}, lt("rsi_14", 40)],
    ],
)
def test_parts_that_can_be_true_together_are_left_alone(conditions: list[Any]) -> None:
    assert check(entering_when(both(*conditions), indicators=RSI)).problems == ()


def test_low_above_high_is_refused() -> None:
    condition = {"when": "between", "left": "rsi_14", "low": 70, "high": 30}

    assert ("$.signals.entry[0]", "CONTRADICTION") in codes(entering_when(condition, indicators=RSI))


# --- warnings


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (gt("close", "rsi_14"), "SCALE_MISMATCH"),
        (gt("sma_fast", "volume"), "SCALE_MISMATCH"),
        (gt("close * 2", "smooth_rsi"), "SCALE_MISMATCH"),
        (gt("close", "range"), "SCALE_MISMATCH"),
        (gt("close", "mean_volume"), "SCALE_MISMATCH"),
        (gt("high - low", "mean_volume"), "SCALE_MISMATCH"),
        (gt("rsi_14", 100), "NEVER_TRUE"),
        (lt("rsi_14", -1), "NEVER_TRUE"),
        ({"when": "crosses_above", "left": "rsi_14", "value": 170}, "NEVER_TRUE"),
        (gt("time.weekday", 7), "NEVER_TRUE"),
        (lt("time.hour", 24), "ALWAYS_TRUE"),
        ({"when": "gte", "left": "rsi_14", "value": 0}, "ALWAYS_TRUE"),
        ({"when": "eq", "left": "close", "right": "sma_fast"}, "EXACT_EQUALITY"),
    ],
)
def test_a_condition_that_makes_little_sense_is_warned_of(condition: dict[str, Any], code: str) -> None:
    indicators = RSI | {
        "smooth_rsi": {"type": "sma", "inputs": {"length": 5, "source": "rsi_14"}},
        "mean_volume": {"type": "sma", "inputs": {"length": 20, "source": "volume"}},
        "range": {"type": "atr", "inputs": {}},
    }

    checked = check(entering_when(condition, indicators=indicators))

    assert checked.valid
    assert [(problem.code, problem.severity) for problem in checked.problems] == [(code, "warning")]


@pytest.mark.parametrize(
    "condition",
    [
        {"when": "eq", "left": "time.weekday", "value": 1},
        {"when": "eq", "left": "st.direction", "value": 1},
        gt("close", "st.line"),
        gt("rsi_14", "smooth_rsi"),
        gt("close / sma_fast", 1),
        gt("volume", "volume_average"),
        gt("volume", "1.5 * mean_volume"),
        gt("volume", "most_volume[1]"),
        gt("mean_volume", "volume_average"),
        gt("high - low", "1.5 * range"),
        gt("abs(close - sma_fast)", "2 * range"),
        gt("max(high - low, close - close[1])", "range"),
        gt("high - low", "close * 0.02"),
        gt("close - sma_slow[3]", "close / 50"),
        gt("channel.upper - channel.lower", "range * 4"),
        gt("trend.hist", "close * 0.001"),
    ],
)
def test_a_condition_that_makes_sense_is_not_warned_of(condition: dict[str, Any]) -> None:
    indicators = RSI | {
        "mean_volume": {"type": "sma", "inputs": {"length": 20, "source": "volume"}},
        "most_volume": {"type": "highest", "inputs": {"length": 20, "source": "volume"}},
        "range": {"type": "atr", "inputs": {}},
        "channel": {"type": "donchian", "inputs": {}},
        "trend": {"type": "macd", "inputs": {}},
        "smooth_rsi": {"type": "sma", "inputs": {"length": 5, "source": "rsi_14"}},
        "volume_average": {"type": "volume_sma", "inputs": {}},
        "st": {"type": "supertrend", "inputs": {}},
    }

    assert check(entering_when(condition, indicators=indicators)).problems == ()


def test_a_fast_length_that_is_not_shorter_is_warned_of() -> None:
    spec = edited({"indicators.m": {"type": "macd", "inputs": {"fast": 30, "slow": 20}}})

    assert ("$.indicators.m.inputs.fast", "FAST_NOT_FASTER") in codes(spec)


def test_fast_and_slow_averages_the_wrong_way_round_are_warned_of() -> None:
    spec = edited({"indicators.sma_fast.inputs.length": 50, "indicators.sma_slow.inputs.length": 20})

    assert codes(spec) == [("$.indicators.sma_fast.inputs.length", "FAST_NOT_FASTER")]


@pytest.mark.parametrize(
    ("kind", "doubted"),
    [("atr", False), ("stdev", False), ("natr", True), ("rsi", True), ("ema", True), ("realized_vol", True)],
)
def test_an_atr_level_on_what_is_no_distance_is_doubted(kind: str, doubted: bool) -> None:
    stop = {"type": "atr", "value": 2, "indicator": "width"}
    problems = check(edited({"indicators.width": {"type": kind, "inputs": {}}, "risk.stop_loss": stop})).problems

    found = [one.path for one in problems if one.code == "SCALE_MISMATCH"]
    assert found == (["$.risk.stop_loss.indicator"] if doubted else [])
