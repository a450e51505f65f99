"""From gross to net: what costs took, how much was traded, and how much more cost the profit bears."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.market.timeframe import YEAR_MS
from engine.metrics.trades import total
from engine.metrics.undefined import Reason, first_reason

if TYPE_CHECKING:
    from engine.backtest.result import Fills, Simulation
    from engine.metrics.undefined import Undefined


@dataclass(frozen=True, slots=True)
class CostFigures:
    """The bridge ``gross_profit - slippage_quote - fees - funding = net_profit`` (quote), exactly in this order.

    It sums the trades, open ones marked. ``traded_notional`` is the sum of quantity x fill price over all fills,
    both sides; ``turnover`` is that over mean equity (1.0 is once the account), ``turnover_per_year`` the same per
    365 days. ``break_even_cost_fraction`` is net profit over traded notional: the extra cost on every fill, as a
    fraction of its notional, that would leave nothing, the trades and sizes held as they were; negative when the
    run lost.
    """

    gross_profit: float
    slippage_quote: float
    fees: float
    funding: float
    net_profit: float
    traded_notional: float
    turnover: float | None
    turnover_per_year: float | None
    break_even_cost_fraction: float | None


def cost_figures(simulation: Simulation, *, short_window: Reason | None, undefined: Undefined) -> CostFigures:
    """Return the costs of a run; what has no value is told to ``undefined`` under ``costs.*``."""
    columns = simulation.trades.columns
    gross, slippage, fees, funding = (
        total(columns[name]) for name in ("gross_profit", "slippage_quote", "fees", "funding")
    )
    net = gross - slippage - fees - funding
    notional = total(fill_notional(simulation.fills, "price"))
    mean_equity = total(simulation.equity) / simulation.n_bars
    span_ms = int(simulation.close_time[-1]) - int(simulation.time[0])
    gone = first_reason((mean_equity <= 0.0, Reason.EQUITY_GONE))
    never = first_reason((notional == 0.0, Reason.NO_TRADES))
    return CostFigures(
        gross_profit=gross,
        slippage_quote=slippage,
        fees=fees,
        funding=funding,
        net_profit=net,
        traded_notional=notional,
        turnover=undefined.unless(gone, "costs.turnover", lambda: notional / mean_equity),
        turnover_per_year=undefined.unless(
            gone or short_window, "costs.turnover_per_year", lambda: notional / mean_equity * (YEAR_MS / span_ms)
        ),
        break_even_cost_fraction=undefined.unless(never, "costs.break_even_cost_fraction", lambda: net / notional),
    )


def average_slippage(fills: Fills) -> float:
    """Mean slippage of the fills, weighted by notional at the reference price; a fraction of it, + is a cost.

    It is the cost of ``side x (price - reference) x quantity`` over ``quantity x reference``, limit fills included.
    Needs a fill.
    """
    side, price, reference = (fills.columns[name] for name in ("side", "price", "reference_price"))
    quantity = np.abs(fills.columns["quantity"])
    return total(np.sign(side) * (price - reference) * quantity) / total(fill_notional(fills, "reference_price"))


def fill_notional(fills: Fills, price: str) -> np.ndarray:
    """Return quantity x price of each fill, >= 0, at the named price column."""
    notional: np.ndarray = np.abs(fills.columns["quantity"]) * fills.columns[price]
    return notional
