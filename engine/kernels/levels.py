"""Prices that act by themselves: stops, targets, parts and limits, on the venue's grid of prices."""

from __future__ import annotations

import numpy as np

from engine.kernels import codes
from engine.kernels.compiled import kernel
from engine.kernels.layout import (
    ENTRY_PRICE,
    LEVEL_DISTANCE,
    LEVEL_FRACTION,
    LEVEL_NONE,
    NEXT_PART,
    QUANTITY,
    STOP,
    TARGET,
)

ON_THE_GRID = 1e-12
"""A figure within this share of a multiple is that multiple: 0.3 counts as three steps of 0.1."""


@kernel
def steps_in(value, step, divisor, up):
    """Return how many steps of ``step / divisor`` make ``value``, rounded up or down to a whole number."""
    steps = value * divisor / step
    nearest = np.floor(steps + 0.5)
    if abs(steps - nearest) > ON_THE_GRID * abs(nearest):
        nearest = np.ceil(steps) if up else np.floor(steps)
    return nearest


@kernel
def on_grid(value, step, divisor, up):
    """Return ``value`` moved to a multiple of ``step / divisor``, up or down; itself without a step.

    Steps of 0.1 come as 1 over 10: a thousand and one of them are 100.1 then, as candles have it, not 1001 * 0.1.
    """
    if not step > 0.0:
        return value
    return steps_in(value, step, divisor, up) * step / divisor


@kernel
def stop_level(rules, a, side, level):
    """Return a stop on the grid of prices, moved away from the market it protects against."""
    return on_grid(level, rules.price_tick[a], rules.tick_divisor[a], side < 0.0)


@kernel
def profit_level(rules, a, side, level):
    """Return a target or a part's price on the grid, moved away from the entry."""
    return on_grid(level, rules.price_tick[a], rules.tick_divisor[a], side > 0.0)


@kernel
def distance_of(kind, price, value):
    """Return the distance from ``price`` that a fraction of it, or an amount of money, is."""
    return price * value if kind == LEVEL_FRACTION else value


@kernel
def protect_entry(rules, a, side, price, stop, target, trail, trail_from):
    """Return the stop of an entry filled at ``price``, the reason it closes with, and the target; NaN: there is none.

    A trailing stop that nothing has to activate stands from the start where it is the more protective.
    """
    stop_price, target_price, reason = np.nan, np.nan, codes.STOP_LOSS
    if rules.stop_kind == LEVEL_FRACTION:
        stop_price = price - side * (price * stop)  # 10 % under 100 is 90 then, to the last bit
    elif rules.stop_kind == LEVEL_DISTANCE:
        stop_price = price - side * stop
    elif rules.stop_kind != LEVEL_NONE:
        stop_price = stop
    if rules.target_kind == LEVEL_FRACTION:
        target_price = price + side * (price * target)
    elif rules.target_kind == LEVEL_DISTANCE:
        target_price = price + side * target
    elif rules.target_kind != LEVEL_NONE:
        target_price = target
    stop_price = stop_level(rules, a, side, stop_price)
    target_price = profit_level(rules, a, side, target_price)
    if rules.trail_kind != LEVEL_NONE and np.isnan(trail_from):
        trailing = stop_level(rules, a, side, price - side * distance_of(rules.trail_kind, price, trail))
        if not side * trailing <= side * stop_price:
            stop_price, reason = trailing, codes.TRAILING_STOP
    return stop_price, reason, target_price


@kernel
def target_arms_take(rules, take_from):
    """Tell whether the target arms the trailing take instead of closing: where no gain of its own does."""
    return rules.take_kind != LEVEL_NONE and rules.target_kind != LEVEL_NONE and np.isnan(take_from)


@kernel
def part_level(rules, a, side, entry, part):
    """Return the price at which a part of a position entered at ``entry`` closes."""
    return profit_level(rules, a, side, entry + side * (rules.part_gain[part] * entry))


@kernel
def part_quantity(rules, a, whole, part):
    """Return the units that a part of a position of first ``whole`` units closes.

    On a grid of quantities the parts are cut together: what one loses to the step the next ones make good. The part
    that completes the whole is asked for all of it, so that it closes what is left.
    """
    step, divisor = rules.quantity_step[a], rules.quantity_divisor[a]
    if rules.part_sum[part] >= 1.0:
        return whole
    if not step > 0.0:
        return rules.part_fraction[part] * whole
    before = steps_in(rules.part_sum[part - 1] * whole, step, divisor, False) if part > 0 else 0.0
    return (steps_in(rules.part_sum[part] * whole, step, divisor, False) - before) * step / divisor


@kernel
def part_from(rules, a, whole, part):
    """Return the first part from ``part`` on that closes anything: those the step cuts to nothing are passed over."""
    while part < rules.part_gain.shape[0] and not part_quantity(rules, a, whole, part) > 0.0:
        part += 1
    return part


@kernel
def reaches_profit(rules, book, a, best):
    """Tell whether a bar that reached ``best`` touches the next part or the target of asset ``a``."""
    sign = 1.0 if book[a, QUANTITY] > 0.0 else -1.0
    if sign * best >= sign * book[a, TARGET]:
        return True
    part = int(book[a, NEXT_PART])
    if part >= rules.part_gain.shape[0]:
        return False
    return sign * best >= sign * part_level(rules, a, sign, book[a, ENTRY_PRICE], part)


@kernel
def touches_a_level(rules, book, a, high, low):
    """Tell whether the bar touches the stop, the target or the next part of the position of asset ``a``."""
    long = book[a, QUANTITY] > 0.0
    if (low <= book[a, STOP]) if long else (high >= book[a, STOP]):
        return True
    return reaches_profit(rules, book, a, high if long else low)
