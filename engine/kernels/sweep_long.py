"""The event-jumping account: one asset bought and sold on spot, visited only where something can happen.

Equal to the per-bar simulation to the last bit (docs/semantics.md), which is its reference. What it knows: market
entries at the next open, exits by signal, a fixed stop and target, every size and limit of a single position, fees and
slippage, the venue's steps and ticks. `engine.sweeps.scope` says which specs ask for no more than that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.kernels import codes
from engine.kernels.addresses import column_at
from engine.kernels.compiled import entry_point, inlined, kernel
from engine.kernels.decide import is_undefined, order_notional
from engine.kernels.event_path import (
    PATH_DEEPEST,
    PATH_PEAK,
    PATH_TROUGH,
    deepest_fall,
    first_touch,
    pass_held,
    pass_value,
)
from engine.kernels.fills import slippage_fraction
from engine.kernels.layout import SIZE_CASH, SIZE_UNITS
from engine.kernels.levels import on_grid, protect_entry
from engine.kernels.sharpe import sharpe_of_levels
from engine.kernels.sweep_signals import Pairs, combine_sides, fill_pairs, run_program
from engine.kernels.words import next_set

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.kernels.layout import FloatArray, IntArray

(
    END_EQUITY,
    END_CASH,
    MAX_DRAWDOWN,
    SHARPE_DAILY,
    TRADE_COUNT,
    WIN_COUNT,
    WON,
    WON_REST,
    LOST,
    LOST_REST,
    FEES,
    FEES_REST,
    FILL_COUNT,
    AMBIGUOUS_COUNT,
    BARS_HELD,
) = range(15)
N_FIGURES = 15
"""What a candidate comes to, one row of float64; the rests are what the sums of money lost to rounding."""

LOG_BAR, LOG_QUANTITY, LOG_PRICE, LOG_REFERENCE, LOG_FEE, LOG_REASON, LOG_CASH = range(7)
N_LOG = 7
"""A fill, and the cash after it, where fills are asked for."""


class Prices(NamedTuple):
    """The own bars of the asset, shape (n_bars,), their bounds by block, and the bar of each midnight.

    ``midnights[k]`` is the last bar of the window that closed at or before its midnight k, -1 where none had.
    """

    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    lowest: FloatArray
    highest: FloatArray
    lowest_close: FloatArray
    highest_close: FloatArray
    midnights: IntArray


class Wants(NamedTuple):
    """What the candidates want at a close, by candidate: ``factor`` times a column, or itself for column -1.

    Columns are numbers of ``addresses`` (`engine.kernels.addresses`); ``range_column`` and ``volume_column`` are what
    slippage reads, -1 for none.
    """

    size_factor: FloatArray
    size_column: IntArray
    stop_factor: FloatArray
    stop_column: IntArray
    target_factor: FloatArray
    target_column: IntArray
    addresses: IntArray
    slippage_base: float
    range_column: int
    volume_column: int


@inlined
def _wanted(factor, column, wants, t):
    return factor if column < 0 else factor * column_at(wants.addresses[column], t + 1)[t]


@inlined
def _slippage(t, close, quantity_or_notional, is_notional, rules, wants):
    """Return the slippage of a market order decided at bar ``t``."""
    notional = quantity_or_notional if is_notional else quantity_or_notional * close[t]
    range_ratio = 0.0 if wants.range_column < 0 else _wanted(1.0, wants.range_column, wants, t)
    volume = 0.0 if wants.volume_column < 0 else _wanted(1.0, wants.volume_column, wants, t)
    return slippage_fraction(rules, wants.slippage_base, range_ratio, volume, notional)


@kernel
def flat_quantity(rules, cash, order, reference, price):
    """Return what an entry of ``order`` buys with ``cash`` and nothing held; as `entries.allowed_quantity`."""
    if rules.size_kind == SIZE_UNITS:
        quantity = order
    elif rules.size_kind == SIZE_CASH:
        quantity = cash * order / (price * (1.0 + rules.taker))
    else:
        quantity = order / price
    if rules.max_position < np.inf:
        quantity = min(quantity, rules.max_position * cash / reference)
    if rules.max_exposure < np.inf:
        quantity = min(quantity, rules.max_exposure * cash / reference)
    if rules.max_leverage < 1.0:
        quantity = min(quantity, rules.max_leverage * cash / reference)
    quantity = min(quantity, cash / (price * (1.0 + rules.taker)))
    return on_grid(quantity, rules.quantity_step[0], rules.quantity_divisor[0], False)


@inlined
def add_money(figures, at, amount):
    """Add to a sum of money and to what its rounding lost (Neumaier 1974)."""
    total = figures[at]
    after = total + amount
    if abs(total) >= abs(amount):
        figures[at + 1] += (total - after) + amount
    else:
        figures[at + 1] += (amount - after) + total
    figures[at] = after


@inlined
def count_trade(figures, net):
    """Count a closed trade among the wins, the losses or neither."""
    figures[TRADE_COUNT] += 1.0
    if net > 0.0:
        figures[WIN_COUNT] += 1.0
        add_money(figures, WON, net)
    elif net < 0.0:
        add_money(figures, LOST, net)


@inlined
def _log(log, used, bar, quantity, price, reference, fee, reason, cash):
    if used < log.shape[0]:
        row = log[used]
        row[LOG_BAR] = bar
        row[LOG_QUANTITY] = quantity
        row[LOG_PRICE] = price
        row[LOG_REFERENCE] = reference
        row[LOG_FEE] = fee
        row[LOG_REASON] = reason
        row[LOG_CASH] = cash


@kernel
def simulate_long(first, prices, rules, wants, candidate, initial, scratch, figures, log):
    """Live through the bars from ``first`` on; write the figures of one candidate, and its fills into ``log``.

    ``scratch.enter`` and ``leave`` say at which closes the entry alone, and the exit, is true. Returns False where the
    account came to nothing, from where only the per-bar simulation goes on.
    """
    n_bars, midnights, close = prices.close.shape[0], prices.midnights, prices.close
    enter, leave, path, levels = scratch.enter, scratch.leave, scratch.path, scratch.levels
    figures[:] = 0.0
    cash, bars_held, fills, day = initial, 0, 0, 0
    path[PATH_PEAK], path[PATH_TROUGH], path[PATH_DEEPEST] = initial, initial, 0.0
    at, equity = first, initial
    while True:
        decided = next_set(enter, at, n_bars)
        if decided >= n_bars - 1:  # what is decided at the last close never fills
            break
        entry_bar = decided + 1
        at = entry_bar
        size = _wanted(wants.size_factor[candidate], wants.size_column[candidate], wants, decided)
        stop = _wanted(wants.stop_factor[candidate], wants.stop_column[candidate], wants, decided)
        target = _wanted(wants.target_factor[candidate], wants.target_column[candidate], wants, decided)
        notional = order_notional(rules.size_kind, size, cash, cash, close[decided])
        if not (notional > 0.0 and notional < np.inf):
            continue
        if is_undefined(rules.stop_kind, stop) or is_undefined(rules.target_kind, target):
            continue
        reference = prices.open[entry_bar]
        price = reference * (1.0 + _slippage(decided, close, notional, True, rules, wants))
        floor, _, ceiling = protect_entry(rules, 0, 1.0, price, stop, target, np.nan, np.nan)
        if floor >= min(reference, price) or ceiling <= max(reference, price):
            continue
        order = size if rules.size_kind == SIZE_UNITS or rules.size_kind == SIZE_CASH else notional
        quantity = flat_quantity(rules, cash, order, reference, price)
        if not quantity * reference >= rules.smallest_notional[0] or quantity <= 0.0:
            continue
        while day < midnights.shape[0] and midnights[day] < entry_bar:
            levels[day] = cash
            day += 1
        entry_fee = rules.taker * (quantity * price)
        cash -= quantity * price + entry_fee
        _log(log, fills, entry_bar, quantity, price, reference, entry_fee, codes.ENTRY, cash)
        exit_decided = next_set(leave, entry_bar, n_bars)
        due = min(exit_decided + 1, n_bars)
        out = first_touch(prices.low, prices.high, prices.lowest, prices.highest, entry_bar, due, floor, ceiling)
        pass_held(path, close, prices.lowest_close, prices.highest_close, entry_bar, out, cash, quantity)
        while day < midnights.shape[0] and midnights[day] < out:
            levels[day] = cash + quantity * close[midnights[day]]
            day += 1
        fills += 1
        bars_held += min(out, n_bars - 1) - entry_bar
        add_money(figures, FEES, entry_fee)
        if out == n_bars:
            equity = cash + quantity * close[n_bars - 1]
            break
        opened = prices.open[out]
        reason, slippage, rate = codes.SIGNAL, 0.0, rules.taker
        if out == due:
            exit_reference = opened
            slippage = _slippage(exit_decided, close, quantity, False, rules, wants)
        elif out > entry_bar and opened <= floor:
            reason, exit_reference = codes.STOP_LOSS, opened
        elif out > entry_bar and opened >= ceiling:
            reason, exit_reference = codes.TAKE_PROFIT, opened
        elif prices.low[out] <= floor:
            reason, exit_reference = codes.STOP_LOSS, min(opened, floor)
            figures[AMBIGUOUS_COUNT] += prices.high[out] >= ceiling
        else:
            reason, exit_reference = codes.TAKE_PROFIT, max(opened, ceiling)
        if reason == codes.STOP_LOSS:
            slippage = _slippage(out - 1, close, quantity, False, rules, wants)
        elif reason == codes.TAKE_PROFIT:
            rate = rules.maker
        exit_price = exit_reference * (1.0 - slippage)
        fee = rate * (quantity * exit_price)
        cash -= -quantity * exit_price + fee
        _log(log, fills, out, -quantity, exit_price, exit_reference, fee, reason, cash)
        fills += 1
        add_money(figures, FEES, fee)
        gross = quantity * (exit_reference - reference)
        paid = quantity * ((price - reference) + (exit_reference - exit_price))
        net = gross - paid - (entry_fee + fee)
        count_trade(figures, net)
        if not cash > 0.0:
            return False
        pass_value(path, cash)
        at = out
        equity = cash
    while day < midnights.shape[0]:
        levels[day] = cash
        day += 1
    figures[END_EQUITY] = equity
    figures[END_CASH] = cash
    figures[MAX_DRAWDOWN] = deepest_fall(path)
    figures[FILL_COUNT] = fills
    figures[BARS_HELD] = bars_held
    figures[SHARPE_DAILY] = np.nan
    if midnights.shape[0] > 2:
        figures[SHARPE_DAILY] = sharpe_of_levels(levels[0], levels[1:], 365.0)
    return path[PATH_TROUGH] > 0.0


class Scratch(NamedTuple):
    """Room one thread works in: words of pairs, registers, the two sides, the path, the values at midnights."""

    words: NDArray[np.uint64]
    truth: NDArray[np.uint64]
    enter: NDArray[np.uint64]
    leave: NDArray[np.uint64]
    path: FloatArray
    levels: FloatArray


class Signals(NamedTuple):
    """A spec's conditions for several sets of columns and numbers.

    ``places[s, k]`` is the pair that set s reads where the program says k; ``set_of[c]`` the set of candidate c.
    """

    pairs: Pairs
    program: IntArray
    enter_register: int
    leave_register: int
    places: IntArray
    set_of: IntArray


@inlined
def fill_daily(levels, daily):
    """Write the simple return of each day between the values at midnights; nothing into an empty row."""
    for day in range(daily.shape[0]):
        daily[day] = levels[day + 1] / levels[day] - 1.0


@entry_point
def sweep_long(first, prices, rules, wants, initial, signals, candidates, scratch, rows, figures, daily, log):
    """Measure ``candidates``, those of one signal set beside each other, into their ``rows`` of ``figures``.

    ``daily``, float32 of shape (n_rows, n_days), takes the returns of whole UTC days; no columns where they are not
    wanted. A candidate whose account came to nothing gets a row of NaN.
    """
    n_bars, chosen = prices.close.shape[0], -1
    fill_pairs(signals.pairs, scratch.words)
    for candidate in candidates:
        if signals.set_of[candidate] != chosen:
            chosen = signals.set_of[candidate]
            run_program(signals.program, signals.places[chosen], scratch.words, scratch.truth, n_bars)
            combine_sides(scratch.truth, signals.enter_register, signals.leave_register, scratch.enter, scratch.leave)
        row = figures[rows[candidate]]
        if simulate_long(first, prices, rules, wants, candidate, initial, scratch, row, log):
            fill_daily(scratch.levels, daily[rows[candidate]])
        else:
            row[:] = np.nan
