"""A wire schema in a short notation that fits into a prompt, rendered from the schema itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

    from agent.language.wire.schema import Schema


def notation(schema: Schema, leave_out: Container[str] = ()) -> str:
    """Return a schema as one definition a line: ``Name = {field: type, ...} | {...}``; ``?`` means or null.

    Definitions in ``leave_out`` are not shown: the prompt says them in another way.

    >>> from agent.language.wire.schema import nullable, shape
    >>> print(notation(shape({"type": {"type": "string", "enum": ["a", "b"]}, "n": nullable({"type": "integer"})})))
    Reply = {type: "a" | "b", n: int?}
    """
    parts = {"Reply": schema, **schema.get("$defs", {})}
    return "\n".join(f"{name} = {_text(part, top=True)}" for name, part in parts.items() if name not in leave_out)


def _text(schema: Schema, *, top: bool = False) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        members = [one for one in schema["anyOf"] if one != {"type": "null"}]
        joined = ("\n  | " if top else " | ").join(_text(one) for one in members)
        optional = len(members) < len(schema["anyOf"])
        return f"({joined})?" if optional and len(members) > 1 else f"{joined}?" if optional else joined
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    mark = "?" if "null" in kinds else ""
    if "enum" in schema:
        values = " | ".join(json.dumps(value) for value in schema["enum"] if value is not None)
        return f"({values})?" if mark else values
    return " | ".join(_plain(kind, schema) for kind in kinds if kind != "null") + mark


def _plain(kind: str, schema: Schema) -> str:
    if kind == "object":
        return "{" + ", ".join(f"{name}: {_text(one)}" for name, one in schema["properties"].items()) + "}"
    if kind == "array":
        inner = _text(schema["items"])
        return f"[{inner}, ...]" if " " in inner and not inner.startswith("{") else f"[{inner}]"
    return _WORDS[kind]


_WORDS: dict[str, str] = {"string": "text", "number": "number", "integer": "int", "boolean": "true | false"}
