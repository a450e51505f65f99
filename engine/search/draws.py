"""Places drawn from a space: spread evenly by a scrambled Sobol sequence, none twice, none that breaks a condition."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from engine.search.proposal import Places
    from engine.search.space import Space

MOST_SHUFFLED = 50_000
"""Spaces up to this size are exhausted: what the sequence leaves out follows in a shuffled order."""

CHUNK = 1_024
MOST_IN_VAIN = 256
"""Chunks that bring nothing new, one after the other, until a larger space is given up as exhausted."""


def draws(space: Space, seed: int) -> Iterator[Places]:
    """Yield different combinations of a space that keep its conditions, in an order that the seed decides.

    Any beginning covers the space evenly. In spaces of up to `MOST_SHUFFLED` combinations all of them come.

    References
    ----------
    Owen, A. B. (1998). "Scrambling Sobol' and Niederreiter-Xing points". Journal of Complexity 14(4).

    Examples
    --------
    >>> from engine.search.space import Axis, Space
    >>> len(set(draws(Space((Axis("a.b", (1, 2, 3)), Axis("a.c", (4, 5)))), seed=1)))
    6
    """
    from scipy.stats import qmc

    sequence = qmc.Sobol(len(space.axes), scramble=True, rng=np.random.default_rng(seed))
    shape = np.array(space.shape, dtype=np.int64)
    small = space.size <= MOST_SHUFFLED
    seen: set[Places] = set()
    chunks = in_vain = 0
    while in_vain < MOST_IN_VAIN and not (small and chunks * CHUNK >= 4 * space.size):
        chunks += 1
        in_vain += 1
        drawn = places_at(sequence.random(CHUNK), shape)
        for row in drawn[space.allowed(drawn)].tolist():
            places = tuple(row)
            if places not in seen:
                seen.add(places)
                in_vain = 0
                yield places
    if small:
        left = np.random.default_rng([seed, 1]).permutation(space.all_places())
        for row in left.tolist():
            if tuple(row) not in seen:
                yield tuple(row)


def places_at(points: NDArray[np.float64], shape: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the combinations that points of [0, 1]^n_axes fall on, each value of an axis as wide as any other."""
    return np.clip((points * shape).astype(np.int64), 0, shape - 1)


def random(space: Space, count: int, seed: int) -> list[Places]:
    """Return ``count`` different combinations, spread evenly; all there are where there are no more.

    The first hundred of two hundred are the hundred that were asked for.
    """
    return list(islice(draws(space, seed), count))
