"""Judge a finished simulation: the nine figures of the data model, the wider statistics, what to know about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import EngineInputError
from engine.market.timeframe import DAY_MS
from engine.metrics.benchmark import BenchmarkFigures, benchmark_figures
from engine.metrics.confidence import SharpeFigures, sharpe_figures
from engine.metrics.costs import CostFigures, cost_figures
from engine.metrics.exposure import ExposureFigures, exposure_figures
from engine.metrics.growth import (
    DailyFigures,
    DrawdownFigures,
    GrowthFigures,
    daily_figures,
    drawdown_figures,
    growth_figures,
)
from engine.metrics.performance import PerformanceSummary, performance
from engine.metrics.periods import MonthlyReturns, PeriodRow, monthly_returns, period_rows
from engine.metrics.series import finite_series, positive_number, positive_series
from engine.metrics.sharpe import Path, path_of
from engine.metrics.trades import TradeFigures, TradeGroup, trade_figures, trade_groups
from engine.metrics.undefined import SHORT_DAYS, Reason, Undefined, first_reason
from engine.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from engine.backtest.result import Simulation

    FloatArray = NDArray[np.float64]

__all__ = ["Judged", "PerformanceSummary", "Statistics", "summarise"]

CLOCK_TOLERANCE = 0.25
"""Relative difference of bar and daily Sharpe ratio from which the reader is warned."""
BOOKS_TOLERANCE = 1e-6
"""Difference of the trades' sum and the change in equity, against the money moved, from which the reader is warned."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Everything else about a run, in groups; None where a figure is undefined.

    ``undefined`` gives the reason of each None outside the tables, by path (``"growth.calmar_ratio"``; figures of
    the summary by their bare name). ``measured_days`` is the length of the window, with its fraction.
    """

    periods_per_year: float
    n_bars: int
    measured_days: float
    growth: GrowthFigures
    sharpe: SharpeFigures
    drawdown: DrawdownFigures
    daily: DailyFigures
    trades: TradeFigures
    costs: CostFigures
    exposure: ExposureFigures
    benchmark: BenchmarkFigures
    by_asset: tuple[TradeGroup, ...]
    by_side: tuple[TradeGroup, ...]
    by_reason: tuple[TradeGroup, ...]
    by_year: tuple[PeriodRow, ...]
    by_month: tuple[PeriodRow, ...]
    monthly_returns: MonthlyReturns
    undefined: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Judged:
    """A summary, the wider statistics, and the notices that belong to them."""

    summary: PerformanceSummary
    statistics: Statistics
    notices: tuple[Notice, ...]


def summarise(simulation: Simulation, *, periods_per_year: float, benchmark: FloatArray) -> Judged:
    """Compute all figures of a finished simulation.

    Parameters
    ----------
    simulation : Simulation
        One clock bar or more, equity finite at every one, initial equity > 0.
    periods_per_year : float
        Bars in a year, > 0: the annualisation factor of per-bar figures. Daily figures use 365.
    benchmark : ndarray of float64, shape (n_bars,)
        Equity of buy-and-hold at each bar close, finite and > 0 (`engine.metrics.benchmark.buy_and_hold`).

    Returns
    -------
    Judged
        Plain Python numbers, none of them NaN or infinite. Every figure without a value is in a note with its
        reason as code; warnings say what may mislead.

    Raises
    ------
    EngineInputError
        No bar, equity or benchmark that is not finite, shapes that differ, or a number that is not positive.
    """
    equity = finite_series("equity", simulation.equity)
    held = positive_series("benchmark", benchmark)
    if held.shape != equity.shape:
        raise EngineInputError(f"benchmark has shape {held.shape}, equity {equity.shape}: they must be equal")
    positive_number("periods_per_year", periods_per_year)
    positive_number("initial_equity", simulation.initial_equity)
    undefined = Undefined()
    path = path_of(simulation)
    short_window = first_reason((_window_days(simulation) < SHORT_DAYS, Reason.SHORT_WINDOW))
    short_path = _short_path(simulation, path, short_window)
    summary = performance(
        simulation, path, periods_per_year=periods_per_year, short_path=short_path, undefined=undefined
    )
    exposure = exposure_figures(simulation, undefined)
    by_year, by_month = (period_rows(simulation, held, unit) for unit in ("year", "month"))
    statistics = Statistics(
        periods_per_year=float(periods_per_year),
        n_bars=simulation.n_bars,
        measured_days=_window_days(simulation),
        growth=growth_figures(
            simulation,
            path,
            periods_per_year=periods_per_year,
            short_window=short_window,
            short_path=short_path,
            max_drawdown=summary.max_drawdown_pct,
            undefined=undefined,
        ),
        sharpe=sharpe_figures(path, short_path=short_path, undefined=undefined),
        drawdown=drawdown_figures(simulation, undefined),
        daily=daily_figures(path.daily_returns, short_path=short_path, undefined=undefined),
        trades=trade_figures(simulation.trades, simulation.initial_equity, undefined),
        costs=cost_figures(simulation, short_window=short_window, undefined=undefined),
        exposure=exposure,
        benchmark=benchmark_figures(
            simulation,
            path,
            held,
            periods_per_year=periods_per_year,
            mean_net_exposure=exposure.mean_net_fraction,
            short_window=short_window,
            short_path=short_path,
            undefined=undefined,
        ),
        by_year=by_year,
        by_month=by_month,
        monthly_returns=monthly_returns(by_year, by_month),
        undefined=undefined.reasons(),
        **trade_groups(simulation.trades),
    )
    return Judged(summary, statistics, (*_warnings(simulation, path, summary, statistics), *undefined.notices()))


def _window_days(simulation: Simulation) -> float:
    return (int(simulation.close_time[-1]) - int(simulation.time[0])) / DAY_MS


def _short_path(simulation: Simulation, path: Path, short_window: Reason | None) -> Reason | None:
    return first_reason(
        (len(simulation.fills) == 0 and len(simulation.trades) == 0, Reason.NO_TRADES),
        (short_window is not None, Reason.SHORT_WINDOW),
        (path.measured_days < SHORT_DAYS, Reason.GONE_EARLY),
    )


def _warnings(
    simulation: Simulation, path: Path, summary: PerformanceSummary, statistics: Statistics
) -> tuple[Notice, ...]:
    found = []
    bar, daily = summary.sharpe_ratio, statistics.sharpe.daily_ratio
    if bar is not None and daily is not None and abs(bar - daily) > CLOCK_TOLERANCE * abs(daily):
        found.append(
            Notice(
                "SHARPE_DEPENDS_ON_CLOCK",
                "the Sharpe ratio of the bars is far from that of whole days: returns within a day depend on each "
                "other or a few bars decide, so trust the daily one",
                detail={"bars": bar, "daily": daily},
            )
        )
    if path.stopped:
        found.append(
            Notice(
                "ACCOUNT_GONE",
                f"the account was liquidated or used up in bar {path.levels.size - 1} of {simulation.n_bars}: Sharpe "
                "ratio and daily figures end there",
                detail={"bar": path.levels.size - 1, "time": path.end},
            )
        )
    moved = sum(
        abs(figure)
        for figure in (statistics.costs.gross_profit, statistics.costs.slippage_quote, statistics.costs.fees)
    )
    apart = statistics.costs.net_profit - summary.net_profit
    if abs(apart) > BOOKS_TOLERANCE * (moved + simulation.initial_equity):
        found.append(
            Notice(
                "TRADES_DO_NOT_SUM",
                f"the trades account for {statistics.costs.net_profit:.2f} of a change in equity of "
                f"{summary.net_profit:.2f}: a fault in the bookkeeping, please report it",
                detail={"trades": statistics.costs.net_profit, "equity": summary.net_profit},
            )
        )
    return tuple(found)
