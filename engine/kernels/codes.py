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
    "rejected_max_concurrent",
    "rejected_cooldown_bars",
    "rejected_session_hours",
    "rejected_max_daily_loss_pct",
    "rejected_max_orders_per_hour",
    "placed",
    "rejected_no_price",
    "rejected_level_beyond_entry",
    "rejected_positions_full",
    "rejected_max_concurrent_at_fill",
    "rejected_max_position_pct",
    "rejected_max_total_exposure_pct",
    "rejected_max_leverage",
    "rejected_cash",
    "rejected_too_small",
    "cancelled",
    "cancelled_expired",
    "cancelled_stop_touched",
    "cancelled_max_daily_loss",
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
exactly one of the later ``rejected_*``, ``cancelled*``, ``never_filled`` or ``filled``. ``cancelled`` is by the end of
trading, or because the exit it would have followed gave way to a level. ``filled_late`` and ``cut_*``
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
    REJECTED_MAX_CONCURRENT,
    REJECTED_COOLDOWN_BARS,
    REJECTED_SESSION_HOURS,
    REJECTED_MAX_DAILY_LOSS_PCT,
    REJECTED_MAX_ORDERS_PER_HOUR,
    PLACED,
    REJECTED_NO_PRICE,
    REJECTED_LEVEL_BEYOND_ENTRY,
    REJECTED_POSITIONS_FULL,
    REJECTED_MAX_CONCURRENT_AT_FILL,
    REJECTED_MAX_POSITION_PCT,
    REJECTED_MAX_TOTAL_EXPOSURE_PCT,
    REJECTED_MAX_LEVERAGE,
    REJECTED_CASH,
    REJECTED_TOO_SMALL,
    CANCELLED,
    CANCELLED_EXPIRED,
    CANCELLED_STOP_TOUCHED,
    CANCELLED_MAX_DAILY_LOSS,
    NEVER_FILLED,
    FILLED,
    FILLED_LATE,
    CUT_MAX_POSITION_PCT,
    CUT_MAX_TOTAL_EXPOSURE_PCT,
    CUT_MAX_LEVERAGE,
    CUT_CASH,
) = range(len(FUNNEL_STAGES))
N_STAGES = len(FUNNEL_STAGES)

EVENT_STATES = ("scheduled", "opened", "active", "closed", "cancelled", "rejected")
"""What an event says of its asset; a rejected entry leaves the state as it was (docs/semantics.md)."""

SCHEDULED, OPENED, ACTIVE, CLOSED, WAS_CANCELLED, REJECTED = range(len(EVENT_STATES))

_OTHER_REASONS = ("exit_ordered", "expired", "stop_touched", "max_daily_loss", "exit_reversed", "end_of_data")
_RULES = {"positions_full": "max_positions", "max_concurrent_at_fill": "max_concurrent"}

EVENT_REASONS = (
    *CLOSE_REASONS,
    *_OTHER_REASONS,
    *(_RULES.get(rule, rule) for rule in (stage.removeprefix("rejected_") for stage in FUNNEL_STAGES)),
)
"""Why an event happened: a close reason, what moved or cancelled, and from `REASON_OF_STAGE` on the rule that rejected.

A rejection's reason is its funnel stage by the name of its rule: ``max_positions`` both at the placing and at the fill.
"""

EXIT_ORDERED, EXPIRED, STOP_TOUCHED, MAX_DAILY_LOSS, EXIT_REVERSED, END_OF_DATA = range(
    len(CLOSE_REASONS), len(CLOSE_REASONS) + len(_OTHER_REASONS)
)
REASON_OF_STAGE = len(CLOSE_REASONS) + len(_OTHER_REASONS)
"""Added to the funnel stage of a rejection, the number of its event's reason."""
