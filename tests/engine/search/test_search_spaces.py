"""Spaces: counted before they are written out, refused with every reason at once, the same in any order of fields."""

from decimal import Decimal
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search.draws import MOST_SHUFFLED
from engine.search.neighbours import neighbours
from engine.search.plan import MOST_CANDIDATES, plan_search
from engine.search.samplers import SAMPLERS
from engine.search.space import Axis, Space
from engine.search.values import read_values
from engine.spec import check
from engine.spec.findings import Findings

FAST, SLOW = "indicators.sma_fast.inputs.length", "indicators.sma_slow.inputs.length"

spaces = st.lists(st.integers(1, 7), min_size=1, max_size=4).map(
    lambda sizes: Space(tuple(Axis(f"sizing.v{at}", tuple(range(size))) for at, size in enumerate(sizes)))
)


def found(problems):
    return [(one.code, one.path) for one in problems if one.severity == "error"]


@given(spaces)
def test_a_grid_is_the_whole_product_once(space):
    tried = SAMPLERS["grid"](space, MOST_CANDIDATES, 0)

    assert len(tried) == space.size == prod(len(axis.values) for axis in space.axes) == len(set(tried))
    assert tried == sorted(tried)


@given(spaces, st.integers(1, 300), st.integers(0, 2**53 - 1))
def test_random_draws_are_distinct_and_repeat_with_their_seed(space, count, seed):
    drawn = SAMPLERS["random"](space, count, seed)

    assert len(drawn) == len(set(drawn)) == min(count, space.size)
    assert set(drawn) <= set(SAMPLERS["grid"](space, space.size, 0))
    assert drawn == SAMPLERS["random"](space, count, seed)


@given(st.sampled_from([3, 40, 400]), st.integers(0, 1_000), st.integers(1, 60), st.integers(1, 60))
def test_fewer_draws_are_the_first_of_more(width, seed, one, other):
    space = Space(tuple(Axis(f"sizing.v{at}", tuple(range(width))) for at in range(2)))
    few, many = sorted((one, other))

    assert SAMPLERS["random"](space, many, seed)[:few] == SAMPLERS["random"](space, few, seed)[: len(range(few))]


def test_a_space_larger_than_any_number_of_atoms_is_drawn_from_at_once():
    space = Space(tuple(Axis(f"sizing.v{at}", tuple(range(5_000))) for at in range(32)))

    assert space.size > 10**100 > MOST_SHUFFLED
    assert len(set(SAMPLERS["random"](space, MOST_CANDIDATES, 1))) == MOST_CANDIDATES


def test_every_value_of_an_axis_is_drawn_about_equally_often():
    space = Space((Axis("sizing.a", tuple(range(10))), Axis("sizing.b", tuple(range(10_000)))))
    drawn = SAMPLERS["random"](space, 5_000, 3)

    counts = [sum(places[0] == value for places in drawn) for value in range(10)]

    assert all(400 < count < 600 for count in counts)  # 500 expected, 4.7 standard deviations to either side


@given(st.integers(-1_000, 1_000), st.integers(1, 400), st.integers(0, 300), st.sampled_from([1, 10, 100, 1_000]))
def test_a_range_is_counted_in_decimals(low, step, count, scale):
    written = {"min": low / scale, "max": (low + step * count) / scale, "step": step / scale}
    values = read_values(written, ("space", "a.b"), Findings())

    assert values == tuple((low + step * at) / scale for at in range(count + 1))
    assert all(isinstance(value, int) == (Decimal(repr(value)) % 1 == 0) for value in values)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ([], "OUT_OF_BOUNDS"),
        ([3, 4, 3], "DUPLICATE_VALUE"),
        ([10, 10.0], "DUPLICATE_VALUE"),
        (7, "WRONG_TYPE"),
        ({"min": 1, "max": 5}, "MISSING_FIELD"),
        ({"min": 1, "max": 5, "step": 1, "log": True}, "UNKNOWN_FIELD"),
        ({"min": 1, "max": 5, "step": 0}, "OUT_OF_BOUNDS"),
        ({"min": 5, "max": 1, "step": 1}, "OUT_OF_BOUNDS"),
        ({"min": 1, "max": "5", "step": 1}, "WRONG_TYPE"),
        ({"min": 0, "max": 1e300, "step": 1e-300}, "OUT_OF_BOUNDS"),
        ({"min": 1, "max": 9_000, "step": 1}, "OUT_OF_BOUNDS"),
        (list(range(5_001)), "OUT_OF_BOUNDS"),
    ],
)
def test_what_is_no_list_and_no_range_is_refused(written, code):
    findings = Findings()

    assert read_values(written, ("space", FAST), findings) == ()
    assert code in {problem.code for problem in findings.problems}


