"""The methods of a search, behind one protocol: they propose combinations, round by round, and are told what came out.

What a method proposes depends on its seed and on what it was told, never on the clock or on who measures. So a search
that was broken off goes on by telling its method again what is stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from engine.search.draws import random

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.search.proposal import Places
    from engine.search.space import Space
    from engine.search.worth import Worth


class Sampler(Protocol):
    """Proposes combinations of one space; none twice, none that breaks a condition."""

    def ask(self, most: int) -> list[Places]:
        """Return the next round, at most ``most`` combinations; empty when the method has no more."""

    def tell(self, places: Sequence[Places], worths: Sequence[Worth]) -> None:
        """Take note of what a whole round came to, in the order it was proposed."""


class Listed:
    """A method that knows all it will propose before it begins, in one round."""

    def __init__(self, places: Sequence[Places]) -> None:
        self._places = list(places)

    def ask(self, most: int) -> list[Places]:
        """Return what is left."""
        now, self._places = self._places[:most], self._places[most:]
        return now

    def tell(self, places: Sequence[Places], worths: Sequence[Worth]) -> None:
        """Nothing is learned."""


def grid(space: Space, count: int, seed: int) -> list[Places]:
    """Return the first ``count`` combinations in the order of the space; the seed decides nothing."""
    if space.conditions:
        return [tuple(row) for row in space.all_places()[:count].tolist()]
    return [space.at(index) for index in range(min(count, space.size))]


SAMPLERS: dict[str, Callable[[Space, int, int], list[Places]]] = {"grid": grid, "random": random}
"""Methods that learn nothing -> what they try: (space, count, seed) -> combinations in order."""


def _evolutionary(space: Space, budget: int, seed: int, n_objectives: int) -> Sampler:
    from engine.search.evolution import Evolution

    return Evolution(space, budget, seed, n_objectives)


def _bayesian(space: Space, budget: int, seed: int, n_objectives: int) -> Sampler:
    from engine.search.bayesian import Bayesian

    return Bayesian(space, budget, seed, n_objectives)


LEARNING: dict[str, Callable[[Space, int, int, int], Sampler]] = {
    "bayesian": _bayesian,
    "evolutionary": _evolutionary,
}
"""Methods that learn from what they are told: (space, budget, seed, how many objectives) -> sampler."""

METHODS = (*SAMPLERS, *LEARNING)

WITHOUT_OPTUNA = "method 'bayesian' needs Optuna, which is not installed: install the extra 'optuna' of this package"
