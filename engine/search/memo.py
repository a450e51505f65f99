"""What is known of the candidates of one plan: what behaves the same is measured once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.search.behaviours import Behaviours
from engine.search.outcome import Measured, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.search.plan import Plan
    from engine.search.proposal import Proposal


class Memo:
    """Says which candidates have to be measured, and what the others come to.

    Parameters
    ----------
    plan : Plan
        What is measured.
    known : iterable of Outcome
        What an earlier part of the search came to.
    """

    def __init__(self, plan: Plan, known: Iterable[Outcome] = ()) -> None:
        self._plan = plan
        self._behaviours = Behaviours(plan)
        self._known: dict[str, Outcome] = {}
        self.keep(known)

    def keep(self, outcomes: Iterable[Outcome]) -> None:
        """Take note of what is known."""
        for one in outcomes:
            if one.behaviour_hash is not None:
                self._known.setdefault(one.behaviour_hash, one)

    def names(self, proposals: Iterable[Proposal]) -> dict[int, str | None]:
        """Return the behaviour hash of each candidate by its number; None, or nobody's, where it is no valid spec."""
        return {one.number: self._behaviours.of(one) for one in proposals}

    def fresh(self, proposals: Iterable[Proposal], names: Mapping[int, str | None]) -> list[Proposal]:
        """Return the candidates that behave like none that is known and none before them."""
        first: set[str] = set()
        found = []
        for one in proposals:
            name = names[one.number]
            if name is None or (name not in self._known and name not in first):
                found.append(one)
                first |= set() if name is None else {name}
        return found

    def all_of(
        self, proposals: Sequence[Proposal], names: Mapping[int, str | None], measured: Iterable[Measured]
    ) -> tuple[list[Measured | None], list[Proposal]]:
        """Take note of what was measured; return that and what it tells of the others, in order, and who is left.

        Left, and None in their places, are candidates that behave like one that turned out to be no valid spec.
        """
        found = {one.outcome.number: one for one in measured}
        self.keep(one.outcome for one in found.values())
        digest = next((one.data_hash for one in found.values() if one.data_hash is not None), None)
        told: list[Measured | None] = []
        left = []
        for one in proposals:
            at_once = found.get(one.number)
            name = names[one.number]
            same = None if name is None else self._known.get(name)
            if at_once is None and same is not None:
                overrides = self._plan.overrides_at(one.places)
                known = Outcome(one.number, overrides, same.status, name, same.summary, same.reason)
                at_once = Measured(known, digest)
            if at_once is None:
                left.append(one)
            told.append(at_once)
        return told, left
