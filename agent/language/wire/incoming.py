"""From the wire to a spec: what a model wrote, as JSON data that `engine.spec.check` can judge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.language.wire.schema import HELD, MODIFIERS
from engine.spec.front_door import read_json
from engine.spec.models import COMPARISONS, CROSSES
from engine.spec.place import Place, path_text
from engine.spec.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

KEPT = ("id", "version", "metadata")
"""Fields that come from the current version and never from a model."""

REBUILT = ("indicators", "signals", "variants")
"""Fields whose wire form is not simply theirs without nulls."""


@dataclass(frozen=True, slots=True)
class Converted:
    """A spec as plain JSON data, and what could not be converted, with paths from the wire object's top."""

    spec: dict[str, Any]
    problems: tuple[Problem, ...]


def from_wire(wire: Mapping[str, Any], base: Mapping[str, Any] | None = None) -> Converted:
    """Return the spec that a wire object of the right shape (`agent.language.wire.shape`) stands for.

    Parameters
    ----------
    wire : mapping
        The ``spec`` of a reply.
    base : mapping, optional
        The version it changes, as plain data: id, version, metadata and execution.mode are taken from it, and inputs
        that it writes as null. Without one the spec has neither id nor version, and its mode is paper.

    Examples
    --------
    >>> from agent.language.wire.outgoing import to_wire
    >>> from engine.spec.examples import SMA_CROSS
    >>> from_wire(to_wire(SMA_CROSS), SMA_CROSS).spec == SMA_CROSS
    True
    """
    reader = _Reader()
    spec = _without_nulls({name: value for name, value in wire.items() if name not in REBUILT})
    spec["indicators"] = reader.indicators(wire["indicators"], base)
    spec["signals"] = reader.signals(wire["signals"])
    if wire["variants"] is not None:
        spec["variants"] = [reader.variant(one, ("variants", at)) for at, one in enumerate(wire["variants"])]
    mode = "paper" if base is None else base["execution"]["mode"]
    spec["execution"] = {"mode": mode, **spec["execution"]}
    spec |= {name: base[name] for name in KEPT if base is not None and name in base}
    return Converted(spec, tuple(reader.problems))


def _without_nulls(value: Any) -> Any:
    """Return a value without the fields that are null: on the wire null says that a field is absent."""
    if isinstance(value, dict):
        return {name: _without_nulls(one) for name, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def indicators(self, written: list[dict[str, Any]], base: Mapping[str, Any] | None) -> dict[str, Any]:
        before = {} if base is None else base["indicators"]
        out: dict[str, Any] = {}
        for at, one in enumerate(written):
            name = one["name"]
            if name in out:
                self._tell(("indicators", at, "name"), f"two indicators are named '{name[:60]}': names are unique")
                continue
            inputs = {key: value for key, value in one.items() if key not in ("type", "name") and value is not None}
            same = before.get(name, {})
            if same.get("type") == one["type"]:
                inputs |= {key: None for key, value in same["inputs"].items() if value is None and key not in inputs}
            out[name] = {"type": one["type"], "inputs": inputs}
        return out

    def signals(self, written: Mapping[str, Any]) -> dict[str, Any]:
        out: dict[str, Any] = self._side(written, ("signals",))
        if written["short"] is not None:
            out["short"] = self._side(written["short"], ("signals", "short"))
        if written["opposite_entry"] is not None:
            out["opposite_entry"] = written["opposite_entry"]
        return out

    def _side(self, written: Mapping[str, Any], place: Place) -> dict[str, Any]:
        return {
            name: [self.condition(one, (*place, name, at)) for at, one in enumerate(written[name])]
            for name in ("entry", "exit")
        }

    def condition(self, written: Mapping[str, Any], place: Place) -> dict[str, Any]:
        """Return one condition; a wrapper gives its parts to the condition inside it."""
        when = written["when"]
        if when == HELD:
            return self._held(written, place)
        if "conditions" in written:
            inner = [self.condition(one, (*place, "conditions", at)) for at, one in enumerate(written["conditions"])]
            return {"when": when, "conditions": inner}
        out = dict(written)
        if when in (*COMPARISONS, *CROSSES) and not isinstance(written["right"], str):
            out["value"] = out.pop("right")
        return out

    def _held(self, written: Mapping[str, Any], place: Place) -> dict[str, Any]:
        out = self.condition(written["condition"], (*place, "condition"))
        if any(name in out for name in MODIFIERS):
            message = f"a '{HELD}' inside a '{HELD}': write filters, for_bars and within_bars of a condition in one"
            self._tell((*place, "condition"), message)
        if written["filters"] is not None:
            filters = [self.condition(one, (*place, "filters", at)) for at, one in enumerate(written["filters"])]
            out["filters"] = filters
        out |= {name: written[name] for name in ("for_bars", "within_bars") if written[name] is not None}
        return out

    def variant(self, written: Mapping[str, Any], place: Place) -> dict[str, Any]:
        overrides: dict[str, Any] = {}
        for at, one in enumerate(written["overrides"]):
            where = (*place, "overrides", at)
            if one["path"] in overrides:
                self._tell((*where, "path"), f"'{one['path'][:60]}' is overridden twice")
            overrides[one["path"]] = one["value"] if one["json"] is None else self._json(one["json"], (*where, "json"))
        return {"id": written["id"], "overrides": overrides}

    def _json(self, text: str, place: Place) -> Any:
        read = read_json(text)
        for problem in read.problems:
            self._tell(place, f"is no JSON text: {problem.message}")
        return read.value

    def _tell(self, place: Place, message: str) -> None:
        self.problems.append(Problem(path_text(place), "WIRE", message))
