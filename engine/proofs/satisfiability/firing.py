"""What was found of an entry or an exit, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.proofs.satisfiability.entries import Side

Verdict = Literal["possible", "impossible", "unknown"]


@dataclass(frozen=True, slots=True)
class Witness:
    """A bar at whose close something is true: ``time`` is its opening time, ISO 8601 UTC, ``bar`` its own number."""

    asset: str
    time: str
    bar: int

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {"asset": self.asset, "time": self.time, "bar": self.bar}


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether something can ever be true.

    ``possible`` where a bar shows it, ``impossible`` where it is proven of every market, ``unknown`` otherwise.
    ``alternatives`` holds each of several conditions on its own: one may be dead while the others live.
    """

    verdict: Verdict
    reason: str
    witness: Witness | None = None
    alternatives: tuple[Finding, ...] = ()

    @property
    def seen(self) -> str | None:
        """Where it was seen to be true, in words."""
        return None if self.witness is None else f"{self.witness.asset} {self.witness.time}"

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON data; what there is none of is left out."""
        found: dict[str, Any] = {"verdict": self.verdict, "reason": self.reason}
        if self.witness is not None:
            found["witness"] = self.witness.as_dict()
        if self.alternatives:
            found["alternatives"] = [one.as_dict() for one in self.alternatives]
        return found


@dataclass(frozen=True, slots=True)
class Firing:
    """Whether the entry and the exit of each side can ever fire.

    ``way_out`` names what can close a position of a side; ``notes`` say what a person should hear beside the verdicts.
    """

    entry: Mapping[Side, Finding]
    exit: Mapping[Side, Finding]
    way_out: Mapping[Side, tuple[str, ...]]
    notes: tuple[str, ...] = field(default=())

    @property
    def holds(self) -> bool:
        """False when every entry of the spec is proven impossible."""
        return any(one.verdict != "impossible" for one in self.entry.values())

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {
            "entry": {side: one.as_dict() for side, one in self.entry.items()},
            "exit": {side: one.as_dict() for side, one in self.exit.items()},
            "wayOut": {side: list(names) for side, names in self.way_out.items()},
            "notes": list(self.notes),
        }
