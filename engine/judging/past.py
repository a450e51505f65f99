"""The trials a strategy is judged among, as one matrix of daily returns over the same days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.market.timeframe import DAY_MS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from engine.search.outcome import Days


@dataclass(frozen=True, slots=True, eq=False)
class PastTrial:
    """A line of the ledger: what was tried, and its daily returns; None where it came to no result or kept none.

    ``planned`` is one of a grid or of draws that were all decided before any of them was seen. Whatever was tried after
    a look at results may be where it is because of them, and no resampling of the days knows of that. ``around`` is one
    that was measured as the neighbour of another: nobody chose it.
    """

    behaviour_hash: str
    days: Days | None
    planned: bool = False
    around: bool = False


def returns_of(trials: Sequence[PastTrial], first_day_ms: int, n_days: int) -> NDArray[np.float32]:
    """Return the daily returns of the trials that have some, shape (n_with_returns, n_days).

    Row by row in the order given, day by day from ``first_day_ms`` (UTC ms) on; a day that a trial did not measure is a
    zero, a day outside is left out.

    Examples
    --------
    >>> from engine.search.outcome import Days
    >>> early = Days(0, np.array([0.1, 0.2], dtype=np.float32))
    >>> late = Days(2 * DAY_MS, np.array([0.3, 0.4], dtype=np.float32))
    >>> returns_of([PastTrial("a", early), PastTrial("b", None), PastTrial("c", late)], DAY_MS, 2).round(1).tolist()
    [[0.20000000298023224, 0.0], [0.0, 0.30000001192092896]]
    """
    kept = [one.days for one in trials if one.days is not None]
    matrix = np.zeros((len(kept), n_days), dtype=np.float32)
    for row, days in zip(matrix, kept, strict=True):
        shift = (days.first_day_ms - first_day_ms) // DAY_MS
        begin, end = max(0, shift), min(n_days, shift + days.returns.shape[0])
        if begin < end:
            row[begin:end] = days.returns[begin - shift : end - shift]
    return matrix


def unplanned_in(trials: Iterable[PastTrial], n_days: int) -> int:
    """Return how many different strategies were tried after others were seen.

    One on several windows is one: a judgement takes all days whatever was tried, so that no window is chosen. A planned
    one that measured less than half of ``n_days`` is none: its figures were not those that are judged. A neighbour of
    another does not count, and takes nothing off the count where it was tried by itself as well.

    >>> from engine.search.outcome import Days
    >>> whole, part = Days(0, np.zeros(10, np.float32)), Days(0, np.zeros(4, np.float32))
    >>> unplanned_in([PastTrial("a", part), PastTrial("a", whole), PastTrial("b", whole, True)], 10)
    1
    >>> unplanned_in([PastTrial("b", part, True), PastTrial("c", whole), PastTrial("c", whole, around=True)], 10)
    2
    """
    led: set[str] = set()
    planned: set[str] = set()
    for one in trials:
        if one.around:
            continue
        whole = one.days is not None and 2 * one.days.returns.shape[0] >= n_days
        (planned if one.planned and whole else led).add(one.behaviour_hash)
    return len(led - planned)


def others(trials: Iterable[PastTrial], behaviours: Iterable[str]) -> list[PastTrial]:
    """Return the trials that behave unlike any of ``behaviours`` (hashes), which are measured anew."""
    known = frozenset(behaviours)
    return [one for one in trials if one.behaviour_hash not in known]
