"""A small market with a holdout, and a spec that trades on it."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from engine.market.bars import make_bars
from engine.market.memory import MemoryMarket
from engine.spec import check
from engine.spec.examples import SMA_CROSS
from engine.spec.models import StrategySpec

DAY = 86_400_000
START = 1_609_459_200_000  # 2021-01-01


def daily_market(n_days: int = 800, seed: int = 7) -> MemoryMarket:
    rng = np.random.default_rng(seed)
    close = 100.0 * np.exp(np.cumsum(rng.normal(0.0005, 0.03, n_days)))
    open_ = np.concatenate(([100.0], close[:-1]))
    high, low = np.maximum(open_, close) * 1.004, np.minimum(open_, close) * 0.996
    time = START + np.arange(n_days) * DAY
    return MemoryMarket([make_bars("BTCUSDT", "1d", time, open_, high, low, close, np.full(n_days, 1e6))])


def sma_cross(**sections: Any) -> dict[str, Any]:
    spec: dict[str, Any] = copy.deepcopy(SMA_CROSS)
    spec["universe"] = {"assets": ["BTC"], "quote": "USDT", "timeframe": "1d"}
    return {**spec, **sections}


@pytest.fixture(scope="session")
def market() -> MemoryMarket:
    return daily_market()


@pytest.fixture(scope="session")
def spec(market: MemoryMarket) -> StrategySpec:
    checked = check(sma_cross(), catalog=market)
    assert checked.spec is not None
    return checked.spec
