"""The first pass: plain JSON data -> models, with every problem of shape at once.

The models say what is expected: the fields, their types, their bounds. Both spellings of a field are taken
(``max_position_pct``, ``maxPositionPct``); an unknown field, a field in both spellings, a missing one, a value of
the wrong type are errors. What is well shaped inside a broken document is handed on, so that the second pass
can look at it in the same round.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from engine.spec.bounds import check_bounds
from engine.spec.jcs import number_text
from engine.spec.meant import field_homes, meant_operator, meant_timeframe
from engine.spec.models import SpecModel, StrategySpec
from engine.spec.place import Place, camel_case, snake_case

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from engine.spec.findings import Findings


@dataclass(frozen=True, slots=True)
class _Broken:
    """Stands for a value whose shape is wrong."""


BROKEN = _Broken()

MEANT = {"timeframe": meant_timeframe, "when": meant_operator}
"""Fields whose values have well-known other spellings."""


@dataclass(slots=True)
class Shaped:
    """What the first pass made: the spec when all of it is well shaped, and every well-shaped part by place.

    ``parts`` holds the largest well-shaped values: the whole spec under ``()``, or what is left inside a broken one.
    """

    spec: StrategySpec | None = None
    parts: dict[Place, Any] = field(default_factory=dict)


def shape(data: Mapping[str, Any], findings: Findings) -> Shaped:
    """Turn JSON data into a spec and add what is wrong to ``findings``.

    ``data`` has passed the front door. Out-of-bounds numbers and texts are reported but do not break
    a part; codes are UNKNOWN_FIELD, BOTH_SPELLINGS, MISSING_FIELD, WRONG_TYPE, UNKNOWN_VALUE, OUT_OF_BOUNDS.
    """
    shaper = _Shaper(findings)
    spec = shaper.model(StrategySpec, data, ())
    if isinstance(spec, StrategySpec):
        return Shaped(spec, {(): spec})
    return Shaped(None, shaper.parts)


@cache
def fields_of(kind: type[SpecModel]) -> dict[str, FieldInfo]:
    """Return the fields of a model; pydantic looks them up anew each time it is asked."""
    return kind.model_fields


@cache
def _form(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return what a field's type is made of."""
    return get_origin(annotation), get_args(annotation)


