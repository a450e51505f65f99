"""Which candidates are measured next, told by what is known already: a search goes on from wherever it was left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.search.proposal import AS_IT_IS

if TYPE_CHECKING:
    from collections.abc import Container

    from engine.search.plan import Plan
    from engine.search.proposal import Proposal


class Rounds:
    """The rounds of a plan's search: the spec as it is, then all that the plan proposes."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def left(self, known: Container[int]) -> list[Proposal]:
        """Return what is still to be measured of the first round that is not all known; empty at the end."""
        if 0 not in known:
            return [AS_IT_IS]
        return [self._plan.proposal(number) for number in range(1, self._plan.count + 1) if number not in known]
