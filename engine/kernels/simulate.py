"""The per-bar simulation: the step, over and over. What it returns is the truth other kernels must equal."""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.kernels.step import step

FILLS_A_BAR = 4
"""The most fills one asset can have in one bar (exit, entry, exit inside, and one at the close)."""


@njit(cache=True, error_model="numpy", nogil=True)  # a service answers others meanwhile
def simulate_bars(first, market, intents, rules, state, tape, equity, cash, exposure):
    """Step through the bars from ``first`` until the end or until the tape may be full.

    Returns the next bar to go on from: n_bars when done. ``equity``, ``cash`` and ``exposure`` (gross / equity,
    NaN where equity <= 0), shape (n_bars,), are written up to there.
    """
    n_bars = market.close_time.shape[0]
    room = FILLS_A_BAR * state.book.shape[0]
    for t in range(first, n_bars):
        if tape.used[0] + room > tape.fills.shape[0]:
            return t
        equity[t], cash[t], gross = step(t, t == n_bars - 1, market, intents, rules, state, tape)
        exposure[t] = gross / equity[t] if equity[t] > 0.0 else np.nan
    return n_bars
