"""Where a part of a spec stands in the object a model wrote: problems go back in the terms of the wire."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agent.language.wire.schema import MODIFIERS
from engine.spec.models import COMPARISONS, CROSSES
from engine.spec.place import Place, path_text

if TYPE_CHECKING:
    from collections.abc import Mapping

TOP: Place = ("spec",)
"""Where the spec stands in a reply."""

_STEP = re.compile(r'\.([A-Za-z_][A-Za-z0-9_]*)|\[([0-9]+)\]|\["((?:[^"\\]|\\.)*)"\]')


def steps_in(path: str) -> Place:
    """Return the steps of a path as people and checks write it: dotted, with brackets, with or without ``$``.

    >>> steps_in('$.variants[0].overrides["sizing.value"]')
    ('variants', 0, 'overrides', 'sizing.value')
    >>> steps_in("signals.entry.0.left") == steps_in("/signals/entry/0/left")
    True
    """
    text = path.strip().removeprefix("$")
    if text.startswith("/"):
        parts = [part.replace("~1", "/").replace("~0", "~") for part in text[1:].split("/")]
        return tuple(int(part) if part.isdigit() else part for part in parts)
    text = re.sub(r"\.([0-9]+)(?=[.\[]|$)", r"[\1]", text if text.startswith(("[", ".")) or not text else f".{text}")
    found = [match.groups() for match in _STEP.finditer(text)]
    return tuple(int(index) if index else name or quoted for name, index, quoted in found)


def wire_path(path: str, spec: Mapping[str, Any], wire: Mapping[str, Any]) -> str:
    """Return where a path of a spec leads in a reply whose ``spec`` is its wire form.

    Parameters
    ----------
    path : str
        JSON path of a problem, in the terms of the spec.
    spec, wire : mapping
        The spec and its wire form (`agent.language.wire.outgoing.to_wire`).

    Examples
    --------
    >>> from agent.language.wire.outgoing import to_wire
    >>> from engine.spec.examples import SMA_CROSS
    >>> wire_path("$.indicators.sma_slow.inputs.length", SMA_CROSS, to_wire(SMA_CROSS))
    '$.spec.indicators[1].length'
    """
    steps = steps_in(path)
    if steps[:1] == ("indicators",) and len(steps) > 1:
        return path_text((*TOP, *_in_indicators(steps, wire)))
    if steps[:1] == ("signals",):
        return path_text((*TOP, *_in_signals(steps, spec)))
    if steps[:1] == ("variants",) and len(steps) > 3 and steps[2] == "overrides":
        return path_text((*TOP, *_in_overrides(steps, wire)))
    return path_text((*TOP, *steps))


def _in_indicators(steps: Place, wire: Mapping[str, Any]) -> Place:
    at: str | int = next(
        (at for at, one in enumerate(wire.get("indicators", ())) if one.get("name") == steps[1]), steps[1]
    )
    rest = steps[2:]
    return ("indicators", at, *(rest[1:] if rest[:1] == ("inputs",) else rest))


def _in_signals(steps: Place, spec: Mapping[str, Any]) -> Place:
    """Follow a path through conditions: a wrapped one stands one step deeper, a constant stands in ``right``."""
    out: list[str | int] = []
    node: Any = spec
    for step in steps:
        written = step
        if isinstance(node, dict) and "when" in node:
            if step not in MODIFIERS and any(node.get(name) is not None for name in MODIFIERS):
                out.append("condition")
            if step == "value" and node["when"] in (*COMPARISONS, *CROSSES):
                written = "right"
        out.append(written)
        node = _inside(node, step)
    return tuple(out)


def _inside(node: Any, step: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(step)
    if isinstance(node, list) and isinstance(step, int) and step < len(node):
        return node[step]
    return None


def _in_overrides(steps: Place, wire: Mapping[str, Any]) -> Place:
    variant = _inside(wire.get("variants"), steps[1])
    overrides = variant["overrides"] if isinstance(variant, dict) else []
    at: str | int = next((at for at, one in enumerate(overrides) if one["path"] == steps[3]), steps[3])
    return (*steps[:3], at, "value", *steps[4:])
