"""Conditions through the engine and bar by bar in plain Python, over columns with holes in them."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from reference.conditions import evaluate_condition

from engine.signals.conditions import Conditions
from engine.spec.models import Condition

if TYPE_CHECKING:
    from reference.conditions import Column

N_BARS = 40
LENGTHS = (40, 64, 65, 150)
"""Around the 64 bars of a word."""

NAMES = ("close", "open", "fast", "slow", "bands.upper", "bands.lower", "time.hour")
OPERATORS = ("gt", "gte", "lt", "lte", "eq", "crosses_above", "crosses_below", "between", "rising", "falling")


class GivenColumns:
    """The columns of a dictionary of lists, as the engine reads them."""

    def __init__(self, columns: dict[str, Column]) -> None:
        self.columns = columns
        self.n_bars = len(columns["close"])

    def series(self, name: str, output: str | None) -> np.ndarray:
        values = self.columns[name if output is None else f"{name}.{output}"]
        return np.array([np.nan if value is None else value for value in values])


def random_columns(rng: Random, n_bars: int = N_BARS) -> dict[str, Column]:
    """Return columns of few distinct values, so that ties and runs are common, with warm-ups and holes."""
    columns: dict[str, Column] = {}
    for name in NAMES:
        warmup = 0 if name in ("close", "open", "time.hour") else rng.randrange(0, 12)
        holes = 0.0 if warmup == 0 else rng.choice((0.0, 0.1))
        values = [float(rng.randrange(1, 6)) for _ in range(n_bars)]
        columns[name] = [None if t < warmup or rng.random() < holes else value for t, value in enumerate(values)]
    return columns


def random_operand(rng: Random, depth: int = 1) -> str:
    name = rng.choice(NAMES)
    lag = rng.choice(("", "", f"[{rng.randrange(0, 4)}]"))
    form = rng.random()
    if depth == 0 or form < 0.6:
        return name + lag
    one, other = random_operand(rng, depth - 1), random_operand(rng, depth - 1)
    forms = ("({a} + {b})", "{a} - {b}", "{a} * 1.5", "-{a} + {b}", "{a} / ({b} - 3)", "abs({a} - {b})")
    return rng.choice((*forms, "min({a}, {b})", "max({a}, {b}, 2)")).format(a=one, b=other)


def random_condition(rng: Random, depth: int = 2) -> dict[str, Any]:
    if depth > 0 and rng.random() < 0.4:
        when = rng.choice(("and", "or", "not"))
        count = 1 if when == "not" else rng.randrange(2, 4)
        condition: dict[str, Any] = {
            "when": when,
            "conditions": [random_condition(rng, depth - 1) for _ in range(count)],
        }
    else:
        when = rng.choice(OPERATORS)
        condition = {"when": when, "left": random_operand(rng)}
        if when == "between":
            condition |= {"low": rng.choice((2.0, random_operand(rng))), "high": rng.choice((4.0, random_operand(rng)))}
        elif when in ("rising", "falling"):
            condition["bars"] = rng.randrange(1, 4)
        elif rng.random() < 0.4:
            condition["value"] = float(rng.randrange(1, 6))
        else:
            condition["right"] = random_operand(rng)
    if depth > 0 and rng.random() < 0.2:
        condition["filters"] = [random_condition(rng, 0) for _ in range(rng.randrange(1, 3))]
    if rng.random() < 0.2:
        condition["for_bars"] = rng.randrange(1, 5)
    if rng.random() < 0.2:
        condition["within_bars"] = rng.randrange(1, 5)
    return condition


@pytest.mark.parametrize("seed", range(250))
def test_a_condition_is_true_false_or_unknown_where_plain_python_says_so(seed: int) -> None:
    rng = Random(seed)
    columns, written = random_columns(rng), random_condition(rng)

    assert_equal(written, columns)


@pytest.mark.parametrize("seed", range(60))
def test_lags_and_runs_reach_over_words(seed: int) -> None:
    rng = Random(seed)
    columns, written = random_columns(rng, rng.choice(LENGTHS)), random_condition(rng, depth=1)
    for reach in ("for_bars", "within_bars"):
        if rng.random() < 0.6:
            written[reach] = rng.choice((2, 63, 64, 65, 200))
    if written["when"] in OPERATORS and rng.random() < 0.5:
        written["left"] = f"close[{rng.choice((1, 63, 64, 65, 130))}]"

    assert_equal(written, columns)


def assert_equal(written: dict[str, Any], columns: dict[str, Column]) -> None:
    n_bars = len(columns["close"])
    conditions, condition = Conditions(GivenColumns(columns)), Condition.model_validate_json(json.dumps(written))
    truth, marks = conditions.truth(condition), np.full(n_bars, 2, dtype=np.uint8)
    conditions.mark_any_true([condition], 4, marks)

    expected = evaluate_condition(written, columns, n_bars)
    true = [value is True for value in expected]
    assert truth.true.tolist() == true, written
    assert truth.false.tolist() == [value is False for value in expected], written
    assert marks.tolist() == [6 if value else 2 for value in true]
    assert conditions.any_true([condition]).tolist() == true and not conditions.any_true([]).any()


def test_the_random_conditions_are_true_false_and_unknown_often() -> None:
    seen: dict[bool | None, int] = {True: 0, False: 0, None: 0}
    for seed in range(250):
        rng = Random(seed)
        columns, written = random_columns(rng), random_condition(rng)
        for value in evaluate_condition(written, columns, N_BARS):
            seen[value] += 1

    assert min(seen.values()) > 1_500
