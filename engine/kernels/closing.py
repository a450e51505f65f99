"""Steps 7 to 9 and 11: marks at the close, the two guards of the account, and orders that fill at once."""

from __future__ import annotations

import numpy as np

from engine.kernels import codes
from engine.kernels.clock import DAY_MS, row_of
from engine.kernels.compiled import inlined, kernel
from engine.kernels.entries import fill_entry, waits_at_a_limit
from engine.kernels.fills import order_exit
from engine.kernels.layout import (
    BAR,
    DAY,
    DAY_EQUITY,
    DAY_LOST,
    EXIT_DECIDED,
    EXIT_REASON,
    FILL_REFERENCE_PRICE,
    GUARDED,
    HALTED,
    LAST_BASE,
    LAST_CLOSE,
    LAST_EQUITY,
    LAST_RANGE,
    LAST_VOLUME,
    MARK,
    ORDER_LIMIT,
    ORDER_SIDE,
    PEAK,
    QUANTITY,
    RUNNING,
)
from engine.kernels.margin import halt
from engine.kernels.opening import charge_funding, fill_exit
from engine.kernels.tell import cancel


@inlined
def reach_the_close(t, market, intents, rules, state):
    """Step 7: funding due inside the bar, marks to the closes, and what slippage will be measured by."""
    book = state.book
    present, closes = market.present, market.close
    base, range_ratio, volume = intents.slippage_base, intents.slippage_range, intents.slippage_volume
    base_row, range_row, volume_row = row_of(base, t), row_of(range_ratio, t), row_of(volume, t)
    for a in range(book.shape[0]):
        if present[t, a]:
            book[a, MARK] = closes[t, a]
            book[a, LAST_CLOSE] = closes[t, a]
            book[a, LAST_BASE] = base[base_row, a]
            book[a, LAST_RANGE] = range_ratio[range_row, a]
            book[a, LAST_VOLUME] = volume[volume_row, a]
            if rules.perpetual != 0 and book[a, QUANTITY] != 0.0:
                rate = market.funding_inside[row_of(market.funding_inside, t), a]
                carry = market.carry_inside[row_of(market.carry_inside, t), a]
                charge_funding(state, a, book[a, MARK], rate, carry)


@inlined
def guard_drawdown(state, tape, rules, time, equity):
    """Step 9: keep the peak; at the limit every position gets an exit order and trading ends."""
    account, book = state.account, state.book
    account[PEAK] = max(account[PEAK], equity)
    if account[HALTED] == RUNNING and equity <= account[PEAK] * (1.0 - rules.max_drawdown):
        halt(state, tape, time, GUARDED, codes.DRAWDOWN_GUARD)
        for a in range(book.shape[0]):
            if book[a, QUANTITY] != 0.0 and book[a, EXIT_REASON] == 0.0:
                order_exit(state, tape, rules, a, time, codes.DRAWDOWN_GUARD)


@kernel
def guard_the_day(state, tape, rules, time, equity):
    """Step 9, the daily loss: once it is reached, what waits is cancelled and nothing is placed for the day."""
    account, book = state.account, state.book
    day = float(time // DAY_MS)
    if day != account[DAY]:
        account[DAY] = day
        account[DAY_LOST] = 0.0
        account[DAY_EQUITY] = equity if time % DAY_MS == 0 else account[LAST_EQUITY]
    if account[DAY_LOST] == 0.0 and equity <= account[DAY_EQUITY] * (1.0 - rules.max_daily_loss):
        account[DAY_LOST] = 1.0
        for a in range(book.shape[0]):
            if book[a, ORDER_SIDE] != 0.0:
                stage, limit = codes.CANCELLED_MAX_DAILY_LOSS, book[a, ORDER_LIMIT]
                cancel(state, tape, time, a, stage, codes.MAX_DAILY_LOSS, limit, equity, account[DAY_EQUITY])


@inlined
def closing_price(t, a, market, rules):
    """Return the reference price of a fill at the close of bar ``t``, NaN where there is none."""
    if rules.fill_close == FILL_REFERENCE_PRICE:
        return market.close_fill[row_of(market.close_fill, t), a]
    return market.close[t, a]


@kernel
def trade_the_close(t, is_last, market, rules, state, tape):
    """Step 11: with fills at the close, waiting exits and then waiting market entries fill there.

    What was decided at the last close never fills; an exit that waited for a price may find it there.
    """
    book, time = state.book, market.close_time[t]
    for a in range(book.shape[0]):
        waits = book[a, EXIT_REASON] != 0.0 and (not is_last or book[a, EXIT_DECIDED] < state.account[BAR])
        if waits and market.present[t, a] and book[a, QUANTITY] != 0.0:
            price = closing_price(t, a, market, rules)
            if not np.isnan(price):
                fill_exit(state, tape, rules, a, time, codes.AT_CLOSE, price)
    if is_last:
        return
    for a in range(book.shape[0]):
        if market.present[t, a] and book[a, ORDER_SIDE] != 0.0 and not waits_at_a_limit(book, a):
            fill_entry(state, tape, rules, a, time, codes.AT_CLOSE, closing_price(t, a, market, rules))
