"""What is ordered at a close: exits of all assets, then entries, each in order (docs/semantics.md, "Decisions")."""

from __future__ import annotations

import numpy as np

from engine.kernels import codes
from engine.kernels.clock import MINUTE_MS, MINUTES_A_DAY, in_session, row_of
from engine.kernels.compiled import inlined, kernel
from engine.kernels.fills import order_exit, slippage_fraction
from engine.kernels.layout import (
    BAR,
    CASH,
    COOLING,
    DAY_EQUITY,
    DAY_LOST,
    ENTER_LONG,
    ENTER_SHORT,
    EXIT_LONG,
    EXIT_REASON,
    EXIT_SHORT,
    HALTED,
    LEVEL_NONE,
    ORDER_AGE,
    ORDER_DECIDED,
    ORDER_LIMIT,
    ORDER_MARKET,
    ORDER_OFFSET,
    ORDER_SIDE,
    ORDER_SIZE,
    ORDER_SLIPPAGE,
    ORDER_STOP,
    ORDER_TAKE,
    ORDER_TAKE_FROM,
    ORDER_TARGET,
    ORDER_TIME,
    ORDER_TRAIL,
    ORDER_TRAIL_FROM,
    PLACED_NEXT,
    QUANTITY,
    RUNNING,
    SIZE_CASH,
    SIZE_EQUITY,
    SIZE_UNITS,
)
from engine.kernels.levels import on_grid
from engine.kernels.tell import cancel, count, reject, tell


@kernel
def order_notional(kind, size, equity, cash_close, close):
    """Return what an order of ``size`` is worth at the deciding close, for its slippage."""
    if kind == SIZE_EQUITY:
        return equity * size
    if kind == SIZE_UNITS:
        return size * close
    if kind == SIZE_CASH:
        return cash_close * size
    return size


@kernel
def is_undefined(kind, value):
    """Tell whether a stop or target that was asked for has no usable value here."""
    return kind != LEVEL_NONE and not (value > 0.0 and value < np.inf)


@kernel
def positions_to_stay(book):
    """Count open positions without an exit order."""
    n = 0
    for a in range(book.shape[0]):
        if book[a, QUANTITY] != 0.0 and book[a, EXIT_REASON] == 0.0:
            n += 1
    return n


@kernel
def waiting_entries(book):
    """Count entries that wait to be filled."""
    n = 0
    for a in range(book.shape[0]):
        if book[a, ORDER_SIDE] != 0.0:
            n += 1
    return n


@kernel
def too_many_orders(state, rules, now):
    """Tell whether ``max_orders`` entries were placed in the window that ends now."""
    oldest = state.placed[int(state.account[PLACED_NEXT])]
    return oldest > now - rules.order_window_ms


@kernel
def limit_price(rules, a, side, close, limit):
    """Return the price an entry waits at, on the grid away from the market; NaN for a market order."""
    if rules.entry_order == ORDER_MARKET:
        return np.nan
    price = close * (1.0 - side * limit) if rules.entry_order == ORDER_OFFSET else limit
    return on_grid(price, rules.price_tick[a], rules.tick_divisor[a], side < 0.0)


