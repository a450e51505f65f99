"""What is called impossible never holds: checked against random bars."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agent.language.builtin.doubting.feasible import alternatives, impossible, negated
from agent.language.builtin.rules import Compare, Condition, Field, Group, Math, Number, Operand

N_BARS, LAGS = 400, 3
RNG = np.random.default_rng(11)
CLOSE = 100 * np.exp(np.cumsum(RNG.normal(0, 0.05, N_BARS)))
OPEN = CLOSE * np.exp(RNG.normal(0, 0.03, N_BARS))
HIGH = np.maximum(CLOSE, OPEN) * (1 + RNG.random(N_BARS) * 0.03)
LOW = np.minimum(CLOSE, OPEN) * (1 - RNG.random(N_BARS) * 0.03)
BARS = {"close": CLOSE, "open": OPEN, "high": HIGH, "low": LOW}

fields = st.builds(Field, st.sampled_from(sorted(BARS)), st.integers(0, LAGS - 1))
numbers = st.builds(Number, st.sampled_from([50.0, 90.0, 100.0, 110.0, 200.0]))
scaled = st.builds(Math, st.just("*"), fields, st.builds(Number, st.sampled_from([0.97, 1.02, 1.05])))
moved = st.builds(Math, st.sampled_from("+-"), fields, st.builds(Number, st.sampled_from([1.0, 5.0])))
whens = st.sampled_from(["gt", "gte", "lt", "lte", "crosses_above", "crosses_below"])
compares = st.builds(Compare, whens, fields, st.one_of(fields, numbers, scaled, moved))


def values(operand: Operand, lag: int) -> np.ndarray:
    if isinstance(operand, Number):
        return np.full(N_BARS - LAGS - 1, operand.value)
    if isinstance(operand, Math):
        left, right = values(operand.left, lag), values(operand.right, lag)
        return {"+": left + right, "-": left - right, "*": left * right}[operand.op]
    assert isinstance(operand, Field)
    start = LAGS + 1 - operand.lag - lag
    return BARS[operand.name][start : start + N_BARS - LAGS - 1]


def holds(part: Condition) -> np.ndarray:
    assert isinstance(part, Compare)
    left, right = values(part.left, 0), values(part.right, 0)
    if "cross" in part.when:
        before, other = values(part.left, 1), values(part.right, 1)
        up = part.when == "crosses_above"
        return (left > right) & (before <= other) if up else (left < right) & (before >= other)
    return {"gt": left > right, "gte": left >= right, "lt": left < right, "lte": left <= right}[part.when]


@given(st.lists(compares, min_size=1, max_size=5))
def test_what_is_called_impossible_holds_at_no_bar(parts: list[Compare]) -> None:
    if impossible(parts):
        assert not np.logical_and.reduce([holds(part) for part in parts]).any()


@given(compares, compares)
def test_a_comparison_and_its_contrary_are_impossible(one: Compare, other: Compare) -> None:
    contrary = negated(one)
    if contrary is not None:
        assert impossible([one, contrary])
        assert impossible([other, one, contrary])


def test_a_circle_of_averages_is_impossible() -> None:
    a, b, c = (Field("close", lag) for lag in range(3))

    assert impossible([Compare("gt", a, b), Compare("gt", b, c), Compare("gt", c, a)])
    assert not impossible([Compare("gt", a, b), Compare("gt", b, c), Compare("gt", a, c)])


def test_a_bar_between_its_low_and_high_is_known() -> None:
    assert impossible([Compare("gt", Field("close"), Field("high"))])
    assert impossible([Compare("lt", Field("close"), Math("*", Field("low"), Number(0.99)))])


def test_alternatives_are_those_of_both_sides() -> None:
    up, down = Compare("gt", Field("close"), Field("open")), Compare("lt", Field("close"), Field("open"))

    found = alternatives(Group("and", (Group("or", (up, down)), Group("or", (up, down)))))

    assert found == [[up, up], [up, down], [down, up], [down, down]]
