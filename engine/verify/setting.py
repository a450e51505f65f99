"""What is simulated: a market, the intents on it and the rules, as a spec means them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.backtest.columns import AssetColumns
from engine.backtest.market import AlignedMarket, align
from engine.backtest.plan import config_of, intents_of
from engine.backtest.run import window_of
from engine.backtest.simulate import simulate
from engine.indicators.store import ColumnStore
from engine.market.lookup import find_market
from engine.spec import defaults

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.backtest.config import Config
    from engine.backtest.result import Simulation
    from engine.backtest.window import Window
    from engine.kernels.layout import Intents
    from engine.market.bars import Bars, FundingSeries, MarketData
    from engine.spec.models import StrategySpec


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """One simulation before it is run."""

    market: AlignedMarket
    intents: Intents
    config: Config

    def run(self) -> Simulation:
        """Simulate it."""
        return simulate(self.intents, self.market, self.config)


@dataclass(frozen=True, slots=True, eq=False)
class Assembly:
    """A checked spec with its bars and columns: all that settings are made of.

    ``bars`` are the stored bars of each asset up to the end of ``window``, ``symbols`` under which name they lie.
    """

    spec: StrategySpec
    window: Window
    bars: Mapping[str, Bars]
    symbols: Mapping[str, str]
    funding: Mapping[str, FundingSeries]
    columns: Mapping[str, AssetColumns]
    initial_equity: float

    def setting(self, *assets: str) -> Setting:
        """Return the simulation of ``assets`` on one account, as the spec says."""
        bars = {asset: self.bars[asset] for asset in assets}
        config = config_of(self.spec, self.initial_equity)
        perpetual = config.market_type == "perp"
        market = align(bars, self.window.start, self.window.end, self.funding, perpetual)
        return Setting(market, intents_of(self.spec, market, self.columns), config)


def assemble(
    spec: StrategySpec, data: MarketData, start: int | None, end: int | None, initial_equity: float
) -> Assembly:
    """Read the bars of a checked spec and compute its columns.

    Raises
    ------
    DataError
        Candles of an asset are missing or broken.
    HoldoutLocked
        The window reaches into the holdout: to compare two engines nobody has to look there.
    """
    universe = spec.universe
    found = find_market(data, universe.assets, universe.quote, defaults.market_type_of(spec), universe.timeframe)
    window = window_of(spec, data, start=start, end=end)
    bars = {one.asset: one.bars.between(-(2**62), window.end) for one in found}
    return Assembly(
        spec=spec,
        window=window,
        bars=bars,
        symbols={one.asset: one.symbol for one in found},
        funding={one.asset: one.funding for one in found if one.funding is not None},
        columns={asset: AssetColumns(ColumnStore(one), spec.indicators) for asset, one in bars.items()},
        initial_equity=initial_equity,
    )
