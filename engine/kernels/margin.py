"""What the account is worth, what margin it must keep, and what happens when that is gone."""

from __future__ import annotations

import numpy as np

from engine.kernels import codes
from engine.kernels.compiled import inlined, kernel
from engine.kernels.fills import close_position, standing_slippage
from engine.kernels.layout import (
    BAR,
    CASH,
    GUARDED,
    GUARDED_THEN_LIQUIDATED,
    HALTED,
    HALTED_BAR,
    LIQUIDATED,
    MARK,
    ORDER_LIMIT,
    ORDER_SIDE,
    QUANTITY,
    RUNNING,
)
from engine.kernels.tell import cancel


@inlined
def equity_of(state):
    """Return cash plus all positions at their marks."""
    equity = state.account[CASH]
    for a in range(state.book.shape[0]):
        if state.book[a, QUANTITY] != 0.0:
            equity += state.book[a, QUANTITY] * state.book[a, MARK]
    return equity


@inlined
def gross_of(state):
    """Return the gross notional of all positions at their marks."""
    gross = 0.0
    for a in range(state.book.shape[0]):
        if state.book[a, QUANTITY] != 0.0:
            gross += abs(state.book[a, QUANTITY] * state.book[a, MARK])
    return gross


@kernel
def tier_of(rules, a, notional):
    """Return the row of the margin tier a notional of asset ``a`` lies in; one at a floor is in the tier it begins."""
    tier = rules.tier_first[a]
    while tier + 1 < rules.tier_first[a + 1] and notional >= rules.tier_floor[tier + 1]:
        tier += 1
    return tier


@kernel
def margin_of(rules, a, notional):
    """Return the maintenance margin of a position of ``notional`` in asset ``a``."""
    if rules.tiered == 0:
        return rules.maintenance * notional
    tier = tier_of(rules, a, notional)
    return rules.tier_rate[tier] * notional - rules.tier_deduction[tier]


@kernel
def margin_is_gone(state, rules):
    """Tell whether something is held and equity no longer exceeds the maintenance margins."""
    gross = gross_of(state)
    if rules.tiered == 0 or gross == 0.0:
        return gross > 0.0 and equity_of(state) <= rules.maintenance * gross
    margins = 0.0
    for a in range(state.book.shape[0]):
        if state.book[a, QUANTITY] != 0.0:
            margins += margin_of(rules, a, abs(state.book[a, QUANTITY] * state.book[a, MARK]))
    return equity_of(state) <= margins


@kernel
def liquidation_level(state, rules, a, price):
    """Return the price of asset ``a`` at which equity equals the maintenance margins, others at their marks.

    ``price`` is where the asset stands: in a table of tiers the level sought is the first one on the way to ruin.
    """
    quantity = state.book[a, QUANTITY]
    spare = state.account[CASH]
    for b in range(state.book.shape[0]):
        if b != a and state.book[b, QUANTITY] != 0.0:
            value = state.book[b, QUANTITY] * state.book[b, MARK]
            spare += value - margin_of(rules, b, abs(value))
    if rules.tiered != 0:
        return tiered_level(rules, a, quantity, spare, price)
    if quantity > 0.0:
        return -spare / (quantity * (1.0 - rules.maintenance))
    return spare / (-quantity * (1.0 + rules.maintenance))


@kernel
def tiered_level(rules, a, quantity, spare, price):
    """Solve ``spare + quantity x = rate |quantity| x - deduction`` tier by tier, from that of ``price`` towards ruin.

    Within a tier both sides are straight lines. Where a table leaps at a floor, the floor itself can be the level.
    """
    held, tier = abs(quantity), tier_of(rules, a, abs(quantity) * price)
    if quantity > 0.0:
        for k in range(tier, rules.tier_first[a] - 1, -1):
            level = -(spare + rules.tier_deduction[k]) / (held * (1.0 - rules.tier_rate[k]))
            if k + 1 < rules.tier_first[a + 1] and held * level >= rules.tier_floor[k + 1]:
                return rules.tier_floor[k + 1] / held
            if held * level >= rules.tier_floor[k] or k == rules.tier_first[a]:
                return level
    for k in range(tier, rules.tier_first[a + 1]):
        level = (spare + rules.tier_deduction[k]) / (held * (1.0 + rules.tier_rate[k]))
        if held * level < rules.tier_floor[k] and k > rules.tier_first[a]:
            return rules.tier_floor[k] / held
        if k + 1 == rules.tier_first[a + 1] or held * level < rules.tier_floor[k + 1]:
            return level
    return np.nan


@kernel
def halt(state, tape, time, why, reason):
    """End trading for good and cancel what waits to be entered; the bar is that of the first end."""
    account = state.account
    if account[HALTED] == RUNNING:
        account[HALTED] = why
        account[HALTED_BAR] = account[BAR]
    elif account[HALTED] == GUARDED and why == LIQUIDATED:
        account[HALTED] = GUARDED_THEN_LIQUIDATED
    for a in range(state.book.shape[0]):
        if state.book[a, ORDER_SIDE] != 0.0:
            cancel(state, tape, time, a, codes.CANCELLED, reason, state.book[a, ORDER_LIMIT], np.nan, np.nan)


@kernel
def liquidate(state, tape, rules, time, moment):
    """Close every position at its mark and end trading."""
    bar = state.account[BAR]
    for a in range(state.book.shape[0]):
        if state.book[a, QUANTITY] != 0.0:
            slippage = standing_slippage(state.book, a, rules)
            mark = state.book[a, MARK]
            close_position(state, tape, rules, a, time, moment, mark, slippage, rules.taker, codes.LIQUIDATION, bar)
    halt(state, tape, time, LIQUIDATED, codes.LIQUIDATION)