@kernel
def check_entry(t, a, market, intents, rules, state, notional, equity):
    """Return the rule that an entry of asset ``a`` fails at this close, with its two figures, or PLACED."""
    book, now = state.book, market.close_time[t]
    stop, target = intents.stop[row_of(intents.stop, t), a], intents.target[row_of(intents.target, t), a]
    trail, take = intents.trail[row_of(intents.trail, t), a], intents.take[row_of(intents.take, t), a]
    if not (notional > 0.0 and notional < np.inf):
        return codes.REJECTED_SIZE_UNDEFINED, notional, np.nan
    if is_undefined(rules.stop_kind, stop) or is_undefined(rules.target_kind, target):
        return codes.REJECTED_STOP_UNDEFINED, stop, target
    if is_undefined(rules.trail_kind, trail) or is_undefined(rules.take_kind, take):
        return codes.REJECTED_STOP_UNDEFINED, trail, take
    staying = positions_to_stay(book)
    to_come = staying + waiting_entries(book)
    if to_come >= rules.max_positions:
        return codes.REJECTED_MAX_POSITIONS, float(to_come), float(rules.max_positions)
    if staying >= rules.max_concurrent:
        return codes.REJECTED_MAX_CONCURRENT, float(staying), float(rules.max_concurrent)
    if rules.cooldown > 0.0 and (book[a, COOLING] > 0.0 or book[a, QUANTITY] != 0.0):
        to_wait = rules.cooldown if book[a, QUANTITY] != 0.0 else book[a, COOLING]
        return codes.REJECTED_COOLDOWN_BARS, to_wait, rules.cooldown
    if rules.session_start >= 0 and not in_session(rules, now):
        return codes.REJECTED_SESSION_HOURS, float((now // MINUTE_MS) % MINUTES_A_DAY), np.nan
    if state.account[DAY_LOST] != 0.0:
        return codes.REJECTED_MAX_DAILY_LOSS_PCT, equity, state.account[DAY_EQUITY]
    if rules.max_orders > 0 and too_many_orders(state, rules, now):
        return codes.REJECTED_MAX_ORDERS_PER_HOUR, float(rules.max_orders), rules.order_window_ms / 1000.0
    return codes.PLACED, np.nan, np.nan


@kernel
def place(t, a, side, market, intents, rules, state, tape, equity):
    """Place the entry of ``side`` for asset ``a``, or tell which rule rejects it."""
    account, book = state.account, state.book
    size = intents.size[row_of(intents.size, t), a]
    close, now = market.close[t, a], market.close_time[t]
    notional = order_notional(rules.size_kind, size, equity, account[CASH], close)
    if account[HALTED] != RUNNING:
        count(state, a, side, codes.HALTED)
        return
    stage, value, bound = check_entry(t, a, market, intents, rules, state, notional, equity)
    if stage != codes.PLACED:
        reject(state, tape, now, a, side, stage, close, value, bound)
        return
    count(state, a, side, codes.PLACED)
    at = int(account[PLACED_NEXT])
    state.placed[at] = now
    account[PLACED_NEXT] = (at + 1) % state.placed.shape[0]
    base = intents.slippage_base[row_of(intents.slippage_base, t), a]
    range_ratio = intents.slippage_range[row_of(intents.slippage_range, t), a]
    volume = intents.slippage_volume[row_of(intents.slippage_volume, t), a]
    limit = limit_price(rules, a, side, close, intents.limit[row_of(intents.limit, t), a])
    book[a, ORDER_SIDE] = side
    book[a, ORDER_SIZE] = size if rules.size_kind == SIZE_UNITS or rules.size_kind == SIZE_CASH else notional
    book[a, ORDER_SLIPPAGE] = slippage_fraction(rules, base, range_ratio, volume, notional)
    book[a, ORDER_STOP] = intents.stop[row_of(intents.stop, t), a]
    book[a, ORDER_TARGET] = intents.target[row_of(intents.target, t), a]
    book[a, ORDER_TRAIL] = intents.trail[row_of(intents.trail, t), a]
    book[a, ORDER_TRAIL_FROM] = intents.trail_from[row_of(intents.trail_from, t), a]
    book[a, ORDER_TAKE] = intents.take[row_of(intents.take, t), a]
    book[a, ORDER_TAKE_FROM] = intents.take_from[row_of(intents.take_from, t), a]
    book[a, ORDER_LIMIT] = limit
    book[a, ORDER_AGE] = 0.0
    book[a, ORDER_DECIDED] = account[BAR]
    book[a, ORDER_TIME] = now
    tell(state, tape, now, a, side, codes.SCHEDULED, codes.ENTRY, close, np.nan, notional, limit)


@kernel
def consider_entry(t, a, side, market, intents, rules, state, tape, equity):
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
        place(t, a, side, market, intents, rules, state, tape, equity)


@kernel
def consider_exit(a, signals, rules, state, tape, time):
    """Order the exit of asset ``a`` when its side's exit is true or a clear opposite entry reverses it."""
    long = state.book[a, QUANTITY] > 0.0
    own_exit = EXIT_LONG if long else EXIT_SHORT
    opposite, opposite_exit, own_entry = (
        (ENTER_SHORT, EXIT_SHORT, ENTER_LONG) if long else (ENTER_LONG, EXIT_LONG, ENTER_SHORT)
    )
    clear = signals & opposite != 0 and signals & opposite_exit == 0 and signals & own_entry == 0
    if signals & own_exit != 0 or (rules.reverse != 0 and clear):
        order_exit(state, tape, rules, a, time, codes.SIGNAL)


@inlined
def has_signal(signals, t):
    """Tell whether anything is true at the closes of bar ``t``."""
    for a in range(signals.shape[1]):
        if signals[t, a] != 0:
            return True
    return False


@kernel
def decide(t, market, intents, rules, state, tape, equity):
    """Step 10: read the signals of bar ``t`` and place exits, then entries."""
    book, n_assets, time = state.book, state.book.shape[0], market.close_time[t]
    for a in range(n_assets):
        if market.present[t, a] and book[a, QUANTITY] != 0.0 and book[a, EXIT_REASON] == 0.0:
            consider_exit(a, int(intents.signals[t, a]), rules, state, tape, time)
    for a in range(n_assets):
        if market.present[t, a] and intents.signals[t, a] & (ENTER_LONG | ENTER_SHORT) != 0:
            consider_entry(t, a, 1.0, market, intents, rules, state, tape, equity)
            consider_entry(t, a, -1.0, market, intents, rules, state, tape, equity)


@kernel
def cancel_what_waits(state, tape, time):
    """After the last bar: entries that still wait never fill."""
    for a in range(state.book.shape[0]):
        if state.book[a, ORDER_SIDE] != 0.0:
            limit = state.book[a, ORDER_LIMIT]
            cancel(state, tape, time, a, codes.NEVER_FILLED, codes.END_OF_DATA, limit, np.nan, np.nan)
