"""What is ordered at a close: exits of all assets, then entries, each in order (docs/semantics.md, "Decisions")."""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.kernels import codes
from engine.kernels.fills import count, slippage_fraction, standing_slippage
from engine.kernels.layout import (
    BAR,
    CASH,
    ENTER_LONG,
    ENTER_SHORT,
    EXIT_DECIDED,
    EXIT_LONG,
    EXIT_REASON,
    EXIT_SHORT,
    EXIT_SLIPPAGE,
    HALTED,
    LEVEL_NONE,
    ORDER_DECIDED,
    ORDER_SIDE,
    ORDER_SIZE,
    ORDER_SLIPPAGE,
    ORDER_STOP,
    ORDER_TARGET,
    ORDER_TIME,
    PLACED_NEXT,
    QUANTITY,
    RUNNING,
    SIZE_CASH,
    SIZE_EQUITY,
    SIZE_UNITS,
)


@njit(cache=True, error_model="numpy")
def order_notional(kind, size, equity, cash_close, close):
    """Return what an order of ``size`` is worth at the deciding close, for its slippage."""
    if kind == SIZE_EQUITY:
        return equity * size
    if kind == SIZE_UNITS:
        return size * close
    if kind == SIZE_CASH:
        return cash_close * size
    return size


@njit(cache=True, error_model="numpy")
def is_undefined(kind, value):
    """Tell whether a stop or target that was asked for has no usable value here."""
    return kind != LEVEL_NONE and not (value > 0.0 and value < np.inf)


@njit(cache=True, error_model="numpy")
def positions_to_come(book):
    """Count open positions without an exit order, and waiting entries."""
    n = 0
    for a in range(book.shape[0]):
        if book[a, QUANTITY] != 0.0 and book[a, EXIT_REASON] == 0.0:
            n += 1
        if book[a, ORDER_SIDE] != 0.0:
            n += 1
    return n


@njit(cache=True, error_model="numpy")
def too_many_orders(state, rules, now):
    """Tell whether ``max_orders`` entries were placed in the window that ends now."""
    oldest = state.placed[int(state.account[PLACED_NEXT])]
    return oldest > now - rules.order_window_ms


@njit(cache=True, error_model="numpy")
def place(t, is_last, a, side, market, intents, rules, state, equity):
    """Place the entry of ``side`` for asset ``a``, or count why it cannot be."""
    account, book = state.account, state.book
    size = intents.size[t if intents.size.shape[0] > 1 else 0, a]
    stop = intents.stop[t if intents.stop.shape[0] > 1 else 0, a]
    target = intents.target[t if intents.target.shape[0] > 1 else 0, a]
    notional = order_notional(rules.size_kind, size, equity, account[CASH], market.close[t, a])
    now = market.close_time[t]
    if account[HALTED] != RUNNING:
        count(state, a, side, codes.HALTED)
    elif not (notional > 0.0 and notional < np.inf):
        count(state, a, side, codes.REJECTED_SIZE_UNDEFINED)
    elif is_undefined(rules.stop_kind, stop) or is_undefined(rules.target_kind, target):
        count(state, a, side, codes.REJECTED_STOP_UNDEFINED)
    elif positions_to_come(book) >= rules.max_positions:
        count(state, a, side, codes.REJECTED_MAX_POSITIONS)
    elif rules.max_orders > 0 and too_many_orders(state, rules, now):
        count(state, a, side, codes.REJECTED_MAX_ORDERS_PER_HOUR)
    else:
        count(state, a, side, codes.PLACED)
        at = int(account[PLACED_NEXT])
        state.placed[at] = now
        account[PLACED_NEXT] = (at + 1) % state.placed.shape[0]
        book[a, ORDER_SIDE] = side
        book[a, ORDER_SIZE] = size if rules.size_kind == SIZE_UNITS or rules.size_kind == SIZE_CASH else notional
        base = intents.slippage_base[t if intents.slippage_base.shape[0] > 1 else 0, a]
        range_ratio = intents.slippage_range[t if intents.slippage_range.shape[0] > 1 else 0, a]
        volume = intents.slippage_volume[t if intents.slippage_volume.shape[0] > 1 else 0, a]
        book[a, ORDER_SLIPPAGE] = slippage_fraction(rules, base, range_ratio, volume, notional)
        book[a, ORDER_STOP] = stop
        book[a, ORDER_TARGET] = target
        book[a, ORDER_DECIDED] = account[BAR]
        book[a, ORDER_TIME] = now


