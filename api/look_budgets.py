"""How many looks each holdout has had, and how much error those that are left may make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.evidence.combined import LOOKS, look_alpha
from engine.evidence.families import families_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from storage.strategy_records import TrialRecord


@dataclass(frozen=True, slots=True)
class LookBudget:
    """The looks of one data family into one stretch of time: looks whose windows overlap are into one holdout.

    ``start`` and ``end`` are ISO 8601, around all of the looks.
    """

    family: str
    start: str
    end: str
    spent: int
    of: int = LOOKS

    @property
    def next_alpha(self) -> float | None:
        """The error that the next look may make; None when none is left."""
        return look_alpha(self.spent + 1) if self.spent < self.of else None

    @property
    def alpha_left(self) -> float:
        """The error that all looks that are left may make together."""
        return sum(look_alpha(one) for one in range(self.spent + 1, self.of + 1))

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON data; ``nextAlpha`` is left out when no look is left."""
        told = {"family": self.family, "start": self.start, "end": self.end, "spent": self.spent, "of": self.of}
        next_one = {} if self.next_alpha is None else {"nextAlpha": self.next_alpha}
        return {**told, **next_one, "alphaLeft": self.alpha_left}


def look_budgets(
    looks: Iterable[TrialRecord], markets: Mapping[str, Collection[str]] | None = None
) -> tuple[LookBudget, ...]:
    """Return the budgets that an owner's looks have drawn on, by family and time.

    ``markets`` has the families that are the same market as one, by their candles: a look into one is into all.
    """
    known = markets or {}
    by_family: dict[str, list[tuple[str, str]]] = {}
    for look in looks:
        for family in {name for one in families_in(look.family) for name in known.get(one, {one})}:
            by_family.setdefault(family, []).append((look.start, look.end))
    return tuple(
        LookBudget(family, *stretch)
        for family in sorted(by_family)
        for stretch in _stretches(sorted(by_family[family]))
    )


def _stretches(windows: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, int]]:
    """Yield (start, end, count) of windows that overlap; ``windows`` are in order."""
    begun: tuple[str, str, int] | None = None
    for start, end in windows:
        if begun is not None and start < begun[1]:
            begun = (begun[0], max(begun[1], end), begun[2] + 1)
            continue
        if begun is not None:
            yield begun
        begun = (start, end, 1)
    if begun is not None:
        yield begun
