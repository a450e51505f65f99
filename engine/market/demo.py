"""The demo market: generated candles that look like a crypto market and hold no edge.

It stands in where no candles are stored, so that everything runs without a download. Its statistics
(tails, clustering of volatility, common moves, volume) lie in the bands measured on real candles, and
every move has mean zero given the past: whatever a rule earns here beyond its luck, it loses in costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.errors import DataError, EngineInputError
from engine.market import demo_recipe as recipe
from engine.market.bars import Bars, FundingSeries, make_bars
from engine.market.demo_streams import DemoStreams
from engine.market.resample import resample
from engine.market.timeframe import DURATION_MS, MINUTE_MS, TIMEFRAMES
from engine.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.market.demo_recipe import DemoAsset, Plant

    FloatArray = NDArray[np.float64]

DEFAULT_SEED = 81
"""Its prices end near where they began: a market that went neither up nor down flatters no side."""
QUOTE = "USDT"
PERP = "-PERP"
HOUR_MINUTES = 60


class DemoMarket:
    """A generated market of several assets, spot and perpetual, on every timeframe; a `MarketData`.

    Every timeframe is put together from one base path of minutes, so they never disagree. Bars shorter than
    an hour begin at ``minutes_from_ms``. The same seed gives the same bytes on every platform, and
    an earlier ``end_ms`` the same bars up to there.

    Parameters
    ----------
    seed : int
        0 or greater.
    end_ms, minutes_from_ms : int
        UTC milliseconds on whole hours, within 2018-01-01 and 2100-01-01.
    plants : sequence of PlantedGap, FlashCrash or RegimeBreak
        Events at known bars, for tests of what should notice them.

    Raises
    ------
    EngineInputError
        A parameter out of its range, or a plant for an asset that does not exist.

    Examples
    --------
    >>> market = DemoMarket(seed=7)
    >>> market.name
    'demo market (generated, seed 7)'
    >>> market.symbols()[:2]
    ('ADAUSDT', 'ADAUSDT-PERP')
    """

    def __init__(
        self,
        seed: int = DEFAULT_SEED,
        *,
        end_ms: int = recipe.END_MS,
        minutes_from_ms: int = recipe.MINUTES_FROM_MS,
        plants: Sequence[Plant] = (),
    ) -> None:
        if seed < 0:
            raise EngineInputError(f"seed is {seed}: must be 0 or greater")
        for name, value in (("end_ms", end_ms), ("minutes_from_ms", minutes_from_ms)):
            if value % recipe.HOUR_MS or not recipe.START_MS <= value <= 4_102_444_800_000:
                raise EngineInputError(f"{name} is {value}: must be a whole hour (UTC ms) from 2018 to 2100")
        if end_ms <= recipe.START_MS:
            raise EngineInputError(f"end_ms is {end_ms}: the market begins at {recipe.START_MS}")
        _refuse_bad_plants(plants)
        self.seed = seed
        self.end_ms = end_ms
        self.minutes_from_ms = minutes_from_ms
        self.plants = tuple(plants)
        self._n_hours = (end_ms - recipe.START_MS) // recipe.HOUR_MS
        self._assets = {asset.name + QUOTE: asset for asset in recipe.ASSETS if asset.listed_ms < end_ms}
        self._bars: dict[tuple[str, str], Bars] = {}
        breaks = tuple(plant for plant in plants if isinstance(plant, recipe.RegimeBreak))
        self._streams = DemoStreams(seed, self._n_hours, breaks)

    @property
    def name(self) -> str:
        """How a result names this data."""
        planted = ", with planted events" if self.plants else ""
        return f"demo market (generated, seed {self.seed}{planted})"

    @property
    def generated(self) -> bool:
        """Always True: nothing here was ever traded."""
        return True

    @property
    def notice(self) -> Notice:
        """What every result on this market has to say."""
        edge = "It holds planted events." if self.plants else "It holds no edge by construction."
        return Notice(
            "DEMO_MARKET",
            f"The candles are generated (seed {self.seed}), not traded: they show how a rule behaves, not what it "
            f"earns. {edge}",
            "note",
            {"seed": self.seed, "version": recipe.VERSION, "planted": len(self.plants)},
        )

    def symbols(self) -> Sequence[str]:
        """All symbols, sorted; each asset as spot and as a perpetual."""
        return tuple(sorted(symbol + suffix for symbol in self._assets for suffix in ("", PERP)))

    def timeframes(self, symbol: str) -> Sequence[str]:
        """Every timeframe for a symbol of this market, none for another one."""
        if symbol.removesuffix(PERP) not in self._assets:
            return ()
        return TIMEFRAMES if self.minutes_from_ms < self.end_ms else TIMEFRAMES[TIMEFRAMES.index("1h") :]

    def bars(self, symbol: str, timeframe: str) -> Bars | None:
        """Bars of a symbol, made on the first call; None when the market does not have them."""
        if timeframe not in self.timeframes(symbol):
            return None
        made = self._bars.get((symbol, timeframe))
        if made is None:
            if DURATION_MS[timeframe] <= recipe.HOUR_MS:
                made = self._generate(symbol, timeframe)
            else:
                hourly = self.bars(symbol, "1h")
                if hourly is None:
                    raise DataError(f"{symbol}: the demo market has no hourly bars to make {timeframe} from")
                made = resample(hourly, timeframe).bars
            self._bars[symbol, timeframe] = made
        return made

    def n_bars(self, symbol: str, timeframe: str) -> int:
        """Number of bars of a symbol, without making them (planted gaps not taken off); 0 when there are none."""
        span = self.span(symbol, timeframe)
        return 0 if span is None else (span[1] - span[0]) // DURATION_MS[timeframe]

    def span(self, symbol: str, timeframe: str) -> tuple[int, int] | None:
        """When a symbol's bars begin and end (UTC ms), without making them; None when there are none."""
        if timeframe not in self.timeframes(symbol):
            return None
        start = self._assets[symbol.removesuffix(PERP)].listed_ms
        if DURATION_MS[timeframe] < recipe.HOUR_MS:
            start = max(start, self.minutes_from_ms)
        return start, self.end_ms

    def funding(self, symbol: str) -> FundingSeries | None:
        """Funding every eight hours: half the mean premium of those hours, so on average zero."""
        asset = self._assets.get(symbol.removesuffix(PERP))
        if asset is None or not symbol.endswith(PERP):
            return None
        premium = self._streams.premium(asset)[1:]
        eights = len(premium) // recipe.FUNDING_HOURS
        total = np.zeros(eights)
        for hour in range(recipe.FUNDING_HOURS):  # one by one: a matrix product may round differently elsewhere
            total += premium[hour : eights * recipe.FUNDING_HOURS : recipe.FUNDING_HOURS]
        mean = total / recipe.FUNDING_HOURS
        rate = recipe.FUNDING_SHARE * mean
        rate = np.floor(rate * 1e8 + 0.5) / 1e8
        step = recipe.FUNDING_HOURS * recipe.HOUR_MS
        time = recipe.START_MS + step * np.arange(1, eights + 1, dtype=np.int64)
        listed = (time > asset.listed_ms) & (time < self.end_ms)
        time, rate = time[listed], rate[listed]
        time.flags.writeable = rate.flags.writeable = False
        return FundingSeries(symbol, time, rate)

    def _generate(self, symbol: str, timeframe: str) -> Bars:
        from engine.kernels.demo_market import fill_demo_bars

        asset = self._assets[symbol.removesuffix(PERP)]
        step = DURATION_MS[timeframe] // MINUTE_MS
        listed = (asset.listed_ms - recipe.START_MS) // recipe.HOUR_MS
        first = listed
        if step < HOUR_MINUTES:
            first = max(listed, (self.minutes_from_ms - recipe.START_MS) // recipe.HOUR_MS)
        per_hour = HOUR_MINUTES // step
        columns = np.empty((5, (self._n_hours - first) * per_hour))
        perpetual = symbol.endswith(PERP)
        shape, hours = self._streams.shape(asset, perpetual), self._streams.hours(asset, perpetual)
        fill_demo_bars(shape, recipe.MARKET_SD, hours, self._crashes(asset), listed, first, step, columns)
        begin = recipe.START_MS + first * recipe.HOUR_MS
        time = begin + step * MINUTE_MS * np.arange(columns.shape[1], dtype=np.int64)
        kept = self._present(asset, time)
        if not kept.all():
            time, columns = time[kept], columns[:, kept]
        return make_bars(symbol, timeframe, time, *columns)

    def _crashes(self, asset: DemoAsset) -> FloatArray:
        rows = [
            (
                (plant.start_ms - recipe.START_MS) / MINUTE_MS,
                plant.depth_fraction,
                plant.fall_minutes,
                plant.recovery_minutes,
            )
            for plant in self.plants
            if isinstance(plant, recipe.FlashCrash) and plant.asset in (None, asset.name)
        ]
        return np.array(rows, dtype=np.float64).reshape(len(rows), 4)

    def _present(self, asset: DemoAsset, time: NDArray[np.int64]) -> NDArray[np.bool_]:
        kept = np.ones(time.shape[0], np.bool_)
        for plant in self.plants:
            if isinstance(plant, recipe.PlantedGap) and plant.asset in (None, asset.name):
                kept &= (time < plant.start_ms) | (time >= plant.start_ms + plant.n_hours * recipe.HOUR_MS)
        return kept


def _refuse_bad_plants(plants: Sequence[Plant]) -> None:
    names = [asset.name for asset in recipe.ASSETS]
    for number, plant in enumerate(plants):
        where = f"plants[{number}]"
        if plant.asset is not None and plant.asset not in names:
            raise EngineInputError(
                f"{where}: asset {plant.asset!r} is not in the demo market; allowed: {', '.join(names)}"
            )
        if isinstance(plant, recipe.FlashCrash):
            if not 0 < plant.depth_fraction < 0.95 or plant.fall_minutes < 1 or plant.recovery_minutes < 1:
                raise EngineInputError(f"{where}: a crash needs a depth in (0, 0.95) and at least a minute each way")
            continue
        if plant.start_ms % recipe.HOUR_MS:
            raise EngineInputError(f"{where}: start_ms {plant.start_ms} is no whole hour")
        if isinstance(plant, recipe.RegimeBreak) and plant.variance_factor <= 0:
            raise EngineInputError(f"{where}: variance_factor is {plant.variance_factor}: must be > 0")
        if isinstance(plant, recipe.PlantedGap) and plant.n_hours < 1:
            raise EngineInputError(f"{where}: n_hours is {plant.n_hours}: must be at least 1")
