"""The parts of a document that could be read, found by their place, whether or not the rest is well shaped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.spec.models import Condition, Execution, Indicator, Risk, Side, Signals, Sizing, SpecModel, Universe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spec.place import Place


@dataclass(frozen=True, slots=True)
class Sections:
    """Well-shaped parts by place, as the first pass left them; what is absent or badly shaped is None."""

    parts: Mapping[Place, Any]

    def part(self, *place: str | int) -> Any:
        """Return the value at a place, None when it is absent or badly shaped."""
        for cut in range(len(place), -1, -1):
            value = self.parts.get(place[:cut])
            if value is None:
                continue
            for step in place[cut:]:
                value = value.get(step) if isinstance(value, dict) else getattr(value, str(step), None)
            return value
        return None

    @property
    def universe(self) -> Universe | None:
        """Markets and timeframe."""
        found: Universe | None = self.part("universe")
        return found

    @property
    def signals(self) -> Signals | None:
        """Entries and exits, when all of them are well shaped."""
        found: Signals | None = self.part("signals")
        return found

    @property
    def sizing(self) -> Sizing | None:
        """Position size."""
        found: Sizing | None = self.part("sizing")
        return found

    @property
    def risk(self) -> Risk | None:
        """Limits and protections."""
        found: Risk | None = self.part("risk")
        return found

    @property
    def execution(self) -> Execution | None:
        """Execution intent."""
        found: Execution | None = self.part("execution")
        return found

    @property
    def indicators(self) -> dict[str, Indicator]:
        """The indicators that are well shaped."""
        whole = self.part("indicators")
        if isinstance(whole, dict):
            return whole
        return {
            str(place[1]): value
            for place, value in self.parts.items()
            if len(place) == 2 and place[0] == "indicators" and isinstance(value, Indicator)
        }

    def conditions(self) -> dict[Place, Condition]:
        """Return the largest well-shaped condition trees by place."""
        signals = self.signals
        roots = [(("signals",), signals)] if signals is not None else self._inside_signals()
        return {at: condition for place, value in roots for at, condition in _conditions(value, place)}

    def loose_operands(self) -> dict[Place, str]:
        """Return the operands of conditions that are themselves badly shaped."""
        names = ("left", "right", "low", "high")
        return {
            place: value for place, value in self._inside_signals() if place[-1] in names and isinstance(value, str)
        }

    def _inside_signals(self) -> list[tuple[Place, Any]]:
        return [(place, value) for place, value in self.parts.items() if place[:1] == ("signals",)]


def _conditions(value: Any, place: Place) -> Iterator[tuple[Place, Condition]]:
    if isinstance(value, Condition):
        yield place, value
    elif isinstance(value, tuple):
        for at, item in enumerate(value):
            yield from _conditions(item, (*place, at))
    elif isinstance(value, (Signals, Side)):
        for name in ("entry", "exit", "short"):
            inner: SpecModel | tuple[Any, ...] | None = getattr(value, name, None)
            yield from _conditions(inner, (*place, name))
