"""Judge a finished simulation: the nine figures of the data model, the wider statistics, what to know about them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from engine.errors import EngineInputError
from engine.market.timeframe import DAY_MS
from engine.metrics.benchmark import BenchmarkFigures, benchmark_figures
from engine.metrics.confidence import SharpeFigures, sharpe_figures
from engine.metrics.costs import CostFigures, average_slippage, cost_figures
from engine.metrics.drawdown import drawdown
from engine.metrics.exposure import ExposureFigures, exposure_figures
from engine.metrics.growth import (
    DailyFigures,
    DrawdownFigures,
    GrowthFigures,
    daily_figures,
    drawdown_figures,
    growth_figures,
)
from engine.metrics.periods import MonthlyReturns, PeriodRow, monthly_returns, period_rows
from engine.metrics.series import finite_series, positive_number, positive_series
from engine.metrics.sharpe import Path, path_of, sharpe_ratio
from engine.metrics.trades import (
    TradeFigures,
    TradeGroup,
    profit_factor,
    total,
    trade_figures,
    trade_groups,
    win_rate,
)
from engine.metrics.undefined import Reason, Undefined, first_reason
from engine.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from engine.backtest.result import Simulation

    FloatArray = NDArray[np.float64]

__all__ = ["Judged", "PerformanceSummary", "Statistics", "summarise"]

SHORT_DAYS = 30
"""Days below which nothing is stated per year, nor about the shape of the returns."""
CLOCK_TOLERANCE = 0.25
"""Relative difference of bar and daily Sharpe ratio from which the reader is warned."""
BOOKS_TOLERANCE = 1e-6
"""Difference of the trades' sum and the change in equity, against the money moved, from which the reader is warned."""


@dataclass(frozen=True, slots=True)
class PerformanceSummary:
    """The figures of the data model's PerformanceSummary; None where a figure is undefined.

    Every ``*_pct`` is a fraction of one: 0.15 is 15 %.

    ``net_profit``
        Last equity minus initial equity, quote currency: net of everything, open positions marked at the last close.
    ``returns_pct``
        The same over initial equity; total, not annualised.
    ``sharpe_ratio``
        Of the bar returns, annualised (`engine.metrics.sharpe.sharpe_ratio`). Ends with a liquidation. None
        without a position ever opened, under 30 days, for fewer than two returns, without variance.
    ``max_drawdown_pct``
        Deepest fall below the running peak at the bar closes, >= 0; the peak starts at the initial equity.
    ``trade_count``
        Closed round trips.
    ``win_rate_pct``
        Share of closed trades with net profit > 0; break-even counts in the denominator. None without a closed trade.
    ``profit_factor``
        Sum of wins over sum of losses of closed trades, net, in money. None without a losing trade.
    ``avg_slippage``
        Mean of the fills' slippage weighted by notional, a fraction of the reference price, + is a cost. None
        without fills.
    ``fees_paid``
        Fees of all fills, quote currency. Funding is not a fee.
    """

    net_profit: float
    returns_pct: float
    sharpe_ratio: float | None
    max_drawdown_pct: float
    win_rate_pct: float | None
    trade_count: int
    profit_factor: float | None
    avg_slippage: float | None
    fees_paid: float

    def defined(self) -> dict[str, float | int]:
        """Return the figures that have a value, by name: the others are left out on the wire."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


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
    summary = _summary(simulation, path, periods_per_year, short_path, undefined)
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
        trades=trade_figures(simulation.trades, undefined),
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


def _summary(
    simulation: Simulation, path: Path, periods_per_year: float, short_path: Reason | None, undefined: Undefined
) -> PerformanceSummary:
    net = simulation.trades.columns["net_profit"][simulation.trades.closed]
    change = float(simulation.equity[-1]) - simulation.initial_equity
    ratio = None
    if short_path is None:
        ratio = sharpe_ratio(path.levels, initial=path.initial, periods_per_year=periods_per_year)
    no_ratio = short_path or first_reason(
        (path.levels.size < 2, Reason.TOO_FEW_RETURNS), (ratio is None, Reason.NO_VARIANCE)
    )
    no_trade = first_reason((net.size == 0, Reason.NO_CLOSED_TRADES))
    no_loss = no_trade or first_reason((not (net < 0.0).any(), Reason.NO_LOSING_TRADE))
    no_fill = first_reason((len(simulation.fills) == 0, Reason.NO_TRADES))
    return PerformanceSummary(
        net_profit=change,
        returns_pct=float(simulation.equity[-1]) / simulation.initial_equity - 1.0,
        sharpe_ratio=undefined.unless(no_ratio, "sharpe_ratio", lambda: ratio or 0.0),
        max_drawdown_pct=drawdown(simulation.equity, initial=simulation.initial_equity).deepest,
        win_rate_pct=undefined.unless(no_trade, "win_rate_pct", lambda: win_rate(net)),
        trade_count=int(net.size),
        profit_factor=undefined.unless(no_loss, "profit_factor", lambda: profit_factor(net)),
        avg_slippage=undefined.unless(no_fill, "avg_slippage", lambda: average_slippage(simulation.fills)),
        fees_paid=total(simulation.fills.columns["fee"]),
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
                f"the Sharpe ratio is {bar:.2f} on the bars but {daily:.2f} on whole days: returns within a day "
                "depend on each other, so trust the daily one",
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
