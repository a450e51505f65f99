"""The generated market's path: one base of minutes, put together into bars on the way.

Only additions, products, quotients and square roots are used, all exactly rounded everywhere, and integer
hashes: the same inputs give the same bytes on every platform. Random numbers of a minute come from
hashing its number, so the market's common move is made again, not stored, for each asset.

Every move of a minute has mean zero given all that went before (jumps are compensated by their
expected size), so the price is a martingale and no rule on it has an edge.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.kernels.compiled import entry_point

HOUR_MINUTES = 60
LOT = 0.125
"""Volumes are whole multiples of it, so that sums of them are exact."""

FLOOR_TICKS = 100.0
"""Below this price (in ticks) nothing moves any more: rounding would be coarser than the moves."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MULTIPLY_1 = np.uint64(0xBF58476D1CE4E5B9)
_MULTIPLY_2 = np.uint64(0x94D049BB133111EB)
_S16, _S27, _S30, _S31, _S32, _S36, _S48 = (np.uint64(n) for n in (16, 27, 30, 31, 32, 36, 48))
_LOW16, _LOW12, _LOW4, _LOW32 = (np.uint64(n) for n in (0xFFFF, 0xFFF, 0xF, 0xFFFFFFFF))
_TWO32 = 4294967296.0
_BELL_SCALE = 1.0 / 37837.22746
_UNIT32 = 1.0 / 4294967296.0
_MINUTE_CAP = 0.15
_VARIANCE_CAP = 120.0


class Jumps(NamedTuple):
    """Jumps of one source: expected number a minute and their mean size, a fraction of the price."""

    rate: float
    size: float


class Clustering(NamedTuple):
    """GJR-GARCH(1,1) of hourly moves, in units of the base variance: persistence is alpha + gamma / 2 + beta."""

    alpha: float
    gamma: float
    beta: float


class AssetShape(NamedTuple):
    """What makes one symbol's path: its tie to the market, its own noise, its grid and its volume."""

    market_key: np.uint64
    own_key: np.uint64
    volume_key: np.uint64
    beta: float
    own_sd: float
    market_jumps: Jumps
    own_jumps: Jumps
    clustering: Clustering
    start_price: float
    ticks_per_unit: float
    minute_volume: float


class HourInputs(NamedTuple):
    """One value an hour, shape (n_hours,): variances in units of the base, basis a fraction of the price.

    ``basis`` has one value more: the basis at the last hour's end. ``drift`` is a planted return an hour, 0 by default.
    """

    market_variance: np.ndarray
    own_scale: np.ndarray
    volume_scale: np.ndarray
    basis: np.ndarray
    drift: np.ndarray


@entry_point
def scramble(key, counter):
    """Return 64 random bits for a counter: the splitmix64 sequence that starts at ``key``."""
    z = key + (counter + np.uint64(1)) * _GOLDEN
    z = (z ^ (z >> _S30)) * _MULTIPLY_1
    z = (z ^ (z >> _S27)) * _MULTIPLY_2
    return z ^ (z >> _S31)


@entry_point
def bell(bits):
    """Return a bell-shaped number of mean 0 and variance 1: the sum of the four 16-bit parts."""
    total = np.int64(bits & _LOW16) + np.int64((bits >> _S16) & _LOW16)
    total += np.int64((bits >> _S32) & _LOW16) + np.int64(bits >> _S48)
    return np.float64(total - 131070) * _BELL_SCALE


@entry_point
def waiting(bits32):
    """Return about ``-log(u)`` for 32 random bits: the first terms of its series, so that no logarithm is needed."""
    u = (np.float64(np.int64(bits32)) + 0.5) * _UNIT32
    y = (1.0 - u) / (1.0 + u)
    square = y * y
    return 2.0 * y * (1.0 + square * (1.0 / 3.0 + square * (0.2 + square * (1.0 / 7.0 + square * (1.0 / 9.0)))))


@entry_point
def minute_move(key, minute, sd, jumps):
    """Return one source's move in a minute, a fraction of the price, mean zero: noise, and now and then a jump."""
    counter = np.uint64(2 * minute)
    bits = scramble(key, counter + np.uint64(1))
    busy = np.int64(bits >> _S48) < 8192
    move = bell(scramble(key, counter)) * sd * (1.8 if busy else 0.8246211251235321)
    move = min(max(move, -_MINUTE_CAP), _MINUTE_CAP) + 0.25 * jumps.rate * jumps.size
    if np.float64(np.int64(bits & _LOW32)) < jumps.rate * _TWO32:
        u = (np.float64(np.int64((bits >> _S36) & _LOW12)) + 0.5) / 4096.0
        size = jumps.size * (0.25 + 2.25 * u * u)
        move += size if np.int64((bits >> _S32) & _LOW4) < 6 else -size
    return move


@entry_point
def next_level(level, hour_move, base_variance, clustering):
    """Return the next hour's variance level: GJR-GARCH, with the shock held to 40 times its expectation."""
    shock = min(hour_move * hour_move / base_variance, 40.0)
    weight = clustering.alpha + (clustering.gamma if hour_move < 0.0 else 0.0)
    rest = 1.0 - clustering.alpha - 0.5 * clustering.gamma - clustering.beta
    return rest + weight * shock + clustering.beta * level


@entry_point
def fill_regimes(uniform, stay_hours, step_to, out):
    """Write the regime of each hour: a Markov chain that stays ``stay_hours`` on average; ``step_to`` is cumulative."""
    regime = 1
    for hour in range(uniform.shape[0]):
        leave = 1.0 / stay_hours[regime]
        if uniform[hour] < leave:
            u = uniform[hour] / leave
            there = 0
            while u >= step_to[regime, there]:
                there += 1
            regime = there
        out[hour] = regime


