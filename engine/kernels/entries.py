"""How an entry fills: its levels, its limits, and the rule that rejects it."""

from __future__ import annotations

import numpy as np

from engine.kernels import codes
from engine.kernels.compiled import kernel
from engine.kernels.fills import ROUNDING, record_fill
from engine.kernels.layout import (
    BAR,
    BEST,
    CASH,
    CLOSES_LIVED,
    ENTRY_BAR,
    ENTRY_FEE,
    ENTRY_MOMENT,
    ENTRY_PRICE,
    ENTRY_REFERENCE,
    ENTRY_TIME,
    EXIT_DECIDED,
    EXIT_REASON,
    FIRST_QUANTITY,
    FUNDING_PAID,
    HIGHEST,
    LOWEST,
    MARK,
    NEXT_PART,
    ORDER_DECIDED,
    ORDER_LIMIT,
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
    PARTS_QUANTITY,
    PARTS_REFERENCE,
    PARTS_VALUE,
    QUANTITY,
    SIZE_CASH,
    SIZE_UNITS,
    STOP,
    STOP_REASON,
    TAKE,
    TAKE_FROM,
    TAKE_TARGET,
    TARGET,
    TRAIL,
    TRAIL_FROM,
)
from engine.kernels.levels import distance_of, on_grid, part_from, protect_entry, target_arms_take
from engine.kernels.tell import cancel, count, reject, tell


@kernel
def wanted_quantity(state, rules, size, price, fee_rate):
    """Return the quantity an order of ``size`` asks for at ``price``, before any limit."""
    if rules.size_kind == SIZE_UNITS:
        return size
    if rules.size_kind == SIZE_CASH:
        return state.account[CASH] * size / (price * (1.0 + fee_rate))
    return size / price


@kernel
def allowed_quantity(state, rules, a, reference, price, fee_rate, quantity):
    """Cut ``quantity`` to every limit; return it and the stage of the limit that cut it last (0: none).

    Once nothing tradable is left no further limit is named: what remains is rounding.
    """
    book = state.book
    cash = state.account[CASH]
    smallest = rules.smallest_notional[a] / reference
    equity, gross = cash, 0.0
    for b in range(book.shape[0]):
        if book[b, QUANTITY] != 0.0:
            value = book[b, QUANTITY] * book[b, MARK]
            equity += value
            gross += abs(value)
    cut = 0
    most = rules.max_position * equity / reference
    if rules.max_position < np.inf and quantity > most:
        if quantity - most > ROUNDING * quantity and quantity >= smallest:
            cut = codes.CUT_MAX_POSITION_PCT
        quantity = most
    most = (rules.max_exposure * equity - gross) / reference
    if rules.max_exposure < np.inf and quantity > most:
        if quantity - most > ROUNDING * quantity and quantity >= smallest:
            cut = codes.CUT_MAX_TOTAL_EXPOSURE_PCT
        quantity = most
    most = (rules.max_leverage * equity - gross) / reference
    if (rules.perpetual != 0 or rules.max_leverage < 1.0) and quantity > most:
        if quantity - most > ROUNDING * quantity and quantity >= smallest:
            cut = codes.CUT_MAX_LEVERAGE
        quantity = most
    if rules.perpetual == 0:
        most = cash / (price * (1.0 + fee_rate))
        if quantity > most:
            if quantity * price - cash > ROUNDING * quantity * price and quantity >= smallest:
                cut = codes.CUT_CASH
            quantity = most
    return on_grid(quantity, rules.quantity_step[a], rules.quantity_divisor[a], False), cut


@kernel
def rejection_of(cut):
    """Return the rejection stage that belongs to a cut that left nothing."""
    if cut == codes.CUT_MAX_POSITION_PCT:
        return codes.REJECTED_MAX_POSITION_PCT
    if cut == codes.CUT_MAX_TOTAL_EXPOSURE_PCT:
        return codes.REJECTED_MAX_TOTAL_EXPOSURE_PCT
    if cut == codes.CUT_MAX_LEVERAGE:
        return codes.REJECTED_MAX_LEVERAGE
    if cut == codes.CUT_CASH:
        return codes.REJECTED_CASH
    return codes.REJECTED_TOO_SMALL


@kernel
def waits_at_a_limit(book, a):
    """Tell whether an entry of asset ``a`` waits at a limit."""
    return book[a, ORDER_SIDE] != 0.0 and not np.isnan(book[a, ORDER_LIMIT])


@kernel
def entry_levels(rules, book, a, price):
    """Return stop, its reason and target that the waiting entry of asset ``a`` would have if filled at ``price``."""
    stop, target, trail = book[a, ORDER_STOP], book[a, ORDER_TARGET], book[a, ORDER_TRAIL]
    return protect_entry(rules, a, book[a, ORDER_SIDE], price, stop, target, trail, book[a, ORDER_TRAIL_FROM])


