"""Evolution on a lattice: differential evolution for one objective, NSGA-II for several.

Both begin with an evenly spread quarter of the budget and go on in generations of 64, fewer where the budget is small.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.search.draws import draws, places_at
from engine.search.fronts import order_of
from engine.search.worth import columns_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.search.proposal import Places
    from engine.search.space import Space
    from engine.search.worth import Worth

    FloatArray = NDArray[np.float64]

POPULATION, LEAST_POPULATION = 64, 12
FIRST_SHARE = 4
"""One part in so many of the budget is spread evenly before anything is bred."""

GENERATIONS = 8
"""The population is small enough for so many generations."""

CROSSOVER = 0.9
BEST_SHARE = 0.2
SPREAD = 15.0
"""Distribution index of NSGA-II's crossover and mutation: how near children stay to their parents."""

TRIES = 8
"""How often a child that was tried already, or breaks a condition, is moved before one is drawn in its place."""


class Evolution:
    """Implements `engine.search.samplers.Sampler`.

    References
    ----------
    Storn, R. and Price, K. (1997). "Differential evolution". Journal of Global Optimization 11(4).
    Zhang, J. and Sanderson, A. C. (2009). "JADE: adaptive differential evolution with optional external archive".
    IEEE Transactions on Evolutionary Computation 13(5): the mutation towards one of the best.
    Deb, K. et al. (2002). "A fast and elitist multiobjective genetic algorithm: NSGA-II". IEEE Transactions on
    Evolutionary Computation 6(2).
    """

    def __init__(self, space: Space, budget: int, seed: int, n_objectives: int) -> None:
        self._space = space
        self._shape = np.array(space.shape, dtype=np.int64)
        self._size = min(POPULATION, max(LEAST_POPULATION, budget // GENERATIONS))
        self._first = max(self._size, budget // FIRST_SHARE)
        self._dice = np.random.default_rng([seed, 2])
        self._drawn = draws(space, seed)
        self._seen: set[Places] = set()
        self._single = n_objectives == 1
        self._points = np.empty((0, len(space.axes)))
        self._worths: list[Worth] = []
        self._asked = np.empty((0, len(space.axes)))

    def ask(self, most: int) -> list[Places]:
        """Return the first, evenly spread, or a generation of children."""
        if not self._worths:
            found = self._others(min(self._first, most))
            self._asked = self._middles(found)
            return found
        children = self._bred_one() if self._single else self._bred_several()
        places = self._fresh(children)[:most]
        self._asked = self._middles(places)
        return places

    def tell(self, places: Sequence[Places], worths: Sequence[Worth]) -> None:
        """Keep the best of parents and children."""
        if not places:
            return
        points = np.concatenate([self._points, self._asked])
        known = [*self._worths, *worths]
        kept = order_of(*columns_of(known))[: self._size]
        self._points, self._worths = points[kept], [known[at] for at in kept]

    def _middles(self, places: Sequence[Places]) -> FloatArray:
        """Return the points in the middle of what falls on each combination."""
        return (np.array(places, dtype=float).reshape(len(places), self._shape.size) + 0.5) / self._shape

    def _bred_one(self) -> FloatArray:
        """Return the children of differential evolution, current-to-pbest/1/bin."""
        points, dice, (n, d) = self._points, self._dice, self._points.shape  # best first
        best = points[dice.integers(0, max(1, int(n * BEST_SHARE)), n)]
        one, other = points[dice.integers(0, n, n)], points[dice.integers(0, n, n)]
        step = dice.uniform(0.4, 0.9, (n, 1))
        mutant = points + step * (best - points) + step * (one - other)
        crossed = dice.random((n, d)) < CROSSOVER
        crossed[np.arange(n), dice.integers(0, d, n)] = True
        child = np.where(crossed, mutant, points)
        outside = (child < 0.0) | (child >= 1.0)
        return np.where(outside, (points + np.clip(child, 0.0, 1.0)) / 2.0, child)

    def _bred_several(self) -> FloatArray:
        """Return the children of NSGA-II: tournaments, simulated binary crossover, polynomial mutation."""
        points, dice, (n, d) = self._points, self._dice, self._points.shape  # best first: the smaller place wins
        one, other = (points[dice.integers(0, n, (n, 2)).min(axis=1)] for _ in range(2))
        u = dice.random((n, d))
        beta = np.where(u < 0.5, (2.0 * u) ** (1 / (SPREAD + 1)), (0.5 / (1.0 - u)) ** (1 / (SPREAD + 1)))
        crossed = (dice.random((n, d)) < 0.5) & (dice.random((n, 1)) < CROSSOVER)
        child = np.where(crossed, 0.5 * ((1.0 + beta) * one + (1.0 - beta) * other), one)
        u = dice.random((n, d))
        low, high = (2.0 * u) ** (1 / (SPREAD + 1)) - 1.0, 1.0 - (2.0 * (1.0 - u)) ** (1 / (SPREAD + 1))
        moved = dice.random((n, d)) < 1.0 / d
        child = np.where(moved, child + np.where(u < 0.5, low, high), child)
        inside: FloatArray = np.clip(child, 0.0, np.nextafter(1.0, 0.0))
        return inside

    def _fresh(self, children: FloatArray) -> list[Places]:
        """Return a combination for each child that was not proposed yet: its own, one beside it, or one drawn."""
        own = places_at(children, self._shape)
        found: dict[int, Places] = {}
        left, places = np.arange(own.shape[0]), own
        for reach in range(1, TRIES + 2):
            fits = self._space.allowed(places).tolist()
            for child, row, ok in zip(left.tolist(), places.tolist(), fits, strict=True):
                one = tuple(row)
                if ok and one not in self._seen:
                    self._seen.add(one)
                    found[child] = one
            left = np.array([child for child in left.tolist() if child not in found], dtype=np.int64)
            if left.size == 0:
                break
            step = self._dice.integers(-reach, reach + 1, (left.size, own.shape[1]))
            places = np.clip(own[left] + step, 0, self._shape - 1)
        return [*(found[child] for child in sorted(found)), *self._others(own.shape[0] - len(found))]

    def _others(self, count: int) -> list[Places]:
        """Return combinations drawn evenly that were not proposed yet, fewer where there are no more."""
        found: list[Places] = []
        while len(found) < count and (one := next(self._drawn, None)) is not None:
            if one not in self._seen:
                self._seen.add(one)
                found.append(one)
        return found
