"""Why each part of a spec knows no bar that has not closed: one sentence a field, a bar field and an operator.

A field of `engine.spec.models` without a sentence here is a hole in the proof: `engine.proofs.causality` then says
that the spec is not proven, and the tests fail before that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

BAR_FIELDS: Mapping[str, str] = {
    "open": "stored with its bar, which is read after its close",
    "high": "known at the close of its bar",
    "low": "known at the close of its bar",
    "close": "known at the close of its bar",
    "volume": "known at the close of its bar",
    "hl2": "made of high and low of one bar, known at its close",
    "hlc3": "made of high, low and close of one bar, known at its close",
    "ohlc4": "made of the four prices of one bar, known at its close",
}
"""Bar field -> why it is known at the deciding close."""

CLOCK = "the clock of the close itself: it asks the market nothing"

OPERATORS: Mapping[str, tuple[int, str]] = {
    "gt": (0, "compares two values of one close"),
    "gte": (0, "compares two values of one close"),
    "lt": (0, "compares two values of one close"),
    "lte": (0, "compares two values of one close"),
    "eq": (0, "compares two values of one close"),
    "between": (0, "compares values of one close"),
    "crosses_above": (1, "compares this close with the one before"),
    "crosses_below": (1, "compares this close with the one before"),
    "rising": (0, "compares the last closes, each with the one before"),
    "falling": (0, "compares the last closes, each with the one before"),
    "and": (0, "combines conditions of one close"),
    "or": (0, "combines conditions of one close"),
    "not": (0, "turns a condition of one close round"),
}
"""Operator -> the bars it looks further back than its operands (`rising` adds its own `bars`), and in words."""

TEXT = "text for people: no figure is read from it"
CONSTANT = "a constant of the spec"
AT_CLOSE = "fixed at the deciding close"
ACCOUNT = "reads the account's own past: what has filled by the deciding close"
LEVEL = "anchored on the entry fill; its distance is frozen at the deciding close"
TRAILS = "follows the best price of bars that have closed; it moves at closes and acts from the next bar on"

FIELDS: Mapping[str, str] = {
    "id": TEXT,
    "name": TEXT,
    "version": TEXT,
    "description": TEXT,
    "metadata": TEXT,
    "variants": "other parameter sets: each is a spec of its own and proven as one",
    "universe.assets": "names markets; a choice made before the run, which the proof takes as given",
    "universe.timeframe": "the length of a bar: a bar is read once it has ended",
    "universe.quote": CONSTANT,
    "universe.venue": "a packaged, dated table of fees and rules: the same at every bar",
    "universe.market_type": CONSTANT,
    "indicators": "see the operands: each indicator has its own statement",
    "signals.entry": "read at closes; its orders fill no earlier than the next open, or at that close with fill close",
    "signals.exit": "read at closes; its orders fill no earlier than the next open, or at that close with fill close",
    "signals.short.entry": "as the long side's entry",
    "signals.short.exit": "as the long side's exit",
    "signals.opposite_entry": "combines signals of one close",
    "sizing.mode": AT_CLOSE,
    "sizing.value": CONSTANT,
    "sizing.max_positions": ACCOUNT,
    "sizing.length": "bars up to the deciding close",
    "sizing.multiple": CONSTANT,
    "sizing.win_rate": "a constant of the spec: never estimated from the run's own trades",
    "sizing.payoff": "a constant of the spec: never estimated from the run's own trades",
    "sizing.kelly_multiplier": CONSTANT,
    "risk.max_leverage": "equity and notional at the open of the fill's bar, or at its limit: what is known then",
    "risk.max_position_pct": "equity and notional at the open of the fill's bar, or at its limit: what is known then",
    "risk.max_total_exposure_pct": "equity and notional at the open of the fill's bar, or at its limit",
    "risk.max_drawdown_pct": "the equity of closes so far",
    "risk.stop_loss": LEVEL,
    "risk.take_profit": LEVEL,
    "risk.trailing_stop": TRAILS,
    "risk.trailing_take": TRAILS,
    "risk.breakeven": "moves at closes, from the best price of bars that have closed",
    "risk.partial_exits": "levels from the entry fill, as limits",
    "risk.time_limit": "counts closes, or minutes, since the entry",
    "risk.checks.max_concurrent": ACCOUNT,
    "risk.checks.cooldown_bars": "counts closes since the last exit",
    "risk.checks.session_hours": CLOCK,
    "risk.checks.max_daily_loss_pct": "the equity of the day's closes so far",
    "execution.mode": "paper or live: the rules are the same",
    "execution.slippage_model": "figures as of the deciding bar; for stops as of the asset's last closed bar",
    "execution.slippage": "figures as of the deciding bar; for stops as of the asset's last closed bar",
    "execution.fees": CONSTANT,
    "execution.fill": "the price of a fill whose order was decided before: no decision reads it",
    "execution.entry_order": "a limit from the deciding close; it acts from the next bar on",
    "execution.max_orders_per_hour": "counts the entries placed in the hour that ends at the deciding close",
    "execution.allowed_venues": CONSTANT,
}
"""Field of a spec by its dotted path, or the section it stands in -> why it sees no later bar."""

FINER_BARS = (
    "where a bar touches both a stop and a target, finer bars of that same bar say which came first; its orders were"
    " decided before it opened"
)
FUNDING = "funding is charged when it is due, and no decision reads it"


def statement_of(path: str) -> str | None:
    """Return why the field at a dotted path sees no later bar; None where nobody has said so.

    >>> statement_of("risk.trailing_stop.activate_at")
    'follows the best price of bars that have closed; it moves at closes and acts from the next bar on'
    >>> statement_of("risk.crystal_ball") is None
    True
    """
    parts = path.split(".")
    return next((FIELDS[".".join(parts[:n])] for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in FIELDS), None)
