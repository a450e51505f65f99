"""Markets built to make odd things true: flat, monotone, alternating, spiking, gapping, silent, huge, tiny."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.market.bars import Bars, make_bars
from engine.market.timeframe import DURATION_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    Ohlc = tuple[FloatArray, FloatArray, FloatArray, FloatArray]

MONDAY = 1_704_067_200_000


def adversarial_market(seed: int, n_bars: int = 160, timeframe: str = "4h") -> Bars:
    """Return the market of a seed; every shape comes up once in so many seeds."""
    rng = np.random.default_rng(seed)
    shape = SHAPES[seed % len(SHAPES)]
    parts = [np.stack(shape(rng, n_bars))]
    if seed // len(SHAPES) % 3 == 2:  # another shape from the middle on, at its own level
        parts.append(np.stack(SHAPES[int(rng.integers(len(SHAPES)))](rng, n_bars)))
        parts = [parts[0][:, : n_bars // 2], parts[1][:, n_bars // 2 :]]
    prices = np.concatenate(parts, axis=1) * 10.0 ** float(rng.choice((0.0, 0.0, -6.0, 4.0, 9.0)))
    steps = np.ones(n_bars, dtype=np.int64)
    if rng.random() < 0.3:
        steps += rng.integers(0, 40, n_bars) * (rng.random(n_bars) < 0.1)
    time = MONDAY + (np.cumsum(steps) + int(rng.integers(0, 2000))) * DURATION_MS[timeframe]
    return make_bars("BTC", timeframe, time, *prices, _volume(rng, n_bars))


def _volume(rng: Generator, n: int) -> FloatArray:
    kind = rng.integers(5)
    if kind == 0:
        return np.zeros(n)
    if kind == 1:
        return np.where(rng.random(n) < 0.7, 0.0, 10.0 ** rng.uniform(-9, 12, n))
    if kind == 2:
        return np.full(n, 7.0)
    return 10.0 ** rng.uniform(-3, 6, n)


def _bar(rng: Generator, open_: FloatArray, close: FloatArray, wick: float) -> Ohlc:
    bare_top, bare_bottom = rng.random(close.shape[0]) < 0.5, rng.random(close.shape[0]) < 0.5
    top, bottom = np.maximum(open_, close), np.minimum(open_, close)
    high = np.where(bare_top, top, top * (1.0 + wick * rng.random(close.shape[0])))
    low = np.where(bare_bottom, bottom, bottom * (1.0 - min(wick, 0.9) * rng.random(close.shape[0])))
    return open_, high, low, close


def _flat(rng: Generator, n: int) -> Ohlc:
    price = np.full(n, rng.uniform(1.0, 2.0))
    return price, price, price, price


def _flat_then_jump(rng: Generator, n: int) -> Ohlc:
    price = np.where(np.arange(n) < n // 2, rng.uniform(1.0, 2.0), rng.uniform(1.0, 200.0))
    return price, price, price, price


def _monotone(rng: Generator, n: int) -> Ohlc:
    step = rng.choice((1.001, 1.05, 1.3, 0.999, 0.95, 0.8))
    close = np.clip(step ** np.arange(n), 1e-4, 1e4)
    return _bar(rng, np.concatenate(([close[0]], close[:-1])), close, 0.02)


def _straight(rng: Generator, n: int) -> Ohlc:
    close = 100.0 + rng.choice((1.0, 0.1, -0.5)) * np.arange(n)
    return close, close, close, close


def _alternating(rng: Generator, n: int) -> Ohlc:
    close = np.where(np.arange(n) % 2, rng.uniform(1.0, 3.0), rng.uniform(1.0, 3.0))
    return _bar(rng, np.concatenate(([close[0]], close[:-1])), close, float(rng.choice((0.0, 0.1))))


def _few_levels(rng: Generator, n: int) -> Ohlc:
    levels = rng.uniform(1.0, 2.0, 3)
    return _bar(rng, rng.choice(levels, n), rng.choice(levels, n), 0.0)


def _walk(rng: Generator, n: int) -> Ohlc:
    wild = float(rng.choice((0.002, 0.03, 0.2)))
    close = np.clip(np.exp(np.cumsum(rng.normal(0.0, wild, n))), 1e-4, 1e4)
    open_ = np.clip(close * np.exp(rng.normal(0.0, wild, n)), 1e-4, 1e4)
    return _bar(rng, open_, close, wild)


def _spikes(rng: Generator, n: int) -> Ohlc:
    close = np.where(rng.random(n) < 0.05, 10.0 ** rng.uniform(-4, 4, n), rng.uniform(1.0, 1.01, n))
    return _bar(rng, np.where(rng.random(n) < 0.5, close, 1.0), close, 0.001)


def _wild(rng: Generator, n: int) -> Ohlc:
    return _bar(rng, 10.0 ** rng.uniform(-3, 3, n), 10.0 ** rng.uniform(-3, 3, n), 0.9)


def _last_bits(rng: Generator, n: int) -> Ohlc:
    """Prices a few units in the last place apart, where rounding decides."""
    around = rng.uniform(1.0, 2.0)
    open_, close = (around + rng.integers(-2, 3, n) * 2.0**-52 for _ in range(2))
    high = np.maximum(open_, close) + rng.integers(0, 2, n) * 2.0**-52
    return open_, high, np.minimum(open_, close), close


def _turns(rng: Generator, n: int) -> Ohlc:
    """Long rises and falls, one after the other, with jumps where they meet."""
    turn = np.cumsum(rng.random(n) < 0.06) % 2 * 2 - 1
    close = np.clip(np.exp(np.cumsum(turn * rng.uniform(0.0, 0.05, n))), 1e-4, 1e4)
    return _bar(rng, np.concatenate(([close[0]], close[:-1])), close, float(rng.choice((0.0, 0.02))))


SHAPES: tuple[Callable[[Generator, int], Ohlc], ...] = (
    _flat,
    _flat_then_jump,
    _monotone,
    _straight,
    _alternating,
    _few_levels,
    _walk,
    _spikes,
    _wild,
    _last_bits,
    _turns,
    _walk,
    _turns,
)
