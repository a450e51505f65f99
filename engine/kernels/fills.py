"""One fill: its price, its fee, and what it does to cash and the position."""

from __future__ import annotations

import numpy as np

from engine.kernels import codes
from engine.kernels.compiled import kernel
from engine.kernels.layout import (
    BAR,
    CASH,
    COOLING,
    ENTRY_BAR,
    ENTRY_FEE,
    ENTRY_PRICE,
    ENTRY_REFERENCE,
    ENTRY_TIME,
    EXIT_DECIDED,
    EXIT_REASON,
    EXIT_SLIPPAGE,
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
    FILLS,
    FIRST_QUANTITY,
    FUNDING_PAID,
    HIGHEST,
    LAST_BASE,
    LAST_CLOSE,
    LAST_RANGE,
    LAST_VOLUME,
    LOWEST,
    PARTS_QUANTITY,
    PARTS_REFERENCE,
    PARTS_VALUE,
    QUANTITY,
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
    TRADES,
)
from engine.kernels.tell import tell

ROUNDING = 1e-9
"""A cut, or a rest, smaller than this share of the quantity is rounding and made without remark."""


@kernel
def slippage_fraction(rules, base, range_ratio, volume, notional):
    """Return the slippage of a market fill of ``notional``; an unknown range and no volume add nothing."""
    impact = rules.slippage_kv
    if rules.slippage_kp > 0.0 and volume > 0.0:
        impact += rules.slippage_kp * np.sqrt(notional / volume)
    fraction = base
    if range_ratio > 0.0:
        fraction += range_ratio * impact
    return min(rules.slippage_cap, fraction)


@kernel
def standing_slippage(book, a, rules):
    """Return the slippage of closing the position of asset ``a``, as of its last closed bar."""
    notional = abs(book[a, QUANTITY]) * book[a, LAST_CLOSE]
    return slippage_fraction(rules, book[a, LAST_BASE], book[a, LAST_RANGE], book[a, LAST_VOLUME], notional)


@kernel
def order_exit(state, tape, rules, a, time, reason):
    """Order the exit of the position of asset ``a``, as of its last close."""
    book = state.book
    book[a, EXIT_REASON] = reason
    book[a, EXIT_SLIPPAGE] = standing_slippage(book, a, rules)
    book[a, EXIT_DECIDED] = state.account[BAR]
    quantity, close = book[a, QUANTITY], book[a, LAST_CLOSE]
    tell(state, tape, time, a, quantity, codes.ACTIVE, codes.EXIT_ORDERED, close, abs(quantity), reason, np.nan)


@kernel
def record_fill(state, tape, a, time, moment, signed, price, reference, fee, reason, decided, wanted):
    """Write one fill of the signed quantity ``signed`` and take its money out of the account."""
    state.account[CASH] -= signed * price + fee
    row = tape.fills[tape.used[FILLS]]
    tape.used[FILLS] += 1
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


@kernel
def record_trade(state, tape, a, time, price, reference, fee, reason):
    """Write the round trip of asset ``a`` that ends now: the first quantity at the mean price of all its exits."""
    book = state.book
    quantity, parted = book[a, QUANTITY], book[a, PARTS_QUANTITY]
    row = tape.trades[tape.used[TRADES]]
    tape.used[TRADES] += 1
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
    if parted != 0.0:
        whole = parted + quantity
        row[TRADE_QUANTITY] = book[a, FIRST_QUANTITY]
        row[TRADE_EXIT_PRICE] = (book[a, PARTS_VALUE] + quantity * price) / whole
        row[TRADE_EXIT_REFERENCE] = (book[a, PARTS_REFERENCE] + quantity * reference) / whole


@kernel
def close_position(state, tape, rules, a, time, moment, reference, slippage, fee_rate, reason, decided):
    """Close what is left of the position of asset ``a`` at ``reference``, worsened by ``slippage``: a trade ends."""
    book = state.book
    quantity = book[a, QUANTITY]
    price = reference * (1.0 - slippage) if quantity > 0.0 else reference * (1.0 + slippage)
    fee = fee_rate * (abs(quantity) * price)
    book[a, LOWEST] = min(book[a, LOWEST], reference)
    book[a, HIGHEST] = max(book[a, HIGHEST], reference)
    record_fill(state, tape, a, time, moment, -quantity, price, reference, fee, reason, decided, abs(quantity))
    record_trade(state, tape, a, time, price, reference, fee, reason)
    entry, first = book[a, ENTRY_PRICE], abs(book[a, FIRST_QUANTITY])
    tell(state, tape, time, a, quantity, codes.CLOSED, reason, price, abs(quantity), first, entry)
    book[a, QUANTITY] = 0.0
    book[a, STOP] = np.nan
    book[a, TARGET] = np.nan
    book[a, EXIT_REASON] = 0.0
    book[a, COOLING] = rules.cooldown


@kernel
def close_part(state, tape, rules, a, time, moment, part, price):
    """Close ``part`` units of the position of asset ``a`` by a limit at ``price``, or all where too little is left."""
    book = state.book
    quantity = book[a, QUANTITY]
    left = abs(quantity) - part
    if left <= ROUNDING * abs(book[a, FIRST_QUANTITY]) or left * price < rules.smallest_notional[a]:
        bar = state.account[BAR]
        close_position(state, tape, rules, a, time, moment, price, 0.0, rules.maker, codes.PARTIAL, bar)
        return
    signed = part if quantity > 0.0 else -part
    fee = rules.maker * (part * price)
    record_fill(state, tape, a, time, moment, -signed, price, price, fee, codes.PARTIAL, state.account[BAR], part)
    book[a, QUANTITY] = quantity - signed
    book[a, ENTRY_FEE] += fee
    book[a, PARTS_QUANTITY] += signed
    book[a, PARTS_VALUE] += signed * price
    book[a, PARTS_REFERENCE] += signed * price
    tell(state, tape, time, a, quantity, codes.ACTIVE, codes.PARTIAL, price, part, left, book[a, ENTRY_PRICE])