@njit(cache=True, error_model="numpy")
def consider_entry(t, is_last, a, side, market, intents, rules, state, equity):
    """Follow one true entry of ``side`` to its order or to the stage where it ends."""
    book, signals = state.book, int(intents.signals[t, a])
    enter, leave = (ENTER_LONG, EXIT_LONG) if side > 0 else (ENTER_SHORT, EXIT_SHORT)
    other = ENTER_SHORT if side > 0 else ENTER_LONG
    if signals & enter == 0:
        return
    count(state, a, side, codes.ENTRY_TRUE)
    held = book[a, QUANTITY] * side
    if held > 0.0:
        count(state, a, side, codes.IN_POSITION)
    elif signals & leave != 0:
        count(state, a, side, codes.EXIT_ALSO_TRUE)
    elif signals & other != 0:
        count(state, a, side, codes.BOTH_SIDES_TRUE)
    elif held < 0.0 and book[a, EXIT_REASON] == 0.0:
        count(state, a, side, codes.OPPOSITE_IGNORED)
    elif book[a, ORDER_SIDE] != 0.0:
        count(state, a, side, codes.ORDER_WAITING)
    else:
        place(t, is_last, a, side, market, intents, rules, state, equity)


@njit(cache=True, error_model="numpy")
def order_exit(a, signals, rules, state):
    """Order the exit of asset ``a`` when its side's exit is true or a clear opposite entry reverses it."""
    book = state.book
    long = book[a, QUANTITY] > 0.0
    own_exit = EXIT_LONG if long else EXIT_SHORT
    opposite, opposite_exit, own_entry = (
        (ENTER_SHORT, EXIT_SHORT, ENTER_LONG) if long else (ENTER_LONG, EXIT_LONG, ENTER_SHORT)
    )
    clear = signals & opposite != 0 and signals & opposite_exit == 0 and signals & own_entry == 0
    if signals & own_exit != 0 or (rules.reverse != 0 and clear):
        book[a, EXIT_REASON] = codes.SIGNAL
        book[a, EXIT_SLIPPAGE] = standing_slippage(book, a, rules)
        book[a, EXIT_DECIDED] = state.account[BAR]


@njit(cache=True, error_model="numpy", inline="always")
def has_signal(signals, t):
    """Tell whether anything is true at the closes of bar ``t``."""
    for a in range(signals.shape[1]):
        if signals[t, a] != 0:
            return True
    return False


@njit(cache=True, error_model="numpy")
def decide(t, is_last, market, intents, rules, state, equity):
    """Step 10: read the signals of bar ``t`` and place exits, then entries."""
    book, n_assets = state.book, state.book.shape[0]
    for a in range(n_assets):
        if market.present[t, a] and book[a, QUANTITY] != 0.0 and book[a, EXIT_REASON] == 0.0:
            order_exit(a, int(intents.signals[t, a]), rules, state)
    for a in range(n_assets):
        if market.present[t, a] and intents.signals[t, a] & (ENTER_LONG | ENTER_SHORT) != 0:
            consider_entry(t, is_last, a, 1.0, market, intents, rules, state, equity)
            consider_entry(t, is_last, a, -1.0, market, intents, rules, state, equity)
    if is_last:
        for a in range(n_assets):
            side = book[a, ORDER_SIDE]
            if side != 0.0:
                count(state, a, side, codes.NEVER_FILLED)
