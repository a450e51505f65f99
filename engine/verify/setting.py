"""What is simulated: a market, the intents on it and the rules, as a spec means them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.backtest.ambiguity import least_ambiguous_range
from engine.backtest.columns import AssetColumns
from engine.backtest.finer import simulate_decided
from engine.backtest.market import AlignedMarket, align
from engine.backtest.plan import config_of, intents_of
from engine.backtest.reading import Reading, read_market
from engine.indicators.store import ColumnStore
from engine.spec.venues import asset_rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.backtest.config import Config
    from engine.backtest.finer import Decided
    from engine.backtest.result import Simulation
    from engine.kernels.layout import Intents
    from engine.market.bars import Bars, MarketData
    from engine.spec.models import StrategySpec


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """One simulation before it is run; ``least_range`` None leaves finer candles out of it."""

    market: AlignedMarket
    intents: Intents
    config: Config
    read: Reading
    least_range: float | None

    def decide(self) -> Decided:
        """Simulate it, and tell what the simulation stood on."""
        return simulate_decided(self.intents, self.market, self.config, self.read.finer, self.least_range)

    def run(self) -> Simulation:
        """Simulate it."""
        return self.decide().simulation


@dataclass(frozen=True, slots=True, eq=False)
class Assembly:
    """A checked spec with what it reads and computes: all that settings are made of."""

    spec: StrategySpec
    read: Reading
    columns: Mapping[str, AssetColumns]
    initial_equity: float

    def setting(self, *assets: str) -> Setting:
        """Return the simulation of ``assets`` on one account, as the spec says."""
        read, window = self.read, self.read.window
        bars = {asset: read.bars[asset] for asset in assets}
        config = config_of(self.spec, self.initial_equity, asset_rules(self.spec))
        perpetual, closes = config.market_type == "perp", {one: read.close_fill[one] for one in bars if read.close_fill}
        market = align(bars, window.start, window.end, read.funding, perpetual, close_fill=closes)
        intents = intents_of(self.spec, market, self.columns)
        return Setting(market, intents, config, read, least_ambiguous_range(self.spec))

    def measured(self, asset: str) -> Bars:
        """Return the bars of an asset inside the window."""
        return self.read.bars[asset].between(self.read.window.start, self.read.window.end)


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
    read = read_market(spec, data, start=start, end=end)
    columns = {asset: AssetColumns(ColumnStore(one), spec.indicators) for asset, one in read.bars.items()}
    return Assembly(spec, read, columns, initial_equity)
