"""Sizing, risk and execution: figures that fit together, and what this release does not simulate yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spec.jcs import number_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spec.findings import Findings
    from engine.spec.models import Execution, ProtectiveLevel, Risk, Sizing, Universe
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
NOT_SIMULATED = ("trailing_stop", "trailing_take", "breakeven", "partial_exits", "time_limit", "checks")


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
    if sizing.mode == "kelly":
        findings.error((*place, "mode"), "NOT_YET_SIMULATED", "sizing mode kelly is not simulated yet")


def check_risk(risk: Risk, universe: Universe | None, sides: tuple[str, ...] | None, findings: Findings) -> None:
    """Check limits and protections; ``universe`` and ``sides`` are None where they could not be read."""
    place: Place = ("risk",)
    reach = max(1.0, risk.max_leverage or 1.0)
    for name in ("max_position_pct", "max_total_exposure_pct"):
        limit = getattr(risk, name)
        if limit is not None and limit > reach:
            message = f"{number_text(limit)} is above the leverage of {number_text(reach)} and could never bind"
            findings.error((*place, name), "OUT_OF_BOUNDS", f"{message} (a fraction: 0.15 is 15 %)")
    for name in NOT_SIMULATED:
        if getattr(risk, name) is not None:
            findings.error((*place, name), "NOT_YET_SIMULATED", f"risk.{name} is not simulated yet")
    for name in ("stop_loss", "take_profit"):
        level = getattr(risk, name)
        if level is not None:
            _check_level(level, name, (*place, name), universe, sides, findings)
    _check_order_of_prices(risk, sides, findings)
    if universe is not None and universe.market_type != "perp" and (risk.max_leverage or 1.0) > 1.0:
        message = f"spot trades without leverage: {number_text(risk.max_leverage or 1.0)} counts as 1"
        findings.warning((*place, "max_leverage"), "SPOT_LEVERAGE", message)


def _check_level(
    level: ProtectiveLevel,
    name: str,
    place: Place,
    universe: Universe | None,
    sides: tuple[str, ...] | None,
    findings: Findings,
) -> None:
    for field in ("length", "indicator"):
        if getattr(level, field) is not None and level.type != "atr":
            findings.error((*place, field), "NO_MEANING", f"'{field}' has no meaning for a {level.type} level")
    if level.length is not None and level.indicator is not None:
        findings.error((*place, "indicator"), "NO_MEANING", "write 'length' or 'indicator', not both")
    if level.type == "price":
        _check_price_level(place, universe, sides, findings)
    elif level.type == "atr" and level.value > 100:
        findings.error((*place, "value"), "OUT_OF_BOUNDS", f"{number_text(level.value)} ATRs: at most 100")
    elif level.type == "percent":
        # a fall of 100 % or more cannot happen: it is a long position's stop and a short one's target
        falling_side = "long" if name == "stop_loss" else "short"
        if level.value >= 1 and (sides is None or falling_side in sides or name == "stop_loss"):
            message = f"a {name} of {number_text(level.value)} is {number_text(level.value * 100)} % of the price"
            findings.error((*place, "value"), "OUT_OF_BOUNDS", f"{message}: below 1 (a fraction: 0.02 is 2 %)")
        elif level.value > 100:
            message = (
                f"a {name} of {number_text(level.value * 100)} % of the price: at most 100 (a fraction: 0.02 is 2 %)"
            )
            findings.error((*place, "value"), "OUT_OF_BOUNDS", message)
        elif level.value >= 1:
            message = f"{number_text(level.value)} is {number_text(level.value * 100)} % of the price; 0.02 is 2 %"
            findings.warning((*place, "value"), "LOOKS_LIKE_PERCENT", message)


def _check_price_level(
    place: Place, universe: Universe | None, sides: tuple[str, ...] | None, findings: Findings
) -> None:
    if universe is not None and len(universe.assets) > 1:
        message = f"a price level fits one asset, the universe has {len(universe.assets)}"
        findings.error((*place, "type"), "PRICE_LEVEL_SCOPE", message)
    if sides is not None and len(sides) > 1:
        findings.error((*place, "type"), "PRICE_LEVEL_SCOPE", "a price level fits one side, the spec trades both")


def _check_order_of_prices(risk: Risk, sides: tuple[str, ...] | None, findings: Findings) -> None:
    stop, target = risk.stop_loss, risk.take_profit
    if stop is None or target is None or stop.type != "price" or target.type != "price" or sides is None:
        return
    if len(sides) == 1 and (stop.value >= target.value if sides[0] == "long" else stop.value <= target.value):
        message = f"a {sides[0]} position needs its stop {'below' if sides[0] == 'long' else 'above'} its target"
        findings.error(("risk", "stop_loss", "value"), "CONTRADICTION", message)


def check_size_against_limits(sizing: Sizing, risk: Risk, universe: Universe | None, findings: Findings) -> None:
    """Warn when every full-sized entry will be cut to a limit."""
    if sizing.mode != "percent_equity" or sizing.value > 1:
        return
    spot = universe is None or universe.market_type != "perp"
    leverage = risk.max_leverage if risk.max_leverage is not None else 1.0
    limits = {
        "risk.max_position_pct": risk.max_position_pct,
        "risk.max_total_exposure_pct": risk.max_total_exposure_pct,
        "risk.max_leverage": min(leverage, 1.0) if spot else leverage,
    }
    for name, limit in limits.items():
        if limit is not None and sizing.value > limit:
            message = (
                f"each position of {number_text(sizing.value)} of equity will be cut to {name} {number_text(limit)}"
            )
            findings.warning(("sizing", "value"), "SIZE_CUT", message)


def check_execution(execution: Execution, universe: Universe | None, findings: Findings) -> None:
    """Check costs, venues and orders."""
    place: Place = ("execution",)
    custom = execution.slippage_model == "custom"
    if execution.slippage is not None and not custom:
        message = "its figures are read only with slippage_model custom"
        findings.error((*place, "slippage"), "NO_MEANING", message)
    if custom and execution.slippage is None:
        message = "slippage_model custom needs 'slippage' {base, kv, kp}"
        findings.error((*place, "slippage"), "MISSING_FIELD", message)
    if execution.fees is not None and execution.fees.maker is None and execution.fees.taker is None:
        findings.error((*place, "fees"), "MISSING_FIELD", "give 'maker', 'taker' or both")
    if execution.fill == "vwap":
        findings.error((*place, "fill"), "NOT_YET_SIMULATED", "fill vwap is not simulated yet: next_open and close are")
    if execution.entry_order is not None:
        findings.error((*place, "entry_order"), "NOT_YET_SIMULATED", "limit entries are not simulated yet")
    venue = None if universe is None else universe.venue
    if venue is not None and execution.allowed_venues is not None and venue not in execution.allowed_venues:
        message = f"venue '{venue}' is not among execution.allowed_venues"
        findings.error(
            ("universe", "venue"), "VENUE_NOT_ALLOWED", message, allowed=execution.allowed_venues, meant=venue
        )
