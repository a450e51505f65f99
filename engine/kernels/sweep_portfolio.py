"""The event-jumping account of several assets on spot that share one purse.

As `engine.kernels.sweep_long`, which knows one asset, and equal to the per-bar simulation to the last bit. All assets
have all their bars, at the same places of their columns. Within a bar all goes in the order of docs/semantics.md,
and within a step of it in the order of the universe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.kernels import sweep_long as at
from engine.kernels.addresses import column_at
from engine.kernels.compiled import entry_point, inlined, kernel
from engine.kernels.decide import is_undefined, order_notional
from engine.kernels.event_path import (
    BLOCK,
    PATH_DEEPEST,
    PATH_PEAK,
    PATH_TROUGH,
    deepest_fall,
    pass_value,
)
from engine.kernels.fills import slippage_fraction
from engine.kernels.lanes import lowest_bit
from engine.kernels.layout import SIZE_CASH, SIZE_UNITS
from engine.kernels.levels import on_grid, protect_entry
from engine.kernels.sharpe import sharpe_of_levels
from engine.kernels.words import is_set

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.kernels.layout import FloatArray, IntArray

ALL = np.uint64(0xFFFF_FFFF_FFFF_FFFF)

QUANTITY, ENTRY_PRICE, ENTRY_REFERENCE, ENTRY_FEE, FLOOR, CEILING = range(6)
ORDER_SIZE, ORDER_SLIPPAGE, ORDER_STOP, ORDER_TARGET, EXIT_SLIPPAGE = range(6, 11)
N_HELD = 11
"""Columns of ``held``: a position, then what was ordered at the last close."""

ENTRY_BAR, TOUCH, WAITS, LEAVES = range(4)
N_TIMES = 4
"""Columns of ``times``: bars, and whether an entry or an exit waits for the next open."""

OPEN, ENTRIES, EXITS = range(3)
N_COUNTS = 3
"""Places of ``counts``: positions, and orders that wait for the next open."""


class Assets(NamedTuple):
    """Where the columns of each asset lie (`engine.kernels.addresses`), shape (n_assets,), all of ``n_bars`` values.

    ``lowest`` to ``highest_close`` are bounds by asset and block of bars, shape (n_assets, n_blocks).
    """

    open: IntArray
    high: IntArray
    low: IntArray
    close: IntArray
    n_bars: int
    lowest: FloatArray
    highest: FloatArray
    lowest_close: FloatArray
    highest_close: FloatArray
    midnights: IntArray


class AssetWants(NamedTuple):
    """What entries of each asset want: ``factor`` times a column of ``addresses``, or itself for column -1.

    ``range_column`` and ``volume_column`` are what slippage reads, -1 for none. Shape (n_assets,).
    """

    size_factor: FloatArray
    size_column: IntArray
    stop_factor: FloatArray
    stop_column: IntArray
    target_factor: FloatArray
    target_column: IntArray
    range_column: IntArray
    volume_column: IntArray
    addresses: IntArray
    slippage_base: float


class Desk(NamedTuple):
    """What a run works in, rows by asset: words of entries alone and of exits, positions, bars, path, midnights.

    ``enter_any`` is where any asset may be entered; ``own`` the assets with a position, in the order of the universe.
    """

    enter: NDArray[np.uint64]
    leave: NDArray[np.uint64]
    enter_any: NDArray[np.uint64]
    own: IntArray
    counts: IntArray
    held: FloatArray
    times: IntArray
    path: FloatArray
    levels: FloatArray


@inlined
def _price(addresses, a, t):
    return column_at(addresses[a], t + 1)[t]


@inlined
def _wanted(factor, column, a, wants, t):
    return factor[a] if column[a] < 0 else factor[a] * _price(wants.addresses, column[a], t)


@inlined
def _slippage(a, t, notional, rules, wants):
    """Return the slippage of a market order of ``notional`` decided at bar ``t``."""
    range_ratio = 0.0 if wants.range_column[a] < 0 else _price(wants.addresses, wants.range_column[a], t)
    volume = 0.0 if wants.volume_column[a] < 0 else _price(wants.addresses, wants.volume_column[a], t)
    return slippage_fraction(rules, wants.slippage_base, range_ratio, volume, notional)


@inlined
def _standing_slippage(a, t, assets, held, rules, wants):
    """Return the slippage of closing the position of asset ``a``, as of bar ``t``."""
    return _slippage(a, t, held[a, QUANTITY] * _price(assets.close, a, t), rules, wants)


@inlined
def _equity(cash, desk, addresses, t):
    equity = cash
    for k in range(desk.counts[OPEN]):
        a = desk.own[k]
        equity += desk.held[a, QUANTITY] * _price(addresses, a, t)
    return equity


@inlined
def _block_equity(cash, desk, bounds, block):
    equity = cash
    for k in range(desk.counts[OPEN]):
        a = desk.own[k]
        equity += desk.held[a, QUANTITY] * bounds[a, block]
    return equity


@inlined
def _take_up(a, desk):
    """Put an asset among those with a position, which stay in the order of the universe."""
    own, k = desk.own, desk.counts[OPEN]
    while k > 0 and own[k - 1] > a:
        own[k] = own[k - 1]
        k -= 1
    own[k] = a
    desk.counts[OPEN] += 1


@inlined
def _give_up(a, desk):
    """Take an asset from among those with a position."""
    own, k = desk.own, 0
    while own[k] != a:
        k += 1
    desk.counts[OPEN] -= 1
    for later in range(k, desk.counts[OPEN]):
        own[later] = own[later + 1]


@kernel
def _close(a, t, reference, slippage, rate, cash, desk, figures):
    """Close the position of asset ``a`` in bar ``t``; return the cash."""
    held = desk.held
    quantity, entry, entry_reference = held[a, QUANTITY], held[a, ENTRY_PRICE], held[a, ENTRY_REFERENCE]
    price = reference * (1.0 - slippage)
    fee = rate * (quantity * price)
    cash -= -quantity * price + fee
    at.add_money(figures, at.FEES, fee)
    figures[at.FILL_COUNT] += 1.0
    gross = quantity * (reference - entry_reference)
    paid = quantity * ((entry - entry_reference) + (reference - price))
    at.count_trade(figures, gross - paid - (held[a, ENTRY_FEE] + fee))
    figures[at.BARS_HELD] += t - desk.times[a, ENTRY_BAR]
    held[a, QUANTITY] = 0.0
    desk.times[a, LEAVES] = 0
    _give_up(a, desk)
    return cash


@kernel
def _next_touch(assets, a, start, floor, ceiling):
    """Return the first bar from ``start`` on whose low is at the floor or high at the ceiling, else ``n_bars``."""
    n_bars = assets.n_bars
    if np.isnan(floor) and np.isnan(ceiling):
        return n_bars
    low, high = column_at(assets.low[a], n_bars), column_at(assets.high[a], n_bars)
    t = start
    while t < n_bars:
        block = t // BLOCK
        end = min(n_bars, block * BLOCK + BLOCK)
        if assets.lowest[a, block] <= floor or assets.highest[a, block] >= ceiling:
            for k in range(t, end):
                if low[k] <= floor or high[k] >= ceiling:
                    return k
        t = end
    return n_bars


@inlined
def _allowed(a, t, cash, quantity, price, reference, assets, desk, rules):
    """Cut ``quantity`` to every limit, others at this bar's open; as `entries.allowed_quantity`."""
    equity, gross = cash, 0.0
    for k in range(desk.counts[OPEN]):
        b = desk.own[k]
        value = desk.held[b, QUANTITY] * _price(assets.open, b, t)
        equity += value
        gross += abs(value)
    if rules.max_position < np.inf:
        quantity = min(quantity, rules.max_position * equity / reference)
    if rules.max_exposure < np.inf:
        quantity = min(quantity, (rules.max_exposure * equity - gross) / reference)
    if rules.max_leverage < 1.0:
        quantity = min(quantity, (rules.max_leverage * equity - gross) / reference)
    quantity = min(quantity, cash / (price * (1.0 + rules.taker)))
    return on_grid(quantity, rules.quantity_step[a], rules.quantity_divisor[a], False)


