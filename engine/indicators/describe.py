"""An entry of the catalog as plain data: what the command line, the API and prompts show of it."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from engine.indicators.indicator_type import UNIVERSAL_INPUTS
from engine.indicators.resolve import resolve_inputs

if TYPE_CHECKING:
    from engine.indicators.indicator_type import IndicatorType, InputSpec


def describe(entry: IndicatorType) -> dict[str, Any]:
    """Return an entry as JSON data; what has no value is left out.

    ``warmup`` is the number of bars before the first value with the inputs of ``example``, which maps a key to a
    definition that can stand in a spec's ``indicators`` as it is; ``operands`` are the names that read it.
    ``core`` marks the types whose names are words of the trade, ``talib`` the function behind one that TA-Lib adds.

    Examples
    --------
    >>> from engine.indicators.catalog import CATALOG
    >>> describe(CATALOG["rsi"])["example"]
    {'rsi_14': {'type': 'rsi', 'inputs': {'length': 14, 'source': 'close'}}}
    """
    resolved = resolve_inputs(entry, entry.example).inputs
    key, definition = example_of(entry)
    described: dict[str, Any] = {
        "name": entry.name,
        "group": entry.group,
        "core": entry.core,
        "summary": entry.summary,
        "aliases": list(entry.aliases),
        "inputs": [_described_input(spec) for spec in entry.accepted],
        "outputs": [_described_output(entry, output) for output in entry.outputs],
        "reads": [*entry.needs, *(spec.name for spec in entry.inputs if spec.kind == "source")],
        "warmup": entry.warmup(resolved),
        "example": {key: definition},
        "operands": [key] if len(entry.outputs) == 1 else [f"{key}.{output}" for output in entry.outputs],
    }
    if entry.talib:
        described["talib"] = entry.talib
    if entry.unknown:
        described["unknown"] = entry.unknown
    return described


def example_of(entry: IndicatorType) -> tuple[str, dict[str, Any]]:
    """Return a key and a definition with every input of the entry that has a value, written out."""
    universal = {spec.name for spec in UNIVERSAL_INPUTS}
    resolved = resolve_inputs(entry, entry.example).inputs
    inputs = {name: value for name, value in resolved.items() if value is not None and name not in universal}
    lengths = [str(value) for value in inputs.values() if isinstance(value, int)]
    return "_".join((entry.name, *lengths[:1])), {"type": entry.name, "inputs": inputs}


def _described_input(spec: InputSpec) -> dict[str, Any]:
    described: dict[str, Any] = {"name": spec.name, "kind": spec.kind, "description": spec.description}
    optional = {"default": spec.default, "low": spec.low, "high": spec.high}
    described |= {name: value for name, value in optional.items() if value is not None}
    if spec.required:
        described["required"] = True
    if spec.choices:
        described["choices"] = list(spec.choices)
    return described | {"aliases": list(spec.aliases)}


def _described_output(entry: IndicatorType, output: str) -> dict[str, Any]:
    described: dict[str, Any] = {"name": output, "scale": entry.scale_of(output)}
    for name, bound in zip(("low", "high"), entry.bounds.get(output, ()), strict=False):
        if isfinite(bound):
            described[name] = bound
    return described | {"aliases": [alias for alias, meant in entry.output_aliases.items() if meant == output]}
