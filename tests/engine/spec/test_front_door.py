"""The one strict JSON reader: what it refuses, and that it never raises."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.spec.front_door import MAX_DEPTH, read_json, read_value


def found(read: Any) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in read.problems]


@pytest.mark.parametrize(
    ("document", "path", "code"),
    [
        (b"", "$", "INVALID_JSON"),
        (b"  \n ", "$", "INVALID_JSON"),
        (b"not json", "$", "INVALID_JSON"),
        (b'{"a": 1', "$", "INVALID_JSON"),
        (b'{"a": 1,}', "$", "INVALID_JSON"),
        (b"{'a': 1}", "$", "INVALID_JSON"),
        (b'{"a": 01}', "$", "INVALID_JSON"),
        (b'{"a": "\x01"}', "$", "INVALID_JSON"),
        (b'{"a": NaN}', "$", "INVALID_JSON"),
        (b'{"a": Infinity}', "$", "INVALID_JSON"),
        (b'{"a": -Infinity}', "$", "INVALID_JSON"),
        (b'{"a": 1e999}', "$", "INVALID_JSON"),
        (b'{"a": "\\ud800"}', "$", "INVALID_JSON"),
        (b'{"a": "\\udc00\\ud800"}', "$", "INVALID_JSON"),
        (b'{"a": 1} {"b": 2}', "$", "INVALID_JSON"),
        (b'{"a": 9007199254740993}', "$.a", "NUMBER_RANGE"),
        (b'{"a": 1' + b"0" * 5_000 + b"}", "$", "INVALID_JSON"),
        (b'{"a": 1' + b"0" * 200 + b"}", "$.a", "NUMBER_RANGE"),
        (b'{"a": [1e-310]}', "$.a[0]", "NUMBER_RANGE"),
        (b'{"a": {"b": 1, "b": 2}}', "$.a.b", "DUPLICATE_KEY"),
        (b'{"a": {"b": 1, "\\u0062": 2}}', "$.a.b", "DUPLICATE_KEY"),
        (b'[{"a b": 1}, {"a b": 1, "a b": 1}]', '$[1]["a b"]', "DUPLICATE_KEY"),
        (b'{"a": "x\\u0000"}', "$.a", "BAD_TEXT"),
        (b'{"a\\u0000": 1}', "$", "BAD_TEXT"),
        (b"\xef\xbb\xbf{}", "$", "NOT_UTF8"),
        ('{"a": 1}'.encode("utf-16"), "$", "NOT_UTF8"),
        ('{"a": 1}'.encode("utf-32-be"), "$", "INVALID_JSON"),
        (b'{"a": "\xff"}', "$", "NOT_UTF8"),
        (b'{"a": "\xed\xa0\x80"}', "$", "NOT_UTF8"),
        ('{"a": "\ud800"}', "$", "BAD_TEXT"),
        (b"[" * 100_000, "$", "TOO_DEEP"),
        (b'{"a":' * 40_000, "$", "TOO_DEEP"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "$", "TOO_DEEP"),
        (b'"' + b"x" * 10_000_000 + b'"', "$", "TOO_LARGE"),
    ],
)
def test_a_hostile_document_is_refused_at_its_place(document: bytes | str, path: str, code: str) -> None:
    read = read_json(document)

    assert found(read) == [(path, code)]
    assert read.value is None


@pytest.mark.parametrize(
    ("document", "value"),
    [
        ('{"a": [1, 2.5, true, null, "x"]}', {"a": [1, 2.5, True, None, "x"]}),
        ('"[[[[{{{{\\"[["', '[[[[{{{{"[['),
        ('{"a": "\\\\u0000"}', {"a": "\\u0000"}),
        ("9007199254740992", 2**53),
        ("[" * MAX_DEPTH + "]" * MAX_DEPTH, None),
        ('"\\ud83d\\ude00"', "\U0001f600"),
        (b"-0.0", 0.0),
        ("100000000000000000", 1e17),
    ],
)
def test_what_is_json_is_read(document: bytes | str, value: object) -> None:
    read = read_json(document)

    assert read.problems == ()
    assert value is None or read.value == value


def test_a_syntax_error_tells_line_and_column() -> None:
    (problem,) = read_json('{"a": 1,\n "b" 2}').problems

    assert "line 2, column 6" in problem.message


def test_every_double_key_and_every_bad_text_is_found_at_once() -> None:
    read = read_json('{"a": 1, "a": 2, "b": {"c": "\\u0000", "c": 1e-320}}')

    assert found(read) == [
        ("$.a", "DUPLICATE_KEY"),
        ("$.b.c", "BAD_TEXT"),
        ("$.b.c", "DUPLICATE_KEY"),
        ("$.b.c", "NUMBER_RANGE"),
    ]


def test_the_problems_of_a_hostile_document_are_no_flood() -> None:
    assert len(read_json("{" + '"a":1,' * 30_000 + '"a":1}').problems) == 100


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def in_a_circle() -> Any:
    circle: dict[str, Any] = {}
    circle["a"] = circle
    return circle


@pytest.mark.parametrize(
    ("value", "path", "code"),
    [
        ({"a": float("nan")}, "$.a", "NUMBER_RANGE"),
        ({"a": [float("inf")]}, "$.a[0]", "NUMBER_RANGE"),
        ({"a": 10**400}, "$.a", "NUMBER_RANGE"),
        ({"a": "\ud800"}, "$.a", "BAD_TEXT"),
        ({"a": "\0"}, "$.a", "BAD_TEXT"),
        ({1: 2}, "$", "WRONG_TYPE"),
        ({"a": {None: 2}}, "$.a", "WRONG_TYPE"),
        ({"a": {1, 2}}, "$.a", "WRONG_TYPE"),
        ({"a": b"x"}, "$.a", "WRONG_TYPE"),
        ({"a": 1j}, "$.a", "WRONG_TYPE"),
        ({"a": object}, "$.a", "WRONG_TYPE"),
        (nested(MAX_DEPTH + 1), "$" + "[0]" * MAX_DEPTH, "TOO_DEEP"),
        (in_a_circle(), "$" + ".a" * MAX_DEPTH, "TOO_DEEP"),
        ({"a": "x" * 300_000}, "$", "TOO_LARGE"),
        ({"a": [0] * 1_000_000}, "$", "TOO_LARGE"),
    ],
)
def test_python_objects_pass_the_same_door(value: object, path: str, code: str) -> None:
    assert found(read_value(value)) == [(path, code)]


def test_what_was_read_is_a_copy() -> None:
    given_value = {"a": [1, (2, 3)]}

    read = read_value(given_value)
    given_value["a"].append(4)  # type: ignore[attr-defined]

    assert read.value == {"a": [1, [2, 3]]}


@settings(max_examples=300)
@given(st.binary(max_size=80) | st.text(max_size=80) | st.text(alphabet='{}[]":,\\u0d8019.eE-+ntf al', max_size=60))
def test_garbage_never_raises(document: bytes | str) -> None:
    read = read_json(document)

    assert (read.value is None) or not read.problems


@settings(max_examples=100)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
        max_leaves=15,
    )
)
def test_text_and_objects_are_judged_alike(value: object) -> None:
    from_objects = read_value(value)
    from_text = read_json(json.dumps(value))

    assert bool(from_objects.problems) == bool(from_text.problems)
    assert from_objects.value == from_text.value
