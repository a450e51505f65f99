"""What drives the demo market: random streams, regimes, the week's shape, heavy tails, premiums."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from engine.market import demo_recipe as recipe

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.kernels.demo_market import AssetShape, Clustering, HourInputs, Jumps
    from engine.market.demo_recipe import DemoAsset, RegimeBreak

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

HOUR_MINUTES = 60
MONTH_MINUTES = 30 * 24 * 60
MARKET = 0
"""Number of the market's own random stream; assets count from 1."""

NOISE, SPOT_VOLUME, PERP_VOLUME = 0, 2, 1
REGIME, MARKET_TAILS = 10, 11
OWN_TAILS, VOLUME_UP, VOLUME_DOWN, PREMIUM_A, PREMIUM_B = 10, 11, 12, 13, 14


class DemoStreams:
    """Everything about a seed's market that is one value an hour.

    Each purpose has a random stream of its own, so a longer market only adds to its end.
    """

    def __init__(self, seed: int, n_hours: int, breaks: tuple[RegimeBreak, ...]) -> None:
        self._seed = seed
        self._n_hours = n_hours
        self._breaks = breaks
        self._market: tuple[FloatArray, IntArray] | None = None

    def shape(self, asset: DemoAsset, perpetual: bool) -> AssetShape:
        """Return what the kernel has to know of a symbol; spot and perpetual share all but the volume."""
        from engine.kernels.demo_market import AssetShape

        number = _number(asset)
        return AssetShape(
            market_key=self._key(MARKET, NOISE),
            own_key=self._key(number, NOISE),
            volume_key=self._key(number, PERP_VOLUME if perpetual else SPOT_VOLUME),
            beta=asset.beta,
            own_sd=asset.own_sd,
            market_jumps=_jumps(recipe.MARKET_JUMPS_A_MONTH, recipe.MARKET_JUMP_SIZE),
            own_jumps=_jumps(recipe.OWN_JUMPS_A_MONTH, recipe.OWN_JUMP_SIZE),
            clustering=_clustering(),
            start_price=asset.start_price,
            ticks_per_unit=float(10**asset.decimals),
            minute_volume=(recipe.PERP_VOLUME if perpetual else 1.0) * asset.hourly_volume / HOUR_MINUTES,
        )

    def hours(self, asset: DemoAsset, perpetual: bool) -> HourInputs:
        """Return the kernel's hourly inputs for a symbol."""
        from engine.kernels.demo_market import HourInputs

        number = _number(asset)
        market_variance, regimes = self._market_variance()
        season = self._season()
        own = season * np.array(recipe.REGIME_OWN_VARIANCE)[regimes] * _tails(self._uniform(number, OWN_TAILS))
        drift = np.zeros(self._n_hours)
        for plant in self._breaks:
            if plant.asset in (None, asset.name):
                own[_hour(plant.start_ms) :] *= plant.variance_factor
                drift[_hour(plant.start_ms) :] += plant.drift_per_day / 24
        activity = np.sqrt(season * np.array(recipe.REGIME_VARIANCE)[regimes])
        up, down = self._uniform(number, VOLUME_UP), self._uniform(number, VOLUME_DOWN)
        return HourInputs(
            market_variance=market_variance,
            own_scale=own,
            volume_scale=activity * (0.4 + up) / (0.4 + down),
            basis=self.premium(asset) if perpetual else np.zeros(self._n_hours + 1),
            drift=drift,
        )

    def premium(self, asset: DemoAsset) -> FloatArray:
        """Return the perpetual's premium over spot, a fraction, at each hour's start and at the last one's end."""
        number = _number(asset)
        shocks = self._uniform(number, PREMIUM_A) + self._uniform(number, PREMIUM_B) - 1.0
        premium, level = np.zeros(self._n_hours + 1), 0.0
        for hour, shock in enumerate((shocks * math.sqrt(6.0)).tolist(), start=1):
            level = recipe.PREMIUM_MEMORY * level + recipe.PREMIUM_STEP * shock
            premium[hour] = level
        return premium

    def _market_variance(self) -> tuple[FloatArray, IntArray]:
        """Return the market's variance and regime of each hour; made once for all assets."""
        if self._market is None:
            from engine.kernels.demo_market import fill_market_variance, fill_regimes

            regimes = np.empty(self._n_hours, np.int64)
            stay, step_to = np.array(recipe.REGIME_STAY_HOURS), np.array(recipe.REGIME_STEP_TO)
            fill_regimes(self._uniform(MARKET, REGIME), stay, step_to, regimes)
            variance = np.array(recipe.REGIME_VARIANCE)[regimes]
            scale = self._season() * variance * _tails(self._uniform(MARKET, MARKET_TAILS))
            for plant in self._breaks:
                if plant.asset is None:
                    scale[_hour(plant.start_ms) :] *= plant.variance_factor
            out = np.empty(self._n_hours)
            jumps = _jumps(recipe.MARKET_JUMPS_A_MONTH, recipe.MARKET_JUMP_SIZE)
            fill_market_variance(self._key(MARKET, NOISE), scale, recipe.MARKET_SD, jumps, _clustering(), out)
            self._market = out, regimes
        return self._market

    def _season(self) -> FloatArray:
        """Return the variance factor of each hour by time of day and week, mean 1; the first hour is a Monday's."""
        hour_mean, day_mean = math.fsum(recipe.HOUR_SHAPE) / 24, math.fsum(recipe.DAY_SHAPE) / 7
        week = [day / day_mean * hour / hour_mean for day in recipe.DAY_SHAPE for hour in recipe.HOUR_SHAPE]
        return np.array(week)[np.arange(self._n_hours) % len(week)]

    def _uniform(self, stream: int, purpose: int) -> FloatArray:
        """Return one number in (0, 1) an hour."""
        raw = np.random.PCG64(np.random.SeedSequence([self._seed, stream, purpose])).random_raw(self._n_hours)
        return ((raw >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53

    def _key(self, stream: int, purpose: int) -> np.uint64:
        return np.uint64(np.random.SeedSequence([self._seed, stream, purpose]).generate_state(1, np.uint64)[0])


def _number(asset: DemoAsset) -> int:
    return recipe.ASSETS.index(asset) + 1


def _hour(time_ms: int) -> int:
    return max(0, (time_ms - recipe.START_MS) // recipe.HOUR_MS)


def _tails(uniform: FloatArray) -> FloatArray:
    return recipe.TAIL_SHARE / np.sqrt(np.maximum(uniform, 1e-4))


def _jumps(a_month: float, size: float) -> Jumps:
    from engine.kernels.demo_market import Jumps

    return Jumps(a_month / MONTH_MINUTES, size)


def _clustering() -> Clustering:
    from engine.kernels.demo_market import Clustering

    return Clustering(*recipe.CLUSTERING)
