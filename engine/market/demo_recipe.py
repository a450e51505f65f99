"""What the generated market is made of: assets, regimes, the shape of a week, planted events."""

from __future__ import annotations

from dataclasses import dataclass

from engine.market.timeframe import DAY_MS

HOUR_MS = DAY_MS // 24
START_MS = 1_514_764_800_000
"""2018-01-01 00:00 UTC."""

END_MS = 1_767_225_600_000
"""2026-01-01 00:00 UTC."""

MINUTES_FROM_MS = 1_672_531_200_000
"""2023-01-01 00:00 UTC: bars shorter than an hour begin here, the longer history is hourly."""

VERSION = 1
"""Raised whenever the same seed would give other bars."""

MARKET_SD = 0.0050
"""Base deviation of the market's hourly move, a fraction."""

MARKET_JUMPS_A_MONTH, MARKET_JUMP_SIZE = 8.0, 0.008
OWN_JUMPS_A_MONTH, OWN_JUMP_SIZE = 5.0, 0.006


@dataclass(frozen=True, slots=True)
class DemoAsset:
    """One asset of the demo market; prices in USDT, ``hourly_volume`` in base units.

    ``beta`` is its tie to the market's move and ``own_sd`` the base deviation of its own hourly move.
    """

    name: str
    start_price: float
    decimals: int
    beta: float
    own_sd: float
    hourly_volume: float
    listed_ms: int = START_MS


ASSETS = (
    DemoAsset("BTC", 13_500.0, 2, 1.00, 0.0024, 1_800.0),
    DemoAsset("ETH", 740.0, 4, 1.25, 0.0036, 16_000.0),
    DemoAsset("SOL", 120.0, 5, 1.40, 0.0056, 90_000.0, 1_597_104_000_000),
    DemoAsset("XRP", 2.0, 7, 1.15, 0.0046, 4_000_000.0),
    DemoAsset("ADA", 0.9, 7, 1.30, 0.0048, 5_000_000.0),
    DemoAsset("LINK", 15.0, 6, 1.30, 0.0054, 300_000.0),
)
"""SOL is listed on 2020-08-11, the others from the beginning; the order numbers their random streams."""

REGIMES = ("calm", "normal", "busy", "crisis")
REGIME_VARIANCE = (0.22, 0.6, 1.5, 12.0)
REGIME_OWN_VARIANCE = (0.35, 0.75, 1.5, 4.5)
"""An asset's own noise follows the regime less than the market does: in a crisis all move together."""

REGIME_STAY_HOURS = (500.0, 400.0, 240.0, 90.0)
REGIME_STEP_TO = ((0.0, 0.85, 0.98, 1.0), (0.45, 0.45, 0.92, 1.0), (0.15, 0.80, 0.80, 1.0), (0.05, 0.35, 1.0, 1.0))
"""Where a regime goes when it ends, as cumulative shares."""

CLUSTERING = (0.06, 0.07, 0.90)
"""GJR-GARCH alpha, gamma, beta of the hourly moves: persistence 0.995."""

TAIL_SHARE = 0.5
"""Heavy tails: an hour's variance is multiplied by ``TAIL_SHARE / sqrt(u)``, mean 1: tail index 4."""

HOUR_SHAPE = (
    *(0.95, 0.85, 0.80, 0.75, 0.70, 0.70, 0.75, 0.85, 0.95, 0.95, 0.95, 1.00),
    *(1.15, 1.40, 1.65, 1.60, 1.40, 1.20, 1.10, 1.05, 1.00, 0.95, 0.90, 0.90),
)
"""Variance by hour of the day (UTC), before it is scaled to mean 1."""

DAY_SHAPE = (1.10, 1.05, 1.05, 1.10, 1.10, 0.75, 0.85)
"""Variance by day of the week from Monday, before it is scaled to mean 1."""

PREMIUM_MEMORY, PREMIUM_STEP = 0.97, 0.00005
"""Hourly memory and step of a perpetual's premium over spot: it wanders around zero by about 2 basis points."""

FUNDING_HOURS = 8
FUNDING_SHARE = 0.5
"""Funding is this share of the mean premium of the last eight hours: on average zero, so no side earns a carry."""

PERP_VOLUME = 2.5
"""A perpetual trades this many times the volume of spot."""


@dataclass(frozen=True, slots=True)
class PlantedGap:
    """Bars of ``n_hours`` hours from ``start_ms`` on are missing; ``asset`` None is an outage of all assets."""

    start_ms: int
    n_hours: int
    asset: str | None = None


@dataclass(frozen=True, slots=True)
class FlashCrash:
    """The price falls by ``depth_fraction`` within ``fall_minutes`` and comes back in ``recovery_minutes``."""

    start_ms: int
    depth_fraction: float = 0.2
    fall_minutes: int = 10
    recovery_minutes: int = 90
    asset: str | None = None


@dataclass(frozen=True, slots=True)
class RegimeBreak:
    """From ``start_ms`` on variance is multiplied and the price drifts: a known answer for a drift monitor.

    A drift other than 0 is an edge; the market's name says what was planted.
    """

    start_ms: int
    variance_factor: float = 4.0
    drift_per_day: float = 0.0
    asset: str | None = None


Plant = PlantedGap | FlashCrash | RegimeBreak
