"""How much, and between which levels: the arithmetic of an order, for the naive simulator."""

from __future__ import annotations

from decimal import Decimal
from math import ceil, floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from reference.case import Asset, Bar, Level, Settings, Venue

ROUNDING = 1e-9


def target_notional(rules: Settings, asset: Asset, i: int, equity: float) -> float | None:
    """Return the size in quote currency an order decided at own bar ``i`` asks for, None where undefined."""
    close, value = asset.bars[i].close, rules.size_value
    if rules.sizing == "fixed_notional":
        return value
    if rules.sizing == "percent_equity":
        return value * equity
    if rules.sizing == "kelly":
        edge = rules.win_rate - (1 - rules.win_rate) / rules.payoff
        return equity * min(value, max(0.0, edge) * rules.kelly_multiplier)
    if rules.sizing == "volatility_target":
        volatility = asset.volatility[i]
        return equity * value / volatility if volatility else None
    if rules.sizing == "atr_risk":
        atr = asset.size_atr[i]
        return value * equity * close / (rules.size_multiple * atr) if atr else None
    assert rules.sizing == "risk_per_trade"
    distance = stop_distance(rules, asset, i)
    return value * equity * close / distance if distance else None


def stop_distance(rules: Settings, asset: Asset, i: int) -> float | None:
    """Return how far the stop lies from the close of own bar ``i``, None where unknown."""
    assert rules.stop is not None
    if rules.stop.type == "percent":
        return rules.stop.value * asset.bars[i].close
    if rules.stop.type == "price":
        return abs(asset.bars[i].close - rules.stop.value)
    atr = asset.stop_atr[i]
    return None if atr is None else rules.stop.value * atr


def within_limits(
    rules: Settings,
    venue: Venue,
    quantity: float,
    reference: float,
    price: float,
    fee: float,
    *,
    equity: float,
    gross: float,
    cash: float,
) -> tuple[float, str | None]:
    """Return the quantity that every limit and the venue's step allow, and the last limit that cut it."""
    cut_by = None
    rooms = []
    if rules.max_position_fraction is not None:
        rooms.append(("max_position_pct", rules.max_position_fraction * equity))
    if rules.max_exposure_fraction is not None:
        rooms.append(("max_total_exposure_pct", rules.max_exposure_fraction * equity - gross))
    if rules.perp or rules.leverage < 1:
        rooms.append(("max_leverage", rules.leverage * equity - gross))
    for limit, room in rooms:
        allowed = max(0.0, room / reference)
        if allowed < quantity:
            if quantity - allowed > ROUNDING * quantity and quantity * reference >= venue.smallest_notional:
                cut_by = limit
            quantity = allowed
    if not rules.perp:
        affordable = max(0.0, cash / (price * (1 + fee)))
        if affordable < quantity:
            # the fee alone not fitting is no remark: only a notional above the cash is a cut
            if quantity * price > cash * (1 + ROUNDING) and quantity * reference >= venue.smallest_notional:
                cut_by = "cash"
            quantity = affordable
    return in_steps(quantity, venue), cut_by


def in_steps(quantity: float, venue: Venue) -> float:
    """Cut a quantity down to a multiple of the venue's step."""
    return quantity if venue.quantity_step == 0 else floor_to(quantity, venue.quantity_step)


def floor_to(value: float, unit: float) -> float:
    """Return the largest multiple of ``unit`` not above a value; what is a rounding away from one is that multiple."""
    return times(_multiple(value / unit, floor), unit)


def on_tick(level: float, venue: Venue, *, up: bool) -> float:
    """Move a price to a multiple of the venue's tick, upwards or downwards."""
    tick = venue.price_tick
    return level if tick == 0 else times(_multiple(level / tick, ceil if up else floor), tick)


def times(n: int, unit: float) -> float:
    """Return ``n`` units as the decimal figure: 1001 of 0.1 are 100.1; a unit of very many digits is multiplied."""
    written = Decimal(repr(unit))
    return float(n * written) if len(written.as_tuple().digits) <= 12 else n * unit


def parts_in_steps(fractions: list[float], quantity: float, venue: Venue) -> list[float]:
    """Return how much each partial exit closes: cut down together, and the one that completes the whole closes all."""
    sold, found, total, unit = 0, [], 0.0, venue.quantity_step
    for fraction in fractions:
        total += fraction
        if total >= 1 - ROUNDING:
            found.append(quantity)
        elif unit == 0:
            found.append(fraction * quantity)
        else:
            upto = _multiple(total * quantity / unit, floor)
            found.append(times(upto - sold, unit))
            sold = upto
    return found


def _multiple(ratio: float, rounded: Callable[[float], int]) -> int:
    nearest = round(ratio)
    return nearest if abs(ratio - nearest) <= 1e-12 * abs(nearest) else rounded(ratio)


def level_price(rule: Level | None, price: float, side: int, atr: float | None) -> float | None:
    """Return the price of a stop or target lying on ``side`` (1 above, -1 below) of the entry price."""
    if rule is None:
        return None
    if rule.type == "percent":
        return price + side * (price * rule.value)
    if rule.type == "atr":
        assert atr is not None
        return price + side * rule.value * atr
    return rule.value


def touched(level: float | None, bar: Bar, *, below: bool) -> bool:
    """Tell whether a bar reached a level that lies below (or else above) the market; touching is enough."""
    if level is None:
        return False
    return bar.low <= level if below else bar.high >= level
