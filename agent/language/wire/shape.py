"""Whether a value has the shape of a wire schema: every problem at once, in the words of the wire.

Forgiving where nothing can be misread: a field left out that may be null is null, and a whole number may be 20.0.
Everything else is a problem, an unknown field too: what cannot be kept is not dropped in silence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.language.wire.lint import resolve, tag_of
from engine.spec.place import Place, path_text
from engine.spec.problems import Problem, nearest
from engine.spec.shape import described

if TYPE_CHECKING:
    from agent.language.wire.schema import Schema

MAX_PROBLEMS = 40
"""Problems told at once; a reply with more is no attempt at the form."""

_NAMES = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def shaped(value: Any, schema: Schema) -> tuple[Any, tuple[Problem, ...]]:
    """Return a value tidied to a schema, and every place where it does not have the schema's shape.

    >>> from agent.language.wire.schema import nullable, shape
    >>> form = shape({"size": {"type": "integer"}, "note": nullable({"type": "string"})})
    >>> shaped({"size": 20.0}, form)
    ({'size': 20, 'note': None}, ())
    >>> print(shaped({"size": 20, "nota": "x"}, form)[1][0])
    $.nota: there is no field 'nota' here; allowed: size, note (did you mean 'note'?)
    """
    reader = _Reader(schema)
    tidy = reader.read(value, schema, ())
    return tidy, tuple(reader.problems[:MAX_PROBLEMS])


class _Reader:
    def __init__(self, root: Schema) -> None:
        self.root = root
        self.problems: list[Problem] = []

    def read(self, value: Any, schema: Schema, place: Place) -> Any:
        schema = resolve(schema, self.root) or schema
        if "anyOf" in schema:
            return self._variant(value, schema["anyOf"], place)
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        kind = _kind(value, kinds)
        if kind is None:
            return self._wrong(value, kinds, place)
        if value is not None and "enum" in schema and value not in schema["enum"]:
            allowed = tuple(str(one) for one in schema["enum"] if one is not None)
            message = f"{described(value)} is none of the values allowed here"
            return self._tell(place, "BAD_VALUE", message, allowed, nearest(str(value), allowed))
        if kind == "integer":
            return int(value)
        if kind == "array":
            return [self.read(item, schema["items"], (*place, at)) for at, item in enumerate(value)]
        return self._object(value, schema, place) if kind == "object" else value

    def _object(self, value: dict[str, Any], schema: Schema, place: Place) -> dict[str, Any]:
        properties = schema["properties"]
        for name in [name for name in value if name not in properties]:
            allowed = tuple(properties)
            self._tell(
                (*place, name),
                "UNKNOWN_FIELD",
                f"there is no field '{name[:60]}' here",
                allowed,
                nearest(name, allowed),
            )
        out = {}
        for name, inner in properties.items():
            if name in value:
                out[name] = self.read(value[name], inner, (*place, name))
            elif self._takes_null(inner):
                out[name] = None
            else:
                self._tell((*place, name), "MISSING_FIELD", f"'{name}' is missing")
        return out

    def _variant(self, value: Any, members: list[Schema], place: Place) -> Any:
        known = self._members(members)
        scalars = [one for one in known if one.get("type") != "object"]
        for one in scalars:
            kinds = one["type"] if isinstance(one["type"], list) else [one["type"]]
            if _kind(value, kinds) is not None:
                return self.read(value, one, place)
        objects = [one for one in known if one.get("type") == "object"]
        if not objects or not isinstance(value, dict):
            return self._wrong(value, [str(one.get("type")) for one in known], place)
        if len(objects) == 1:
            return self._object(value, objects[0], place)
        tags = [(tag_of(one) or ("", ())) for one in objects]
        name = tags[0][0]
        for one, (_, values) in zip(objects, tags, strict=True):
            if value.get(name) in values:
                return self._object(value, one, place)
        allowed = tuple(text for _, values in tags for text in values)
        if name not in value:
            return self._tell((*place, name), "MISSING_FIELD", f"'{name}' is missing", allowed)
        message = f"{described(value[name])} is none of the values allowed here"
        return self._tell((*place, name), "BAD_VALUE", message, allowed, nearest(str(value[name]), allowed))

    def _members(self, members: list[Schema]) -> list[Schema]:
        """Return the members of an anyOf, with those of a member that is itself one."""
        out: list[Schema] = []
        for member in members:
            known = resolve(member, self.root) or member
            out += self._members(known["anyOf"]) if "anyOf" in known else [known]
        return out

    def _takes_null(self, schema: Schema) -> bool:
        return any("null" in _listed(one.get("type")) for one in self._members([schema]))

    def _wrong(self, value: Any, kinds: list[str], place: Place) -> None:
        wanted = " or ".join(dict.fromkeys(_NAMES[kind] for kind in kinds))
        self._tell(place, "WRONG_TYPE", f"expected {wanted}, got {described(value)}")

    def _tell(
        self,
        place: Place,
        code: str,
        message: str,
        allowed: tuple[str, ...] | None = None,
        suggestion: str | None = None,
    ) -> None:
        self.problems.append(Problem(path_text(place), code, message, allowed=allowed, suggestion=suggestion))


def _listed(kind: Any) -> list[Any]:
    return kind if isinstance(kind, list) else [kind]


def _kind(value: Any, kinds: list[str]) -> str | None:
    """Return which of the kinds a JSON value is, None when none."""
    return next((kind for kind in _kinds_of(value) if kind in kinds), None)


def _kinds_of(value: Any) -> tuple[str, ...]:
    if value is None:
        return ("null",)
    if isinstance(value, bool):
        return ("boolean",)
    if isinstance(value, (int, float)):
        return ("integer", "number") if isinstance(value, int) or value.is_integer() else ("number",)
    return ("string",) if isinstance(value, str) else ("array",) if isinstance(value, list) else ("object",)
