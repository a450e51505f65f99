"""Random runs at the kernels' own level: markets full of gaps and jumps, dense intents, every switch of a config."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.backtest.config import Config
from engine.backtest.intents import make_intents
from engine.backtest.market import align
from engine.market.bars import FundingSeries, make_bars
from engine.spec.venue_rules import AssetRules, MarginTier

if TYPE_CHECKING:
    from numpy.random import Generator

    from engine.backtest.market import AlignedMarket
    from engine.kernels.layout import Intents
    from engine.market.bars import Bars

HOUR_MS = 3_600_000
QUARTERS = 4
TIERS = (MarginTier(0.0, 0.01, 0.0), MarginTier(3_000.0, 0.02, 30.0), MarginTier(20_000.0, 0.1, 1_630.0))


@dataclass(frozen=True, slots=True)
class RandomRun:
    """What `engine.backtest.simulate.simulate` takes."""

    intents: Intents
    market: AlignedMarket
    config: Config


def random_run(seed: int, n_bars: int = 160, n_assets: int = 3) -> RandomRun:
    """Return the run of a seed: about half of all features are on, each at random."""
    rng = np.random.default_rng(seed)
    bars, fine, funding = {}, {}, {}
    for name in "ABC"[:n_assets]:
        bars[name], fine[name] = _bars(rng, name, n_bars)
        events = np.arange(0, n_bars, 8) * HOUR_MS + int(rng.integers(2)) * HOUR_MS // 2
        funding[name] = FundingSeries(name, events, rng.normal(0, 1e-3, events.size))
    perp, fill = bool(rng.integers(2)), ("next_open", "close", "vwap")[int(rng.integers(3))]
    market = align(
        bars,
        funding=funding,
        perpetual=perp,
        fine=fine if rng.integers(2) else None,
        close_fill={name: _vwap(rng, one) for name, one in bars.items()} if fill == "vwap" else None,
    )
    config = _config(rng, perp, fill, tuple(bars))
    return RandomRun(_intents(rng, market, config), market, config)


def _bars(rng: Generator, name: str, n_bars: int) -> tuple[Bars, Bars]:
    """Return hourly bars with gaps, and the quarters of an hour most of them are made of."""
    hours = np.sort(rng.choice(n_bars, size=n_bars - int(rng.integers(0, 30)), replace=False))
    steps = rng.normal(0, 0.012, hours.size * QUARTERS)
    steps[::QUARTERS] += rng.normal(0, 0.01, hours.size)
    close = 100 * np.exp(np.cumsum(steps))
    open_ = np.r_[100.0, close[:-1]] * np.exp(rng.normal(0, 0.004, close.size))
    high = np.maximum(open_, close) * (1 + rng.exponential(0.006, close.size))
    low = np.minimum(open_, close) * (1 - rng.uniform(0, 0.015, close.size))
    volume = rng.uniform(0, 50, close.size)
    time = (hours[:, None] * HOUR_MS + np.arange(QUARTERS) * HOUR_MS // QUARTERS).ravel()
    by_hour = [column.reshape(-1, QUARTERS) for column in (open_, high, low, close, volume)]
    hourly = (by_hour[0][:, 0], by_hour[1].max(1), by_hour[2].min(1), by_hour[3][:, -1], by_hour[4].sum(1))
    kept = rng.random(time.size) < 0.98
    quarters = [column[kept] for column in (time, open_, high, low, close, volume)]
    return make_bars(name, "1h", hours * HOUR_MS, *hourly), make_bars(name, "15m", *quarters)


def _vwap(rng: Generator, bars: Bars) -> np.ndarray:
    price = bars.close * np.exp(rng.normal(0, 0.002, bars.n_bars))
    price[rng.random(bars.n_bars) < 0.15] = np.nan
    return price


def _intents(rng: Generator, market: AlignedMarket, config: Config) -> Intents:
    shape = (market.n_bars, len(market.assets))
    perp = config.market_type == "perp"
    sides = ("long", "short") if perp else ("long",)
    size = rng.uniform(0.1, 0.9, shape) * (config.max_leverage if perp else 1.0)
    size[rng.random(shape) < 0.05] = np.nan
    close = np.nan_to_num(market.tables.close, nan=100.0)

    def distance(kind: str, low: float, high: float) -> np.ndarray:
        drawn = rng.uniform(low, high, shape)
        return drawn if kind == "fraction" else drawn * close

    stop = distance(config.stop, 0.005, 0.12)
    stop[rng.random(shape) < 0.03] = np.nan
    activated = bool(rng.integers(2))
    trail_from, take_from = (distance(kind, 0.001, 0.02) for kind in (config.trailing_stop, config.trailing_take))
    limit = rng.uniform(-0.002, 0.02, shape)
    return make_intents(
        market,
        **{f"enter_{side}": rng.random(shape) < 0.25 for side in sides},
        **{f"exit_{side}": rng.random(shape) < 0.1 for side in sides},
        size=size,
        stop=stop,
        target=distance(config.target, 0.005, 0.12),
        trail=distance(config.trailing_stop, 0.005, 0.12),
        trail_from=trail_from if activated else np.nan,
        take=distance(config.trailing_take, 0.003, 0.02),
        take_from=take_from if rng.integers(2) else np.nan,
        limit=close * (1 - limit) if config.entry_order == "limit_price" else limit,
        slippage_base=5e-4,
        slippage_range=rng.uniform(0, 0.02, shape),
        slippage_volume=rng.uniform(0, 5e4, shape),
    )


def _config(rng: Generator, perp: bool, fill: Any, assets: tuple[str, ...]) -> Config:
    def maybe(value: Any, chance: float = 0.5) -> Any:
        return value if rng.random() < chance else None

    def one_of(*values: Any) -> Any:
        return values[int(rng.integers(len(values)))]

    parts = sorted((float(rng.uniform(0.002, 0.03)), float(rng.uniform(0.1, 0.4))) for _ in range(rng.integers(0, 3)))
    ruled = AssetRules(float(one_of(0.0, 0.01, 1.0)), float(one_of(0.01, 500.0)), float(one_of(0.0, 0.05)), TIERS)
    config = Config(
        market_type="perp" if perp else "spot",
        initial_equity=float(one_of(10_000.0, 10_000.0, 600.0)),
        stop=one_of("none", "fraction", "fraction", "distance"),
        target=one_of("none", "fraction", "fraction", "distance"),
        trailing_stop=one_of("none", "none", "fraction", "distance"),
        trailing_take=one_of("none", "none", "fraction", "distance"),
        breakeven_at=maybe(0.01),
        breakeven_offset=float(one_of(0.0, 0.002)),
        partial_exits=tuple(parts),
        time_limit_bars=maybe(int(rng.integers(1, 30)), 0.3),
        time_limit_minutes=maybe(int(rng.integers(1, 600)), 0.2),
        entry_order=one_of("market", "limit_offset", "limit_price"),
        entry_expires_bars=maybe(int(rng.integers(1, 5))),
        fill=fill,
        opposite_entry=one_of("ignore", "reverse"),
        maker_fee=2e-4,
        taker_fee=5e-4,
        slippage_kv=0.05,
        slippage_kp=1.0,
        max_position_fraction=maybe(0.5, 0.3),
        max_exposure_fraction=maybe(0.9, 0.3),
        max_leverage=float(one_of(1, 3, 5, 30)) if perp else 1.0,
        max_drawdown_fraction=maybe(float(rng.uniform(0.03, 0.6))),
        max_positions=maybe(2),
        max_orders_per_hour=maybe(1, 0.3),
        max_concurrent=maybe(2, 0.3),
        cooldown_bars=maybe(int(rng.integers(1, 5)), 0.3),
        session_minutes=maybe(one_of((480, 1_200), (1_200, 480)), 0.2),
        max_daily_loss_fraction=maybe(0.03, 0.3),
        venue={name: ruled for name in assets if rng.random() < 0.4},
        entry_bar_stops=bool(rng.random() < 0.8),
        stop_beats_signal=bool(rng.random() < 0.2),
    )
    if perp and rng.random() < 0.3:  # a reckless one, for liquidations
        return replace(config, max_leverage=60.0, max_position_fraction=None, max_exposure_fraction=None, stop="none")
    return config