@inlined
def _enter(a, t, cash, assets, desk, rules, figures):
    """Fill the waiting entry of asset ``a`` at the open of bar ``t``, or drop it; return the cash."""
    held = desk.held
    reference = _price(assets.open, a, t)
    price = reference * (1.0 + held[a, ORDER_SLIPPAGE])
    floor, _, ceiling = protect_entry(rules, a, 1.0, price, held[a, ORDER_STOP], held[a, ORDER_TARGET], np.nan, np.nan)
    if floor >= min(reference, price) or ceiling <= max(reference, price):
        return cash
    if desk.counts[OPEN] >= rules.max_positions:
        return cash
    order = held[a, ORDER_SIZE]
    if rules.size_kind == SIZE_UNITS:
        quantity = order
    elif rules.size_kind == SIZE_CASH:
        quantity = cash * order / (price * (1.0 + rules.taker))
    else:
        quantity = order / price
    quantity = _allowed(a, t, cash, quantity, price, reference, assets, desk, rules)
    if not quantity * reference >= rules.smallest_notional[a] or quantity <= 0.0:
        return cash
    fee = rules.taker * (quantity * price)
    cash -= quantity * price + fee
    at.add_money(figures, at.FEES, fee)
    figures[at.FILL_COUNT] += 1.0
    held[a, QUANTITY] = quantity
    held[a, ENTRY_PRICE] = price
    held[a, ENTRY_REFERENCE] = reference
    held[a, ENTRY_FEE] = fee
    held[a, FLOOR] = floor
    held[a, CEILING] = ceiling
    _take_up(a, desk)
    desk.times[a, ENTRY_BAR] = t
    desk.times[a, TOUCH] = _next_touch(assets, a, t, floor, ceiling)
    return cash


