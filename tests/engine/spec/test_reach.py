"""What an operand can reach: constants outside of it are told, ends that are open are no failure."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from engine.indicators.catalog import CATALOG
from engine.spec import check
from engine.spec.examples import SMA_CROSS

BOUNDED = [(entry.name, output) for entry in CATALOG.values() for output in entry.bounds]


def _with_entry(condition: dict[str, Any], type_name: str | None = None) -> dict[str, Any]:
    data = copy.deepcopy(dict(SMA_CROSS))
    data["signals"]["entry"] = [condition]
    if type_name is not None:
        inputs = {"start": "09:30", "end": "10:00", "tz": "UTC"} if type_name == "opening_range" else {}
        data["indicators"]["bounded"] = {"type": type_name, "inputs": inputs}
    return data


@pytest.mark.no_cover
@pytest.mark.parametrize(("type_name", "output"), BOUNDED)
@pytest.mark.parametrize("when", ["gt", "gte", "lt", "lte", "eq", "crosses_above", "crosses_below"])
def test_a_bounded_output_is_compared_with_a_constant_inside_its_bounds(type_name, output, when):
    low, high = CATALOG[type_name].bounds[output]
    inside = low + min(high - low, 2.0) / 2
    left = "bounded" if len(CATALOG[type_name].outputs) == 1 else f"bounded.{output}"

    checked = check(_with_entry({"when": when, "left": left, "value": inside}, type_name))

    assert checked.valid, [str(problem) for problem in checked.problems]
    assert not {"NEVER_TRUE", "ALWAYS_TRUE"} & {problem.code for problem in checked.problems}


def test_a_constant_below_what_has_no_upper_end_is_told_in_words():
    checked = check(_with_entry({"when": "lt", "left": "bounded", "value": -1}, "atr"))

    (told,) = [problem for problem in checked.problems if problem.code == "NEVER_TRUE"]
    assert told.message == "never true: 'bounded' is never below 0"


@pytest.mark.parametrize("low", ["1e308 * 10", "1e308 * 10 - 1e308 * 10", "-1e308 * 10"])
def test_arithmetic_that_overflows_is_no_failure_of_the_check(low):
    checked = check(_with_entry({"when": "between", "left": "close", "low": low, "high": 5}))

    assert checked.valid


@pytest.mark.parametrize("level", ["stop_loss", "take_profit"])
def test_a_per_cent_level_beyond_all_numbers_is_out_of_bounds_once(level):
    data = copy.deepcopy(dict(SMA_CROSS))
    data["risk"][level] = {"type": "percent", "value": 1e308}

    errors = [problem for problem in check(data).problems if problem.severity == "error"]

    assert [(problem.path, problem.code) for problem in errors] == [(f"$.risk.{level}.value", "OUT_OF_BOUNDS")]


def test_every_timeframe_and_operator_is_shown_as_allowed():
    data = copy.deepcopy(dict(SMA_CROSS))
    data["universe"]["timeframe"] = "2d"
    data["signals"]["entry"][0]["when"] = "beyond"

    told = "\n".join(str(problem) for problem in check(data).problems if problem.code == "UNKNOWN_VALUE")

    assert "1d, 3d, 1w" in told
    assert "rising, falling" in told
