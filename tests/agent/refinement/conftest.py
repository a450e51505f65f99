"""Markets with a known edge, or none, and the specs that are refined on them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from engine import MemoryMarket, make_bars
from engine.spec import check
from engine.spec.examples import SMA_CROSS

if TYPE_CHECKING:
    from engine.spec.models import StrategySpec

START_MS = 1_577_836_800_000
"""2020-01-01T00:00Z, a Wednesday."""
STEP_MS = {"1h": 3_600_000, "4h": 14_400_000, "1d": 86_400_000}


def planted_market(
    seed: int,
    *,
    n_bars: int = 6_600,
    timeframe: str = "4h",
    drift: np.ndarray | float = 0.0,
    deviation: float = 0.012,
    assets: tuple[str, ...] = ("BTC",),
    other_from: int | None = None,
) -> MemoryMarket:
    """Return candles of a walk with fat tails; ``drift`` is added to each bar's log return.

    ``other_from`` draws other and wilder noise from that bar on.
    """
    paths = {}
    for a, asset in enumerate(assets):
        random = np.random.Generator(np.random.PCG64([seed, a]))
        moves = random.standard_t(4, n_bars) * deviation / np.sqrt(2.0) + drift
        if other_from is not None:
            moves[other_from:] = random.standard_t(4, n_bars - other_from) * deviation
        paths[asset] = 100.0 * np.exp(np.concatenate(([0.0], np.cumsum(moves))))
    return market_of(paths, timeframe, wick=deviation / 3.0)


def market_of(paths: dict[str, np.ndarray], timeframe: str, *, wick: float) -> MemoryMarket:
    """Return spot and perpetual candles that open and close along the paths of n + 1 prices; no funding is stored."""
    bars = []
    for asset, path in paths.items():
        opens, closes = path[:-1], path[1:]
        reach = np.abs(np.random.Generator(np.random.PCG64(path.shape[0])).normal(0.0, wick, (2, opens.shape[0])))
        highs, lows = np.maximum(opens, closes) * np.exp(reach[0]), np.minimum(opens, closes) * np.exp(-reach[1])
        time = START_MS + STEP_MS[timeframe] * np.arange(opens.shape[0])
        columns = (time, opens, highs, lows, closes, np.full(opens.shape[0], 1e6))
        bars += [make_bars(f"{asset}USDT{suffix}", timeframe, *columns) for suffix in ("", "-PERP")]
    return MemoryMarket(bars, name="planted candles")


def cross_spec(**changes: Any) -> StrategySpec:
    """Return a cross of two averages, 12 over 46 bars of four hours, both sides on perpetuals; changed by section."""
    data: dict[str, Any] = copy.deepcopy(SMA_CROSS)
    data["universe"] = {"assets": ["BTC"], "timeframe": "4h", "market_type": "perp"}
    data["indicators"]["sma_fast"]["inputs"]["length"] = 12
    data["indicators"]["sma_slow"]["inputs"]["length"] = 46
    data["signals"]["short"] = {
        "entry": [{"when": "crosses_below", "left": "sma_fast", "right": "sma_slow"}],
        "exit": [{"when": "crosses_above", "left": "sma_fast", "right": "sma_slow"}],
    }
    data["sizing"]["value"] = 0.2
    for section, values in changes.items():
        data[section] = values if section == "signals" else {**data[section], **values}
    return checked(data)


def checked(data: dict[str, Any]) -> StrategySpec:
    found = check(data)
    assert found.spec is not None, [str(problem) for problem in found.problems]
    return found.spec


def rising_spells(seed: int, strength: float, otherwise: float = 0.0, n_bars: int = 6_600) -> np.ndarray:
    """Return a drift of ``strength`` per bar in spells of 40 bars on average, ``otherwise`` in spells between them."""
    random = np.random.Generator(np.random.PCG64(seed))
    rising = np.cumsum(random.random(n_bars) < 1 / 40) % 2 == 1
    return np.where(rising, strength, otherwise)


@pytest.fixture(scope="session")
def planted() -> Any:
    """The builder of markets."""
    return planted_market


@pytest.fixture(scope="session")
def along() -> Any:
    """The builder of markets along given prices."""
    return market_of


@pytest.fixture(scope="session")
def cross() -> Any:
    """The builder of crossing averages."""
    return cross_spec


@pytest.fixture(scope="session")
def read_spec() -> Any:
    """The reader of a spec that must be valid."""
    return checked


@pytest.fixture(scope="session")
def spells() -> Any:
    """The builder of drifts."""
    return rising_spells


@pytest.fixture(scope="session")
def longs_earn() -> MemoryMarket:
    """A market that rises in spells and falls too little between them for a short to pay: longs have an edge."""
    return planted_market(8, drift=rising_spells(8, 0.006, -0.001))


@pytest.fixture(scope="session")
def shorts_lose() -> MemoryMarket:
    """A market that rises in spells and is a walk between them: shorts enter late and pay."""
    return planted_market(5, drift=rising_spells(5, 0.005))


@pytest.fixture(scope="session")
def no_edge() -> MemoryMarket:
    """A random walk."""
    return planted_market(7)
