"""The arrays a simulation works on: which column means what.

Rows are clock bars and columns assets, shape (n_bars, n_assets), unless said. A table that is constant over time may
have one row. NaN means "no bar" in prices and "unknown" in intents.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
ByteArray = NDArray[np.uint8]

# Bits of a signal: what is true at an asset's own close.
ENTER_LONG, EXIT_LONG, ENTER_SHORT, EXIT_SHORT = 1, 2, 4, 8

# What an intent's size is: a fraction of equity, an amount of quote currency, units, a fraction of free cash.
SIZE_EQUITY, SIZE_NOTIONAL, SIZE_UNITS, SIZE_CASH = range(4)

# What a stop or target is: absent, a fraction of the fill price, a distance from it, a price.
LEVEL_NONE, LEVEL_FRACTION, LEVEL_DISTANCE, LEVEL_PRICE = range(4)

# What an entry waits for: its next price, a limit at an offset from the deciding close, a limit at a price.
ORDER_MARKET, ORDER_OFFSET, ORDER_PRICE = range(3)

# Where orders fill: at the next open, at the deciding close, at that close's reference price.
FILL_OPEN, FILL_CLOSE, FILL_REFERENCE_PRICE = range(3)

# account: one row of float64
CASH, PEAK, HALTED, HALTED_BAR, BAR, PLACED_NEXT, DAY, DAY_EQUITY, DAY_LOST, LAST_EQUITY = range(10)
N_ACCOUNT = 10
RUNNING, GUARDED, LIQUIDATED, GUARDED_THEN_LIQUIDATED = range(4)

# book: one row of float64 per asset
(
    QUANTITY,
    ENTRY_PRICE,
    ENTRY_REFERENCE,
    ENTRY_BAR,
    ENTRY_TIME,
    ENTRY_FEE,
    STOP,
    TARGET,
    FUNDING_PAID,
    LOWEST,
    HIGHEST,
    MARK,
    LAST_CLOSE,
    LAST_BASE,
    LAST_RANGE,
    LAST_VOLUME,
    EXIT_REASON,
    EXIT_SLIPPAGE,
    EXIT_DECIDED,
    ORDER_SIDE,
    ORDER_SIZE,
    ORDER_SLIPPAGE,
    ORDER_STOP,
    ORDER_TARGET,
    ORDER_DECIDED,
    ORDER_TIME,
    ORDER_LIMIT,
    ORDER_TRAIL,
    ORDER_TRAIL_FROM,
    ORDER_TAKE,
    ORDER_TAKE_FROM,
    ORDER_AGE,
    ENTRY_MOMENT,
    FIRST_QUANTITY,
    PARTS_QUANTITY,
    PARTS_VALUE,
    PARTS_REFERENCE,
    NEXT_PART,
    STOP_REASON,
    BEST,
    TRAIL,
    TRAIL_FROM,
    TAKE,
    TAKE_FROM,
    TAKE_TARGET,
    CLOSES_LIVED,
    COOLING,
) = range(47)
N_BOOK = 47

# tape.fills: one row of float64 per fill, in the order of engine.backtest.result.Fill
(
    FILL_BAR,
    FILL_TIME,
    FILL_MOMENT,
    FILL_ASSET,
    FILL_SIDE,
    FILL_QUANTITY,
    FILL_PRICE,
    FILL_REFERENCE,
    FILL_FEE,
    FILL_SLIPPAGE,
    FILL_REASON,
    FILL_DECIDED,
    FILL_WANTED,
) = range(13)
N_FILL = 13

# tape.events: one row of float64 per event, in the order of engine.backtest.events.Event
(
    EVENT_BAR,
    EVENT_TIME,
    EVENT_ASSET,
    EVENT_SIDE,
    EVENT_STATE,
    EVENT_REASON,
    EVENT_PRICE,
    EVENT_QUANTITY,
    EVENT_VALUE,
    EVENT_BOUND,
) = range(10)
N_EVENT = 10

# tape.used: rows written of fills, trades, events
FILLS, TRADES, EVENTS = range(3)

# state.ambiguous: per asset the bars that touched both sides of a position, and those that nothing decided
AMBIGUOUS, UNDECIDED = range(2)
N_AMBIGUOUS = 2

# tape.trades: one row of float64 per closed trade
(
    TRADE_ASSET,
    TRADE_QUANTITY,
    TRADE_ENTRY_BAR,
    TRADE_ENTRY_TIME,
    TRADE_ENTRY_PRICE,
    TRADE_ENTRY_REFERENCE,
    TRADE_EXIT_BAR,
    TRADE_EXIT_TIME,
    TRADE_EXIT_PRICE,
    TRADE_EXIT_REFERENCE,
    TRADE_FEES,
    TRADE_FUNDING,
    TRADE_LOWEST,
    TRADE_HIGHEST,
    TRADE_REASON,
) = range(15)
N_TRADE = 15


class Market(NamedTuple):
    """Prices on the run's clock; ``open_time`` and ``close_time`` (n_bars,) in UTC milliseconds.

    ``funding_*`` is the sum of the rates due at the bar's open and inside it, paid by longs to shorts;
    ``carry_*`` the same for rates charged to longs only. ``close_fill`` is the reference price of a fill at a close
    where that is not the close itself, NaN where there is none. The bars of a finer timeframe inside bar t of asset a
    are the rows fine_first[t, a] .. + fine_count[t, a] of ``fine_open``, ``fine_high`` and ``fine_low``, which hold
    those of all assets; a count of 0 says that they do not cover the whole bar.
    """

    open_time: IntArray
    close_time: IntArray
    present: ByteArray
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    funding_open: FloatArray
    funding_inside: FloatArray
    carry_open: FloatArray
    carry_inside: FloatArray
    close_fill: FloatArray
    fine_first: IntArray
    fine_count: IntArray
    fine_open: FloatArray
    fine_high: FloatArray
    fine_low: FloatArray


class Intents(NamedTuple):
    """What is wanted at each own close: signal bits, and the size and levels an entry would take.

    ``trail`` and ``take`` are the distances of a trailing stop and take from the best price, ``trail_from`` and
    ``take_from`` the gains that activate them (NaN: none was named), ``limit`` the offset from the close or the price
    an entry waits at (NaN: a market order). ``slippage_*`` give base, ATR(14)/close and mean quote volume as of it.
    """

    signals: ByteArray
    size: FloatArray
    stop: FloatArray
    target: FloatArray
    trail: FloatArray
    trail_from: FloatArray
    take: FloatArray
    take_from: FloatArray
    limit: FloatArray
    slippage_base: FloatArray
    slippage_range: FloatArray
    slippage_volume: FloatArray


class Rules(NamedTuple):
    """Everything about a run that does not change from bar to bar.

    A count, a time or an hour of 0 or below is no limit, and so is a fraction of infinity. ``living`` is 1 where
    positions or orders change by the mere passing of bars. Arrays: partial exits by gain, shape (n_parts,), with
    ``part_sum`` the fractions up to each, exactly 1 where they close the position; the venue's rules, shape
    (n_assets,), a step or tick over its divisor: 0.1 is 1 over 10; the margin tiers of asset a in the rows
    tier_first[a] .. tier_first[a + 1], read where ``tiered`` is 1, else ``maintenance`` of notional is kept.
    """

    perpetual: int
    size_kind: int
    stop_kind: int
    target_kind: int
    fill_close: int
    reverse: int
    entry_bar_stops: int
    stop_beats_signal: int
    maker: float
    taker: float
    slippage_kv: float
    slippage_kp: float
    slippage_cap: float
    max_position: float
    max_exposure: float
    max_leverage: float
    max_drawdown: float
    max_positions: int
    max_orders: int
    order_window_ms: float
    maintenance: float
    living: int
    trail_kind: int
    take_kind: int
    breakeven_at: float
    breakeven_offset: float
    time_limit_bars: float
    time_limit_ms: float
    entry_order: int
    expires_bars: float
    max_concurrent: int
    cooldown: float
    session_start: int
    session_end: int
    max_daily_loss: float
    part_gain: FloatArray
    part_fraction: FloatArray
    part_sum: FloatArray
    quantity_step: FloatArray
    quantity_divisor: FloatArray
    smallest_notional: FloatArray
    price_tick: FloatArray
    tick_divisor: FloatArray
    tiered: int
    tier_first: IntArray
    tier_floor: FloatArray
    tier_rate: FloatArray
    tier_deduction: FloatArray


class State(NamedTuple):
    """An account in the middle of its life: all that the next bar needs to know."""

    account: FloatArray
    book: FloatArray
    placed: FloatArray
    funnel: IntArray
    funnel_first: IntArray
    ambiguous: IntArray


class Tape(NamedTuple):
    """Where fills, closed trades and events are written; ``used`` counts the rows of each."""

    fills: FloatArray
    trades: FloatArray
    events: FloatArray
    used: IntArray
