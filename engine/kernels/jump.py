"""The per-bar simulation without the bars in which nothing can happen.

Whatever a bar may change is done by the one step (`engine.kernels.step`); between two such bars only the marks move, so
the account is cash plus quantities times closes. Of an account this needs that all its assets have all their bars.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.kernels import sweep_long as at
from engine.kernels.clock import row_of
from engine.kernels.compiled import entry_point, inlined, kernel
from engine.kernels.event_path import (
    BLOCK,
    PATH_DEEPEST,
    PATH_PEAK,
    PATH_TROUGH,
    deepest_fall,
    pass_value,
)
from engine.kernels.layout import (
    AMBIGUOUS,
    BAR,
    CASH,
    COOLING,
    ENTER_LONG,
    ENTER_SHORT,
    ENTRY_BAR,
    EXIT_LONG,
    EXIT_REASON,
    FILL_FEE,
    FILLS,
    HALTED,
    LAST_BASE,
    LAST_CLOSE,
    LAST_EQUITY,
    LAST_RANGE,
    LAST_VOLUME,
    LIQUIDATED,
    MARK,
    ORDER_SIDE,
    QUANTITY,
    RUNNING,
    STOP,
    TARGET,
    TRADE_ENTRY_BAR,
    TRADE_ENTRY_PRICE,
    TRADE_ENTRY_REFERENCE,
    TRADE_EXIT_BAR,
    TRADE_EXIT_PRICE,
    TRADE_EXIT_REFERENCE,
    TRADE_FEES,
    TRADE_FUNDING,
    TRADE_QUANTITY,
    TRADES,
)
from engine.kernels.sharpe import sharpe_of_levels
from engine.kernels.step import step

if TYPE_CHECKING:
    from engine.kernels.layout import ByteArray, FloatArray, IntArray


class Bounds(NamedTuple):
    """The least and greatest prices of every asset by block of bars, shape (n_blocks, n_assets); see `Prices`."""

    lowest: FloatArray
    highest: FloatArray
    lowest_close: FloatArray
    highest_close: FloatArray
    midnights: IntArray


class Room(NamedTuple):
    """What a run works in: the path, the values at midnights; by asset the entry and the next touch of its levels."""

    path: FloatArray
    levels: FloatArray
    entered: FloatArray
    touch: IntArray
    any_signal: ByteArray


@kernel
def fill_table_bounds(table, lowest, highest):
    """Write the least and the greatest value of each block and asset of a table without NaN."""
    for block in range(lowest.shape[0]):
        for a in range(table.shape[1]):
            lowest[block, a] = highest[block, a] = table[block * BLOCK, a]
            for t in range(block * BLOCK + 1, min(table.shape[0], block * BLOCK + BLOCK)):
                lowest[block, a] = min(lowest[block, a], table[t, a])
                highest[block, a] = max(highest[block, a], table[t, a])


@entry_point
def fill_all_bounds(market, bounds):
    """Write the bounds of a market's prices."""
    unused = bounds.lowest_close
    fill_table_bounds(market.high, unused, bounds.highest)
    fill_table_bounds(market.low, bounds.lowest, unused)
    fill_table_bounds(market.close, bounds.lowest_close, bounds.highest_close)


@inlined
def _stays_busy(rules):
    """Tell whether a position may change in any bar: by trailing, ageing, funding, parts, or a guard of the account."""
    return rules.living != 0 or rules.perpetual != 0 or rules.max_drawdown < np.inf or rules.part_gain.shape[0] > 0


@inlined
def _must_visit(rules, book):
    """Tell whether the next bar may do something whatever its prices and signals are."""
    if rules.max_daily_loss < np.inf:
        return True
    busy = _stays_busy(rules)
    for a in range(book.shape[0]):
        if book[a, ORDER_SIDE] != 0.0 or (rules.cooldown > 0.0 and book[a, COOLING] > 0.0):
            return True
        if book[a, QUANTITY] != 0.0 and (busy or book[a, EXIT_REASON] != 0.0):
            return True
    return False


@kernel
def _next_touch(market, bounds, a, start, stop, floor, ceiling):
    """Return the first bar of [start, stop) whose low is at the floor or high at the ceiling, else ``stop``."""
    if np.isnan(floor) and np.isnan(ceiling):
        return stop
    t = start
    while t < stop:
        block = t // BLOCK
        end = min(stop, block * BLOCK + BLOCK)
        if bounds.lowest[block, a] <= floor or bounds.highest[block, a] >= ceiling:
            for k in range(t, end):
                if market.low[k, a] <= floor or market.high[k, a] >= ceiling:
                    return k
        t = end
    return stop


@kernel
def _next_event(t, last, market, intents, rules, bounds, account, book, room):
    """Return the first bar from ``t`` on that may do something to long positions and to what is not held.

    With as many positions as may be held, or after the end of trading, an entry alone comes to nothing.
    """
    first_touch, held = last, 0
    for a in range(book.shape[0]):
        if book[a, QUANTITY] != 0.0:
            held += 1
            if room.entered[a] != book[a, ENTRY_BAR]:
                room.entered[a] = book[a, ENTRY_BAR]
                room.touch[a] = _next_touch(market, bounds, a, t, last, book[a, STOP], book[a, TARGET])
            first_touch = min(first_touch, room.touch[a])
    signals, enter = intents.signals, ENTER_LONG | ENTER_SHORT
    if held >= rules.max_positions or held >= rules.max_concurrent or account[HALTED] != RUNNING:
        enter = 0
    for k in range(t, first_touch):
        if room.any_signal[k] != 0:
            for a in range(book.shape[0]):
                wanted = EXIT_LONG if book[a, QUANTITY] != 0.0 else enter
                if signals[k, a] & wanted != 0:
                    return k
    return first_touch