@entry_point
def fill_market_variance(key, scale, sd, jumps, clustering, out):
    """Write the market's variance of each hour, in units of ``sd ** 2``.

    ``scale`` is what does not depend on the path (regime, time of the week, heavy tails); the
    clustering follows the moves themselves.
    """
    level = 1.0
    for hour in range(scale.shape[0]):
        out[hour] = min(level * scale[hour], _VARIANCE_CAP)
        minute_sd = sd * np.sqrt(out[hour] / HOUR_MINUTES)
        moved = 0.0
        for k in range(HOUR_MINUTES):
            moved += minute_move(key, hour * HOUR_MINUTES + k, minute_sd, jumps)
        level = next_level(level, moved, sd * sd * max(scale[hour], 0.05), clustering)


@entry_point
def crash_factor(minute, crashes):
    """Return the planted factor on the price at a minute; a crash is start, depth, fall and recovery (minutes)."""
    factor = 1.0
    for row in range(crashes.shape[0]):
        since = minute - crashes[row, 0]
        fall, recovery = crashes[row, 2], crashes[row, 3]
        if 0.0 < since < fall + recovery:
            share = since / fall if since <= fall else (fall + recovery - since) / recovery
            factor *= 1.0 - crashes[row, 1] * share
    return factor


@entry_point
def fill_demo_bars(shape, market_sd, hours, crashes, listed_hour, first_hour, step, bars):
    """Live through the minutes from ``listed_hour`` on and write bars of ``step`` minutes from ``first_hour`` on.

    ``bars`` has shape (5, n_bars): open, high, low, close, volume. A bar opens where the one before it closed.
    """
    price = shape.start_price * shape.ticks_per_unit
    shown = np.floor(price * (1.0 + hours.basis[listed_hour]) + 0.5)
    base = shape.own_sd * shape.own_sd
    usual = np.sqrt((shape.beta * shape.beta * market_sd * market_sd + base) / HOUR_MINUTES)
    level, at, parts = 1.0, -1, step
    for hour in range(listed_hour, hours.market_variance.shape[0]):
        market_variance = market_sd * market_sd * hours.market_variance[hour] / HOUR_MINUTES
        own_variance = base * min(level * hours.own_scale[hour], _VARIANCE_CAP) / HOUR_MINUTES
        market_minute_sd, own_minute_sd = np.sqrt(market_variance), np.sqrt(own_variance)
        minute_sd = np.sqrt(shape.beta * shape.beta * market_variance + own_variance)
        usual_volume = shape.minute_volume * hours.volume_scale[hour] / LOT
        basis, basis_step = hours.basis[hour], (hours.basis[hour + 1] - hours.basis[hour]) / HOUR_MINUTES
        drift, moved = hours.drift[hour] / HOUR_MINUTES, 0.0
        for k in range(HOUR_MINUTES):
            minute = hour * HOUR_MINUTES + k
            own = minute_move(shape.own_key, minute, own_minute_sd, shape.own_jumps)
            market = minute_move(shape.market_key, minute, market_minute_sd, shape.market_jumps)
            move = shape.beta * market + own + drift
            moved += own
            if price >= FLOOR_TICKS:
                price *= 1.0 + move
            there = price * (1.0 + basis + basis_step * (k + 1))
            if crashes.shape[0]:
                there *= crash_factor(minute + 1.0, crashes)
            opened, shown = (shown, np.floor(there + 0.5))
            if hour < first_hour:
                continue
            high, low = minute_extremes(scramble(shape.own_key, ~np.uint64(minute)), opened, shown, minute_sd)
            volume = minute_volume(scramble(shape.volume_key, np.uint64(minute)), abs(move) / usual)
            volume = max(np.floor(volume * usual_volume), 1.0) * LOT
            if parts == step:
                at, parts = at + 1, 0
                bars[0, at], bars[1, at], bars[2, at], bars[4, at] = opened, high, low, 0.0
            parts += 1
            bars[1, at] = max(bars[1, at], high)
            bars[2, at] = min(bars[2, at], low)
            bars[3, at] = shown
            bars[4, at] += volume
        level = next_level(level, moved, base * max(hours.own_scale[hour], 0.05), shape.clustering)
    for column in range(4):
        for k in range(bars.shape[1]):
            bars[column, k] /= shape.ticks_per_unit


@entry_point
def minute_extremes(bits, opened, closed, sd):
    """Return the highest and lowest tick of a minute: the extremes of a Brownian bridge, on the grid."""
    swing = 2.0 * (sd * opened) * (sd * opened)
    apart = (closed - opened) * (closed - opened)
    above = 0.5 * (opened + closed + np.sqrt(apart + swing * waiting(bits & _LOW32)))
    below = 0.5 * (opened + closed - np.sqrt(apart + swing * waiting(bits >> _S32)))
    high = max(np.floor(above + 0.5), max(opened, closed))
    low = min(np.floor(below + 0.5), min(opened, closed))
    return high, max(low, 1.0)


@entry_point
def minute_volume(bits, size_of_move):
    """Return a minute's volume in units of the usual one: it rises with the move, skewed to the right."""
    u = (np.float64(np.int64(bits & _LOW32)) + 0.5) * _UNIT32
    v = (np.float64(np.int64(bits >> _S32)) + 0.5) * _UNIT32
    return (0.6 + 0.5 * size_of_move) * (0.1 + u) / (0.25 + v)