@inlined
def _trade_the_open(t, cash, assets, desk, rules, wants, figures):
    """Fill what waits, and what the open itself touches; return the cash."""
    held, times, own, counts = desk.held, desk.times, desk.own, desk.counts
    k = 0
    while counts[EXITS] > 0:
        a = own[k]
        if times[a, LEAVES] != 0:
            counts[EXITS] -= 1
            opened = _price(assets.open, a, t)
            cash = _close(a, t, opened, held[a, EXIT_SLIPPAGE], rules.taker, cash, desk, figures)
        else:
            k += 1
    k = 0
    while k < counts[OPEN]:
        a = own[k]
        opened = _price(assets.open, a, t) if times[a, TOUCH] == t else np.nan
        if opened <= held[a, FLOOR]:
            slippage = _standing_slippage(a, t - 1, assets, held, rules, wants)
            cash = _close(a, t, opened, slippage, rules.taker, cash, desk, figures)
        elif opened >= held[a, CEILING]:
            cash = _close(a, t, opened, 0.0, rules.maker, cash, desk, figures)
        else:
            k += 1
    a = 0
    while counts[ENTRIES] > 0:
        if times[a, WAITS] != 0:
            times[a, WAITS] = 0
            counts[ENTRIES] -= 1
            cash = _enter(a, t, cash, assets, desk, rules, figures)
        a += 1
    return cash


@inlined
def _live_inside(t, cash, assets, desk, rules, wants, figures):
    """Close what bar ``t`` touches, the stop before the target; return the cash."""
    held, times, own, k = desk.held, desk.times, desk.own, 0
    while k < desk.counts[OPEN]:
        a = own[k]
        if times[a, TOUCH] != t:
            k += 1
            continue
        opened, floor, ceiling = _price(assets.open, a, t), held[a, FLOOR], held[a, CEILING]
        if _price(assets.low, a, t) <= floor:
            figures[at.AMBIGUOUS_COUNT] += _price(assets.high, a, t) >= ceiling
            slippage = _standing_slippage(a, t - 1, assets, held, rules, wants)
            cash = _close(a, t, min(opened, floor), slippage, rules.taker, cash, desk, figures)
        else:
            cash = _close(a, t, max(opened, ceiling), 0.0, rules.maker, cash, desk, figures)
    return cash


@inlined
def _bit(words, a, t):
    return (words[a, t >> 6] >> np.uint64(t & 63)) & np.uint64(1) != np.uint64(0)


@inlined
def _decide(t, cash, equity, assets, desk, rules, wants):
    """Order exits, then entries, at the close of bar ``t``."""
    held, times, counts = desk.held, desk.times, desk.counts
    for k in range(counts[OPEN]):
        a = desk.own[k]
        if _bit(desk.leave, a, t):
            times[a, LEAVES] = 1
            counts[EXITS] += 1
            held[a, EXIT_SLIPPAGE] = _standing_slippage(a, t, assets, held, rules, wants)
    if not is_set(desk.enter_any, t):
        return
    staying = counts[OPEN] - counts[EXITS]
    for a in range(held.shape[0]):
        if staying + counts[ENTRIES] >= rules.max_positions:
            return
        if held[a, QUANTITY] != 0.0 or not _bit(desk.enter, a, t):
            continue
        size = _wanted(wants.size_factor, wants.size_column, a, wants, t)
        stop = _wanted(wants.stop_factor, wants.stop_column, a, wants, t)
        target = _wanted(wants.target_factor, wants.target_column, a, wants, t)
        notional = order_notional(rules.size_kind, size, equity, cash, _price(assets.close, a, t))
        if not (notional > 0.0 and notional < np.inf):
            continue
        if is_undefined(rules.stop_kind, stop) or is_undefined(rules.target_kind, target):
            continue
        by_size = rules.size_kind == SIZE_UNITS or rules.size_kind == SIZE_CASH
        held[a, ORDER_SIZE] = size if by_size else notional
        held[a, ORDER_SLIPPAGE] = _slippage(a, t, notional, rules, wants)
        held[a, ORDER_STOP] = stop
        held[a, ORDER_TARGET] = target
        times[a, WAITS] = 1
        counts[ENTRIES] += 1