class _Shaper:
    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.parts: dict[Place, Any] = {}

    def model(self, kind: type[SpecModel], data: object, place: Place) -> SpecModel | _Broken:
        if not isinstance(data, Mapping):
            return self._wrong(place, "an object", data)
        fields = fields_of(kind)
        values: dict[str, Any] = {}
        good = True
        for key, name in self._fields_written(kind, data, place).items():
            if name is None:
                good = False
                continue
            if key != name:
                self.findings.spelled((*place, name), key)
            value = self.value(fields[name].annotation, data[key], (*place, name))
            good = good and value is not BROKEN
            values[name] = value
            if value is not BROKEN:
                check_bounds(fields[name], value, (*place, name), self.findings)
        for name, info in fields.items():
            if info.is_required() and name not in values:
                good = False
                self.findings.error((*place, name), "MISSING_FIELD", f"'{name}' is missing: {info.description}")
        if good:
            return kind.model_construct(**values)
        for name, value in values.items():
            self._keep(value, (*place, name))
        return BROKEN

    def _fields_written(self, kind: type[SpecModel], data: Mapping[str, Any], place: Place) -> dict[str, str | None]:
        """Map each key as written to its field, None where it has none; report what is unknown or double."""
        fields = fields_of(kind)
        found: dict[str, str | None] = {}
        for key in data:
            name = key if key in fields else snake_case(key)
            if name not in fields:
                found[key] = None
                self._unknown_field(kind, key, place)
            elif name in found.values():
                found[key] = None
                message = f"'{name}' is given in both spellings, as '{name}' and '{camel_case(name)}': write one"
                self.findings.error((*place, key), "BOTH_SPELLINGS", message)
            else:
                found[key] = name
        return found

    def _unknown_field(self, kind: type[SpecModel], key: str, place: Place) -> None:
        camel = re.search("[a-z][A-Z]", key) is not None
        names = [camel_case(name) if camel else name for name in kind.model_fields]
        message = f"unknown field '{key[:60]}'"
        home = field_homes().get(snake_case(key))
        if home is not None:
            message += f" here: it belongs to {home}"
        meant = key if home is None else None
        self.findings.error((*place, key), "UNKNOWN_FIELD", message, allowed=names, meant=meant)

    def value(self, annotation: Any, data: object, place: Place) -> Any:
        origin, args = _form(annotation)
        if origin in (Union, UnionType):
            kinds = [kind for kind in args if kind is not NoneType]
            return self.value(kinds[0], data, place) if len(kinds) == 1 else self._number_or_text(data, place)
        if origin is Literal:
            return self._choice(args, data, place)
        if origin is tuple:
            return self._list(args[0], data, place)
        if origin is dict:
            return self._map(args[1], data, place)
        if annotation is Any:
            return data
        if isinstance(annotation, type) and issubclass(annotation, SpecModel):
            return self.model(annotation, data, place)
        return self._scalar(annotation, data, place)

    def _list(self, kind: Any, data: object, place: Place) -> Any:
        if not isinstance(data, (list, tuple)):
            return self._wrong(place, "a list", data)
        items = [self.value(kind, item, (*place, at)) for at, item in enumerate(data)]
        return self._whole(tuple(items), enumerate(items), place)

    def _map(self, kind: Any, data: object, place: Place) -> Any:
        if not isinstance(data, Mapping):
            return self._wrong(place, "an object", data)
        items = {key: self.value(kind, item, (*place, key)) for key, item in data.items()}
        return self._whole(items, items.items(), place)

    def _whole(self, made: Any, items: Any, place: Place) -> Any:
        pairs = list(items)
        if not any(value is BROKEN for _, value in pairs):
            return made
        for step, value in pairs:
            self._keep(value, (*place, step))
        return BROKEN

    def _keep(self, value: object, place: Place) -> None:
        """Hand on what is well shaped inside something broken."""
        if value is not BROKEN:
            self.parts[place] = value

    def _choice(self, allowed: tuple[str, ...], data: object, place: Place) -> Any:
        if not isinstance(data, str):
            return self._wrong(place, f"one of {', '.join(allowed)}", data)
        if data in allowed:
            return data
        message = f"'{data[:60]}' is not known here"
        if place[-1] in MEANT:
            guess = MEANT[place[-1]](data)
            near = None if place[-1] == "timeframe" else snake_case(data)
            self.findings.error(place, "UNKNOWN_VALUE", message, allowed=allowed, meant=near, suggestion=guess)
        else:
            self.findings.error(place, "UNKNOWN_VALUE", message, allowed=allowed, meant=snake_case(data))
        return BROKEN

    def _number_or_text(self, data: object, place: Place) -> Any:
        if isinstance(data, str):
            return data
        if isinstance(data, (int, float)) and not isinstance(data, bool):
            return float(data)
        return self._wrong(place, "a number or an operand as text", data)

    def _scalar(self, kind: type, data: object, place: Place) -> Any:
        if kind is str and isinstance(data, str):
            return data
        if kind is int and isinstance(data, int) and not isinstance(data, bool):
            return data
        if kind is float and isinstance(data, (int, float)) and not isinstance(data, bool):
            return float(data)
        return self._wrong(place, {str: "text", int: "a whole number", float: "a number"}[kind], data)

    def _wrong(self, place: Place, wanted: str, data: object) -> _Broken:
        hint = ""
        if data is None:
            hint = "; leave the field out instead"
        elif wanted == "a whole number" and isinstance(data, float) and data.is_integer() and abs(data) < 1e15:
            self.findings.error(place, "WRONG_TYPE", f"expected {wanted}, got {data}; write {int(data)}")
            return BROKEN
        elif place and place[-1] in ("left", "right") and isinstance(data, (int, float)):
            hint = "; a constant to compare with goes into 'value'"
        self.findings.error(place, "WRONG_TYPE", f"expected {wanted}, got {described(data)}{hint}")
        return BROKEN


def described(data: object) -> str:
    """Return a JSON value's type and, where it is short, the value, for a message."""
    if data is None:
        return "null"
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, (int, float)):
        return f"the number {number_text(data)}" if abs(data) < 1e15 else "a number"
    if isinstance(data, str):
        return f"the text '{data[:40]}'"
    return "a list" if isinstance(data, (list, tuple)) else "an object"
