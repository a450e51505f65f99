"""The JSON Schema of a strategy spec, made from the models and the indicator catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.indicators.catalog import CATALOG, UNIVERSAL_INPUTS
from engine.spec.expressions import FIELDS
from engine.spec.jcs import canonical_json
from engine.spec.meaning.conditions import TAKES
from engine.spec.meaning.indicators import KEY
from engine.spec.models import COMPARISONS, CROSSES, LOGIC, StrategySpec
from engine.spec.overrides import REACHABLE
from engine.spec.tickers import ASSET

if TYPE_CHECKING:
    from engine.indicators.catalog import IndicatorType, InputSpec

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_KINDS = {"int": "integer", "float": "number"}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a spec in its normal, snake_case spelling.

    What the schema allows may still be refused by `engine.spec.check`, which knows what the parts mean
    together; what it refuses is refused there too, except the camelCase spelling of fields and the
    indicators' aliases, which only `check` reads. Fields named ``*_pct`` are fractions of one.
    """
    schema = StrategySpec.model_json_schema()
    parts = schema["$defs"]
    parts["Condition"]["allOf"] = [_operator_rule(when) for when in TAKES]
    parts["Indicator"] = _indicator(parts["Indicator"])
    parts["Variant"]["properties"]["overrides"] |= {
        "propertyNames": {"pattern": f"^({'|'.join(name.replace('.', '[.]') for name in REACHABLE)})([.]|\\[)?"}
    }
    assets = parts["Universe"]["properties"]["assets"]
    assets["items"]["pattern"] = f"^{ASSET.pattern}$"
    assets["uniqueItems"] = True
    schema["properties"]["indicators"]["propertyNames"] = {
        "pattern": f"^{KEY.pattern}$",
        "not": {"enum": [*FIELDS, "time"]},
    }
    return {"$schema": DIALECT, "title": "StrategySpec", **_tidy(schema)}


def _operator_rule(when: str) -> dict[str, Any]:
    """Return the rule of one operator: the operands it needs, and none that it does not read."""
    takes = TAKES[when]
    others = sorted({name for names in TAKES.values() for name in names} - set(takes))
    rule: dict[str, Any] = {"properties": dict.fromkeys(others, False)}
    if when in (*COMPARISONS, *CROSSES):
        rule |= {"required": ["left"], "oneOf": [{"required": ["right"]}, {"required": ["value"]}]}
    else:
        rule["required"] = list(takes)
    if when in LOGIC:
        rule["properties"]["conditions"] = {"minItems": 1, "maxItems": 1} if when == "not" else {"minItems": 2}
    return {"if": {"properties": {"when": {"const": when}}, "required": ["when"]}, "then": rule}


def _indicator(model: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an indicator: its inputs depend on its type."""
    model["properties"]["type"]["enum"] = list(CATALOG)
    alike: dict[str, list[IndicatorType]] = {}
    for entry in CATALOG.values():
        # TA-Lib's patterns and transforms take the same inputs by the dozen: one rule for all of them
        shape = entry.name if entry.core else canonical_json(_inputs(entry)).decode()
        alike.setdefault(shape, []).append(entry)
    return {**model, "allOf": [_rule_of(entries) for entries in alike.values()]}


def _rule_of(entries: list[IndicatorType]) -> dict[str, Any]:
    names = [entry.name for entry in entries]
    which = {"const": names[0]} if len(names) == 1 else {"enum": names}
    described = {"description": entries[0].summary} if len(names) == 1 else {}
    return {
        "if": {"properties": {"type": which}, "required": ["type"]},
        "then": {"properties": {"inputs": {**described, **_inputs(entries[0])}}},
    }


def _inputs(entry: IndicatorType) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "properties": {spec.name: _input(spec) for spec in (*entry.inputs, *UNIVERSAL_INPUTS)},
        "additionalProperties": False,
    }
    required = [spec.name for spec in entry.inputs if spec.required]
    return {**shape, "required": required} if required else shape


def _input(spec: InputSpec) -> dict[str, Any]:
    kind = _KINDS.get(spec.kind, "string")
    # an input without a default may be null as well as left out
    optional = spec.default is None and not spec.required
    out: dict[str, Any] = {"type": [kind, "null"] if optional else kind, "description": spec.description}
    if spec.choices:
        out["enum"] = [*spec.choices, None] if optional else list(spec.choices)
    if spec.low is not None:
        out["minimum"] = spec.low
    if spec.high is not None:
        out["maximum"] = spec.high
    if spec.default is not None:
        out["default"] = spec.default
    return out


def _tidy(node: Any) -> Any:
    """Drop what pydantic adds for Python's sake: titles, null defaults and null as a value of optional fields."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    out = {
        key: ({name: _tidy(item) for name, item in value.items()} if key in ("properties", "$defs") else _tidy(value))
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str)) and not (key == "default" and value is None)
    }
    kinds = [kind for kind in out.get("anyOf", []) if kind != {"type": "null"}]
    if len(kinds) == 1:
        del out["anyOf"]
        return {**kinds[0], **out}
    return {**out, "anyOf": kinds} if kinds else out
