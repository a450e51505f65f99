"""What a sweep refuses: the message names the value and the rule."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import EngineInputError
from engine.market.demo import DemoMarket
from engine.spec import check
from engine.spec.examples import SMA_CROSS
from engine.spec.overrides import apply_overrides
from engine.sweeps.run import sweep

PATH = "indicators.sma_fast.inputs.length"


@pytest.mark.parametrize("threads", [0, -1, 1.5, "2", None])
def test_threads_are_a_whole_number(threads: Any) -> None:
    with pytest.raises(EngineInputError, match=f"threads is {threads!r}: it must be a whole number, at least 1"):
        sweep(SMA_CROSS, DemoMarket(), threads=threads)


@pytest.mark.parametrize(
    ("candidates", "told"),
    [
        ({PATH: 5}, "candidates is a dict"),
        (PATH, "candidates is a str"),
        (None, "candidates is a NoneType"),
        (({PATH: length} for length in (5, 6)), "candidates is a generator"),
        ([{}, 5], "candidate 1 is 5"),
        ([PATH], f"candidate 0 is '{PATH}'"),
        ([[PATH, 5]], "candidate 0 is "),
        ([{}, {5: PATH}], "candidate 1 names the path 5"),
    ],
)
def test_candidates_are_a_list_of_overrides(candidates: Any, told: str) -> None:
    with pytest.raises(EngineInputError) as refused:
        sweep(SMA_CROSS, DemoMarket(), candidates)
    assert told in str(refused.value)


@pytest.mark.parametrize("value", [5e-324, 2**53, 2**53 + 2, float("nan"), float("inf"), -0.0, True, "20", 2, 2.0])
@pytest.mark.parametrize("path", ["indicators.bands.inputs.stddev", "indicators.bands.inputs.length", "sizing.value"])
def test_a_value_is_refused_where_an_override_of_it_is(path: str, value: Any) -> None:
    bands = {"bands": {"type": "bbands", "inputs": {"length": 20, "stddev": 2.0}}}
    spec = {**SMA_CROSS, "indicators": {**SMA_CROSS["indicators"], **bands}}
    alone = apply_overrides(check(spec).spec, {path: value})
    problems = sweep(spec, DemoMarket(), [{path: value}]).problems
    assert {number: list(map(str, told)) for number, told in problems.items()} == (
        {} if alone.spec else {0: [str(problem) for problem in alone.problems if problem.severity == "error"]}
    )
