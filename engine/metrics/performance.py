"""The nine figures of the data model's PerformanceSummary."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from engine.metrics.costs import average_slippage
from engine.metrics.drawdown import drawdown
from engine.metrics.sharpe import sharpe_ratio
from engine.metrics.trades import profit_factor, total, win_rate
from engine.metrics.undefined import Reason, first_reason

if TYPE_CHECKING:
    from engine.backtest.result import Simulation
    from engine.metrics.sharpe import Path
    from engine.metrics.undefined import Undefined


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


def performance(
    simulation: Simulation,
    path: Path,
    *,
    periods_per_year: float,
    short_path: Reason | None,
    undefined: Undefined,
) -> PerformanceSummary:
    """Return the summary of a run; what has no value is told to ``undefined`` under its bare name.

    ``short_path`` is the reason why the path is too short for a Sharpe ratio, None when it is not.
    """
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
