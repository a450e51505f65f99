"""The span to test, as people name it: a month, a quarter or a half is all of it and nothing beside it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.language.builtin.interpreter import read
from agent.language.builtin.retests import retest_in
from agent.language.port import Request

NOW = Request("", "2026-01-10T00:00:00Z")


def days(text: str) -> tuple[str | None, str | None] | None:
    """First day, and the first day after it, of the span that a message asks to test."""
    found = retest_in(NOW, text)
    if found is None or found.window is None:
        return None
    start, end = found.window.start, found.window.end
    return start and start[:10], end and end[:10]


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("test it to 2025-06", None, "2025-07-01"),
        ("test it until 2025-06", None, "2025-06-01"),
        ("test it up to june 2025", None, "2025-07-01"),
        ("backtest 2022-03 to 2023-05", "2022-03-01", "2023-06-01"),
        ("test it between 2022/03 and 2022/05", "2022-03-01", "2022-06-01"),
        ("test 08/2022 to 12/2022", "2022-08-01", "2023-01-01"),
        ("test it from 2023 to 2025-06", "2023-01-01", "2025-07-01"),
        ("test it from 2024-08 on", "2024-08-01", None),
        ("run it from march 2024 onwards", "2024-03-01", None),
        ("run it after 2022-08", "2022-09-01", None),
        ("how did it do in june 2022?", "2022-06-01", "2022-07-01"),
        ("test it march to june 2022", "2022-03-01", "2022-07-01"),
        ("test it from november to february 2023", "2022-11-01", "2023-03-01"),
        ("test H1 2024", "2024-01-01", "2024-07-01"),
        ("test it from h2 2021 on", "2021-07-01", None),
        ("test q1 2022 to q3 2022", "2022-01-01", "2022-10-01"),
        ("test Q3/2022", "2022-07-01", "2022-10-01"),
        ("test 2022 q3", "2022-07-01", "2022-10-01"),
        ("test it over the third quarter of 2022", "2022-07-01", "2022-10-01"),
        ("q3 2023", "2023-07-01", "2023-10-01"),
        ("last 2 years", "2024-01-10", None),
        ("2021 to 2022", "2021-01-01", "2023-01-01"),
        ("test it from mid 2021 to the end of 2023", "2021-07-01", "2024-01-01"),
        ("test mid-2020 to h1 2022", "2020-07-01", "2022-07-01"),
        ("test it since the beginning of 2021", "2021-01-01", None),
        ("start the test in 2021", "2021-01-01", None),
    ],
)
def test_a_named_span_is_all_of_it_and_nothing_beside_it(text: str, first: str | None, after: str | None) -> None:
    assert days(text) == (first, after)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "test 2022-13",
            "test it from 2022-13 on",
            "test 2021-22",
            "test q5 2022",
            "test h3 2022",
            "test in mid 2022",
        ),
        *("test 2022-08-5", "test it from 2022-08 to whenever", "test the last quarter", "2022", "everything"),
    ],
)
def test_what_is_no_span_is_not_guessed(text: str) -> None:
    assert days(text) is None


@given(st.integers(2000, 2030), st.integers(1, 12), st.integers(0, 40))
def test_months_by_number_and_by_name_are_the_same_span(year: int, month: int, more: int) -> None:
    names = "january february march april may june july august september october november december".split()
    last_year, last = divmod(12 * year + month - 1 + more, 12)
    numbered = days(f"test it from {year}-{month:02d} to {last_year}-{last + 1:02d}")

    assert numbered == days(f"test it from {names[month - 1]} {year} to {names[last]} {last_year}")
    assert numbered is not None and numbered[0] == f"{year}-{month:02d}-01" and str(numbered[1])[8:] == "01"


def test_a_long_warm_up_in_a_named_span_is_told() -> None:
    told = [
        one.text for one in read(Request("golden cross on ada daily since 2022", "2026-01-01T00:00:00Z")).assumptions
    ]
    assert any("warm-up" in text and "199 bars" in text for text in told)
    short = read(Request("ada 4h rsi 9 under 28 buy, over 66 sell since 2022", "2026-01-01T00:00:00Z")).assumptions
    assert not any("warm-up" in one.text for one in short)
