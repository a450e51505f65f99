"""The life of an account through one clock bar: the single truth of backtest and paper trading.

The order of events is that of docs/semantics.md, "One clock bar, in order"; the numbers in the
comments are its numbers.
"""

from __future__ import annotations

import numpy as np

from engine.kernels import codes
from engine.kernels.closing import guard_drawdown, guard_the_day, reach_the_close, trade_the_close
from engine.kernels.compiled import inlined
from engine.kernels.decide import cancel_what_waits, decide, has_signal
from engine.kernels.inside import live_inside
from engine.kernels.layout import BAR, CASH, FILL_OPEN, LAST_EQUITY, ORDER_SIDE, QUANTITY
from engine.kernels.margin import equity_of, gross_of, liquidate, margin_is_gone
from engine.kernels.opening import trade_the_open
from engine.kernels.protections import cool_down, live_on


@inlined
def is_active(book):
    """Tell whether anything is held or waits: a bar can only trade then."""
    for a in range(book.shape[0]):
        if book[a, QUANTITY] != 0.0 or book[a, ORDER_SIDE] != 0.0:
            return True
    return False


@inlined
def live_through(t, market, intents, rules, state, tape):
    """Steps 1 to 9 of clock bar ``t``: all that happens before its close is decided upon; return the equity there."""
    if is_active(state.book):
        trade_the_open(t, market, rules, state, tape)
        live_inside(t, market, rules, state, tape)
    reach_the_close(t, market, intents, rules, state)
    if rules.perpetual != 0 and margin_is_gone(state, rules):
        liquidate(state, tape, rules, market.close_time[t], codes.AT_CLOSE)
    equity = equity_of(state)
    guard_drawdown(state, tape, rules, market.close_time[t], equity)
    if rules.max_daily_loss < np.inf:
        guard_the_day(state, tape, rules, market.close_time[t], equity)
    return equity


@inlined
def settle(t, is_last, market, intents, rules, state, tape, equity):
    """Steps 10 to 12 of clock bar ``t``: protections, decisions, fills at the close; return equity, cash and gross."""
    account, book = state.account, state.book
    if rules.living != 0:
        live_on(t, market, intents, rules, state, tape)
    if has_signal(intents.signals, t):
        decide(t, market, intents, rules, state, tape, equity)
    if rules.cooldown > 0.0:
        cool_down(t, market, state)
    if rules.fill_close != FILL_OPEN and is_active(book):
        trade_the_close(t, is_last, market, rules, state, tape)
    if is_last:
        cancel_what_waits(state, tape, market.close_time[t])
    account[BAR] += 1.0
    account[LAST_EQUITY] = equity_of(state)
    return account[LAST_EQUITY], account[CASH], gross_of(state)


@inlined
def step(t, is_last, market, intents, rules, state, tape):
    """Live through clock bar ``t`` of ``market``; return equity, cash and gross notional at its end.

    ``is_last`` tells that no bar follows: orders decided now never fill. ``tape`` needs the room that
    `engine.kernels.simulate.fills_a_bar` and `events_a_bar` name. The state's own bar count names the bar in what is
    written, so a caller may hand over one bar at a time as ``t = 0``.
    """
    equity = live_through(t, market, intents, rules, state, tape)
    return settle(t, is_last, market, intents, rules, state, tape, equity)
