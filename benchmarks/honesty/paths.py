"""Hourly bars put together from sixty steps an hour: noise, its deviation by hour, and a drift that may be an edge.

Every path is a martingale as long as there is no drift: the noise of an hour is symmetric whatever was before it,
and moves are simple returns, so that no rule earns anything on average, neither at closes nor inside a bar. For that a
path must not jump past a price: who sells at a stop would have it at a better price than there was. Between steps it
is a Brownian bridge, whose extremes are drawn; without them a stop of a quarter per cent has a Sharpe ratio of 2.

References
----------
Broadie, M., Glasserman, P. and Kou, S. (1997). "A continuity correction for discrete barrier options". Mathematical
Finance 7(4): how far steps jump. Karatzas, I. and Shreve, S. (1991). "Brownian Motion and Stochastic Calculus",
section 4.3: the maximum of a bridge.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from engine.market.bars import Bars, FundingSeries, make_bars
from engine.market.memory import MemoryMarket
from engine.market.timeframe import DURATION_MS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.random import Generator
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

STEPS = 60
HOUR_MS = DURATION_MS["1h"]
START_MS = 1_577_836_800_000
"""2020-01-01, a midnight."""
FIRST_PRICE = 100.0
WIDEST_HOUR = 0.08
"""Largest deviation of an hour; beyond it a price could come near zero."""
FURTHEST = 0.5
"""Furthest a price may be from where its hour began, a fraction: six of the largest deviations."""
DEEPEST = 0.9
MEAN_VOLUME = 1_000.0
NAME = "honesty benchmark"
FUNDING_MS = 8 * HOUR_MS


def unit_paths(random: Generator, n_bars: int) -> FloatArray:
    """Return the noise of every hour at each of its sixty steps, shape (60, n_bars); the last row has variance 1."""
    steps = random.standard_normal((STEPS, n_bars))
    steps *= STEPS**-0.5
    for before, after in pairwise(steps):
        after += before
    return steps


def fat_tails(random: Generator, n_bars: int, deviation: float) -> FloatArray:
    """Return the deviation of each hour that makes normal noise Student's t with four degrees of freedom.

    ``deviation`` is that of the hourly returns.
    """
    return deviation * np.sqrt(2.0 / random.chisquare(4.0, n_bars))


def hourly_noise(unit: FloatArray, deviation: FloatArray) -> FloatArray:
    """Return the move of each hour without drift, a fraction of the price it began with, shape (n_bars,)."""
    moves: FloatArray = np.clip(unit[-1] * np.minimum(deviation, WIDEST_HOUR), -FURTHEST, FURTHEST)
    return moves


def bars_of(symbol: str, unit: FloatArray, deviation: FloatArray, drift: FloatArray | float, random: Generator) -> Bars:
    """Return hourly bars: noise times ``deviation``; ``drift``, a fraction an hour, is spread evenly over the hour."""
    n_bars = unit.shape[1]
    scale, slope = np.minimum(deviation, WIDEST_HOUR), np.broadcast_to(drift, n_bars) / STEPS
    top, bottom, before = np.zeros(n_bars), np.zeros(n_bars), np.zeros(n_bars)
    variance = scale**2 / STEPS
    for step, noise in enumerate(unit, start=1):
        level = np.clip(noise * scale, -FURTHEST, FURTHEST) + slope * step
        middle, apart = (before + level) / 2.0, (level - before) ** 2
        np.maximum(top, middle + _reach(apart, variance, random), out=top)
        np.minimum(bottom, middle - _reach(apart, variance, random), out=bottom)
        before = level
    np.maximum(bottom, -DEEPEST, out=bottom)
    volume = MEAN_VOLUME * np.exp(0.5 * random.standard_normal(n_bars))
    return bars_from_moves(symbol, np.zeros(n_bars), top, bottom, before, volume)


def _reach(apart: FloatArray, variance: FloatArray, random: Generator) -> FloatArray:
    """Return how far a Brownian bridge goes from the middle of its ends, ``apart`` the square of their distance.

    ``(max - a)(max - b) = -variance ln(U) / 2``, U uniform.
    """
    reach: FloatArray = np.sqrt(apart + 2.0 * variance * random.standard_exponential(apart.shape[0])) / 2.0
    return reach


def bars_from_moves(
    symbol: str,
    gap: FloatArray,
    top: FloatArray,
    bottom: FloatArray,
    last: FloatArray,
    volume: FloatArray,
    *,
    begin: float = FIRST_PRICE,
) -> Bars:
    """Return hourly bars whose open, high, low and close are given as fractions from the close before, shape (n_bars,).

    ``begin`` is the close before the first of them.
    """
    close = begin * np.cumprod(1.0 + last)
    before = np.concatenate(([begin], close[:-1]))
    open_ = before * (1.0 + gap)
    high = np.maximum(before * (1.0 + top), np.maximum(open_, close))
    low = np.minimum(before * (1.0 + bottom), np.minimum(open_, close))
    time = START_MS + HOUR_MS * np.arange(close.shape[0], dtype=np.int64)
    return make_bars(symbol, "1h", time, open_, high, low, close, volume)


def moves_of(bars: Bars) -> Mapping[str, FloatArray]:
    """Return open, high, low and close as fractions from the close before, that of the first bar being its open."""
    before = np.concatenate((bars.open[:1], bars.close[:-1]))
    return {name: getattr(bars, name) / before - 1.0 for name in ("open", "high", "low", "close")}


def market_of(series: list[Bars]) -> MemoryMarket:
    """Return bars as a market marked as generated, each as spot and as a perpetual whose funding is nothing.

    Its name is that of every other one: what is planted in it is not to be read from a result.
    """
    every, funding = [], []
    for bars in series:
        perpetual = f"{bars.symbol}-PERP"
        columns = bars.open, bars.high, bars.low, bars.close, bars.volume
        every += [bars, make_bars(perpetual, bars.timeframe, bars.time, *columns)]
        due = np.arange(bars.time[0], bars.time[-1] + 1, FUNDING_MS, dtype=np.int64)
        funding.append(FundingSeries(perpetual, due, np.zeros(due.shape[0])))
    return MemoryMarket(every, funding, name=NAME, generated=True)