@kernel
def weigh_entry(state, rules, a, reference):
    """Return what a fill of the waiting entry of asset ``a`` at ``reference`` would come to; nothing is changed.

    That is: its stage, the price, the quantity and the one asked for, the stage that cut it, and the two figures
    that a rejection tells.
    """
    book = state.book
    side, limited = book[a, ORDER_SIDE], waits_at_a_limit(book, a)
    price = reference if limited else reference * (1.0 + side * book[a, ORDER_SLIPPAGE])
    if np.isnan(price):
        return codes.REJECTED_NO_PRICE, price, 0.0, 0.0, 0, np.nan, np.nan
    stop, _, target = entry_levels(rules, book, a, price)
    worse, better = side * min(side * reference, side * price), side * max(side * reference, side * price)
    if side * stop >= side * worse or side * target <= side * better:
        return codes.REJECTED_LEVEL_BEYOND_ENTRY, price, 0.0, 0.0, 0, stop, target
    others = 0
    for b in range(book.shape[0]):
        others += book[b, QUANTITY] != 0.0
    if others >= rules.max_positions:
        return codes.REJECTED_POSITIONS_FULL, price, 0.0, 0.0, 0, float(others), float(rules.max_positions)
    if others >= rules.max_concurrent:
        return codes.REJECTED_MAX_CONCURRENT_AT_FILL, price, 0.0, 0.0, 0, float(others), float(rules.max_concurrent)
    fee_rate = rules.maker if limited else rules.taker
    wanted = wanted_quantity(state, rules, book[a, ORDER_SIZE], price, fee_rate)
    quantity, cut = allowed_quantity(state, rules, a, reference, price, fee_rate, wanted)
    if not quantity * reference >= rules.smallest_notional[a] or quantity <= 0.0:
        left = max(0.0, quantity * reference)
        return rejection_of(cut), price, quantity, wanted, cut, left, wanted * reference
    return codes.FILLED, price, quantity, wanted, cut, np.nan, np.nan


@kernel
def fill_entry(state, tape, rules, a, time, moment, reference):
    """Fill the waiting entry of asset ``a`` at ``reference``, or reject it and count why."""
    book = state.book
    side, limited = book[a, ORDER_SIDE], waits_at_a_limit(book, a)
    stage, price, quantity, wanted, cut, value, bound = weigh_entry(state, rules, a, reference)
    if stage != codes.FILLED:
        book[a, ORDER_SIDE] = 0.0
        reject(state, tape, time, a, side, stage, price, value, bound)
        return
    if cut != 0:
        count(state, a, side, cut)
    count(state, a, side, codes.FILLED)
    if time > book[a, ORDER_TIME] and not limited:
        count(state, a, side, codes.FILLED_LATE)
    stop, reason, target = entry_levels(rules, book, a, price)
    fee = (rules.maker if limited else rules.taker) * (quantity * price)
    decided = book[a, ORDER_DECIDED]
    record_fill(state, tape, a, time, moment, side * quantity, price, reference, fee, codes.ENTRY, decided, wanted)
    tell(state, tape, time, a, side, codes.OPENED, codes.ENTRY, price, quantity, stop, target)
    book[a, ORDER_SIDE] = 0.0
    book[a, QUANTITY] = side * quantity
    book[a, ENTRY_PRICE] = price
    book[a, ENTRY_REFERENCE] = reference
    book[a, ENTRY_BAR] = state.account[BAR]
    book[a, ENTRY_TIME] = time
    book[a, ENTRY_FEE] = fee
    book[a, ENTRY_MOMENT] = moment
    book[a, STOP] = stop
    book[a, STOP_REASON] = reason
    book[a, TARGET] = target
    book[a, FUNDING_PAID] = 0.0
    book[a, LOWEST] = price
    book[a, HIGHEST] = price
    book[a, EXIT_REASON] = 0.0
    book[a, EXIT_DECIDED] = -1.0
    start_life(rules, book, a, price)


@kernel
def start_life(rules, book, a, price):
    """Set what moves during the life of a position just entered at ``price``: trailing distances, parts, ages.

    Gains that activate are kept as money, -inf is "always"; a target that arms the trailing take closes nothing.
    """
    book[a, FIRST_QUANTITY] = book[a, QUANTITY]
    book[a, PARTS_QUANTITY] = 0.0
    book[a, PARTS_VALUE] = 0.0
    book[a, PARTS_REFERENCE] = 0.0
    book[a, NEXT_PART] = part_from(rules, a, abs(book[a, QUANTITY]), 0)
    book[a, CLOSES_LIVED] = 0.0
    book[a, BEST] = price
    book[a, TRAIL] = book[a, ORDER_TRAIL]
    book[a, TAKE] = book[a, ORDER_TAKE]
    trail_from, take_from = book[a, ORDER_TRAIL_FROM], book[a, ORDER_TAKE_FROM]
    book[a, TRAIL_FROM] = -np.inf if np.isnan(trail_from) else distance_of(rules.trail_kind, price, trail_from)
    book[a, TAKE_TARGET] = np.nan
    if target_arms_take(rules, take_from):
        book[a, TAKE_TARGET] = book[a, TARGET]
        book[a, TARGET] = np.nan
    elif np.isnan(take_from):
        take_from = book[a, ORDER_TAKE]
    book[a, TAKE_FROM] = distance_of(rules.take_kind, price, take_from)


@kernel
def meet_limit(state, tape, rules, a, time, moment, open_):
    """Step 5 for a waiting limit entry: cancelled beyond its stop, filled at its limit or better, else it waits."""
    book = state.book
    side, limit = book[a, ORDER_SIDE], book[a, ORDER_LIMIT]
    stop, _, _ = entry_levels(rules, book, a, limit)
    if side * open_ <= side * stop:
        cancel(state, tape, time, a, codes.CANCELLED_STOP_TOUCHED, codes.STOP_TOUCHED, open_, stop, limit)
    elif side * open_ <= side * limit:
        fill_entry(state, tape, rules, a, time, moment, open_)