@inlined
def _equity_at(t, prices, account, book):
    equity = account[CASH]
    for a in range(book.shape[0]):
        if book[a, QUANTITY] != 0.0:
            equity += book[a, QUANTITY] * prices[t, a]
    return equity


@kernel
def _pass_quiet(start, stop, market, bounds, intents, state, path):
    """Let bars [start, stop), in which only marks move, go by."""
    account, book, close = state.account, state.book, market.close
    held = False
    for a in range(book.shape[0]):
        held |= book[a, QUANTITY] != 0.0
    if held:
        t = start
        while t < stop:
            block = t // BLOCK
            end = min(stop, block * BLOCK + BLOCK)
            greatest = _equity_at(block, bounds.highest_close, account, book)
            least = _equity_at(block, bounds.lowest_close, account, book)
            if greatest > path[PATH_PEAK] or least < path[PATH_TROUGH]:
                for k in range(t, end):
                    pass_value(path, _equity_at(k, close, account, book))
            t = end
        seen = stop - 1
        for a in range(book.shape[0]):
            if book[a, QUANTITY] != 0.0:
                book[a, MARK] = close[seen, a]
                book[a, LAST_CLOSE] = close[seen, a]
                book[a, LAST_BASE] = intents.slippage_base[row_of(intents.slippage_base, seen), a]
                book[a, LAST_RANGE] = intents.slippage_range[row_of(intents.slippage_range, seen), a]
                book[a, LAST_VOLUME] = intents.slippage_volume[row_of(intents.slippage_volume, seen), a]
        account[LAST_EQUITY] = _equity_at(seen, close, account, book)
    account[BAR] += stop - start


@kernel
def _tally(tape, figures):
    """Add what a bar wrote on the tape to the figures, and empty the tape."""
    for k in range(tape.used[FILLS]):
        at.add_money(figures, at.FEES, tape.fills[k, FILL_FEE])
    figures[at.FILL_COUNT] += tape.used[FILLS]
    for k in range(tape.used[TRADES]):
        row = tape.trades[k]
        signed = row[TRADE_QUANTITY]
        gross = signed * (row[TRADE_EXIT_REFERENCE] - row[TRADE_ENTRY_REFERENCE])
        entry_slippage = row[TRADE_ENTRY_PRICE] - row[TRADE_ENTRY_REFERENCE]
        paid = signed * (entry_slippage + (row[TRADE_EXIT_REFERENCE] - row[TRADE_EXIT_PRICE]))
        at.count_trade(figures, gross - paid - row[TRADE_FEES] - row[TRADE_FUNDING])
        figures[at.BARS_HELD] += row[TRADE_EXIT_BAR] - row[TRADE_ENTRY_BAR]
    tape.used[:] = 0


@entry_point
def jump_bars(market, intents, rules, state, tape, bounds, room, figures):
    """Live through all bars and write the figures of one account (`engine.kernels.sweep_long`).

    ``tape`` needs the room of one bar. Returns False where the account was liquidated or came to nothing, from where
    only a run that keeps every bar tells its figures.
    """
    n_bars, midnights, path = market.close_time.shape[0], bounds.midnights, room.path
    account, book, day = state.account, state.book, 0
    figures[:] = 0.0
    path[PATH_PEAK], path[PATH_TROUGH], path[PATH_DEEPEST] = account[CASH], account[CASH], 0.0
    room.entered[:] = -1.0
    while day < midnights.shape[0] and midnights[day] < 0:
        room.levels[day] = account[CASH]
        day += 1
    t = 0
    while t < n_bars:
        event = (
            t
            if _must_visit(rules, book)
            else _next_event(t, n_bars - 1, market, intents, rules, bounds, account, book, room)
        )
        if event > t:
            _pass_quiet(t, event, market, bounds, intents, state, path)
            while day < midnights.shape[0] and midnights[day] < event:
                room.levels[day] = _equity_at(midnights[day], market.close, account, book)
                day += 1
        equity, _, _ = step(event, event == n_bars - 1, market, intents, rules, state, tape)
        pass_value(path, equity)
        _tally(tape, figures)
        while day < midnights.shape[0] and midnights[day] == event:
            room.levels[day] = equity
            day += 1
        if not equity > 0.0 or account[HALTED] >= LIQUIDATED:
            return False
        t = event + 1
    for a in range(book.shape[0]):
        figures[at.AMBIGUOUS_COUNT] += state.ambiguous[a, AMBIGUOUS]
        if book[a, QUANTITY] != 0.0:
            figures[at.BARS_HELD] += n_bars - 1 - book[a, ENTRY_BAR]
    figures[at.END_EQUITY] = account[LAST_EQUITY]
    figures[at.END_CASH] = account[CASH]
    figures[at.MAX_DRAWDOWN] = deepest_fall(path)
    figures[at.SHARPE_DAILY] = np.nan
    if midnights.shape[0] > 2:
        figures[at.SHARPE_DAILY] = sharpe_of_levels(room.levels[0], room.levels[1:], 365.0)
    return path[PATH_TROUGH] > 0.0