@inlined
def _next_event(t, last, desk, rules):
    """Return the first bar of [t, last] that does anything; the last one always does."""
    held, own, counts = desk.held, desk.own, desk.counts
    if counts[ENTRIES] + counts[EXITS] > 0:
        return t
    touch = last
    for k in range(counts[OPEN]):
        touch = min(touch, desk.times[own[k], TOUCH])
    full = counts[OPEN] >= rules.max_positions
    mask = ALL << np.uint64(t & 63)
    for w in range(t >> 6, (touch >> 6) + 1):
        word = np.uint64(0)
        for k in range(counts[OPEN]):
            word |= desk.leave[own[k], w]
        if not full and desk.enter_any[w] & mask != np.uint64(0):
            for a in range(held.shape[0]):
                if held[a, QUANTITY] == 0.0:
                    word |= desk.enter[a, w]
        word &= mask
        if word != np.uint64(0):
            return min(touch, (w << 6) + lowest_bit(word))
        mask = ALL
    return touch


@inlined
def _pass_quiet(start, stop, cash, assets, desk):
    """Let bars [start, stop), in which only marks move, go by."""
    if desk.counts[OPEN] == 0:
        return
    t, path = start, desk.path
    while t < stop:
        block = t // BLOCK
        end = min(stop, block * BLOCK + BLOCK)
        greatest = _block_equity(cash, desk, assets.highest_close, block)
        if greatest > path[PATH_PEAK] or _block_equity(cash, desk, assets.lowest_close, block) < path[PATH_TROUGH]:
            for k in range(t, end):
                pass_value(path, _equity(cash, desk, assets.close, k))
        t = end


@entry_point
def sweep_portfolio(first, assets, rules, wants, initial, desk, figures):
    """Live through the bars from ``first`` on and write the figures of one candidate.

    ``wants`` is by asset. Returns False where the account came to nothing, from where only the per-bar simulation
    goes on.
    """
    last, midnights, path, day = assets.n_bars - 1, assets.midnights, desk.path, 0
    figures[:] = 0.0
    desk.held[:] = 0.0
    desk.times[:] = 0
    desk.counts[:] = 0
    cash, equity = initial, initial
    path[PATH_PEAK], path[PATH_TROUGH], path[PATH_DEEPEST] = initial, initial, 0.0
    while day < midnights.shape[0] and midnights[day] < first:
        desk.levels[day] = initial
        day += 1
    t = first
    while t <= last:
        event = _next_event(t, last, desk, rules)
        if event > t:
            _pass_quiet(t, event, cash, assets, desk)
        while day < midnights.shape[0] and midnights[day] < event:
            desk.levels[day] = _equity(cash, desk, assets.close, midnights[day])
            day += 1
        cash = _trade_the_open(event, cash, assets, desk, rules, wants, figures)
        cash = _live_inside(event, cash, assets, desk, rules, wants, figures)
        equity = _equity(cash, desk, assets.close, event)
        pass_value(path, equity)
        if not equity > 0.0:
            return False
        while day < midnights.shape[0] and midnights[day] == event:
            desk.levels[day] = equity
            day += 1
        if event < last:
            _decide(event, cash, equity, assets, desk, rules, wants)
        t = event + 1
    for a in range(desk.held.shape[0]):
        if desk.held[a, QUANTITY] != 0.0:
            figures[at.BARS_HELD] += last - desk.times[a, ENTRY_BAR]
    figures[at.END_EQUITY] = equity
    figures[at.END_CASH] = cash
    figures[at.MAX_DRAWDOWN] = deepest_fall(path)
    figures[at.SHARPE_DAILY] = np.nan
    if midnights.shape[0] > 2:
        figures[at.SHARPE_DAILY] = sharpe_of_levels(desk.levels[0], desk.levels[1:], 365.0)
    return path[PATH_TROUGH] > 0.0
