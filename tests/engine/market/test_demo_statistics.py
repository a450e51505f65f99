"""The demo market looks like a market (bands around figures of real candles) and holds no edge."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pytest

from engine.market.bars import Bars
from engine.market.demo import DemoMarket
from engine.market.demo_recipe import ASSETS, START_MS
from engine.market.timeframe import DAY_MS


@dataclass(frozen=True)
class Shape:
    deviation: float
    kurtosis: float
    autocorrelation: float
    clustering_1: float
    clustering_24: float
    tail_index: float
    over_five: float
    volume_link: float
    leverage: float


def autocorrelation(values: np.ndarray, lag: int) -> float:
    centred = values - values.mean()
    return float((centred[lag:] * centred[:-lag]).sum() / (centred**2).sum())


def shape_of(bars: Bars) -> Shape:
    """Figures of log returns; the tail index is Hill's over the largest hundredth."""
    returns = np.diff(np.log(bars.close))
    size = np.abs(returns)
    scaled = (returns - returns.mean()) / returns.std()
    largest = np.sort(size)[::-1][: max(20, size.size // 100) + 1]
    return Shape(
        deviation=float(returns.std()),
        kurtosis=float((scaled**4).mean() - 3),
        autocorrelation=autocorrelation(returns, 1),
        clustering_1=autocorrelation(size, 1),
        clustering_24=autocorrelation(size, 24),
        tail_index=float(1 / np.log(largest[:-1] / largest[-1]).mean()),
        over_five=float((np.abs(scaled) > 5).mean()),
        volume_link=float(np.corrcoef(size, np.log(bars.volume[1:]))[0, 1]),
        leverage=float(np.corrcoef(returns[:-1], size[1:])[0, 1]),
    )


BANDS = {
    "1m": {"deviation": (0.0002, 0.002), "kurtosis": (5, 200), "clustering_1": (0.1, 0.45), "tail_index": (2, 5)},
    "1h": {"deviation": (0.004, 0.013), "kurtosis": (8, 120), "clustering_1": (0.2, 0.45), "tail_index": (2.2, 4.3)},
    "1d": {"deviation": (0.02, 0.06), "kurtosis": (2, 40), "clustering_1": (0.08, 0.45), "tail_index": (2, 7.5)},
}
"""Loose bands around the figures measured on real BTC candles: 0.0072, 39, 0.30, 3.0 for 1h; 0.00046, 12, 0.30, 3.9 for
1m; 0.0346, 18, 0.16, 4.4 for 1d."""


@pytest.fixture(scope="module")
def market() -> DemoMarket:
    return DemoMarket()


def bars_of(market: DemoMarket, symbol: str, timeframe: str) -> Bars:
    bars = market.bars(symbol, timeframe)
    assert bars is not None
    return bars


def assert_inside(shape: Shape, timeframe: str) -> None:
    for name, (low, high) in BANDS[timeframe].items():
        assert low < getattr(shape, name) < high, f"{timeframe} {name} is {getattr(shape, name)}"


@pytest.mark.parametrize("asset", [asset.name for asset in ASSETS])
def test_hourly_and_daily_returns_look_like_a_crypto_market(market: DemoMarket, asset: str) -> None:
    hourly, daily = shape_of(bars_of(market, f"{asset}USDT", "1h")), shape_of(bars_of(market, f"{asset}USDT", "1d"))
    assert_inside(hourly, "1h")
    assert_inside(daily, "1d")
    assert abs(hourly.autocorrelation) < 0.03
    assert abs(daily.autocorrelation) < 0.08
    assert 0.1 < hourly.clustering_24 < 0.35
    assert 0.0015 < hourly.over_five < 0.008
    assert 0.25 < hourly.volume_link < 0.6
    assert -0.1 < hourly.leverage < 0


def test_minutes_look_like_a_crypto_market(market: DemoMarket) -> None:
    minutes = bars_of(market, "BTCUSDT", "1m")
    month = minutes.between(int(minutes.time[0]), int(minutes.time[0]) + 60 * DAY_MS)
    shape = shape_of(month)
    assert_inside(shape, "1m")
    assert abs(shape.autocorrelation) < 0.03


def test_volatility_is_still_clustered_after_a_week(market: DemoMarket) -> None:
    returns = np.diff(np.log(bars_of(market, "BTCUSDT", "1h").close))
    assert 0.03 < autocorrelation(np.abs(returns), 168) < 0.3


def test_assets_move_together(market: DemoMarket) -> None:
    length = bars_of(market, "SOLUSDT", "1h").n_bars - 1
    returns = {a.name: np.diff(np.log(bars_of(market, f"{a.name}USDT", "1h").close))[-length:] for a in ASSETS}
    for one, other in combinations(returns, 2):
        assert 0.6 < np.corrcoef(returns[one], returns[other])[0, 1] < 0.88, (one, other)


def test_the_middle_of_a_working_day_is_livelier_than_its_night(market: DemoMarket) -> None:
    bars = bars_of(market, "BTCUSDT", "1h")
    size, hour = np.abs(np.diff(np.log(bars.close))), bars.time[1:] // 3_600_000 % 24
    weekday = (bars.time[1:] - START_MS) // DAY_MS % 7
    assert size[hour == 14].mean() > 1.2 * size[hour == 4].mean()
    assert size[weekday < 5].mean() > 1.05 * size[weekday >= 5].mean()


def yearly_returns(seeds: range) -> list[np.ndarray]:
    """Simple hourly returns of ETH, one year for each seed."""
    out = []
    for seed in seeds:
        bars = DemoMarket(seed=seed, end_ms=START_MS + 365 * DAY_MS).bars("ETHUSDT", "1h")
        assert bars is not None
        out.append(bars.close[1:] / bars.close[:-1] - 1)
    return out


def t_value(values: np.ndarray) -> float:
    return float(values.mean() / values.std() * np.sqrt(values.size))


RULES = {
    "hold": lambda past: np.ones(past.shape[0]),
    "follow the last hour": np.sign,
    "fade the last hour": lambda past: -np.sign(past),
    "buy after a big fall": lambda past: (past < -2 * past.std()).astype(float),
    "follow the last day": lambda past: np.sign(np.convolve(past, np.ones(24))[: past.size]),
    "fade the last week": lambda past: -np.sign(np.convolve(past, np.ones(168))[: past.size]),
    "hold in the New York session": lambda past: (np.arange(past.size) % 24 // 8 == 1).astype(float),
}


@pytest.fixture(scope="module")
def many_years() -> list[np.ndarray]:
    return yearly_returns(range(24))


@pytest.mark.parametrize("rule", RULES)
def test_no_rule_has_an_edge_over_many_markets(many_years: list[np.ndarray], rule: str) -> None:
    """The mean profit before costs is within four standard errors of nothing; the rules are fixed, the seeds too."""
    profits = [RULES[rule](returns[:-1]) * returns[1:] for returns in many_years]
    assert abs(t_value(np.concatenate(profits))) < 4.0


def test_returns_are_not_autocorrelated_over_many_markets(many_years: list[np.ndarray]) -> None:
    for lag in (1, 2, 24, 168):
        mean = np.mean([autocorrelation(returns, lag) for returns in many_years])
        assert abs(mean) < 4 * 2.0 / np.sqrt(24 * 8760), lag
