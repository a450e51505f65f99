"""Markets for jobs, made anew in any process; nothing heavier than the engine is loaded with them."""

from __future__ import annotations

import numpy as np

from engine.market.bars import make_bars
from engine.market.memory import MemoryMarket

DAY, FOUR_HOURS = 86_400_000, 14_400_000
START = 1_577_836_800_000  # 2020-01-01


def daily_market(n_days: int = 1_000, seed: int = 7) -> MemoryMarket:
    """A walk of days, long enough for a holdout."""
    rng = np.random.default_rng(seed)
    return _along(np.cumsum(rng.normal(0.0005, 0.03, n_days)), DAY, "1d")


def rising_market(n_bars: int = 6_600, seed: int = 8) -> MemoryMarket:
    """Four-hour bars that rise in spells and fall too little between them for a short to pay: longs have an edge."""
    rng = np.random.Generator(np.random.PCG64(seed))
    rising = np.cumsum(rng.random(n_bars) < 1 / 40) % 2 == 1
    noise = np.random.Generator(np.random.PCG64([seed, 0])).standard_t(4, n_bars) * 0.012 / np.sqrt(2.0)
    return _along(np.cumsum(noise + np.where(rising, 0.006, -0.001)), FOUR_HOURS, "4h")


def no_market() -> MemoryMarket:
    """Fail as a folder of candles does that is not there."""
    raise FileNotFoundError("there is no folder of candles")


def _along(logs: np.ndarray, interval_ms: int, timeframe: str) -> MemoryMarket:
    close = 100.0 * np.exp(logs)
    open_ = np.concatenate(([100.0], close[:-1]))
    high, low = np.maximum(open_, close) * 1.003, np.minimum(open_, close) * 0.997
    columns = (START + np.arange(close.size) * interval_ms, open_, high, low, close, np.full(close.size, 1e6))
    return MemoryMarket([make_bars(f"BTCUSDT{kind}", timeframe, *columns) for kind in ("", "-PERP")], name="made up")
