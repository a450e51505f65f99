"""A search space: dotted override paths and the values that each may take, counted and never written out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import EngineInputError
from engine.search.conditions import WHERE, held, read_conditions
from engine.search.values import read_values
from engine.spec.models import MAX_OVERRIDES
from engine.spec.overrides import apply_overrides

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from engine.search.conditions import Condition
    from engine.spec.findings import Findings
    from engine.spec.meaning.universe import DataCatalog
    from engine.spec.models import StrategySpec
    from engine.spec.place import Place
    from engine.spec.problems import Problem

PLACE: Place = ("space",)

MOST_LISTED = 1_000_000
"""Combinations that are written out to see which keep the conditions."""

UNLIKE_ANY = frozenset(
    (
        "BAD_OVERRIDE",
        "INPUT_CHOICE",
        "INPUT_RANGE",
        "INPUT_TYPE",
        "LOOSENED_LIMIT",
        "OUT_OF_BOUNDS",
        "UNKNOWN_VALUE",
        "WRONG_TYPE",
    )
)
"""Codes of what is wrong with a value whatever the other axes are set to: such a space is refused before any work.

Everything else may come right beside another axis (a distance without its type), and is found candidate by candidate.
"""


@dataclass(frozen=True, slots=True)
class Axis:
    """One dotted override path and the values it may take, in order."""

    path: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Space:
    """All combinations of the values of some axes, which stand in the order of their paths; the last turns fastest.

    A combination that breaks one of the ``conditions`` does not belong to it.
    """

    axes: tuple[Axis, ...]
    conditions: tuple[Condition, ...] = ()

    @property
    def size(self) -> int:
        """How many combinations there are, conditions or not; may be astronomical."""
        return prod(len(axis.values) for axis in self.axes)

    def at(self, index: int) -> tuple[int, ...]:
        """Return which value each axis takes in the combination of that index, 0 to ``size`` - 1.

        >>> Space((Axis("a.b", (1, 2)), Axis("a.c", (3, 4, 5)))).at(4)
        (1, 1)
        """
        places = []
        for axis in reversed(self.axes):
            index, place = divmod(index, len(axis.values))
            places.append(place)
        return tuple(reversed(places))

    def allowed(self, places: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which combinations, shape (n, n_axes), keep the conditions; all of them where there are none."""
        return held(self.conditions, self._numbers, places)

    @cached_property
    def _numbers(self) -> list[NDArray[np.float64] | None]:
        named = {side for one in self.conditions for side in (one.left, one.right)}
        return [np.array(axis.values, dtype=float) if at in named else None for at, axis in enumerate(self.axes)]

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """How many values each axis has."""
        return tuple(len(axis.values) for axis in self.axes)

    def all_places(self) -> NDArray[np.int64]:
        """Return every combination that keeps the conditions, in order, shape (n, n_axes).

        Raises
        ------
        EngineInputError
            There are more than `MOST_LISTED` combinations.
        """
        if self.size > MOST_LISTED:
            raise EngineInputError(f"{size_text(self.size)} combinations are too many to list")
        places = np.stack(np.unravel_index(np.arange(self.size), self.shape), axis=1).astype(np.int64)
        return places[self.allowed(places)]

    def overrides(self, places: Sequence[int]) -> dict[str, Any]:
        """Return the overrides of a combination, given which value each axis takes."""
        return {axis.path: axis.values[place] for axis, place in zip(self.axes, places, strict=True)}

    def places(self, overrides: Mapping[str, Any]) -> tuple[int, ...]:
        """Return which value each axis takes in a combination, given its overrides."""
        return tuple(axis.values.index(overrides[axis.path]) for axis in self.axes)


def read_space(
    document: Mapping[str, Any], spec: StrategySpec, findings: Findings, catalog: DataCatalog | None = None
) -> Space | None:
    """Return the space a document describes, None with the problems added where it is none.

    Parameters
    ----------
    document : mapping
        Dotted path (as for `engine.spec.apply_overrides`) -> values (`engine.search.values.read_values`); and
        ``where``, a list of conditions between them (`engine.search.conditions.read_conditions`).
    spec : StrategySpec
        A checked spec, which every path must lead into.
    findings : Findings
        Gets a problem for each path that leads nowhere or crosses another, and for each axis whose first, smallest or
        largest value could never be there.
    """
    paths = sorted(path for path in document if path != WHERE)  # databases do not keep the order of fields
    if not 1 <= len(paths) <= MAX_OVERRIDES:
        message = f"holds {len(paths)} paths, must hold 1 to {MAX_OVERRIDES}"
        findings.error(PLACE, "OUT_OF_BOUNDS", message)
        return None
    before = len(findings.problems)
    axes = [Axis(path, read_values(document[path], (*PLACE, path), findings)) for path in paths]
    axes = [axis for axis in axes if axis.values]
    for axis in axes:
        for value in _ends(axis.values):
            refused = _refused(apply_overrides(spec, {axis.path: value}, catalog=catalog, place=PLACE).problems)
            findings.add(refused)
            if refused:
                break
    if len(findings.problems) == before:  # paths that cross each other are only found together
        together = {axis.path: axis.values[0] for axis in axes}
        crossing = apply_overrides(spec, together, catalog=catalog, place=PLACE).problems
        findings.add(problem for problem in crossing if problem.code == "BAD_OVERRIDE")
    if len(findings.problems) > before:
        return None
    conditions = read_conditions(document.get(WHERE, []), {axis.path: axis.values for axis in axes}, findings)
    return Space(tuple(axes), conditions) if len(findings.problems) == before else None


def size_text(size: int) -> str:
    """Return the size of a space in words.

    >>> size_text(4096), size_text(10**20)
    ('4,096', 'about 10^20')
    """
    return f"{size:,}" if size < 10**15 else f"about 10^{len(str(size)) - 1}"


def _refused(problems: Iterable[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity == "error" and problem.code in UNLIKE_ANY]


def _ends(values: Sequence[Any]) -> list[Any]:
    """Return the first value, and the smallest and largest number: where one is out of bounds, one of these is."""
    numbers = [one for one in values if isinstance(one, (int, float)) and not isinstance(one, bool)]
    ends = [values[0], *([min(numbers), max(numbers)] if numbers else [])]
    others = [one for one in values if isinstance(one, bool) or not isinstance(one, (int, float))][:16]
    return [one for at, one in enumerate([*ends, *others]) if one not in [*ends, *others][:at]]
