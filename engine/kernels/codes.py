"""Small integers that cross into kernels, and the names they have outside."""

from __future__ import annotations

CLOSE_REASONS = (
    "entry",
    "take_profit",
    "stop_loss",
    "trailing_stop",
    "trailing_take",
    "breakeven",
    "partial",
    "time_expired",
    "signal",
    "drawdown_guard",
    "liquidation",
    "user",
)
"""Why a fill happened: ``entry`` opens a position, every other name closes one (SPEC section 4)."""

ENTRY, TAKE_PROFIT, STOP_LOSS, TRAILING_STOP, TRAILING_TAKE, BREAKEVEN = range(6)
PARTIAL, TIME_EXPIRED, SIGNAL, DRAWDOWN_GUARD, LIQUIDATION, USER = range(6, 12)

MOMENTS = ("open", "inside", "close")
"""When in its bar a fill happened."""

AT_OPEN, INSIDE, AT_CLOSE = range(3)

FUNNEL_STAGES = (
    "entry_true",
    "in_position",
    "exit_also_true",
    "both_sides_true",
    "opposite_ignored",
    "order_waiting",
    "halted",
    "rejected_size_undefined",
    "rejected_stop_undefined",
    "rejected_max_positions",
    "rejected_max_orders_per_hour",
    "placed",
    "rejected_positions_full",
    "rejected_level_beyond_entry",
    "rejected_max_position_pct",
    "rejected_max_total_exposure_pct",
    "rejected_max_leverage",
    "rejected_cash",
    "rejected_too_small",
    "cancelled",
    "never_filled",
    "filled",
    "filled_late",
    "cut_max_position_pct",
    "cut_max_total_exposure_pct",
    "cut_max_leverage",
    "cut_cash",
)
"""What became of the bar closes on which an entry was true, in the order the questions are asked.

Each ``entry_true`` ends in exactly one of the stages up to ``placed``; each placed order ends in
exactly one of the later ``rejected_*``, ``cancelled``, ``never_filled`` or ``filled``. ``filled_late`` and ``cut_*``
count fills among ``filled``; a fill is counted under the limit that cut it last.
"""

(
    ENTRY_TRUE,
    IN_POSITION,
    EXIT_ALSO_TRUE,
    BOTH_SIDES_TRUE,
    OPPOSITE_IGNORED,
    ORDER_WAITING,
    HALTED,
    REJECTED_SIZE_UNDEFINED,
    REJECTED_STOP_UNDEFINED,
    REJECTED_MAX_POSITIONS,
    REJECTED_MAX_ORDERS_PER_HOUR,
    PLACED,
    REJECTED_POSITIONS_FULL,
    REJECTED_LEVEL_BEYOND_ENTRY,
    REJECTED_MAX_POSITION_PCT,
    REJECTED_MAX_TOTAL_EXPOSURE_PCT,
    REJECTED_MAX_LEVERAGE,
    REJECTED_CASH,
    REJECTED_TOO_SMALL,
    CANCELLED,
    NEVER_FILLED,
    FILLED,
    FILLED_LATE,
    CUT_MAX_POSITION_PCT,
    CUT_MAX_TOTAL_EXPOSURE_PCT,
    CUT_MAX_LEVERAGE,
    CUT_CASH,
) = range(len(FUNNEL_STAGES))
N_STAGES = len(FUNNEL_STAGES)
