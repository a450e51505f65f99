"""A small JSON Schema validator, for the keywords our schema uses; an unknown keyword is an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

ANNOTATIONS = {"$schema", "$defs", "title", "description", "default"}


def schema_errors(schema: Any, value: Any, root: Any = None, path: str = "$") -> Iterator[str]:
    """Yield one line for each keyword that ``value`` breaks."""
    root = schema if root is None else root
    if schema is True:
        return
    if schema is False:
        yield f"{path}: nothing is allowed here"
        return
    for keyword, rule in schema.items():
        if keyword not in ANNOTATIONS:
            yield from CHECKS[keyword](rule, value, schema, root, path)


def _reference(rule: str, value: Any, schema: Any, root: Any, path: str) -> Iterator[str]:
    target = root
    for step in rule.removeprefix("#/").split("/"):
        target = target[step]
    yield from schema_errors(target, value, root, path)


def _type(rule: Any, value: Any, schema: Any, root: Any, path: str) -> Iterator[str]:
    names = [rule] if isinstance(rule, str) else rule
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    held = {
        "object": isinstance(value, dict),
        "array": isinstance(value, list),
        "string": isinstance(value, str),
        "number": number,
        "integer": number and float(value).is_integer(),
        "boolean": isinstance(value, bool),
        "null": value is None,
    }
    if not any(held[name] for name in names):
        yield f"{path}: {value!r} is no {rule}"


def _properties(rule: Any, value: Any, schema: Any, root: Any, path: str) -> Iterator[str]:
    for name in rule.keys() & value.keys() if isinstance(value, dict) else ():
        yield from schema_errors(rule[name], value[name], root, f"{path}.{name}")


def _additional(rule: Any, value: Any, schema: Any, root: Any, path: str) -> Iterator[str]:
    for name in value.keys() - schema.get("properties", {}).keys() if isinstance(value, dict) else ():
        yield from schema_errors(rule, value[name], root, f"{path}.{name}")


def _names(rule: Any, value: Any, schema: Any, root: Any, path: str) -> Iterator[str]:
    for name in value if isinstance(value, dict) else ():
        yield from schema_errors(rule, name, root, f"{path}.{name}")


def _items(rule: Any, value: Any, schema: Any, root: Any, path: str) -> Iterator[str]:
    for at, item in enumerate(value if isinstance(value, list) else ()):
        yield from schema_errors(rule, item, root, f"{path}[{at}]")


def _if(rule: Any, value: Any, schema: Any, root: Any, path: str) -> Iterator[str]:
    if not any(schema_errors(rule, value, root, path)):
        yield from schema_errors(schema.get("then", True), value, root, path)


def _any_of(rule: Any, value: Any, schema: Any, root: Any, path: str) -> Iterator[str]:
    if all(any(schema_errors(option, value, root, path)) for option in rule):
        yield f"{path}: fits none of anyOf"


def _one_of(rule: Any, value: Any, schema: Any, root: Any, path: str) -> Iterator[str]:
    if sum(not any(schema_errors(option, value, root, path)) for option in rule) != 1:
        yield f"{path}: does not fit exactly one of oneOf"


def _all_of(rule: Any, value: Any, schema: Any, root: Any, path: str) -> Iterator[str]:
    for option in rule:
        yield from schema_errors(option, value, root, path)


def _not(rule: Any, value: Any, schema: Any, root: Any, path: str) -> Iterator[str]:
    if not any(schema_errors(rule, value, root, path)):
        yield f"{path}: fits what it must not"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _test(holds: Any, name: str) -> Any:
    def check(rule: Any, value: Any, schema: Any, root: Any, path: str) -> Iterator[str]:
        if not holds(rule, value):
            yield f"{path}: {value!r} breaks {name} {rule!r}"

    return check


CHECKS: dict[str, Any] = {
    "$ref": _reference,
    "type": _type,
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": _names,
    "items": _items,
    "if": _if,
    "then": _test(lambda rule, value: True, "then"),
    "anyOf": _any_of,
    "oneOf": _one_of,
    "allOf": _all_of,
    "not": _not,
    "enum": _test(lambda rule, value: value in rule, "enum"),
    "const": _test(lambda rule, value: value == rule, "const"),
    "required": _test(lambda rule, value: not isinstance(value, dict) or set(rule) <= value.keys(), "required"),
    "pattern": _test(lambda rule, value: not isinstance(value, str) or re.search(rule, value), "pattern"),
    "minimum": _test(lambda rule, value: not _is_number(value) or value >= rule, "minimum"),
    "maximum": _test(lambda rule, value: not _is_number(value) or value <= rule, "maximum"),
    "exclusiveMinimum": _test(lambda rule, value: not _is_number(value) or value > rule, "exclusiveMinimum"),
    "exclusiveMaximum": _test(lambda rule, value: not _is_number(value) or value < rule, "exclusiveMaximum"),
    "minLength": _test(lambda rule, value: not isinstance(value, str) or len(value) >= rule, "minLength"),
    "maxLength": _test(lambda rule, value: not isinstance(value, str) or len(value) <= rule, "maxLength"),
    "minItems": _test(lambda rule, value: not isinstance(value, list) or len(value) >= rule, "minItems"),
    "maxItems": _test(lambda rule, value: not isinstance(value, list) or len(value) <= rule, "maxItems"),
    "uniqueItems": _test(
        lambda rule, value: not isinstance(value, list) or len({repr(item) for item in value}) == len(value),
        "uniqueItems",
    ),
    "minProperties": _test(lambda rule, value: not isinstance(value, dict) or len(value) >= rule, "minProperties"),
    "maxProperties": _test(lambda rule, value: not isinstance(value, dict) or len(value) <= rule, "maxProperties"),
}
