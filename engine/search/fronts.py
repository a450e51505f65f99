"""Several objectives at once: which candidates no other beats in everything, and how alone each stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


def dominates(values: FloatArray, violations: FloatArray) -> NDArray[np.bool_]:
    """Tell for each pair whether the first beats the second, shape (n, n).

    Parameters
    ----------
    values : ndarray, shape (n, n_objectives)
        Higher is better; what is not finite counts as the worst.
    violations : ndarray, shape (n,)
        By how much a candidate breaks the constraints, 0 where it keeps them, inf where it came to no result.

    Notes
    -----
    Of two that break constraints the one that breaks them less is better, and any that keeps them is better than both;
    of two that keep them one dominates that is as good in everything and better in something.

    References
    ----------
    Deb, K. et al. (2002). "A fast and elitist multiobjective genetic algorithm: NSGA-II". IEEE Transactions on
    Evolutionary Computation 6(2).
    """
    known = np.where(np.isfinite(values), values, -np.inf)
    as_good = np.ones((known.shape[0], known.shape[0]), dtype=np.bool_)
    better = np.zeros_like(as_good)
    for column in known.T:
        as_good &= column[:, None] >= column[None, :]
        better |= column[:, None] > column[None, :]
    less = violations[:, None] < violations[None, :]
    both = (violations[:, None] == 0.0) & (violations[None, :] == 0.0)
    return np.where(both, as_good & better, less)


def fronts(values: FloatArray, violations: FloatArray) -> IntArray:
    """Return the front of each candidate: 0 for those none dominates, 1 for those only front 0 dominates, and so on.

    Examples
    --------
    >>> fronts(np.array([[1.0, 3.0], [2.0, 2.0], [1.0, 1.0]]), np.zeros(3)).tolist()
    [0, 0, 1]
    """
    beats = dominates(values, violations)
    left = beats.sum(axis=0)
    found = np.full(left.shape[0], -1, dtype=np.int64)
    front = 0
    while (found < 0).any():
        now = (left == 0) & (found < 0)
        found[now] = front
        left = left - beats[now].sum(axis=0)
        front += 1
    return found


def undominated(values: FloatArray, violations: FloatArray) -> NDArray[np.bool_]:
    """Tell which candidates nothing dominates (the first front), without comparing all of thousands with each other."""
    least: NDArray[np.bool_] = violations == violations.min()
    if violations.min() > 0.0:
        return least
    rows = np.flatnonzero(least)
    known = np.where(np.isfinite(values), values, -np.inf)
    rows = rows[np.lexsort(-known[rows].T[::-1])]  # who stands later dominates nobody before
    kept: list[int] = []
    for row in rows.tolist():
        better = known[kept]
        beaten = (better >= known[row]).all(axis=1) & (better > known[row]).any(axis=1)
        if not beaten.any():
            kept.append(row)
    found = np.zeros(values.shape[0], dtype=np.bool_)
    found[kept] = True
    return found


def crowding(values: FloatArray, front: IntArray) -> FloatArray:
    """Return how far apart the neighbours of each candidate on its own front are, inf at a front's ends.

    The sum over the objectives of the distance between the next lower and the next higher value, as a share of the
    front's span.
    """
    known = np.where(np.isfinite(values), values, 0.0)
    distance = np.zeros(front.shape[0])
    for one in np.unique(front):
        members = np.flatnonzero(front == one)
        for column in known.T:
            order = members[np.argsort(column[members], kind="stable")]
            span = column[order[-1]] - column[order[0]]
            distance[order[[0, -1]]] = np.inf
            if order.size > 2 and span > 0.0:
                distance[order[1:-1]] += (column[order[2:]] - column[order[:-2]]) / span
    return distance


def order_of(values: FloatArray, violations: FloatArray) -> IntArray:
    """Return the candidates best first: by front and then by crowding; with one objective by its value."""
    if values.shape[1] == 1:
        value = np.where(np.isfinite(values[:, 0]), values[:, 0], -np.inf)
        return np.lexsort((-value, violations))
    front = fronts(values, violations)
    return np.lexsort((-crowding(values, front), front))
