"""Random candles for indicator tests: calm and jumpy walks, ties, flat stretches, bars without volume, gaps in time."""

from __future__ import annotations

import numpy as np

from engine.market.bars import Bars, make_bars
from engine.market.timeframe import DURATION_MS

START_MS = 1_709_946_000_000  # 2024-03-09 01:00 UTC, the day before New York's clocks go forward
KINDS = ("walk", "jumps", "ticks", "flats", "thin")


def random_bars(seed: int, n_bars: int, kind: str = "walk", timeframe: str = "1h", price: float = 100.0) -> Bars:
    """Return seeded bars.

    ``walk`` is a random walk; ``jumps`` has heavy tails and gaps in time; ``ticks`` lies on a coarse price grid, so
    that ties abound; ``flats`` stands still for stretches; ``thin`` has stretches without volume.
    """
    rng = np.random.default_rng(seed)
    steps = rng.standard_t(2, n_bars) * 0.01 if kind == "jumps" else rng.normal(0.0, 0.01, n_bars)
    if kind == "flats":
        steps[rng.random(n_bars) < 0.2] = 0.0
        for start in rng.integers(0, max(n_bars, 1), 3):
            steps[start : start + 60] = 0.0
    close = price * np.exp(np.cumsum(np.clip(steps, -0.2, 0.2)))
    open_ = np.concatenate(([price], close))[:n_bars] * np.exp(rng.normal(0.0, 0.002, n_bars) * (kind == "jumps"))
    reach = np.abs(rng.normal(0.0, 0.004, (2, n_bars)))
    if kind == "flats":
        reach[:, steps == 0.0] = 0.0
        open_[steps == 0.0] = close[steps == 0.0]
    if kind == "ticks":
        grid = price / 64.0
        open_, close = np.maximum(np.round(open_ / grid), 1) * grid, np.maximum(np.round(close / grid), 1) * grid
        reach[:] = 0.0
    high = np.maximum(open_, close) * (1.0 + reach[0])
    low = np.minimum(open_, close) * (1.0 - reach[1])
    volume = rng.lognormal(3.0, 1.0, n_bars)
    if kind == "thin":
        volume[rng.random(n_bars) < 0.3] = 0.0
        for start in rng.integers(0, max(n_bars, 1), 2):
            volume[start : start + 50] = 0.0
    number = np.arange(n_bars)
    if kind == "jumps":
        number = np.cumsum(1 + (rng.random(n_bars) < 0.05) * rng.integers(1, 30, n_bars))
    time = START_MS + number * DURATION_MS[timeframe]
    return make_bars("TEST", timeframe, time, open_, high, low, close, volume)


def first_bars(bars: Bars, n_bars: int) -> Bars:
    """Return the first bars as arrays of their own, as if the later ones had not happened yet."""
    names = ("time", "open", "high", "low", "close", "volume")
    return make_bars(bars.symbol, bars.timeframe, *(getattr(bars, name)[:n_bars].copy() for name in names))
