"""Steps 1 to 5: what happens at the open of a bar."""

from __future__ import annotations

import numpy as np

from engine.kernels import codes
from engine.kernels.clock import row_of
from engine.kernels.compiled import inlined, kernel
from engine.kernels.entries import fill_entry, meet_limit, waits_at_a_limit
from engine.kernels.fills import close_position
from engine.kernels.inside import meet_gap
from engine.kernels.layout import (
    CASH,
    EXIT_DECIDED,
    EXIT_REASON,
    EXIT_SLIPPAGE,
    FILL_REFERENCE_PRICE,
    FUNDING_PAID,
    MARK,
    ORDER_LIMIT,
    ORDER_SIDE,
    QUANTITY,
)
from engine.kernels.levels import touches_a_level
from engine.kernels.margin import liquidate, margin_is_gone
from engine.kernels.tell import cancel


@kernel
def charge_funding(state, a, price, rate, carry):
    """Charge funding on the position of asset ``a``: ``rate`` to longs and shorts, ``carry`` to longs only."""
    due = state.book[a, QUANTITY] * price * rate
    if carry != 0.0 and state.book[a, QUANTITY] > 0.0:
        due += state.book[a, QUANTITY] * price * carry
    state.account[CASH] -= due
    state.book[a, FUNDING_PAID] += due


@kernel
def fill_exit(state, tape, rules, a, time, moment, reference):
    """Fill the waiting exit of asset ``a``, a market order, at ``reference``."""
    book = state.book
    reason, decided = int(book[a, EXIT_REASON]), book[a, EXIT_DECIDED]
    slippage = book[a, EXIT_SLIPPAGE]
    close_position(state, tape, rules, a, time, moment, reference, slippage, rules.taker, reason, decided)


@kernel
def give_way(state, tape, a, time):
    """Take back the exit of asset ``a``, and the entry that would follow it, for a level that this bar touches."""
    state.book[a, EXIT_REASON] = 0.0
    if state.book[a, ORDER_SIDE] != 0.0:
        limit = state.book[a, ORDER_LIMIT]
        cancel(state, tape, time, a, codes.CANCELLED, codes.EXIT_REVERSED, limit, np.nan, np.nan)


@inlined
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
        if market.present[t, a] and book[a, QUANTITY] != 0.0 and book[a, EXIT_REASON] != 0.0:
            beaten = rules.stop_beats_signal != 0 and book[a, EXIT_REASON] == codes.SIGNAL
            if beaten and touches_a_level(rules, book, a, market.high[t, a], market.low[t, a]):
                give_way(state, tape, a, time)
            elif rules.fill_close != FILL_REFERENCE_PRICE:  # such an exit waits for a close that has a price
                fill_exit(state, tape, rules, a, time, codes.AT_OPEN, market.open[t, a])
    for a in range(n_assets):
        if market.present[t, a] and book[a, QUANTITY] != 0.0:
            meet_gap(state, tape, rules, a, time, codes.AT_OPEN, market.open[t, a])
    if rules.perpetual != 0 and margin_is_gone(state, rules):
        liquidate(state, tape, rules, time, codes.AT_OPEN)
    for a in range(n_assets):
        if market.present[t, a] and book[a, ORDER_SIDE] != 0.0:
            if not waits_at_a_limit(book, a):
                fill_entry(state, tape, rules, a, time, codes.AT_OPEN, market.open[t, a])
            elif book[a, QUANTITY] == 0.0:
                meet_limit(state, tape, rules, a, time, codes.AT_OPEN, market.open[t, a])
