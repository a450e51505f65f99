"""Which weaknesses are looked at first, by what made the refinement run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agent.refinement.reasons import Reason
    from agent.refinement.weaknesses import Weakness

FIRST: Mapping[str, tuple[str, ...]] = {
    "performance_drop": ("LOSES_BEFORE_COSTS", "LOSING_SIDE", "STOP_TOO_TIGHT", "PROFITS_GIVEN_BACK", "LOSS_TAIL"),
    "regime_mismatch": ("LOSING_TREND", "LOSING_VOLATILITY", "LOSING_SIDE", "LOSING_SESSION", "LOSING_WEEKDAY"),
    "execution_change": ("COSTS_DOMINATE", "TARGET_TOO_NEAR", "STOP_TOO_TIGHT"),
    "data_shift": (),
}
"""Which weaknesses each kind of drift puts first."""

FIRST_BY_METRIC: Mapping[str, tuple[str, ...]] = {
    "maxDrawdownPct": ("HALTED", "LOSS_TAIL", "STOP_TOO_WIDE", "LOSING_VOLATILITY"),
    "winRatePct": ("STOP_TOO_TIGHT", "PROFITS_GIVEN_BACK"),
    "profitFactor": ("PROFITS_GIVEN_BACK", "LOSS_TAIL", "LOSERS_HELD_LONGER"),
    "tradeCount": ("NEVER_FIRES", "TOO_FEW_TRADES"),
    "avgSlippage": ("COSTS_DOMINATE",),
    "feesPaid": ("COSTS_DOMINATE",),
}
"""Which weaknesses a figure that got worse puts before those of the kind."""


def ordered(weaknesses: Sequence[Weakness], reason: Reason) -> tuple[Weakness, ...]:
    """Return weaknesses in the order a reason asks for: what its drift points at first, else as they were.

    An event whose own figures show no worsening orders nothing.
    """
    event = reason.event
    if event is None or not event.is_worse:
        return tuple(weaknesses)
    first = (*FIRST_BY_METRIC.get(event.metric or "", ()), *FIRST[event.type])
    return tuple(sorted(weaknesses, key=lambda one: first.index(one.code) if one.code in first else len(first)))
