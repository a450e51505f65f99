"""Resolving inputs: strict types, every problem at once, names the way people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.indicator_cases import NAMES

from engine.indicators.catalog import CATALOG, resolve_inputs
from engine.indicators.resolve import nearest_timezone, timezone_names

RANGE = {"start": "09:30", "end": "10:00"}


def problem_of(name, inputs):
    (problem,) = resolve_inputs(CATALOG[name], inputs).problems
    return problem


@pytest.mark.parametrize(
    ("name", "inputs", "canonical"),
    [
        ("sma", {"timeperiod": 50}, {"length": 50}),
        ("rsi", {"period": 7, "src": "open"}, {"length": 7, "source": "open"}),
        ("atr", {"window": 5}, {"length": 5}),
        ("bbands", {"mult": 3}, {"stddev": 3.0}),
        ("bbands", {"nbdev": 2.5}, {"stddev": 2.5}),
        ("keltner", {"mult": 1.5, "atr_period": 20}, {"multiplier": 1.5, "atr_length": 20}),
        ("supertrend", {"factor": 2, "atr_length": 7}, {"multiplier": 2.0, "length": 7}),
        ("macd", {"fastperiod": 5, "slow_length": 35, "signal_period": 5}, {"fast": 5, "slow": 35, "signal": 5}),
        ("stoch", {"length": 21, "smooth_k": 1, "d_period": 5}, {"k": 21, "smooth": 1, "d": 5}),
        ("psar", {"acceleration": 0.01, "maximum": 0.1}, {"step": 0.01, "max": 0.1}),
        ("opening_range", {**RANGE, "timezone": "Asia/Tokyo"}, {"tz": "Asia/Tokyo"}),
        ("sma", {"LENGTH": 9, "tf": "4h"}, {"length": 9, "timeframe": "4h"}),
    ],
)
def test_inputs_are_found_under_the_names_people_write(name, inputs, canonical):
    resolved = resolve_inputs(CATALOG[name], inputs)
    assert resolved.problems == ()
    assert canonical.items() <= resolved.inputs.items()


@pytest.mark.parametrize(
    ("value", "code", "suggestion"),
    [
        (2.5, "INPUT_TYPE", None),
        (20.0, "INPUT_TYPE", "20"),
        (True, "INPUT_TYPE", None),
        ("20", "INPUT_TYPE", None),
        (None, "INPUT_TYPE", None),
        ([20], "INPUT_TYPE", None),
        (float("nan"), "INPUT_TYPE", None),
        (0, "INPUT_RANGE", None),
        (-3, "INPUT_RANGE", None),
        (5001, "INPUT_RANGE", None),
        (10**400, "INPUT_RANGE", None),
    ],
)
def test_a_length_that_is_no_whole_number_in_bounds_is_refused(value, code, suggestion):
    problem = problem_of("sma", {"length": value})
    assert (problem.input, problem.code, problem.suggestion) == ("length", code, suggestion)
    assert "whole number from 1 to 5000" in problem.message
    assert len(problem.message) < 200


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("2", "INPUT_TYPE"),
        (False, "INPUT_TYPE"),
        (0, "INPUT_RANGE"),
        (-2.0, "INPUT_RANGE"),
        (float("inf"), "INPUT_RANGE"),
        (float("nan"), "INPUT_RANGE"),
        (10**400, "INPUT_RANGE"),
    ],
)
def test_a_factor_must_be_a_finite_number_in_bounds(value, code):
    assert problem_of("bbands", {"stddev": value}).code == code


def test_a_factor_may_be_written_as_a_whole_number():
    assert resolve_inputs(CATALOG["bbands"], {"stddev": 2}).inputs["stddev"] == 2.0


def test_an_unknown_input_names_the_nearest_and_what_is_allowed():
    problem = problem_of("sma", {"lenght": 20})
    assert problem.code == "UNKNOWN_INPUT"
    assert problem.suggestion == "length"
    assert problem.allowed == ("length", "source", "offset", "timeframe")


def test_a_number_too_long_to_be_written_out_is_refused_without_it():
    assert problem_of("sma", {"length": 10**10_000}).message.startswith(
        "'length' is a number of too many digits: must be"
    )


def test_a_name_of_any_length_makes_a_short_message():
    assert len(problem_of("sma", {"x" * 100_000: 1}).message) < 100


def test_a_source_where_none_is_taken_says_what_is_read_instead():
    assert problem_of("atr", {"source": "close"}).message == "atr takes no source: it reads high, low, close"


def test_the_same_input_under_two_names_is_refused():
    problem = problem_of("sma", {"length": 20, "period": 50})
    assert (problem.code, problem.message) == ("INPUT_TWICE", "'period' and 'length' are the same input: write one")


def test_all_problems_are_found_at_once_and_the_rest_is_resolved():
    resolved = resolve_inputs(CATALOG["macd"], {"fast": 1, "slow": "x", "sginal": 3, "offset": -1, "source": "open"})
    assert [problem.input for problem in resolved.problems] == ["fast", "slow", "sginal", "offset"]
    assert resolved.inputs == {
        "fast": 12,
        "slow": 26,
        "signal": 9,
        "source": "open",
        "offset": 0,
        "timeframe": None,
    }


@pytest.mark.parametrize("value", ["Close", "close ", "a.b.c", "sma(20)", "", "close[1]", "x" * 65])
def test_a_source_is_a_field_a_key_or_an_output_of_a_key(value):
    assert problem_of("ema", {"source": value}).code == "INPUT_CHOICE"


def test_a_source_may_be_an_output_of_another_indicator():
    assert resolve_inputs(CATALOG["ema"], {"source": "macd_1.hist"}).problems == ()


def test_williams_r_takes_prices_alone():
    problem = problem_of("williams_r", {"source": "volume"})
    assert problem.code == "INPUT_CHOICE"
    assert "close" in problem.allowed


def test_a_timeframe_must_be_a_known_one():
    problem = problem_of("sma", {"timeframe": "1H"})
    assert (problem.code, problem.suggestion) == ("INPUT_CHOICE", "1h")


@pytest.mark.parametrize(
    ("value", "suggestion"), [("9:30", "09:30"), ("930", "09:30"), ("24:00", None), ("09:60", None), ("noon", None)]
)
def test_a_clock_time_is_written_with_two_digits_each(value, suggestion):
    problem = problem_of("opening_range", {**RANGE, "end": "23:00", "start": value})
    assert (problem.code, problem.suggestion) == ("INPUT_CHOICE", suggestion)


@pytest.mark.parametrize(
    ("value", "suggestion"),
    [
        ("New York", "America/New_York"),
        ("America/New York", "America/New_York"),
        ("../etc/passwd", None),
        ("qqq", None),
    ],
)
def test_a_time_zone_must_be_known_by_its_iana_name(value, suggestion):
    problem = problem_of("opening_range", {**RANGE, "tz": value})
    assert (problem.code, problem.suggestion) == ("INPUT_CHOICE", suggestion)


def test_a_time_zone_that_is_no_text_is_refused():
    assert problem_of("opening_range", {**RANGE, "tz": 5}).code == "INPUT_TYPE"


def test_utc_is_known_everywhere():
    assert "UTC" in timezone_names()
    assert nearest_timezone("London") == "Europe/London"


def test_an_opening_range_needs_its_times():
    problems = resolve_inputs(CATALOG["opening_range"], {"tz": "UTC"}).problems
    assert [(problem.input, problem.code) for problem in problems] == [
        ("start", "MISSING_INPUT"),
        ("end", "MISSING_INPUT"),
    ]


@pytest.mark.parametrize("end", ["09:30", "08:00"])
def test_an_opening_range_ends_after_it_begins(end):
    assert problem_of("opening_range", {"start": "09:30", "end": end}).code == "INPUT_CONFLICT"


def test_a_parabolic_step_may_not_exceed_its_maximum():
    problem = problem_of("psar", {"step": 0.3})
    assert (problem.input, problem.code) == ("step", "INPUT_CONFLICT")
    assert problem_of("psar", {"max": 0.01}).input == "max"


@pytest.mark.parametrize(("q", "suggestion"), [(0.9, "90"), (0.05, "5")])
def test_a_percentile_is_written_in_per_cent(q, suggestion):
    problem = problem_of("percentile", {"q": q})
    assert (problem.code, problem.suggestion) == ("INPUT_RANGE", suggestion)


@pytest.mark.parametrize(
    ("written", "session", "length"),
    [
        ({}, "day", None),
        ({"session": "week"}, "week", None),
        ({"length": 50}, "rolling", 50),
        ({"session": "rolling"}, "rolling", 20),
        ({"session": "rolling", "length": 5}, "rolling", 5),
        ({"length": None}, "day", None),
    ],
)
def test_a_vwap_is_anchored_to_a_session_or_rolls_over_a_length(written, session, length):
    resolved = resolve_inputs(CATALOG["vwap"], written)
    assert resolved.problems == ()
    assert (resolved.inputs["session"], resolved.inputs["length"]) == (session, length)


def test_a_vwap_cannot_be_anchored_and_roll():
    assert problem_of("vwap", {"session": "day", "length": 20}).code == "INPUT_CONFLICT"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["close", "UTC"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)
names = st.sampled_from(["length", "source", "offset", "timeframe", "q", "k", "fast", "start", "tz", "session"])


@given(name=st.sampled_from(NAMES), inputs=st.dictionaries(names | st.text(max_size=6), anything, max_size=5))
def test_whatever_is_written_ends_in_problems_or_in_inputs_that_stay_resolved(name, inputs):
    resolved = resolve_inputs(CATALOG[name], inputs)

    assert list(resolved.inputs) == [spec.name for spec in CATALOG[name].accepted]
    for problem in resolved.problems:
        assert problem.code
        assert problem.message
    if not resolved.problems:
        assert resolve_inputs(CATALOG[name], resolved.inputs) == resolved
