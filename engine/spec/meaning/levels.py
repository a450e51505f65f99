"""Stops and targets, fixed or trailing: levels that can be reached, and that read a distance between prices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.spec.expressions import ExpressionError, Series, format_operand, parse_operand
from engine.spec.jcs import number_text
from engine.spec.models import MAX_ATR_MULTIPLE, MAX_QUOTE, TrailingLevel

if TYPE_CHECKING:
    from engine.spec.findings import Findings
    from engine.spec.meaning.names import Names
    from engine.spec.models import ProtectiveLevel, Risk, Universe
    from engine.spec.place import Place

LEVELS = ("stop_loss", "take_profit", "trailing_stop", "trailing_take")
"""Fields of risk that hold a level."""

LARGEST_GAIN = 100.0
"""Profit beyond which a level is no fraction any more: a hundred times the price."""


def check_levels(risk: Risk, universe: Universe | None, sides: tuple[str, ...] | None, findings: Findings) -> None:
    """Check every level on its own; ``universe`` and ``sides`` are None where they could not be read."""
    for name in LEVELS:
        level: ProtectiveLevel | None = getattr(risk, name)
        if level is not None:
            _check_level(level, name, universe, sides, findings)
            if isinstance(level, TrailingLevel) and level.activate_at is not None:
                _check_activation(level, level.activate_at, name, sides, findings)
    _check_order_of_prices(risk, sides, findings)


def check_gain(value: float, place: Place, what: str, sides: tuple[str, ...] | None, findings: Findings) -> None:
    """Check a profit given as a fraction of the entry price: a short cannot make one of 100 %, a long rarely does."""
    _check_whole_percent(value, place, what, "short" in (sides or ()), findings)


def _check_level(
    level: ProtectiveLevel, name: str, universe: Universe | None, sides: tuple[str, ...] | None, findings: Findings
) -> None:
    place: Place = ("risk", name)
    for field in ("length", "indicator"):
        if getattr(level, field) is not None and level.type != "atr":
            findings.error((*place, field), "NO_MEANING", f"'{field}' has no meaning for a {level.type} level")
    if level.length is not None and level.indicator is not None:
        findings.error((*place, "indicator"), "NO_MEANING", "write 'length' or 'indicator', not both")
    if level.type == "price":
        both = None if isinstance(level, TrailingLevel) else sides  # a trailing price is an amount, not a level
        check_price_scope((*place, "type"), universe, both, findings)
    elif level.type == "atr":
        _check_multiple(level.value, (*place, "value"), findings)
    elif name == "take_profit":
        check_gain(level.value, (*place, "value"), f"a {name}", sides, findings)
    else:
        long = sides is None or "long" in sides
        _check_whole_percent(level.value, (*place, "value"), f"a {name}", long, findings)


def _check_activation(
    level: TrailingLevel, activate_at: float, name: str, sides: tuple[str, ...] | None, findings: Findings
) -> None:
    place: Place = ("risk", name, "activate_at")
    if level.type == "atr":
        _check_multiple(activate_at, place, findings)
    elif level.type == "percent":
        check_gain(activate_at, place, "an activate_at", sides, findings)


def _check_multiple(value: float, place: Place, findings: Findings) -> None:
    if MAX_ATR_MULTIPLE < value <= MAX_QUOTE:
        message = f"{number_text(value)} ATRs: at most {number_text(MAX_ATR_MULTIPLE)}"
        findings.error(place, "OUT_OF_BOUNDS", message)


def _check_whole_percent(value: float, place: Place, what: str, impossible: bool, findings: Findings) -> None:
    """Refuse a fall of 100 % or more, which cannot happen; doubt a rise of as much."""
    if value < 1 or value > MAX_QUOTE:
        return  # beyond its bound it is refused already
    shown = f"{what} of {number_text(value)} is {number_text(value * 100)} % of the price"
    if value > LARGEST_GAIN or impossible:
        limit = f"at most {number_text(LARGEST_GAIN)}" if value > LARGEST_GAIN else "below 1"
        findings.error(place, "OUT_OF_BOUNDS", f"{shown}: {limit} (a fraction: 0.02 is 2 %)")
    else:
        findings.warning(place, "LOOKS_LIKE_PERCENT", f"{shown}; 0.02 is 2 %")


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


def check_price_scope(
    place: Place, universe: Universe | None, sides: tuple[str, ...] | None, findings: Findings
) -> None:
    """Check that a price is meant for one asset and, where ``sides`` are given, for one side."""
    if universe is not None and len(universe.assets) > 1:
        message = f"a price level fits one asset, the universe has {len(universe.assets)}"
        findings.error(place, "PRICE_LEVEL_SCOPE", message)
    if sides is not None and len(sides) > 1:
        findings.error(place, "PRICE_LEVEL_SCOPE", "a price level fits one side, the spec trades both")


def _check_order_of_prices(risk: Risk, sides: tuple[str, ...] | None, findings: Findings) -> None:
    stop, target = risk.stop_loss, risk.take_profit
    if stop is None or target is None or stop.type != "price" or target.type != "price" or sides is None:
        return
    if len(sides) == 1 and (stop.value >= target.value if sides[0] == "long" else stop.value <= target.value):
        message = f"a {sides[0]} position needs its stop {'below' if sides[0] == 'long' else 'above'} its target"
        findings.error(("risk", "stop_loss", "value"), "CONTRADICTION", message)
