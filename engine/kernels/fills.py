"""One fill: its price, its fee, and what it does to cash and the position."""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.kernels import codes
from engine.kernels.layout import (
    BAR,
    CASH,
    ENTRY_BAR,
    ENTRY_FEE,
    ENTRY_PRICE,
    ENTRY_REFERENCE,
    ENTRY_TIME,
    EXIT_DECIDED,
    EXIT_REASON,
    FILL_ASSET,
    FILL_BAR,
    FILL_DECIDED,
    FILL_FEE,
    FILL_MOMENT,
    FILL_PRICE,
    FILL_QUANTITY,
    FILL_REASON,
    FILL_REFERENCE,
    FILL_SIDE,
    FILL_SLIPPAGE,
    FILL_TIME,
    FILL_WANTED,
    FUNDING_PAID,
    HIGHEST,
    LAST_BASE,
    LAST_CLOSE,
    LAST_RANGE,
    LAST_VOLUME,
    LEVEL_DISTANCE,
    LEVEL_FRACTION,
    LEVEL_NONE,
    LOWEST,
    MARK,
    ORDER_DECIDED,
    ORDER_SIDE,
    ORDER_SIZE,
    ORDER_SLIPPAGE,
    ORDER_STOP,
    ORDER_TARGET,
    ORDER_TIME,
    QUANTITY,
    SIZE_CASH,
    SIZE_UNITS,
    STOP,
    TARGET,
    TRADE_ASSET,
    TRADE_ENTRY_BAR,
    TRADE_ENTRY_PRICE,
    TRADE_ENTRY_REFERENCE,
    TRADE_ENTRY_TIME,
    TRADE_EXIT_BAR,
    TRADE_EXIT_PRICE,
    TRADE_EXIT_REFERENCE,
    TRADE_EXIT_TIME,
    TRADE_FEES,
    TRADE_FUNDING,
    TRADE_HIGHEST,
    TRADE_LOWEST,
    TRADE_QUANTITY,
    TRADE_REASON,
)

ROUNDING = 1e-9
"""A cut smaller than this share of the quantity is rounding and made without remark."""


@njit(cache=True, error_model="numpy")
def slippage_fraction(rules, base, range_ratio, volume, notional):
    """Return the slippage of a market fill of ``notional``; an unknown range and no volume add nothing."""
    impact = rules.slippage_kv
    if rules.slippage_kp > 0.0 and volume > 0.0:
        impact += rules.slippage_kp * np.sqrt(notional / volume)
    fraction = base
    if range_ratio > 0.0:
        fraction += range_ratio * impact
    return min(rules.slippage_cap, fraction)


@njit(cache=True, error_model="numpy")
def standing_slippage(book, a, rules):
    """Return the slippage of closing the position of asset ``a``, as of its last closed bar."""
    notional = abs(book[a, QUANTITY]) * book[a, LAST_CLOSE]
    return slippage_fraction(rules, book[a, LAST_BASE], book[a, LAST_RANGE], book[a, LAST_VOLUME], notional)


@njit(cache=True, error_model="numpy")
def count(state, a, side, stage):
    """Count one entry of ``side`` (1 or -1) into a stage of its funnel and keep the first bar of it."""
    row = 0 if side > 0 else 1
    if state.funnel[a, row, stage] == 0:
        state.funnel_first[a, row, stage] = np.int64(state.account[BAR])
    state.funnel[a, row, stage] += 1


@njit(cache=True, error_model="numpy")
def record_fill(state, tape, a, time, moment, signed, price, reference, fee, reason, decided, wanted):
    """Write one fill of the signed quantity ``signed`` and take its money out of the account."""
    state.account[CASH] -= signed * price + fee
    row = tape.fills[tape.used[0]]
    tape.used[0] += 1
    row[FILL_BAR] = state.account[BAR]
    row[FILL_TIME] = time
    row[FILL_MOMENT] = moment
    row[FILL_ASSET] = a
    row[FILL_SIDE] = 1.0 if signed > 0.0 else -1.0
    row[FILL_QUANTITY] = abs(signed)
    row[FILL_PRICE] = price
    row[FILL_REFERENCE] = reference
    row[FILL_FEE] = fee
    row[FILL_SLIPPAGE] = signed * (price - reference)
    row[FILL_REASON] = reason
    row[FILL_DECIDED] = decided
    row[FILL_WANTED] = wanted


