"""What is written down beside fills: funnel counts and events."""

from __future__ import annotations

import numpy as np

from engine.kernels import codes
from engine.kernels.compiled import kernel
from engine.kernels.layout import (
    BAR,
    EVENT_ASSET,
    EVENT_BAR,
    EVENT_BOUND,
    EVENT_PRICE,
    EVENT_QUANTITY,
    EVENT_REASON,
    EVENT_SIDE,
    EVENT_STATE,
    EVENT_TIME,
    EVENT_VALUE,
    EVENTS,
    ORDER_SIDE,
)


@kernel
def count(state, a, side, stage):
    """Count one entry of ``side`` (1 or -1) into a stage of its funnel and keep the first bar of it."""
    row = 0 if side > 0 else 1
    if state.funnel[a, row, stage] == 0:
        state.funnel_first[a, row, stage] = np.int64(state.account[BAR])
    state.funnel[a, row, stage] += 1


@kernel
def tell(state, tape, time, a, side, what, reason, price, quantity, value, bound):
    """Write one event of asset ``a``: the state it entered and why; NaN where a figure has no meaning."""
    row = tape.events[tape.used[EVENTS]]
    tape.used[EVENTS] += 1
    row[EVENT_BAR] = state.account[BAR]
    row[EVENT_TIME] = time
    row[EVENT_ASSET] = a
    row[EVENT_SIDE] = 1.0 if side > 0 else -1.0
    row[EVENT_STATE] = what
    row[EVENT_REASON] = reason
    row[EVENT_PRICE] = price
    row[EVENT_QUANTITY] = quantity
    row[EVENT_VALUE] = value
    row[EVENT_BOUND] = bound


@kernel
def reject(state, tape, time, a, side, stage, price, value, bound):
    """Count and tell that a rule rejected an entry, with the figure it looked at and its bound."""
    count(state, a, side, stage)
    tell(state, tape, time, a, side, codes.REJECTED, codes.REASON_OF_STAGE + stage, price, np.nan, value, bound)


@kernel
def cancel(state, tape, time, a, stage, reason, price, value, bound):
    """Take back the waiting entry of asset ``a``, count and tell why."""
    side = state.book[a, ORDER_SIDE]
    state.book[a, ORDER_SIDE] = 0.0
    count(state, a, side, stage)
    tell(state, tape, time, a, side, codes.WAS_CANCELLED, reason, price, np.nan, value, bound)
