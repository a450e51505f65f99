"""Generated markets on which two specs are run side by side: the same candles for any asset they name.

Prices are random walks whose drift and volatility change with the regime (calm, rising, falling, wild), so that stops,
bands and oscillators are all reached; volume rises with the moves. They say nothing about any real market.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

from engine.market.bars import make_bars
from engine.market.memory import MemoryMarket
from engine.market.timeframe import DURATION_MS, MINUTE_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.market.bars import Bars

SEEDS = (11, 22, 33)
N_BARS = 3_000
BEGIN_MS = 1_547_424_000_000
"""2019-01-14T00:00Z, a Monday on which bars of every timeframe begin."""

REGIME_BARS = 150
DRIFTS = (0.0, 0.05, -0.05, 0.0)
VOLATILITIES = (0.5, 0.8, 1.0, 1.8)
"""Per regime, in units of the timeframe's own volatility."""

HOURLY_VOLATILITY = 0.008
STEPS = 6
"""Moves inside a bar, of which open, high, low and close are made."""


def generated_market(assets: Sequence[str], timeframe: str, seed: int, level: float = 100.0) -> MemoryMarket:
    """Return a market with candles of every asset on one timeframe, their prices around ``level``."""
    bars = [generated_bars(asset, timeframe, seed, level) for asset in dict.fromkeys(assets)]
    return MemoryMarket(bars, name=f"generated {seed}", generated=True)


def generated_bars(asset: str, timeframe: str, seed: int, level: float = 100.0, n_bars: int = N_BARS) -> Bars:
    """Return ``n_bars`` candles; the same asset, timeframe and seed give the same bytes."""
    rng = np.random.default_rng([seed, zlib.crc32(asset.encode())])
    interval = DURATION_MS[timeframe]
    bar_volatility = HOURLY_VOLATILITY * (interval / (60 * MINUTE_MS)) ** 0.5
    regimes = rng.integers(0, len(DRIFTS), size=-(-n_bars // REGIME_BARS)).repeat(REGIME_BARS)[:n_bars]
    volatility = np.asarray(VOLATILITIES)[regimes] * np.clip(bar_volatility, 0.002, 0.04)
    drift = np.asarray(DRIFTS)[regimes] * volatility
    moves = rng.standard_t(5, size=(n_bars, STEPS)) / np.sqrt(STEPS * 5 / 3) * volatility[:, None]
    path = np.cumsum((moves + drift[:, None] / STEPS).ravel())
    path -= path.mean()  # it stays around its level
    prices = level * np.exp(path).reshape(n_bars, STEPS)
    opens = np.concatenate([[level * np.exp(path[0])], prices[:-1, -1]])
    inside = np.column_stack([opens, prices])
    size = np.abs(inside[:, -1] / opens - 1) / volatility
    volume = np.exp(rng.normal(0.0, 0.4, n_bars)) * (1 + size) * 1_000_000 / level
    time = BEGIN_MS + np.arange(n_bars, dtype=np.int64) * interval
    symbol = asset.replace("/", "")
    return make_bars(symbol, timeframe, time, opens, inside.max(axis=1), inside.min(axis=1), inside[:, -1], volume)
