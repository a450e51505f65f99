"""Which combinations of a space are tried, and in which order: all of them, or some drawn with a seed."""

from __future__ import annotations

import random as pseudo_random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.search.proposal import Places
    from engine.search.space import Space

MOST_SHUFFLED = 50_000
"""Spaces up to this size are drawn from without putting back; in larger ones a draw that came up before is rare."""


def grid(space: Space, count: int, seed: int) -> list[Places]:
    """Return the first ``count`` combinations in the order of the space; the seed decides nothing."""
    return [space.at(index) for index in range(min(count, space.size))]


def random(space: Space, count: int, seed: int) -> list[Places]:
    """Return ``count`` different combinations, each as likely as any other; all of them where there are no more.

    The same space and seed give the same draws on every machine and version of Python, whose ``random()`` is promised
    to stay: the first hundred of two hundred are the hundred that were asked for.

    Examples
    --------
    >>> from engine.search.space import Axis, Space
    >>> space = Space((Axis("a.b", (1, 2, 3)), Axis("a.c", (4, 5, 6))))
    >>> random(space, 3, seed=1) == random(space, 9, seed=1)[:3]
    True
    """
    draw = pseudo_random.Random(seed).random
    if space.size <= MOST_SHUFFLED:
        return _shuffled(space, min(count, space.size), draw)
    found: dict[Places, None] = {}
    while len(found) < count:
        found.setdefault(tuple(int(draw() * len(axis.values)) for axis in space.axes))
    return list(found)


def _shuffled(space: Space, count: int, draw: Callable[[], float]) -> list[Places]:
    """Return the first ``count`` of a Fisher-Yates shuffle."""
    indexes = list(range(space.size))
    for at in range(count):
        other = at + int(draw() * (len(indexes) - at))
        indexes[at], indexes[other] = indexes[other], indexes[at]
    return [space.at(index) for index in indexes[:count]]


SAMPLERS: dict[str, Callable[[Space, int, int], list[Places]]] = {"grid": grid, "random": random}
"""Name of a method -> what it tries: (space, count, seed) -> combinations in order."""