@njit(cache=True, error_model="numpy")
def close_position(state, tape, rules, a, time, moment, reference, slippage, fee_rate, reason, decided):
    """Close the whole position of asset ``a`` at ``reference``, worsened by ``slippage``, and write its trade."""
    book = state.book
    quantity = book[a, QUANTITY]
    price = reference * (1.0 - slippage) if quantity > 0.0 else reference * (1.0 + slippage)
    fee = fee_rate * (abs(quantity) * price)
    book[a, LOWEST] = min(book[a, LOWEST], reference)
    book[a, HIGHEST] = max(book[a, HIGHEST], reference)
    record_fill(state, tape, a, time, moment, -quantity, price, reference, fee, reason, decided, abs(quantity))
    row = tape.trades[tape.used[1]]
    tape.used[1] += 1
    row[TRADE_ASSET] = a
    row[TRADE_QUANTITY] = quantity
    row[TRADE_ENTRY_BAR] = book[a, ENTRY_BAR]
    row[TRADE_ENTRY_TIME] = book[a, ENTRY_TIME]
    row[TRADE_ENTRY_PRICE] = book[a, ENTRY_PRICE]
    row[TRADE_ENTRY_REFERENCE] = book[a, ENTRY_REFERENCE]
    row[TRADE_EXIT_BAR] = state.account[BAR]
    row[TRADE_EXIT_TIME] = time
    row[TRADE_EXIT_PRICE] = price
    row[TRADE_EXIT_REFERENCE] = reference
    row[TRADE_FEES] = book[a, ENTRY_FEE] + fee
    row[TRADE_FUNDING] = book[a, FUNDING_PAID]
    row[TRADE_LOWEST] = book[a, LOWEST]
    row[TRADE_HIGHEST] = book[a, HIGHEST]
    row[TRADE_REASON] = reason
    book[a, QUANTITY] = 0.0
    book[a, STOP] = np.nan
    book[a, TARGET] = np.nan
    book[a, EXIT_REASON] = 0.0


@njit(cache=True, error_model="numpy")
def stop_and_target(rules, side, price, stop, target):
    """Return the stop and target price of an entry filled at ``price``; NaN where there is none."""
    stop_price, target_price = np.nan, np.nan
    if rules.stop_kind == LEVEL_FRACTION:
        stop_price = price - side * (price * stop)  # 10 % under 100 is 90 then, to the last bit
    elif rules.stop_kind == LEVEL_DISTANCE:
        stop_price = price - side * stop
    elif rules.stop_kind != LEVEL_NONE:
        stop_price = stop
    if rules.target_kind == LEVEL_FRACTION:
        target_price = price + side * (price * target)
    elif rules.target_kind == LEVEL_DISTANCE:
        target_price = price + side * target
    elif rules.target_kind != LEVEL_NONE:
        target_price = target
    return stop_price, target_price


@njit(cache=True, error_model="numpy")
def wanted_quantity(state, rules, size, price):
    """Return the quantity an order of ``size`` asks for at ``price``, before any limit."""
    if rules.size_kind == SIZE_UNITS:
        return size
    if rules.size_kind == SIZE_CASH:
        return state.account[CASH] * size / (price * (1.0 + rules.taker))
    return size / price


@njit(cache=True, error_model="numpy")
def allowed_quantity(state, rules, reference, price, quantity):
    """Cut ``quantity`` to every limit; return it and the stage of the limit that cut it last (0: none).

    Once nothing tradable is left no further limit is named: what remains is rounding.
    """
    book = state.book
    cash = state.account[CASH]
    smallest = rules.smallest_notional / reference
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
        most = cash / (price * (1.0 + rules.taker))
        if quantity > most:
            if quantity * price - cash > ROUNDING * quantity * price and quantity >= smallest:
                cut = codes.CUT_CASH
            quantity = most
    if rules.quantity_step > 0.0:
        quantity = np.floor(quantity / rules.quantity_step) * rules.quantity_step
    return quantity, cut


@njit(cache=True, error_model="numpy")
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


@njit(cache=True, error_model="numpy")
def fill_entry(state, tape, rules, a, time, moment, reference):
    """Fill the waiting entry of asset ``a`` at ``reference``, or reject it and count why."""
    book = state.book
    side = book[a, ORDER_SIDE]
    book[a, ORDER_SIDE] = 0.0
    price = reference * (1.0 + side * book[a, ORDER_SLIPPAGE])
    stop, target = stop_and_target(rules, side, price, book[a, ORDER_STOP], book[a, ORDER_TARGET])
    worse, better = side * min(side * reference, side * price), side * max(side * reference, side * price)
    if side * stop >= side * worse or side * target <= side * better:
        count(state, a, side, codes.REJECTED_LEVEL_BEYOND_ENTRY)
        return
    others = 0
    for b in range(book.shape[0]):
        others += book[b, QUANTITY] != 0.0
    if others >= rules.max_positions:
        count(state, a, side, codes.REJECTED_POSITIONS_FULL)
        return
    wanted = wanted_quantity(state, rules, book[a, ORDER_SIZE], price)
    quantity, cut = allowed_quantity(state, rules, reference, price, wanted)
    if not quantity * reference >= rules.smallest_notional:
        count(state, a, side, rejection_of(cut))
        return
    if cut != 0:
        count(state, a, side, cut)
    count(state, a, side, codes.FILLED)
    if time > book[a, ORDER_TIME]:
        count(state, a, side, codes.FILLED_LATE)
    fee = rules.taker * (quantity * price)
    decided = book[a, ORDER_DECIDED]
    record_fill(state, tape, a, time, moment, side * quantity, price, reference, fee, codes.ENTRY, decided, wanted)
    book[a, QUANTITY] = side * quantity
    book[a, ENTRY_PRICE] = price
    book[a, ENTRY_REFERENCE] = reference
    book[a, ENTRY_BAR] = state.account[BAR]
    book[a, ENTRY_TIME] = time
    book[a, ENTRY_FEE] = fee
    book[a, STOP] = stop
    book[a, TARGET] = target
    book[a, FUNDING_PAID] = 0.0
    book[a, LOWEST] = price
    book[a, HIGHEST] = price
    book[a, EXIT_REASON] = 0.0
    book[a, EXIT_DECIDED] = -1.0
