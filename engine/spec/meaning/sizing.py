"""Sizing: a value that fits its mode, and that the limits leave as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spec.defaults import kelly_multiplier_of
from engine.spec.jcs import number_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spec.findings import Findings
    from engine.spec.models import Risk, Sizing, Universe
    from engine.spec.place import Place

SIZING_TAKES: Mapping[str, tuple[str, ...]] = {
    "percent_equity": (),
    "fixed_notional": (),
    "volatility_target": ("length",),
    "risk_per_trade": (),
    "atr_risk": ("length", "multiple"),
    "kelly": ("win_rate", "payoff", "kelly_multiplier"),
}
"""Sizing mode -> the fields it reads beside value and max_positions."""

SIZING_NEEDS: Mapping[str, tuple[str, ...]] = {"atr_risk": ("multiple",), "kelly": ("win_rate", "payoff")}
HIGHEST_VALUE: Mapping[str, float] = {
    "percent_equity": 1.0,
    "volatility_target": 5.0,
    "risk_per_trade": 1.0,
    "atr_risk": 1.0,
    "kelly": 1.0,
}


def check_sizing(sizing: Sizing, risk: Risk | None, findings: Findings) -> None:
    """Check that value fits the mode, that the mode has what it reads and nothing it does not."""
    place: Place = ("sizing",)
    takes = SIZING_TAKES[sizing.mode]
    for name in ("length", "multiple", "win_rate", "payoff", "kelly_multiplier"):
        if getattr(sizing, name) is not None and name not in takes:
            findings.error((*place, name), "NO_MEANING", f"'{name}' has no meaning for sizing mode {sizing.mode}")
    for name in SIZING_NEEDS.get(sizing.mode, ()):
        if getattr(sizing, name) is None:
            findings.error((*place, name), "MISSING_FIELD", f"sizing mode {sizing.mode} needs '{name}'")
    highest = HIGHEST_VALUE.get(sizing.mode)
    if highest is not None and sizing.value > highest:
        message = f"{number_text(sizing.value)} is more than {sizing.mode} allows: at most {number_text(highest)}"
        findings.error((*place, "value"), "IMPOSSIBLE_SIZE", f"{message} (a fraction: 0.15 is 15 %)")
    if sizing.mode == "volatility_target" and sizing.length == 1:
        findings.error((*place, "length"), "OUT_OF_BOUNDS", "a volatility needs 2 bars or more")
    if sizing.mode == "risk_per_trade" and risk is not None and risk.stop_loss is None:
        message = "risk_per_trade sizes by the distance to the stop and needs risk.stop_loss"
        findings.error((*place, "mode"), "NEEDS_STOP", message)
    edge = kelly_edge(sizing)
    if edge is not None and edge <= 0:
        figures = f"win_rate {number_text(sizing.win_rate or 0.0)} at payoff {number_text(sizing.payoff or 0.0)}"
        message = f"{figures} has no edge: the Kelly fraction is {number_text(round(edge, 6))}, nothing would be opened"
        findings.error((*place, "win_rate"), "NO_EDGE", message)


def kelly_edge(sizing: Sizing) -> float | None:
    """Return the full Kelly fraction win_rate - (1 - win_rate) / payoff, None where the mode or its figures lack.

    Kelly, J. L. (1956). "A new interpretation of information rate". Bell System Technical Journal 35(4), for a bet
    that wins ``payoff`` times what it may lose.
    """
    if sizing.mode != "kelly" or sizing.win_rate is None or not sizing.payoff:
        return None
    return sizing.win_rate - (1 - sizing.win_rate) / sizing.payoff


def check_size_against_limits(sizing: Sizing, risk: Risk, universe: Universe | None, findings: Findings) -> None:
    """Warn when every full-sized entry will be cut to a limit."""
    size = full_size(sizing)
    if size is None or size > 1:
        return
    spot = universe is None or universe.market_type != "perp"
    leverage = risk.max_leverage if risk.max_leverage is not None else 1.0
    limits = {
        "risk.max_position_pct": risk.max_position_pct,
        "risk.max_total_exposure_pct": risk.max_total_exposure_pct,
        "risk.max_leverage": min(leverage, 1.0) if spot else leverage,
    }
    for name, limit in limits.items():
        if limit is not None and size > limit:
            message = f"each position of {number_text(size)} of equity will be cut to {name} {number_text(limit)}"
            findings.warning(("sizing", "value"), "SIZE_CUT", message)


def full_size(sizing: Sizing) -> float | None:
    """Return the fraction of equity that every entry asks for, None where it is not known before the run."""
    if sizing.mode == "percent_equity":
        return sizing.value
    edge = kelly_edge(sizing)
    return None if edge is None else min(sizing.value, max(0.0, edge) * kelly_multiplier_of(sizing))
