"""The per-bar simulation: the step, over and over. What it returns is the truth other kernels must equal."""

from __future__ import annotations

import numpy as np

from engine.kernels.compiled import entry_point
from engine.kernels.layout import EVENTS, FILLS
from engine.kernels.step import step


@entry_point
def fills_a_bar(n_parts):
    """Return the most fills one asset can have in one bar.

    Every part and the rest of the position it begins with, an entry, every part and the rest of that one,
    and one more entry at the close.
    """
    return 2 * (n_parts + 1) + 2


@entry_point
def events_a_bar(n_parts):
    """Return the most events one asset can have in one bar.

    One a fill; beside them a cancelled or rejected entry, three protections that move, an exit ordered at the close,
    an entry scheduled or rejected there, and one that is left at the end.
    """
    return fills_a_bar(n_parts) + 7


@entry_point
def simulate_bars(first, market, intents, rules, state, tape, equity, cash, exposure):
    """Step through the bars from ``first`` until the end or until the tape may be full.

    Returns the next bar to go on from: n_bars when done. ``equity``, ``cash`` and ``exposure`` (gross / equity,
    NaN where equity <= 0), shape (n_bars,), are written up to there.
    """
    n_bars, n_assets, n_parts = market.close_time.shape[0], state.book.shape[0], rules.part_gain.shape[0]
    last_fill = tape.fills.shape[0] - fills_a_bar(n_parts) * n_assets
    last_event = tape.events.shape[0] - events_a_bar(n_parts) * n_assets
    for t in range(first, n_bars):
        if tape.used[FILLS] > last_fill or tape.used[EVENTS] > last_event:
            return t
        equity[t], cash[t], gross = step(t, t == n_bars - 1, market, intents, rules, state, tape)
        exposure[t] = gross / equity[t] if equity[t] > 0.0 else np.nan
    return n_bars
