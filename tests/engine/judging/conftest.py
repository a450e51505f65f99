"""Daily markets: one whose trend carries on from day to day, and one that knows nothing of yesterday."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.market.bars import make_bars
from engine.market.memory import MemoryMarket
from engine.spec import check
from engine.spec.models import StrategySpec

DAY = 86_400_000
START = 1_577_836_800_000  # 2020-01-01
DAYS = 1_200

TREND: dict[str, Any] = {
    "id": "trend",
    "name": "Trend",
    "version": "1.0",
    "universe": {"assets": ["BTC"], "quote": "USDT", "timeframe": "1d", "market_type": "perp"},
    "indicators": {"fast": {"type": "sma", "inputs": {"length": 3}}, "slow": {"type": "sma", "inputs": {"length": 9}}},
    "signals": {
        "entry": [{"when": "gt", "left": "fast", "right": "slow"}],
        "exit": [{"when": "lt", "left": "fast", "right": "slow"}],
        "short": {
            "entry": [{"when": "lt", "left": "fast", "right": "slow"}],
            "exit": [{"when": "gt", "left": "fast", "right": "slow"}],
        },
    },
    "sizing": {"mode": "percent_equity", "value": 0.5},
    "risk": {},
    "execution": {"mode": "paper"},
}


def daily_market(seed: int, carried: float, *, days: int = DAYS, generated: bool = False) -> MemoryMarket:
    """A market in which ``carried`` is how strongly a day's move follows those of the last days."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0.0, 0.02, days)
    moves = np.zeros(days)
    trend = 0.0
    for day in range(days):
        moves[day] = noise[day] + carried * np.sign(trend) * 0.02
        trend = 0.8 * trend + moves[day]
    close = 100.0 * np.exp(np.cumsum(moves))
    open_ = np.concatenate(([100.0], close[:-1]))
    high, low = np.maximum(open_, close) * 1.002, np.minimum(open_, close) * 0.998
    time = START + np.arange(days) * DAY
    series = [
        make_bars(symbol, "1d", time, open_, high, low, close, np.full(days, 1e6))
        for symbol in ("BTCUSDT", "BTCUSDT-PERP")
    ]
    return MemoryMarket(series, generated=generated)


def checked(market: MemoryMarket, **sections: Any) -> StrategySpec:
    found = check({**TREND, **sections}, catalog=market)
    assert found.spec is not None, found.problems
    return found.spec


@pytest.fixture(scope="session")
def trending() -> MemoryMarket:
    return daily_market(5, 0.35)


@pytest.fixture(scope="session")
def aimless() -> MemoryMarket:
    return daily_market(11, 0.0)
