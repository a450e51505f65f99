"""A batch of candidates, cut into what one thread measures at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.sweeps.columns import LEVEL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

    Operands = tuple[tuple[IntArray, IntArray, FloatArray], ...]
    """Of each pair: the columns on the left, those on the right or `LEVEL`, and the levels; shape (n_candidates,)."""

SETS_AT_ONCE = 64
"""Signal sets whose comparisons are made together, so that the columns they share are read once from memory."""

CHUNKS_A_THREAD = 4


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Candidates that one thread measures: the columns they compare, by number, and their signal sets.

    ``left`` to ``level`` are of `engine.kernels.sweep_signals.Pairs`, columns as places in ``used``; ``places`` and
    ``set_of`` of `engine.kernels.sweep_long.Signals`. ``turn`` counts the chunks of a batch.
    """

    candidates: IntArray
    used: IntArray
    left: IntArray
    right: IntArray
    level: FloatArray
    places: IntArray
    set_of: IntArray
    turn: int


def chunks_of(operands: Operands, n: int, threads: int) -> Iterator[Chunk]:
    """Yield parts of ``n`` candidates, which come ordered by signal set."""
    keys = np.array([one for pair in operands for one in (pair[0], pair[1], _bits(pair[2]))])
    keys = keys.reshape(-1, n)
    sets, set_of = distinct(np.ascontiguousarray(keys.T))
    order = np.argsort(set_of, kind="stable")
    most = max(1, -(-n // (CHUNKS_A_THREAD * threads))) if threads > 1 else n
    start = turn = 0
    while start < n:
        stop = min(n, start + most)
        beyond = int(set_of[order[start]]) + SETS_AT_ONCE
        stop = min(stop, start + int(np.searchsorted(set_of[order[start:stop]], beyond)))
        candidates = order[start:stop]
        first_set, last_set = int(set_of[candidates[0]]), int(set_of[candidates[-1]])
        local = np.zeros(n, dtype=np.int64)
        local[candidates] = set_of[candidates] - first_set
        yield _chunk(candidates, sets[first_set : last_set + 1], local, turn)
        start, turn = stop, turn + 1


def _chunk(candidates: IntArray, sets: IntArray, set_of: IntArray, turn: int) -> Chunk:
    """Find the different pairs of some signal sets, and the place of each set's pairs among them."""
    different, place = distinct(sets.reshape(-1, 3))
    used = np.unique(different[:, :2])
    used = used[used != LEVEL]
    return Chunk(
        candidates=candidates,
        used=used,
        left=np.searchsorted(used, different[:, 0]),
        right=np.where(different[:, 1] == LEVEL, LEVEL, np.searchsorted(used, different[:, 1])),
        level=np.ascontiguousarray(different[:, 2]).view(np.float64),
        places=place.reshape(sets.shape[0], -1),
        set_of=set_of,
        turn=turn,
    )


def _bits(levels: FloatArray) -> IntArray:
    return np.where(np.isnan(levels), 0, levels.view(np.int64))


def distinct(rows: IntArray) -> tuple[IntArray, IntArray]:
    """Return the different rows of a table in the order they come, and for each row which of them it is.

    >>> [one.tolist() for one in distinct(np.array([[5, 6], [1, 2], [5, 6]]))]
    [[[5, 6], [1, 2]], [0, 1, 0]]
    """
    seen: dict[bytes, int] = {}
    which = np.array([seen.setdefault(row.tobytes(), len(seen)) for row in rows], dtype=np.int64)
    first = np.full(len(seen), rows.shape[0])
    np.minimum.at(first, which, np.arange(rows.shape[0]))
    return rows[first], which
