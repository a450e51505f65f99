"""Risk: limits that can bind, stops and targets that can be reached, and what is not simulated yet."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.spec.expressions import ExpressionError, Series, format_operand, parse_operand
from engine.spec.jcs import number_text
from engine.spec.models import MAX_QUOTE

if TYPE_CHECKING:
    from engine.spec.findings import Findings
    from engine.spec.meaning.names import Names
    from engine.spec.models import ProtectiveLevel, Risk, Universe
    from engine.spec.place import Place

NOT_SIMULATED = ("trailing_stop", "trailing_take", "breakeven", "partial_exits", "time_limit", "checks")


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
            findings.not_simulated((*place, name), f"risk.{name} is not simulated yet")
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
    elif level.type == "percent" and level.value >= 1:
        _check_whole_percent(level.value, name, place, sides, findings)


def _check_whole_percent(
    value: float, name: str, place: Place, sides: tuple[str, ...] | None, findings: Findings
) -> None:
    """Refuse a fall of 100 % or more, which cannot happen; doubt a rise of as much."""
    falls = "long" if name == "stop_loss" else "short"
    if value > MAX_QUOTE:
        return  # refused by its bound
    shown = f"a {name} of {number_text(value)} is {number_text(value * 100)} % of the price"
    if value > 100 or (name == "stop_loss" if sides is None else falls in sides):
        message = f"{shown}: {'at most 100' if value > 100 else 'below 1'} (a fraction: 0.02 is 2 %)"
        findings.error((*place, "value"), "OUT_OF_BOUNDS", message)
    else:
        findings.warning((*place, "value"), "LOOKS_LIKE_PERCENT", f"{shown}; 0.02 is 2 %")


def resolve_level(level: ProtectiveLevel, place: Place, names: Names, findings: Findings) -> Series | None:
    """Return the indicator an ATR level reads, under the catalog's output name; None when it names none."""
    if level.indicator is None:
        return None
    try:
        series = parse_operand(level.indicator)
    except ExpressionError:
        series = None
    if not isinstance(series, Series) or series.lag or series.name not in names.types:
        message = f"'{level.indicator[:60]}' is no indicator of this spec"
        findings.error((*place, "indicator"), "UNKNOWN_REFERENCE", message, allowed=names.types, meant=level.indicator)
        return None
    resolved = names.resolve(series, (*place, "indicator"), findings)
    if resolved is not None:
        _check_distance(resolved, place, names, findings)
    return resolved


def _check_distance(series: Series, place: Place, names: Names, findings: Findings) -> None:
    """Doubt an indicator that is no distance between prices: a price itself, a percentage, a bounded oscillator."""
    scale, bounds = names.scale(series), names.bounds(series)
    if scale not in (None, "oscillator") or (bounds is not None and math.isfinite(bounds[1])):
        message = (
            f"'{format_operand(series)}' is no distance between prices, and an atr level is value x indicator in "
            "money: use an atr, or a stdev of prices"
        )
        findings.warning((*place, "indicator"), "SCALE_MISMATCH", message)


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
