"""Where a walk-forward cuts the data: windows to choose on, windows to be judged by, and what is left out between."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from engine.errors import EngineInputError
from engine.market.quality import utc
from engine.market.timeframe import DAY_MS

Scheme = Literal["anchored", "rolling"]
SCHEMES: tuple[Scheme, ...] = ("anchored", "rolling")
FEWEST_DAYS = 30
"""Days of a window below which no Sharpe ratio is stated."""


@dataclass(frozen=True, slots=True)
class Fold:
    """A window to choose on and the later one that judges, UTC ms at midnights, closed-open."""

    train_start: int
    train_end: int
    test_start: int
    test_end: int


def cut_folds(
    start: int,
    end: int,
    *,
    folds: int,
    scheme: Scheme,
    purge_days: int,
    embargo_days: int = 0,
    train_fraction: float = 0.5,
) -> tuple[Fold, ...]:
    """Cut a window of whole UTC days.

    The first part is for training alone; the rest is cut into test windows of equal length that follow each other
    without a gap. A train window ends ``purge_days + embargo_days`` before its test window and begins at the start
    (``anchored``) or as many days before as the first one has (``rolling``).

    Parameters
    ----------
    start, end : int
        UTC ms; days that are not whole are left out.
    folds : int
        Test windows, 1 or more.
    purge_days, embargo_days : int
        0 or more.
    train_fraction : float
        The part before the first test window, in (0, 1).

    Raises
    ------
    EngineInputError
        A value out of its range, or a train or test window of under 30 days.

    Examples
    --------
    >>> for fold in cut_folds(0, 400 * DAY_MS, folds=2, scheme="rolling", purge_days=3):
    ...     print([time // DAY_MS for time in (fold.train_start, fold.train_end, fold.test_start, fold.test_end)])
    [0, 197, 200, 300]
    [100, 297, 300, 400]
    """
    if scheme not in SCHEMES:
        raise EngineInputError(f"scheme is {scheme!r}: it must be one of {', '.join(SCHEMES)}")
    for name, value, least in (("folds", folds, 1), ("purge_days", purge_days, 0), ("embargo_days", embargo_days, 0)):
        if value < least:
            raise EngineInputError(f"{name} is {value}: it must be at least {least}")
    if not 0.0 < train_fraction < 1.0:
        raise EngineInputError(f"train_fraction is {train_fraction}: it must be above 0 and below 1")
    first, last = -(-start // DAY_MS), end // DAY_MS
    before = round((last - first) * train_fraction)
    gap = purge_days + embargo_days
    shortest = (last - first - before) // folds
    if before - gap < FEWEST_DAYS or shortest < FEWEST_DAYS:
        raise EngineInputError(
            f"{utc(start)} to {utc(end)} has {max(0, last - first)} whole days: {folds} folds leave {before - gap} "
            f"days to choose on after {gap} of purge and embargo, and {shortest} for a test; each takes {FEWEST_DAYS}"
        )
    bounds = [first + before + (last - first - before) * k // folds for k in range(folds + 1)]
    return tuple(
        _fold(first if scheme == "anchored" else test - before, test - gap, test, following)
        for test, following in pairwise(bounds)
    )


def _fold(*days: int) -> Fold:
    train_start, train_end, test_start, test_end = (day * DAY_MS for day in days)
    return Fold(train_start, train_end, test_start, test_end)
