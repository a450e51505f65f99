"""Which candidates are measured next, told by what is known already: a search goes on from wherever it was left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import EngineInputError
from engine.search.proposal import AS_IT_IS, Proposal
from engine.search.surroundings import missing_around
from engine.search.worth import worth_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.search.outcome import Outcome
    from engine.search.plan import Plan


class Unlike(EngineInputError):
    """What is known of a search is not what its method proposes: it was made by another version of something."""


class Rounds:
    """The rounds of a plan's search: the spec as it is, what its method proposes, what is around the best of that.

    What is around the best is numbered from ``plan.count`` + 1 on.

    A method that learns is told a round when all of it is known, in the order of the numbers; so it proposes the same
    whoever measured, in whatever order, and however often the search was broken off.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._sampler = plan.sampler()
        self._round = [AS_IT_IS]
        self._asked = 0
        self._is_last = False

    def left(self, known: Mapping[int, Outcome]) -> list[Proposal]:
        """Return what is still to be measured of the first round that is not all known; empty at the end.

        Raises
        ------
        Unlike
            A candidate that is known is not the one that is proposed by that number.
        """
        while self._round:
            todo = [one for one in self._round if one.number not in known]
            if todo:
                return todo
            self._go_on(known)
        return []

    def _go_on(self, known: Mapping[int, Outcome]) -> None:
        plan = self._plan
        for one in self._round:
            if dict(known[one.number].overrides) != plan.overrides_at(one.places):
                message = f"candidate {one.number} is not the one that was measured: the method draws otherwise by now"
                raise Unlike(message)
        tried = [] if self._is_last else [one for one in self._round if one.number > 0]
        if tried:
            worths = [worth_of(known[one.number], plan.objectives, plan.min_trades) for one in tried]
            self._sampler.tell([one.places for one in tried], worths)
        places = self._sampler.ask(plan.count - self._asked) if self._asked < plan.count else []
        first = self._asked + 1
        self._asked += len(places)
        if not places and not self._is_last:  # at the end of it nothing is left
            self._is_last = True
            first, places = plan.count + 1, missing_around(plan, known)
        self._round = [Proposal(number, one) for number, one in enumerate(places, start=first)]
