"""Counting what was validated: records by cell, rates, and the margins that chance leaves them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Record = Mapping[str, Any]

ALLOWED = 0.05
"""Share of sessions without an edge in which a judge may validate something."""
SURE = 0.99


@dataclass(frozen=True, slots=True)
class Count:
    """How many of so many sessions."""

    found: int
    of: int

    @property
    def share(self) -> float:
        """NaN of none."""
        return self.found / self.of if self.of else float("nan")

    def __str__(self) -> str:
        return f"{self.found}/{self.of}" if self.of else "-"


def by_cell(records: Iterable[Record]) -> dict[str, list[Record]]:
    """Return the records of each cell by its name, without those that were skipped."""
    found: dict[str, list[Record]] = {}
    for one in records:
        if "skipped" not in one:
            found.setdefault(one["cell"], []).append(one)
    return found


def validated(records: Sequence[Record], judge: str) -> Count:
    """Count the sessions in which a judge validated something."""
    return Count(sum(one["validated"][judge] for one in records), len(records))


def most_by_chance(n: int, rate: float = ALLOWED) -> int:
    """Return the count that a true rate exceeds in one of a hundred runs of ``n`` sessions.

    >>> [most_by_chance(n) for n in (60, 200, 400, 1000)]
    [7, 18, 31, 67]
    """
    return _quantile(SURE, n, rate)


def fewest_by_chance(n: int, rate: float) -> int:
    """Return the count that a true rate falls short of in one of a hundred runs of ``n`` sessions.

    >>> [fewest_by_chance(60, rate) for rate in (0.6, 0.8, 0.9)]
    [27, 40, 48]
    """
    return _quantile(1.0 - SURE, n, rate)


@lru_cache(maxsize=1_000)
def _quantile(share: float, n: int, rate: float) -> int:
    from scipy.stats import binom

    return int(binom.ppf(share, n, rate)) if n else 0


def interval(count: Count) -> tuple[float, float]:
    """Return the 95 % interval of the true rate (Clopper and Pearson).

    >>> [round(end, 3) for end in interval(Count(3, 60))]
    [0.01, 0.139]
    """
    from scipy.stats import binomtest

    found = binomtest(count.found, count.of).proportion_ci(0.95)
    return float(found.low), float(found.high)
