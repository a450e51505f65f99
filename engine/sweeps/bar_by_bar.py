"""One candidate through the per-bar simulation, judged by the figures of a sweep."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from engine.backtest.columns import AssetColumns
from engine.backtest.market import align
from engine.backtest.plan import config_of, intents_of
from engine.backtest.simulate import simulate
from engine.indicators.store import ColumnStore
from engine.metrics.drawdown import drawdown
from engine.metrics.sharpe import DAYS_PER_YEAR, path_of, sharpe_ratio
from engine.metrics.undefined import SHORT_DAYS
from engine.spec.venues import asset_rules

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.backtest.reading import Reading
    from engine.backtest.result import Simulation
    from engine.metrics.sharpe import Path
    from engine.spec.models import StrategySpec

    FloatArray = NDArray[np.float64]


def figures_bar_by_bar(spec: StrategySpec, read: Reading, initial_equity: float) -> tuple[FloatArray, FloatArray]:
    """Return the figures (`engine.kernels.sweep_long`) of a checked spec, and its values at midnights."""
    config, window = config_of(spec, initial_equity, asset_rules(spec)), read.window
    market = align(
        read.bars, window.start, window.end, read.funding, config.market_type == "perp", close_fill=read.close_fill
    )
    columns = {asset: AssetColumns(ColumnStore(one), spec.indicators) for asset, one in read.bars.items()}
    simulation = simulate(intents_of(spec, market, columns), market, config)
    path = path_of(simulation)
    return figures_of(simulation, path), path.days


def figures_of(simulation: Simulation, path: Path) -> FloatArray:
    """Return the figures of a finished simulation and its path as a sweep has them."""
    from engine.kernels import sweep_long as at

    trades, closed = simulation.trades.columns, simulation.trades.closed
    net = trades["net_profit"][closed]
    row = np.zeros(at.N_FIGURES)
    row[at.END_EQUITY], row[at.END_CASH] = simulation.equity[-1], simulation.cash[-1]
    row[at.MAX_DRAWDOWN] = drawdown(simulation.equity, initial=simulation.initial_equity).deepest
    ratio = None
    if path.days.size > 2 and path.measured_days >= SHORT_DAYS:
        ratio = sharpe_ratio(path.days[1:], initial=float(path.days[0]), periods_per_year=DAYS_PER_YEAR)
    row[at.SHARPE_DAILY] = np.nan if ratio is None else ratio
    row[at.TRADE_COUNT], row[at.WIN_COUNT] = net.size, (net > 0.0).sum()
    row[at.WON], row[at.LOST] = math.fsum(net[net > 0.0]), math.fsum(net[net < 0.0])
    row[at.FEES] = math.fsum(simulation.fills.columns["fee"])
    row[at.FILL_COUNT] = len(simulation.fills)
    row[at.AMBIGUOUS_COUNT] = sum(one.bars for one in simulation.ambiguous.values())
    row[at.BARS_HELD] = trades["bars_held"].sum()
    return row