@pytest.mark.parametrize(
    ("space", "code"),
    [
        ({}, "OUT_OF_BOUNDS"),
        ([FAST], "WRONG_TYPE"),
        ({"indicators.sma_fats.inputs.length": [5]}, "BAD_OVERRIDE"),
        ({"universe.timeframe": ["4h"]}, "BAD_OVERRIDE"),
        ({"execution.mode": ["live"]}, "BAD_OVERRIDE"),
        ({"risk.max_leverage": [1, 3]}, "LOOSENED_LIMIT"),
        ({FAST: {"min": -5, "max": 10, "step": 5}}, "INPUT_RANGE"),
        ({FAST: [4_000, 6_000, 10]}, "INPUT_RANGE"),
        ({FAST: [10.5]}, "INPUT_TYPE"),
        ({FAST: ["ten"]}, "WRONG_TYPE"),
        ({FAST: [5], "indicators.sma_fast.inputs.period": [6]}, "BAD_OVERRIDE"),
        ({"sizing.value": [2, 3]}, "NO_VALID_CANDIDATE"),
        ({FAST: [float("nan")]}, "NUMBER_RANGE"),
        ({FAST: list(range(2, 152)), SLOW: list(range(2, 152))}, "TOO_MANY_CANDIDATES"),
        ({f"indicators.k{at}.inputs.length": [1] for at in range(33)}, "OUT_OF_BOUNDS"),
    ],
)
def test_a_space_that_cannot_be_searched_is_refused_before_work(spec, market, space, code):
    planned = plan_search(spec, market, space=space)

    assert planned.plan is None
    assert all(problem.path.startswith("$.space") for problem in planned.problems)
    assert code in {problem.code for problem in planned.problems}


def test_a_misspelled_path_names_the_one_that_was_meant(spec, market):
    [problem] = plan_search(spec, market, space={"indicators.sma_fats.inputs.length": [5]}).problems

    assert problem.path == '$.space["indicators.sma_fats.inputs.length"]' and problem.suggestion == "sma_fast"


def test_all_that_is_wrong_is_told_at_once(spec, market):
    planned = plan_search(
        spec,
        market,
        method="evolution",
        objectives=["sharp", "sharpe", "sharpe"],
        space={FAST: []},
        seed=-1,
        limit=0,
    )

    assert found(planned.problems) == [
        ("UNKNOWN_VALUE", "$.method"),
        ("UNKNOWN_VALUE", "$.objectives[0]"),
        ("DUPLICATE_VALUE", "$.objectives[2]"),
        ("OUT_OF_BOUNDS", "$.seed"),
        ("OUT_OF_BOUNDS", "$.limit"),
        ("OUT_OF_BOUNDS", f'$.space["{FAST}"]'),
    ]
    assert planned.problems[0].suggestion == "evolutionary" and planned.problems[1].suggestion == "sharpe"


def test_the_order_of_a_spaces_fields_decides_nothing(spec, market):
    written = {FAST: [5, 10, 15], SLOW: {"min": 20, "max": 60, "step": 20}}
    one = plan_search(spec, market, space=written).plan
    two = plan_search(spec, market, space=dict(reversed(written.items()))).plan

    assert [one.overrides(number) for number in range(10)] == [two.overrides(number) for number in range(10)]


def test_a_search_that_names_no_space_varies_the_indicators_numbers(spec, market):
    plan = plan_search(spec, market).plan

    assert plan.document == {FAST: [12, 16, 20, 24, 28], SLOW: [30, 40, 50, 60, 70]} and plan.count == 25
    assert plan.overrides(0) == {}


def test_where_the_neighbours_are_too_many_fewer_of_them_are_taken(spec):
    assert neighbours(spec, 24) == {FAST: [16, 20, 24], SLOW: [40, 50, 60]}


def test_a_spec_without_a_number_to_vary_says_so(market):
    entry = [{"when": "gt", "left": "close", "right": "open"}]
    bare = check(
        {
            "id": "bare",
            "name": "Bare",
            "version": "1.0",
            "universe": {"assets": ["BTC"], "timeframe": "1d"},
            "indicators": {},
            "signals": {"entry": entry, "exit": [{"when": "lt", "left": "close", "right": "open"}]},
            "sizing": {"mode": "percent_equity", "value": 0.1},
            "risk": {},
            "execution": {"mode": "paper"},
        },
        catalog=market,
    ).spec

    assert found(plan_search(bare, market).problems) == [("NOTHING_TO_VARY", "$.space")]
    assert plan_search(bare, market, space={"sizing.value": [0.05, 0.1]}).plan.count == 2


def test_a_window_inside_the_holdout_is_refused(spec, market):
    end = market.span("BTCUSDT", "1d")[1]

    [problem] = plan_search(spec, market, end=end).problems

    assert (problem.code, problem.path) == ("HOLDOUT_LOCKED", "$.window")
