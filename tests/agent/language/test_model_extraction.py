"""The JSON object is found wherever a model puts it, and never guessed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.language.extraction import called, find_object

OBJECT = {"intent": "build", "reply": 'braces } and { and "quotes" and ```', "spec": {"a": [1, {"b": None}]}}
JSON = json.dumps(OBJECT)

FOUND = [
    JSON,
    f"  {JSON}\n",
    f"```json\n{JSON}\n```",
    f"```\n{JSON}",
    f"Sure! Here is the strategy:\n\n{JSON}\n\nTell me if {{this}} is right.",
    f'<think>maybe {{"intent": "refuse"}}? no.</think>{JSON}',
    f'First try:\n```json\n{{"intent": "ask"}}\n```\nBetter:\n```json\n{JSON}\n```',
    f'<tool_call>{{"name": "reply", "arguments": {JSON}}}</tool_call>',
    json.dumps({"name": "reply", "arguments": JSON}),
    json.dumps({"type": "function", "function": {"name": "reply", "parameters": OBJECT}}),
    json.dumps({"tool": "reply", "arguments": OBJECT}),
]


@pytest.mark.parametrize("text", FOUND)
def test_an_object_is_found_where_models_put_it(text: str) -> None:
    assert find_object(text) == (OBJECT, ())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "NO_JSON"),
        ("I cannot help with that.", "NO_JSON"),
        ("[1, 2]", "NO_JSON"),
        (JSON[:-5], "INVALID_JSON"),
        ('{"a": 1, "a": 2}', "DUPLICATE_KEY"),
        ('{"a": NaN}', "INVALID_JSON"),
        ("{" * 5_000, "TOO_DEEP"),
        ("{}" + "x" * 600_000, "TOO_LARGE"),
    ],
)
def test_what_is_no_object_is_refused_with_the_reason(text: str, code: str) -> None:
    found, problems = find_object(text)

    assert found is None
    assert problems[0].code == code


def test_an_object_that_only_looks_like_a_call_is_kept() -> None:
    spec: dict[str, Any] = {"name": "x", "arguments": {"a": 1}, "universe": {}}

    assert called(spec) == spec


@settings(max_examples=100)
@given(st.text(alphabet='{}[]"\\:,a1 \n`<>', max_size=60))
def test_no_text_makes_the_search_fail(text: str) -> None:
    found, problems = find_object(text)

    assert (found is None) == bool(problems)


@settings(max_examples=60)
@given(
    st.dictionaries(st.text(max_size=5), st.text(max_size=20) | st.integers(-9, 9), min_size=1, max_size=3),
    st.text(alphabet="abc .,!?\n", max_size=30),
)
def test_an_object_among_prose_is_the_object_alone(value: dict[str, Any], prose: str) -> None:
    alone = find_object(json.dumps(value))

    assert find_object(f"{prose}{json.dumps(value)}{prose}") == alone
