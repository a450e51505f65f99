"""What a spec holds that words can state: numbers with their roles, comparisons, and the indicators in use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.facts.fact import Direction, Section
    from engine.spec.expressions import Series


@dataclass(frozen=True, slots=True)
class Slot:
    """A number of a spec: ``unit`` percent (a fraction), atr, x, quote, bar, minute or None.

    ``types`` are those of the indicators it belongs to or is compared with.
    """

    role: str
    value: float
    unit: str | None
    path: str
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Used:
    """An indicator that a rule or a level reads, with the numbers it is computed with."""

    key: str
    type: str
    numbers: tuple[float, ...]
    timeframe: str | None


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: the series it reads with their lags, and its constants."""

    series: tuple[Series, ...] = ()
    constants: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A comparison of a spec: ``direction`` None for equality; ``lagged`` when a series is compared with its past."""

    section: Section
    path: str
    direction: Direction | None
    left: Side
    right: Side
    lagged: bool = False

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both sides."""
        return self.left, self.right


@dataclass(slots=True)
class Held:
    """Everything a spec holds that words can state."""

    spec: Mapping[str, Any]
    timeframe: str
    slots: list[Slot] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)
    used: dict[str, Used] = field(default_factory=dict)

    def add(self, role: str, value: Any, unit: str | None, path: str, types: tuple[str, ...] = ()) -> None:
        """Note a number, when there is one."""
        if is_number(value):
            self.slots.append(Slot(role, float(value), unit, path, types))

    def role(self, *roles: str) -> list[Slot]:
        """Return the slots of some roles."""
        return [slot for slot in self.slots if slot.role in roles]

    def types(self) -> set[str]:
        """Return the types of the indicators in use."""
        return {one.type for one in self.used.values()}


def is_number(value: object) -> bool:
    """Tell whether a value of a spec is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)
