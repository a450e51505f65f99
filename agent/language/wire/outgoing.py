"""From a spec to the wire: how a model is shown the current strategy, or its last draft."""

from __future__ import annotations

import json
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from agent.language.wire.schema import HELD, MODIFIERS, NOT_THE_MODELS
from engine.indicators.catalog import find_type
from engine.spec.meaning.sizing import SIZING_TAKES
from engine.spec.models import (
    COMPARISONS,
    CROSSES,
    RUNS,
    Condition,
    Indicator,
    ProtectiveLevel,
    Sizing,
    SpecModel,
    StrategySpec,
    Variant,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

OPERANDS = {
    **dict.fromkeys(RUNS, ("left", "bars")),
    "between": ("left", "low", "high"),
    **dict.fromkeys((*COMPARISONS, *CROSSES), ("left",)),
}
"""Operator -> the operands that the wire and the spec write alike."""


def to_wire(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a spec in its wire form: what `agent.language.wire.incoming.from_wire` reads back to the same spec.

    ``spec`` is plain data in its normal form (`engine.spec.canonical.plain`). What the wire has no field for (id,
    version, metadata, execution.mode) is left out.

    Examples
    --------
    >>> from engine.spec.examples import SMA_CROSS
    >>> to_wire(SMA_CROSS)["indicators"][0]
    {'type': 'sma', 'name': 'sma_fast', 'length': 20, 'source': 'close', 'offset': None, 'timeframe': None}
    """
    return _model(StrategySpec, spec)


def _model(model: type[SpecModel], data: Mapping[str, Any]) -> dict[str, Any]:
    special = _SPECIAL.get(model)
    if special is not None:
        return special(data)
    hidden = NOT_THE_MODELS.get(model, frozenset())
    return {
        name: _value(info.annotation, data.get(name)) for name, info in model.model_fields.items() if name not in hidden
    }


def _value(annotation: Any, value: Any) -> Any:
    if value is None:
        return None
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        kinds = [kind for kind in inner if kind is not NoneType]
        return _value(kinds[0], value) if len(kinds) == 1 else value
    if origin is tuple:
        return [_value(inner[0], item) for item in value]
    if origin is dict and inner[1] is Indicator:
        return [_indicator(name, one) for name, one in value.items()]
    if isinstance(annotation, type) and issubclass(annotation, SpecModel):
        return _model(annotation, value)
    return value


def _indicator(name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    entry = find_type(data["type"])
    known = () if entry is None else entry.accepted
    inputs = {spec.name: data["inputs"].get(spec.name) for spec in known}
    return {"type": data["type"], "name": name, **inputs}


def _condition(data: Mapping[str, Any]) -> dict[str, Any]:
    if any(data.get(name) is not None for name in MODIFIERS):
        plain = {name: value for name, value in data.items() if name not in MODIFIERS}
        filters = data.get("filters")
        return {
            "when": HELD,
            "condition": _condition(plain),
            "filters": None if filters is None else [_condition(one) for one in filters],
            "for_bars": data.get("for_bars"),
            "within_bars": data.get("within_bars"),
        }
    when = data["when"]
    if when not in OPERANDS:
        return {"when": when, "conditions": [_condition(one) for one in data["conditions"]]}
    out = {"when": when, **{name: data[name] for name in OPERANDS[when]}}
    if when in COMPARISONS or when in CROSSES:
        out["right"] = data["right"] if data.get("right") is not None else data["value"]
    return out


def _sizing(data: Mapping[str, Any]) -> dict[str, Any]:
    own = {name: data.get(name) for name in SIZING_TAKES[data["mode"]]}
    return {"mode": data["mode"], "value": data["value"], **own, "max_positions": data.get("max_positions")}


def _level(data: Mapping[str, Any]) -> dict[str, Any]:
    out = {"type": data["type"], "value": data["value"]}
    if data["type"] == "atr":
        out |= {"length": data.get("length"), "indicator": data.get("indicator")}
    return out


def _variant(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": data["id"], "overrides": [_override(path, value) for path, value in data["overrides"].items()]}


def _override(path: str, value: Any) -> dict[str, Any]:
    if isinstance(value, (dict, list)):
        return {"path": path, "value": None, "json": json.dumps(value, ensure_ascii=False, separators=(",", ":"))}
    return {"path": path, "value": value, "json": None}


_SPECIAL = {Condition: _condition, ProtectiveLevel: _level, Sizing: _sizing, Variant: _variant}
