"""Step 10 before any condition is read: protections move, positions and orders age."""

from __future__ import annotations

from engine.kernels import codes
from engine.kernels.compiled import kernel
from engine.kernels.entries import waits_at_a_limit
from engine.kernels.fills import order_exit
from engine.kernels.layout import (
    BAR,
    BEST,
    CLOSES_LIVED,
    COOLING,
    ENTRY_BAR,
    ENTRY_MOMENT,
    ENTRY_PRICE,
    ENTRY_TIME,
    EXIT_LONG,
    EXIT_REASON,
    EXIT_SHORT,
    LEVEL_NONE,
    ORDER_AGE,
    ORDER_LIMIT,
    QUANTITY,
    STOP,
    STOP_REASON,
    TAKE,
    TAKE_FROM,
    TAKE_TARGET,
    TRAIL,
    TRAIL_FROM,
)
from engine.kernels.levels import distance_of, stop_level
from engine.kernels.tell import cancel, tell


@kernel
def tighten(state, tape, rules, a, time, level, reason):
    """Let ``level`` replace the stop of asset ``a`` where it is strictly more protective."""
    book = state.book
    sign = 1.0 if book[a, QUANTITY] > 0.0 else -1.0
    level, stop = stop_level(rules, a, sign, level), book[a, STOP]
    if sign * level <= sign * stop:
        return
    book[a, STOP] = level
    book[a, STOP_REASON] = reason
    tell(state, tape, time, a, sign, codes.ACTIVE, reason, level, abs(book[a, QUANTITY]), book[a, BEST], stop)


@kernel
def move_protections(state, tape, rules, a, time, high, low, close):
    """Update the best price of asset ``a`` and move its stop: breakeven, trailing stop, trailing take."""
    book = state.book
    sign = 1.0 if book[a, QUANTITY] > 0.0 else -1.0
    entered_inside = book[a, ENTRY_BAR] == state.account[BAR] and book[a, ENTRY_MOMENT] == codes.INSIDE
    seen = close if entered_inside else (high if sign > 0.0 else low)
    book[a, BEST] = sign * max(sign * book[a, BEST], sign * seen)
    entry, best = book[a, ENTRY_PRICE], book[a, BEST]
    gain = sign * (best - entry)
    if gain >= rules.breakeven_at * entry:
        level = entry + sign * (rules.breakeven_offset * entry)
        tighten(state, tape, rules, a, time, level, codes.BREAKEVEN)
    if rules.trail_kind != LEVEL_NONE and gain >= book[a, TRAIL_FROM]:
        level = best - sign * distance_of(rules.trail_kind, best, book[a, TRAIL])
        tighten(state, tape, rules, a, time, level, codes.TRAILING_STOP)
    if rules.take_kind != LEVEL_NONE:
        if gain >= book[a, TAKE_FROM] or sign * best >= sign * book[a, TAKE_TARGET]:
            level = best - sign * distance_of(rules.take_kind, best, book[a, TAKE])
            tighten(state, tape, rules, a, time, level, codes.TRAILING_TAKE)


@kernel
def age_position(state, tape, rules, a, time, signals):
    """Count one more close of the position of asset ``a``; at its time limit order the exit."""
    book = state.book
    book[a, CLOSES_LIVED] += 1.0
    spent = rules.time_limit_bars > 0.0 and book[a, CLOSES_LIVED] >= rules.time_limit_bars
    if rules.time_limit_ms > 0.0 and time - book[a, ENTRY_TIME] >= rules.time_limit_ms:
        spent = True
    if spent and book[a, EXIT_REASON] == 0.0:
        own_exit = EXIT_LONG if book[a, QUANTITY] > 0.0 else EXIT_SHORT
        reason = codes.SIGNAL if signals & own_exit != 0 else codes.TIME_EXPIRED
        order_exit(state, tape, rules, a, time, reason)


@kernel
def age_order(state, tape, rules, a, time):
    """Count one more close of the limit entry that asset ``a`` waits with; cancel it when it expires."""
    book = state.book
    book[a, ORDER_AGE] += 1.0
    if rules.expires_bars > 0.0 and book[a, ORDER_AGE] >= rules.expires_bars:
        age, limit = book[a, ORDER_AGE], book[a, ORDER_LIMIT]
        cancel(state, tape, time, a, codes.CANCELLED_EXPIRED, codes.EXPIRED, limit, age, rules.expires_bars)


@kernel
def live_on(t, market, intents, rules, state, tape):
    """Step 10, first half: all protections move, then time limits and expiries come due."""
    book, time = state.book, market.close_time[t]
    for a in range(book.shape[0]):
        if market.present[t, a] and book[a, QUANTITY] != 0.0:
            move_protections(state, tape, rules, a, time, market.high[t, a], market.low[t, a], market.close[t, a])
    for a in range(book.shape[0]):
        if market.present[t, a]:
            if book[a, QUANTITY] != 0.0:
                age_position(state, tape, rules, a, time, int(intents.signals[t, a]))
            if waits_at_a_limit(book, a):
                age_order(state, tape, rules, a, time)


@kernel
def cool_down(t, market, state):
    """Step 10, at its end: one more own close has passed since the last position of each asset ended."""
    for a in range(state.book.shape[0]):
        if market.present[t, a] and state.book[a, COOLING] > 0.0:
            state.book[a, COOLING] -= 1.0
