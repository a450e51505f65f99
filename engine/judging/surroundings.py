"""The ring around a strategy: the numbers of its indicators a step aside, each of them a trial of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.evidence.plateau import ring
from engine.indicators.catalog import find_type, resolve_inputs
from engine.search.neighbours import neighbours
from engine.search.space import Axis

if TYPE_CHECKING:
    from engine.spec.models import StrategySpec

WIDEST = 5_000


def ring_around(spec: StrategySpec) -> list[dict[str, Any]]:
    """Return the overrides of the ring around a spec (`engine.evidence.plateau.ring`), none where nothing is a number.

    The axes are those a search takes that names no space (`engine.search.neighbours.neighbours`).

    >>> from engine.spec import check
    >>> from engine.spec.examples import SMA_CROSS
    >>> len(ring_around(check(SMA_CROSS).spec))
    8
    """
    space = neighbours(spec, WIDEST)
    if not space:
        return []
    centre = {path: _value_at(spec, path) for path in space}
    return ring([Axis(path, tuple(values)) for path, values in space.items()], centre)


def _value_at(spec: StrategySpec, path: str) -> Any:
    """Return the input that a path ``indicators.<key>.inputs.<name>`` names, its default where it is not written."""
    _, key, _, name = path.split(".")
    indicator = spec.indicators[key]
    entry = find_type(indicator.type)
    if entry is None:
        raise AssertionError(f"{key} has no known type: it passed the checks of the spec")
    return resolve_inputs(entry, indicator.inputs).inputs[name]
