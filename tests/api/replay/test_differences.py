"""What differs between two documents is found, all of it, and nothing else is."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.replay.differences import ABSENT, Difference, differences

SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=8)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=40)
@given(DOCUMENTS)
def test_a_document_does_not_differ_from_itself(document: Any) -> None:
    assert differences(document, copy.deepcopy(document)) == ()


@settings(max_examples=40)
@given(DOCUMENTS, DOCUMENTS)
def test_documents_without_a_difference_are_equal(then: Any, now: Any) -> None:
    if not differences(then, now):
        assert then == now


@pytest.mark.parametrize(
    ("then", "now", "path"),
    [
        ({"a": {"b": [1.0, 2.0]}}, {"a": {"b": [1.0, 2.0000000000000004]}}, "a.b[1]"),
        ({"a": 0.0}, {"a": -0.0}, "a"),
        ({"a": True}, {"a": 1}, "a"),
        ({"a": None}, {}, "a"),
        ({}, {"a": 1}, "a"),
        ({"a": [1, 2, 3]}, {"a": [1, 3]}, "a, length"),
        ({"a": "one\ntwo\nthree"}, {"a": "one\ntwo\n3"}, "a, line 3"),
        ({"a": "one"}, {"a": "one\ntwo"}, "a, line 2"),
        ({"a": "1"}, {"a": 1}, "a"),
    ],
)
def test_a_difference_is_named_by_its_place(then: Any, now: Any, path: str) -> None:
    assert differences(then, now)[0].path == path


def test_of_lists_of_different_length_the_first_element_that_differs_is_told_and_no_more() -> None:
    found = differences(["a", "b", "c", "d"], ["b", "c", "d"])

    assert [one.path for one in found] == [", length", "[0]"]


def test_what_is_absent_is_left_out_of_the_document() -> None:
    assert Difference("a", ABSENT, 5).as_dict() == {"path": "a", "now": 5}
    assert Difference("a", None, 5).as_dict() == {"path": "a", "then": None, "now": 5}
