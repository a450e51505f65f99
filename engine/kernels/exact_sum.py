"""The sum of many floats, correctly rounded: the figure of `math.fsum`, without a Python float for each of them."""

from __future__ import annotations

import numpy as np

from engine.kernels.compiled import entry_point

PARTIALS = 64
"""Room for the floats that together are the sum so far; those of one magnitude need two or three."""


@entry_point
def exact_sum(values, partials):
    """Return the sum of ``values``, rounded once; not finite when ``partials`` has no room for it or it overflowed.

    Shewchuk, J. R. (1997). "Adaptive precision floating-point arithmetic". Discrete & Computational Geometry 18.
    """
    used = 0
    for t in range(values.shape[0]):
        if used == partials.shape[0]:
            return np.nan
        one, kept = values[t], 0
        for k in range(used):
            other = partials[k]
            large, small = (one, other) if abs(one) >= abs(other) else (other, one)
            one = large + small
            lost = small - (one - large)
            if lost != 0.0:
                partials[kept] = lost
                kept += 1
        if one != 0.0:
            partials[kept] = one
            kept += 1
        used = kept
    if used == 0:
        return 0.0
    at = used - 1
    rounded, lost = partials[at], 0.0
    while at > 0 and lost == 0.0:
        at -= 1
        before = rounded
        rounded = before + partials[at]
        lost = partials[at] - (rounded - before)
    if at > 0 and lost != 0.0 and (lost > 0.0) == (partials[at - 1] > 0.0):  # half a unit was lost, and more
        away = rounded + 2.0 * lost
        if away - rounded == 2.0 * lost:
            rounded = away
    return rounded
