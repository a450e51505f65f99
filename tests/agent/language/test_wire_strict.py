"""The schemas a model is held to are strict, and the linter that says so finds what is not."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_replies import SPEC, wire_reply

from agent.language.ladder import DEEPEST_BOUNDED, Rung, depth_of, is_about_form, response_format
from agent.language.wire.lint import strictness
from agent.language.wire.notation import notation
from agent.language.wire.schema import choice, listed, nullable, reply_schema, shape
from agent.language.wire.shape import shaped
from engine.indicators.catalog import CATALOG
from engine.spec import json_schema

TEXT: dict[str, Any] = {"type": "string"}


@pytest.mark.parametrize("levels", [None, *range(1, DEEPEST_BOUNDED + 1)])
def test_the_wire_schema_is_strict_in_every_form(levels: int | None) -> None:
    assert strictness(reply_schema(levels)) == ()


def test_the_specs_own_schema_is_not_strict() -> None:
    found = "\n".join(strictness(json_schema()))

    assert "an object needs properties" in found
    assert "propertyNames is not in the subset" in found


PLANTED = [
    ({"type": "array", "items": TEXT}, "the root must be an object"),
    ({"type": "object", "properties": {"a": TEXT}, "required": [], "additionalProperties": False}, "must list a"),
    ({"type": "object", "properties": {"a": TEXT}, "required": ["a"]}, "additionalProperties must be false"),
    ({**shape({"a": TEXT}), "required": ["a", "b"]}, "required names b"),
    (shape({"a": {"type": "object", "additionalProperties": TEXT}}), "an object needs properties"),
    (shape({"a": {"type": "string", "default": "x"}}), "default is not in the subset"),
    (shape({"a": {"type": "string", "format": "date"}}), "format is not in the subset"),
    (shape({"a": {"type": "number", "minimum": 0}}), "minimum is not in the subset"),
    (shape({"a": {"type": "string", "pattern": "x"}}), "pattern is not in the subset"),
    (shape({"a": {"allOf": [TEXT]}}), "allOf is not in the subset"),
    (shape({"a": {"not": TEXT}}), "not is not in the subset"),
    (shape({"a": {"type": "array"}}), "a list needs items"),
    (shape({"a": {"type": "text"}}), "type must be one of"),
    (shape({"a": True}), "must be a schema"),
    (shape({"a": {"$ref": "#/$defs/B"}}), "#/$defs/B is not defined"),
    (shape({"a": {"$ref": "#/$defs/B", "description": "x"}}) | {"$defs": {"B": TEXT}}, "$ref stands alone"),
    (shape({"a": {"anyOf": []}}), "anyOf needs members"),
    (shape({"a": {"anyOf": [TEXT, TEXT]}}), "2 members of type string"),
    (shape({"a": {"anyOf": [shape({"b": TEXT}), shape({"b": TEXT})]}}), "must begin with one and the same property"),
    (shape({"a": {"anyOf": [shape({"b": choice("x")}), shape({"c": choice("y")})]}}), "must begin with one"),
    (shape({"a": {"anyOf": [shape({"b": choice("xy")}), shape({"b": choice("yz")})]}}), "share the value y"),
    (shape({f"p{at}": TEXT for at in range(5_001)}), "5,001 properties, at most 5,000"),
    (shape({"a": choice(map(str, range(1_001)))}), "1,001 enum values, at most 1,000"),
    (shape({"a" * 120_001: TEXT}), "120,001 characters"),
]


@pytest.mark.parametrize(("schema", "complaint"), PLANTED)
def test_the_linter_finds_a_planted_fault(schema: dict[str, Any], complaint: str) -> None:
    assert complaint in "\n".join(strictness(schema))


def test_the_linter_counts_levels_of_objects() -> None:
    schema: dict[str, Any] = shape({"a": TEXT})
    for _ in range(9):
        schema = shape({"a": listed(schema)})
    assert strictness(schema) == ()

    assert "11 levels of objects" in "\n".join(strictness(shape({"a": schema})))


def nodes(schema: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(schema, dict) and ("type" in schema or "anyOf" in schema) and place[-1:] != ("properties",):
        yield place
    items = schema.items() if isinstance(schema, dict) else enumerate(schema) if isinstance(schema, list) else ()
    for step, inner in items:
        yield from nodes(inner, (*place, step))


PLACES = list(nodes(reply_schema()))


@settings(max_examples=40)
@given(st.sampled_from(PLACES), st.sampled_from(["default", "minimum", "format", "oneOf", "patternProperties"]))
def test_a_keyword_outside_the_subset_is_found_anywhere(place: tuple[Any, ...], keyword: str) -> None:
    schema = copy.deepcopy(reply_schema())
    node: Any = schema
    for step in place:
        node = node[step]
    node[keyword] = {}

    assert any(line.endswith(f"{keyword} is not in the subset") for line in strictness(schema))


def test_every_indicator_of_the_catalog_can_be_written_with_its_own_inputs_alone() -> None:
    form = reply_schema()
    variants = {**form["$defs"]["Indicator"], "$defs": form["$defs"]}
    for entry in CATALOG.values():
        one = {"type": entry.name, "name": "x", **{spec.name: entry.example.get(spec.name) for spec in entry.accepted}}
        assert shaped(one, variants) == (one, ())
        assert shaped({**one, "magic": 1}, variants)[1][0].code == "UNKNOWN_FIELD"


def test_the_model_has_no_field_for_what_is_the_services() -> None:
    definitions = reply_schema()["$defs"]

    assert {"id", "version", "metadata"}.isdisjoint(definitions["StrategySpec"]["properties"])
    assert "mode" not in definitions["Execution"]["properties"]


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"spec": {**wire_reply()["spec"], "version": "9.9"}}, "$.spec.version", "UNKNOWN_FIELD"),
        ({"spec": {**wire_reply()["spec"], "sizing": {"mode": "all_in"}}}, "$.spec.sizing.mode", "BAD_VALUE"),
        ({"spec": {**wire_reply()["spec"], "sizing": {"value": 1}}}, "$.spec.sizing.mode", "MISSING_FIELD"),
        ({"spec": {**wire_reply()["spec"], "indicators": {}}}, "$.spec.indicators", "WRONG_TYPE"),
        ({"parts": [{"words": 1, "path": None}]}, "$.parts[0].words", "WRONG_TYPE"),
        ({"spec": 5}, "$.spec", "WRONG_TYPE"),
        ({"intent": "bild"}, "$.intent", "BAD_VALUE"),
        ({"trial_count": 0}, "$.trial_count", "UNKNOWN_FIELD"),
    ],
)
def test_a_value_of_another_shape_is_told_with_its_place(change: dict[str, Any], path: str, code: str) -> None:
    _, problems = shaped({**wire_reply(), **change}, reply_schema())

    assert [(problem.path, problem.code) for problem in problems] == [(path, code)]


def test_all_problems_of_a_shape_are_told_at_once() -> None:
    _, problems = shaped({"intent": "build", "parts": "none", "spec": {"name": 1}}, reply_schema())

    assert len(problems) > 5


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["intent", "spec", "when", "type", "mode", "parts", "x"]), inner, max_size=4)
    ),
    max_leaves=10,
)


@settings(max_examples=100)
@given(json_values)
def test_no_value_makes_the_shape_check_fail(value: Any) -> None:
    tidy, problems = shaped(value, reply_schema())

    assert problems or shaped(tidy, reply_schema()) == (tidy, ())


def test_the_bounded_form_holds_what_it_promises() -> None:
    leaf = {"when": "gt", "left": "close", "right": 1}
    pair = {"when": "and", "conditions": [leaf, {"when": "or", "conditions": [leaf, leaf]}]}
    spec = {**SPEC, "signals": {"entry": [{"when": "gt", "left": "close", "value": 1.0}], "exit": []}}
    reply = wire_reply(spec)
    reply["spec"]["signals"]["entry"] = [pair]

    assert shaped(reply, reply_schema(3))[1] == ()
    assert shaped(reply, reply_schema(2))[1] != ()
    assert shaped(reply, reply_schema())[1] == ()


def test_the_rungs_of_the_ladder_ask_for_less_and_less() -> None:
    forms = [response_format(rung) for rung in Rung]

    assert [None if form is None else form["type"] for form in forms] == [
        "json_schema",
        "json_schema",
        "json_object",
        None,
    ]
    assert [rung.below for rung in Rung] == [*list(Rung)[1:], None]


def test_a_strategy_too_deep_for_the_bounded_form_is_asked_for_as_plain_json() -> None:
    leaf: dict[str, Any] = {"when": "gt", "left": "close", "value": 1.0}
    deep = leaf
    for _ in range(6):
        deep = {"when": "not", "conditions": [deep]}
    spec = {"signals": {"entry": [{**leaf, "filters": [leaf]}], "exit": [deep]}}

    assert depth_of(spec) == 7
    assert response_format(Rung.BOUNDED, depth_of(spec)) == {"type": "json_object"}


@pytest.mark.parametrize(
    ("status", "message", "about"),
    [
        (400, "'response_format.type' must be 'text'", True),
        (422, "body.response_format: extra inputs are not permitted", True),
        (400, "Invalid schema for response_format 'reply': in context=(), '$ref' is not supported", True),
        (500, "failed to parse grammar", True),
        (400, "This model's maximum context length is 4096 tokens", False),
        (404, "The model `x` does not exist", False),
        (429, "response_format is fine, you are too fast", False),
    ],
)
def test_a_refusal_of_the_form_is_told_from_others(status: int, message: str, about: bool) -> None:
    assert is_about_form(status, message) is about


def test_the_notation_names_every_field_of_the_form() -> None:
    text = notation(reply_schema())
    for part in reply_schema()["$defs"].values():
        for name in part.get("properties", {}):
            assert f"{name}: " in text


def test_null_can_be_added_to_every_kind_of_schema() -> None:
    for schema in (TEXT, choice("ab"), shape({"a": TEXT}), listed(TEXT), {"anyOf": [TEXT, {"type": "number"}]}):
        assert shaped(None, nullable(schema)) == (None, ())
