"""A proof that a schema is strict: the documented subset of structured output, nothing outside it.

The subset (OpenAI's guide to structured outputs, "supported schemas"): an object at the root without ``anyOf``; every
property required and none beyond; no ``allOf``, ``not``, ``if``, ``oneOf``, ``patternProperties``; at most 5,000
properties, 10 levels of objects, 1,000 enum values, 120,000 characters of names and enum values. Bounds, patterns,
formats and defaults are left out as well: compatible servers stumble over them.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.language.wire.schema import Schema

KEYWORDS = {"type", "properties", "required", "additionalProperties", "items", "enum", "anyOf", "$ref", "$defs"}
TYPES = {"object", "array", "string", "number", "integer", "boolean", "null"}
MAX_PROPERTIES = 5_000
MAX_LEVELS = 10
MAX_ENUM_VALUES = 1_000
MAX_CHARACTERS = 120_000


def strictness(schema: Schema) -> tuple[str, ...]:
    """Return what keeps a schema from being strict, each with its place; nothing when it is strict.

    >>> from agent.language.wire.schema import shape
    >>> strictness(shape({"a": {"type": "string"}}))
    ()
    >>> strictness({"type": "object", "properties": {"a": {"type": "string"}}, "required": []})
    ('#: required must list a', '#: additionalProperties must be false')
    """
    found: list[str] = []
    if schema.get("type") != "object":
        found.append("#: the root must be an object")
    for place, node in _nodes(schema):
        found += [f"{place}: {what}" for what in _of_node(node, schema)]
    return (*found, *_of_size(schema))


def _nodes(schema: Any, place: str = "#") -> Iterator[tuple[str, Any]]:
    """Yield every schema inside a schema, definitions too, with its place."""
    yield place, schema
    if not isinstance(schema, dict):
        return
    for group in ("properties", "$defs"):
        for name, inner in schema.get(group, {}).items():
            yield from _nodes(inner, f"{place}/{group}/{name}")
    if "items" in schema:
        yield from _nodes(schema["items"], f"{place}/items")
    for at, inner in enumerate(schema.get("anyOf", ())):
        yield from _nodes(inner, f"{place}/anyOf/{at}")


def _of_node(node: Any, root: Schema) -> Iterator[str]:
    if not isinstance(node, dict):
        yield f"must be a schema, got {node!r}"
        return
    for keyword in node.keys() - KEYWORDS:
        yield f"{keyword} is not in the subset"
    if "$ref" in node:
        if len(node) > 1:
            yield "$ref stands alone"
        elif resolve(node, root) is None:
            yield f"{node['$ref']} is not defined"
        return
    if "anyOf" in node:
        yield from _of_variants(node["anyOf"], root)
        return
    kinds = node.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if not kinds or not TYPES.issuperset(kinds):
        yield f"type must be one of {', '.join(sorted(TYPES))}"
    if "object" in kinds:
        yield from _of_object(node)
    if "array" in kinds and not isinstance(node.get("items"), dict):
        yield "a list needs items"


def _of_object(node: Schema) -> Iterator[str]:
    properties, required = node.get("properties"), node.get("required", [])
    if not isinstance(properties, dict):
        yield "an object needs properties"
        return
    missing = [name for name in properties if name not in required]
    if missing:
        yield f"required must list {', '.join(missing)}"
    if set(required) - set(properties):
        yield f"required names {', '.join(sorted(set(required) - set(properties)))}, which is no property"
    if node.get("additionalProperties") is not False:
        yield "additionalProperties must be false"


def _of_variants(members: Any, root: Schema) -> Iterator[str]:
    """Yield why a reader could not tell the variants apart by what they begin with."""
    if not isinstance(members, list) or not members:
        yield "anyOf needs members"
        return
    resolved = [resolve(member, root) or {} for member in members]
    kinds = Counter(str(one.get("type")) for one in resolved if one.get("type") != "object")
    for kind, count in kinds.items():
        if count > 1:
            yield f"anyOf holds {count} members of type {kind}"
    objects = [one for one in resolved if one.get("type") == "object"]
    if len(objects) < 2:
        return
    tags = [tag_of(one) for one in objects]
    if None in tags or len({tag[0] for tag in tags if tag}) > 1:
        yield "anyOf members must begin with one and the same property of fixed values"
        return
    values = Counter(value for tag in tags if tag for value in tag[1])
    twice = [value for value, count in values.items() if count > 1]
    if twice:
        yield f"anyOf members share the value {', '.join(map(str, twice))}"


def tag_of(schema: Schema) -> tuple[str, tuple[str, ...]] | None:
    """Return the property that tells a variant apart, its first, and the values it has there; None without one."""
    properties: dict[str, Schema] = schema.get("properties", {})
    name, first = next(iter(properties.items()), ("", {}))
    return (name, tuple(first["enum"])) if "enum" in first and name in schema.get("required", ()) else None


def resolve(schema: Schema, root: Schema) -> Schema | None:
    """Return what a schema says, followed through a reference; None when that is not defined."""
    if "$ref" not in schema:
        return schema
    found = root.get("$defs", {}).get(str(schema["$ref"]).removeprefix("#/$defs/"))
    return found if isinstance(found, dict) else None


def _of_size(schema: Schema) -> Iterator[str]:
    nodes = [node for _, node in _nodes(schema) if isinstance(node, dict)]
    names = [name for node in nodes for group in ("properties", "$defs") for name in node.get(group, {})]
    properties = sum(len(node.get("properties", {})) for node in nodes)
    values = [value for node in nodes for value in node.get("enum", ())]
    characters = sum(map(len, names)) + sum(len(str(value)) for value in values)
    counts = {
        "properties": (properties, MAX_PROPERTIES),
        "enum values": (len(values), MAX_ENUM_VALUES),
        "characters of names and values": (characters, MAX_CHARACTERS),
        "levels of objects": (_levels(schema, schema, ()), MAX_LEVELS),
    }
    for what, (count, limit) in counts.items():
        if count > limit:
            yield f"#: {count:,} {what}, at most {limit:,}"


def _levels(node: Any, root: Schema, trail: tuple[str, ...]) -> int:
    """Return how deep objects nest; a recursive reference is followed once."""
    if not isinstance(node, dict):
        return 0
    if "$ref" in node:
        inside = resolve(node, root)
        return 0 if inside is None or node["$ref"] in trail else _levels(inside, root, (*trail, node["$ref"]))
    inner = [*node.get("properties", {}).values(), *node.get("anyOf", ())]
    inner += [node["items"]] if "items" in node else []
    deepest = max((_levels(one, root, trail) for one in inner), default=0)
    return deepest + (1 if "properties" in node else 0)
