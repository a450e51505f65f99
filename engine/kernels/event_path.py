"""The path of an account between events: its running peak, its deepest fall and its value at midnights.

Bars are taken in blocks of 64: a block whose bounds can neither raise the peak nor deepen the trough is passed over.
That is exact, since rounding keeps order: cash + quantity * price is no larger for a smaller price.
"""

from __future__ import annotations

import numpy as np

from engine.kernels.compiled import entry_point, inlined, kernel
from engine.kernels.lanes import greatest64, least64

BLOCK = 64
"""Bars of a block: those of one word of a condition."""

PATH_PEAK, PATH_TROUGH, PATH_DEEPEST = range(3)
N_PATH = 3


@entry_point
def fill_bounds(low, high, lowest, highest):
    """Write the least of ``low`` and the greatest of ``high`` in each block of bars, shape (n_blocks,); none is NaN."""
    whole = low.shape[0] // BLOCK
    for block in range(whole):
        lowest[block] = least64(low, block * BLOCK)
        highest[block] = greatest64(high, block * BLOCK)
    for block in range(whole, lowest.shape[0]):
        lowest[block], highest[block] = low[block * BLOCK], high[block * BLOCK]
        for t in range(block * BLOCK + 1, low.shape[0]):
            lowest[block] = min(lowest[block], low[t])
            highest[block] = max(highest[block], high[t])


@inlined
def pass_value(path, equity):
    """Let one value of the account follow on those before; the fall is measured where a peak ends."""
    if equity > path[PATH_PEAK]:
        path[PATH_DEEPEST] = max(path[PATH_DEEPEST], 1.0 - path[PATH_TROUGH] / path[PATH_PEAK])
        path[PATH_PEAK] = equity
        path[PATH_TROUGH] = equity
    elif equity < path[PATH_TROUGH]:
        path[PATH_TROUGH] = equity


@kernel
def deepest_fall(path):
    """Return the deepest fall below the running peak, a fraction of it."""
    return max(path[PATH_DEEPEST], 1.0 - path[PATH_TROUGH] / path[PATH_PEAK])


@kernel
def pass_held(path, close, lowest, highest, start, stop, cash, quantity):
    """Let the values ``cash + quantity * close`` of bars [start, stop) follow; ``quantity`` > 0, bounds of closes."""
    t = start
    while t < stop:
        block = t // BLOCK
        end = min(stop, block * BLOCK + BLOCK)
        if cash + quantity * highest[block] > path[PATH_PEAK] or cash + quantity * lowest[block] < path[PATH_TROUGH]:
            least = greatest = close[t]
            for k in range(t + 1, end):
                least = min(least, close[k])
                greatest = max(greatest, close[k])
            if cash + quantity * greatest > path[PATH_PEAK]:
                for k in range(t, end):
                    pass_value(path, cash + quantity * close[k])
            elif cash + quantity * least < path[PATH_TROUGH]:
                path[PATH_TROUGH] = cash + quantity * least
        t = end


@kernel
def first_touch(low, high, lowest, highest, start, stop, floor, ceiling):
    """Return the first bar of [start, stop) with ``low <= floor`` or ``high >= ceiling``, else ``stop``.

    ``lowest`` are the least of ``low`` and ``highest`` the greatest of ``high`` by block; NaN is no level, and without
    either no bound is read.
    """
    if np.isnan(floor) and np.isnan(ceiling):
        return stop
    t = start
    while t < stop:
        block = t // BLOCK
        end = min(stop, block * BLOCK + BLOCK)
        if lowest[block] <= floor or highest[block] >= ceiling:
            for k in range(t, end):
                if low[k] <= floor or high[k] >= ceiling:
                    return k
        t = end
    return stop
