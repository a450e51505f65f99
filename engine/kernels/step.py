"""The life of an account through one clock bar: the single truth of backtest and paper trading.

The order of events is that of docs/semantics.md, "One clock bar, in order"; the numbers in the
comments are its numbers.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.kernels import codes
from engine.kernels.decide import decide, has_signal
from engine.kernels.fills import close_position, count, fill_entry, standing_slippage
from engine.kernels.layout import (
    BAR,
    CASH,
    ENTRY_BAR,
    EXIT_DECIDED,
    EXIT_REASON,
    EXIT_SLIPPAGE,
    FUNDING_PAID,
    GUARDED,
    HALTED,
    HALTED_BAR,
    HIGHEST,
    LAST_BASE,
    LAST_CLOSE,
    LAST_RANGE,
    LAST_VOLUME,
    LIQUIDATED,
    LOWEST,
    MARK,
    ORDER_SIDE,
    PEAK,
    QUANTITY,
    RUNNING,
    STOP,
    TARGET,
)


@njit(cache=True, error_model="numpy", inline="always")
def row_of(table, t):
    """Return the row of a table at bar ``t``: tables that are constant over time have one."""
    return t if table.shape[0] > 1 else 0


@njit(cache=True, error_model="numpy", inline="always")
def equity_of(state):
    """Return cash plus all positions at their marks."""
    equity = state.account[CASH]
    for a in range(state.book.shape[0]):
        if state.book[a, QUANTITY] != 0.0:
            equity += state.book[a, QUANTITY] * state.book[a, MARK]
    return equity


@njit(cache=True, error_model="numpy", inline="always")
def gross_of(state):
    """Return the gross notional of all positions at their marks."""
    gross = 0.0
    for a in range(state.book.shape[0]):
        if state.book[a, QUANTITY] != 0.0:
            gross += abs(state.book[a, QUANTITY] * state.book[a, MARK])
    return gross


@njit(cache=True, error_model="numpy")
def charge_funding(state, a, price, rate, carry):
    """Charge funding on the position of asset ``a``: ``rate`` to longs and shorts, ``carry`` to longs only."""
    due = state.book[a, QUANTITY] * price * rate
    if carry != 0.0 and state.book[a, QUANTITY] > 0.0:
        due += state.book[a, QUANTITY] * price * carry
    state.account[CASH] -= due
    state.book[a, FUNDING_PAID] += due


@njit(cache=True, error_model="numpy")
def halt(state, why):
    """End trading for good and cancel what waits to be entered."""
    state.account[HALTED] = why
    state.account[HALTED_BAR] = state.account[BAR]
    for a in range(state.book.shape[0]):
        side = state.book[a, ORDER_SIDE]
        if side != 0.0:
            state.book[a, ORDER_SIDE] = 0.0
            count(state, a, side, codes.CANCELLED)


@njit(cache=True, error_model="numpy")
def liquidate(state, tape, rules, time, moment):
    """Close every position at its mark and end trading."""
    bar = state.account[BAR]
    for a in range(state.book.shape[0]):
        if state.book[a, QUANTITY] != 0.0:
            slippage = standing_slippage(state.book, a, rules)
            mark = state.book[a, MARK]
            close_position(state, tape, rules, a, time, moment, mark, slippage, rules.taker, codes.LIQUIDATION, bar)
    halt(state, LIQUIDATED)


@njit(cache=True, error_model="numpy")
def margin_is_gone(state, rules):
    """Tell whether something is held and equity no longer exceeds the maintenance margins."""
    gross = gross_of(state)
    return gross > 0.0 and equity_of(state) <= rules.maintenance * gross


@njit(cache=True, error_model="numpy")
def liquidation_level(state, rules, a):
    """Return the price of asset ``a`` at which equity equals the maintenance margins, others at their marks."""
    quantity = state.book[a, QUANTITY]
    spare = state.account[CASH]
    for b in range(state.book.shape[0]):
        if b != a and state.book[b, QUANTITY] != 0.0:
            value = state.book[b, QUANTITY] * state.book[b, MARK]
            spare += value - rules.maintenance * abs(value)
    if quantity > 0.0:
        return -spare / (quantity * (1.0 - rules.maintenance))
    return spare / (-quantity * (1.0 + rules.maintenance))


@njit(cache=True, error_model="numpy")
def close_at_level(state, tape, rules, a, time, moment, reference, reason):
    """Close at a stop (market) or a target (limit) that was touched."""
    bar = state.account[BAR]
    if reason == codes.TAKE_PROFIT:
        close_position(state, tape, rules, a, time, moment, reference, 0.0, rules.maker, reason, bar)
    else:
        slippage = standing_slippage(state.book, a, rules)
        close_position(state, tape, rules, a, time, moment, reference, slippage, rules.taker, reason, bar)


@njit(cache=True, error_model="numpy", inline="always")
def pass_bar(state, tape, rules, a, time, open_, high, low):
    """Step 6 for one asset: the first level the bar touches closes the position."""
    book = state.book
    long = book[a, QUANTITY] > 0.0
    armed = rules.entry_bar_stops != 0 or book[a, ENTRY_BAR] < state.account[BAR]
    stop, target = book[a, STOP], book[a, TARGET]
    liquidation = liquidation_level(state, rules, a) if rules.perpetual != 0 else np.nan
    worst, best = (low, high) if long else (high, low)
    sign = 1.0 if long else -1.0
    stopped = armed and sign * worst <= sign * stop
    liquidated = sign * worst <= sign * liquidation
    book[a, LOWEST] = min(book[a, LOWEST], open_)
    book[a, HIGHEST] = max(book[a, HIGHEST], open_)
    if liquidated and not (stopped and sign * stop >= sign * liquidation):
        book[a, MARK] = sign * min(sign * open_, sign * liquidation)
        liquidate(state, tape, rules, time, codes.INSIDE)
    elif stopped:
        reference = sign * min(sign * open_, sign * stop)
        close_at_level(state, tape, rules, a, time, codes.INSIDE, reference, codes.STOP_LOSS)
    elif armed and sign * best >= sign * target:
        book[a, LOWEST if long else HIGHEST] = sign * min(sign * book[a, LOWEST if long else HIGHEST], sign * worst)
        reference = sign * max(sign * open_, sign * target)
        close_at_level(state, tape, rules, a, time, codes.INSIDE, reference, codes.TAKE_PROFIT)


@njit(cache=True, error_model="numpy")
def touches_a_level(book, a, high, low):
    """Tell whether the bar touches the stop or the target of the position of asset ``a``."""
    if book[a, QUANTITY] > 0.0:
        return low <= book[a, STOP] or high >= book[a, TARGET]
    return high >= book[a, STOP] or low <= book[a, TARGET]


@njit(cache=True, error_model="numpy")
def fill_exits(state, tape, rules, a, time, moment, reference):
    """Fill the waiting exit of asset ``a``, a market order, at ``reference``."""
    book = state.book
    reason, decided = int(book[a, EXIT_REASON]), book[a, EXIT_DECIDED]
    slippage = book[a, EXIT_SLIPPAGE]
    close_position(state, tape, rules, a, time, moment, reference, slippage, rules.taker, reason, decided)


@njit(cache=True, error_model="numpy", inline="always")
def trade_the_open(t, market, rules, state, tape):
    """Steps 1 to 5: funding, waiting exits, gaps, liquidation, waiting entries."""
    book, n_assets = state.book, state.book.shape[0]
    time = market.open_time[t]
    for a in range(n_assets):
        if market.present[t, a]:
            book[a, MARK] = market.open[t, a]
            if rules.perpetual != 0 and book[a, QUANTITY] != 0.0:
                rate = market.funding_open[row_of(market.funding_open, t), a]
                carry = market.carry_open[row_of(market.carry_open, t), a]
                charge_funding(state, a, book[a, MARK], rate, carry)
    for a in range(n_assets):
        if market.present[t, a] and book[a, QUANTITY] != 0.0:
            beaten = rules.stop_beats_signal != 0 and book[a, EXIT_REASON] == codes.SIGNAL
            if beaten and touches_a_level(book, a, market.high[t, a], market.low[t, a]):
                book[a, EXIT_REASON] = 0.0
                if book[a, ORDER_SIDE] != 0.0:
                    count(state, a, book[a, ORDER_SIDE], codes.CANCELLED)
                    book[a, ORDER_SIDE] = 0.0
            elif book[a, EXIT_REASON] != 0.0:
                fill_exits(state, tape, rules, a, time, codes.AT_OPEN, market.open[t, a])
    for a in range(n_assets):
        if market.present[t, a] and book[a, QUANTITY] != 0.0:
            price = market.open[t, a]
            sign = 1.0 if book[a, QUANTITY] > 0.0 else -1.0
            if sign * price <= sign * book[a, STOP]:
                close_at_level(state, tape, rules, a, time, codes.AT_OPEN, price, codes.STOP_LOSS)
            elif sign * price >= sign * book[a, TARGET]:
                close_at_level(state, tape, rules, a, time, codes.AT_OPEN, price, codes.TAKE_PROFIT)
    if rules.perpetual != 0 and margin_is_gone(state, rules):
        liquidate(state, tape, rules, time, codes.AT_OPEN)
    for a in range(n_assets):
        if market.present[t, a] and book[a, ORDER_SIDE] != 0.0:
            fill_entry(state, tape, rules, a, time, codes.AT_OPEN, market.open[t, a])


@njit(cache=True, error_model="numpy", inline="always")
def is_active(book):
    """Tell whether anything is held or waits: a bar can only trade then."""
    for a in range(book.shape[0]):
        if book[a, QUANTITY] != 0.0 or book[a, ORDER_SIDE] != 0.0:
            return True
    return False


@njit(cache=True, error_model="numpy", inline="always")
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


@njit(cache=True, error_model="numpy", inline="always")
def guard_drawdown(state, rules, equity):
    """Step 9: keep the peak; at the limit every position gets an exit order and trading ends."""
    account, book = state.account, state.book
    account[PEAK] = max(account[PEAK], equity)
    if account[HALTED] == RUNNING and equity <= account[PEAK] * (1.0 - rules.max_drawdown):
        halt(state, GUARDED)
        for a in range(book.shape[0]):
            if book[a, QUANTITY] != 0.0 and book[a, EXIT_REASON] == 0.0:
                book[a, EXIT_REASON] = codes.DRAWDOWN_GUARD
                book[a, EXIT_SLIPPAGE] = standing_slippage(book, a, rules)
                book[a, EXIT_DECIDED] = account[BAR]


@njit(cache=True, error_model="numpy")
def trade_the_close(t, market, rules, state, tape):
    """Step 11: with fills at the close, waiting exits and then waiting entries fill there."""
    book, time = state.book, market.close_time[t]
    for a in range(book.shape[0]):
        if market.present[t, a] and book[a, QUANTITY] != 0.0 and book[a, EXIT_REASON] != 0.0:
            fill_exits(state, tape, rules, a, time, codes.AT_CLOSE, market.close[t, a])
    for a in range(book.shape[0]):
        if market.present[t, a] and book[a, ORDER_SIDE] != 0.0:
            fill_entry(state, tape, rules, a, time, codes.AT_CLOSE, market.close[t, a])


@njit(cache=True, error_model="numpy", inline="always")
def step(t, is_last, market, intents, rules, state, tape):
    """Live through clock bar ``t`` of ``market``; return equity, cash and gross notional at its end.

    ``is_last`` tells that no bar follows: orders decided now never fill. ``tape`` needs room for four
    fills an asset. The state's own bar count names the bar in what is written, so a caller may hand over
    one bar at a time as ``t = 0``.
    """
    account, book = state.account, state.book
    if is_active(book):
        trade_the_open(t, market, rules, state, tape)
        time = market.open_time[t]
        for a in range(book.shape[0]):
            if market.present[t, a] and book[a, QUANTITY] != 0.0:
                pass_bar(state, tape, rules, a, time, market.open[t, a], market.high[t, a], market.low[t, a])
        for a in range(book.shape[0]):  # only now: a liquidation closes the others at prices known before
            if market.present[t, a] and book[a, QUANTITY] != 0.0:
                book[a, LOWEST] = min(book[a, LOWEST], market.low[t, a])
                book[a, HIGHEST] = max(book[a, HIGHEST], market.high[t, a])
    reach_the_close(t, market, intents, rules, state)
    if rules.perpetual != 0 and margin_is_gone(state, rules):
        liquidate(state, tape, rules, market.close_time[t], codes.AT_CLOSE)
    equity = equity_of(state)
    guard_drawdown(state, rules, equity)
    if is_last or has_signal(intents.signals, t):
        decide(t, is_last, market, intents, rules, state, equity)
    if rules.fill_close != 0 and not is_last and is_active(book):
        trade_the_close(t, market, rules, state, tape)
    account[BAR] += 1.0
    return equity_of(state), account[CASH], gross_of(state)
