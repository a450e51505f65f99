"""The schema of what a model writes: arrays and tagged variants where the spec has maps and recursion.

Made from the spec's models and the indicator catalog, in the subset of JSON Schema that strict structured output
documents (`agent.language.wire.lint` proves it): every property required, what may be absent is null. The model has no
field for id, version, metadata, execution.mode or a stored status: what it cannot write it cannot set.

Differences from the spec: ``indicators`` is a list of ``{type, name, inputs...}``; a comparison's ``right`` is an
operand or a number, so there is no ``value``; ``filters``, ``for_bars`` and ``within_bars`` stand in a wrapper
``{when: held, condition, ...}``, so that a plain condition stays short; overrides are a list of
``{path, value, json}``.
"""

from __future__ import annotations

from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from engine.indicators.catalog import CATALOG
from engine.market.timeframe import TIMEFRAMES
from engine.spec.meaning.sizing import SIZING_NEEDS, SIZING_TAKES
from engine.spec.models import (
    COMPARISONS,
    CROSSES,
    RUNS,
    Condition,
    Execution,
    Indicator,
    ProtectiveLevel,
    Sizing,
    SpecModel,
    StrategySpec,
    Variant,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.indicators.catalog import IndicatorType, InputSpec

Schema = dict[str, Any]

HELD = "held"
"""The ``when`` of the wrapper that carries filters, for_bars and within_bars."""

MODIFIERS = ("filters", "for_bars", "within_bars")

NOT_THE_MODELS: Mapping[type[SpecModel], frozenset[str]] = {
    StrategySpec: frozenset({"id", "version", "metadata"}),
    Execution: frozenset({"mode"}),
}
"""Fields that belong to the service: the wire has none for them."""

INTENTS = ("build", "edit", "undo", "ask", "explain", "refuse", "improve", "judge", "look")
LEFT_OUT_CODES = ("NOT_UNDERSTOOD", "UNSUPPORTED", "INJECTED", "NO_DATA", "OUT_OF_SCOPE")

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
WHOLE: Schema = {"type": "integer"}
OPERAND_OR_NUMBER: Schema = {"anyOf": [TEXT, NUMBER]}
SCALAR: Schema = {"type": ["string", "number", "boolean", "null"]}


@cache
def reply_schema(levels: int | None = None) -> Schema:
    """Return the strict schema of a model's reply; do not change it.

    Parameters
    ----------
    levels : int, optional
        How deep conditions may nest, written out without recursion, for servers that know no recursive ``$ref``;
        None is the recursive form. Whatever the bounded form allows, the recursive form allows too.
    """
    definitions: Schema = {}
    properties = {
        "intent": choice(INTENTS),
        "language": TEXT,
        "parts": listed(shape({"words": TEXT, "path": nullable(TEXT)})),
        "spec": nullable(_model(StrategySpec, definitions, levels)),
        "assumptions": listed(shape({"path": TEXT, "text": TEXT})),
        "left_out": listed(
            shape(
                {
                    "words": TEXT,
                    "code": choice(LEFT_OUT_CODES),
                    "reason": TEXT,
                    "path": nullable(TEXT),
                    "instead": nullable(TEXT),
                }
            )
        ),
        "question": nullable(shape({"text": TEXT, "missing": listed(TEXT)})),
        "window": nullable(shape({"start": nullable(TEXT), "end": nullable(TEXT), "words": TEXT})),
        "initial_equity": nullable(NUMBER),
        "reply": TEXT,
    }
    return {**shape(properties), "$defs": definitions}


def shape(properties: Mapping[str, Schema]) -> Schema:
    """Return an object with exactly these properties."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def listed(items: Schema) -> Schema:
    """Return a list of such items."""
    return {"type": "array", "items": items}


def choice(values: Iterable[str]) -> Schema:
    """Return one of a few texts."""
    return {"type": "string", "enum": list(values)}


def nullable(schema: Schema) -> Schema:
    """Return a schema that allows null as well.

    >>> nullable({"type": "string", "enum": ["a"]})
    {'type': ['string', 'null'], 'enum': ['a', None]}
    """
    if "anyOf" in schema:
        return {"anyOf": [*schema["anyOf"], {"type": "null"}]}
    if "$ref" in schema or schema["type"] in ("object", "array"):
        return {"anyOf": [schema, {"type": "null"}]}
    kind = schema["type"]
    kinds = [*(kind if isinstance(kind, list) else [kind]), "null"]
    return {**schema, "type": kinds, **({"enum": [*schema["enum"], None]} if "enum" in schema else {})}


def _model(model: type[SpecModel], definitions: Schema, levels: int | None) -> Schema:
    """Return a reference to the wire form of a model, defined on the way."""
    name = model.__name__
    if name not in definitions:
        definitions[name] = {}  # keeps the order of first use
        definitions[name] = _MAKERS.get(model, _plain_model)(model, definitions, levels)
    return {"$ref": f"#/$defs/{name}"}


def _plain_model(model: type[SpecModel], definitions: Schema, levels: int | None) -> Schema:
    properties = {}
    for name, info in model.model_fields.items():
        if name not in NOT_THE_MODELS.get(model, ()):
            one = _annotated(info.annotation, definitions, levels)
            properties[name] = one if info.is_required() else nullable(one)
    return shape(properties)


def _annotated(annotation: Any, definitions: Schema, levels: int | None) -> Schema:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        kinds = [_annotated(kind, definitions, levels) for kind in inner if kind is not NoneType]
        return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    if origin is Literal:
        return _choice(inner, definitions)
    if origin is tuple:
        return listed(_annotated(inner[0], definitions, levels))
    if origin is dict and inner[1] is Indicator:
        return listed(_model(Indicator, definitions, levels))
    if isinstance(annotation, type) and issubclass(annotation, SpecModel):
        return _model(annotation, definitions, levels)
    return {str: TEXT, int: WHOLE, float: NUMBER}[annotation]


def _indicator(model: type[SpecModel], definitions: Schema, levels: int | None) -> Schema:
    """Return the variants of an indicator: types that take the same inputs share one."""
    families: dict[tuple[Any, ...], list[IndicatorType]] = {}
    for entry in CATALOG.values():
        signature = tuple((spec.name, spec.kind, spec.choices, spec.required) for spec in entry.accepted)
        families.setdefault(signature, []).append(entry)
    return {
        "anyOf": [
            shape(
                {
                    "type": choice(entry.name for entry in family),
                    "name": TEXT,
                    **{spec.name: _input(spec, definitions) for spec in family[0].accepted},
                }
            )
            for family in families.values()
        ]
    }


def _choice(values: tuple[str, ...], definitions: Schema) -> Schema:
    """Return one of a few texts; the timeframes, which stand in many places, are defined once."""
    if values != TIMEFRAMES:
        return choice(values)
    definitions["Timeframe"] = choice(values)
    return {"$ref": "#/$defs/Timeframe"}


def _input(spec: InputSpec, definitions: Schema) -> Schema:
    one = _choice(spec.choices, definitions) if spec.choices else {"int": WHOLE, "float": NUMBER}.get(spec.kind, TEXT)
    return one if spec.required else nullable(one)


def _condition(model: type[SpecModel], definitions: Schema, levels: int | None) -> Schema:
    leaves = [
        shape({"when": choice((*COMPARISONS, *CROSSES)), "left": TEXT, "right": OPERAND_OR_NUMBER}),
        shape({"when": choice(("between",)), "left": TEXT, "low": OPERAND_OR_NUMBER, "high": OPERAND_OR_NUMBER}),
        shape({"when": choice(RUNS), "left": TEXT, "bars": WHOLE}),
    ]
    if levels is None:
        return {"anyOf": [*leaves, *_branches({"$ref": f"#/$defs/{model.__name__}"})]}
    inner: Schema = {"anyOf": leaves}
    for level in range(1, levels):
        name = f"{model.__name__}{level}"
        definitions[name] = inner
        inner = {"anyOf": [*leaves, *_branches({"$ref": f"#/$defs/{name}"})]}
    return inner


def _branches(inner: Schema) -> list[Schema]:
    held = {"filters": listed(inner), "for_bars": WHOLE, "within_bars": WHOLE}
    return [
        shape({"when": choice(("and", "or", "not")), "conditions": listed(inner)}),
        shape({"when": choice((HELD,)), "condition": inner, **{name: nullable(held[name]) for name in MODIFIERS}}),
    ]


def _sizing(model: type[SpecModel], definitions: Schema, levels: int | None) -> Schema:
    fields = _plain_model(model, definitions, levels)["properties"]
    families: dict[tuple[str, ...], list[str]] = {}
    for mode, takes in SIZING_TAKES.items():
        families.setdefault(takes, []).append(mode)
    variants = []
    for takes, modes in families.items():
        own = {
            name: _needed(fields[name]) if name in SIZING_NEEDS.get(modes[0], ()) else fields[name] for name in takes
        }
        variants.append(
            shape({"mode": choice(modes), "value": NUMBER, **own, "max_positions": fields["max_positions"]})
        )
    return {"anyOf": variants}


def _needed(schema: Schema) -> Schema:
    return {**schema, "type": next(kind for kind in schema["type"] if kind != "null")}


def _level(model: type[SpecModel], definitions: Schema, levels: int | None) -> Schema:
    return {
        "anyOf": [
            shape({"type": choice(("percent", "price")), "value": NUMBER}),
            shape({"type": choice(("atr",)), "value": NUMBER, "length": nullable(WHOLE), "indicator": nullable(TEXT)}),
        ]
    }


def _variant(model: type[SpecModel], definitions: Schema, levels: int | None) -> Schema:
    override = shape({"path": TEXT, "value": SCALAR, "json": nullable(TEXT)})
    return shape({"id": TEXT, "overrides": listed(override)})


_MAKERS = {
    Condition: _condition,
    Indicator: _indicator,
    ProtectiveLevel: _level,
    Sizing: _sizing,
    Variant: _variant,
}
"""Models whose wire form is not simply their fields."""
