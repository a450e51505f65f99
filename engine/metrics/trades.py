"""What the trades earned: one by one, in streaks, and grouped by asset, side and close reason."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.kernels.codes import CLOSE_REASONS
from engine.kernels.exact_sum import PARTIALS, exact_sum
from engine.metrics.undefined import Reason, first_reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.backtest.result import Trades
    from engine.metrics.undefined import Undefined

    FloatArray = NDArray[np.float64]
    Mask = NDArray[np.bool_]

OPEN = "open"
"""Label of the group of positions still open at the end."""

MANY = 256
"""From so many values on a kernel adds them up; the sum is the same to the last bit."""


@dataclass(frozen=True, slots=True)
class TradeFigures:
    """Closed trades; positions still open are counted, and what they stand at is told apart.

    ``open_profit_quote`` is the net profit of the positions still open, marked to their last close, in quote currency;
    ``open_profit_fraction`` is that over the initial equity: the part of the total return that is not realised.
    A win is a net profit above zero, a loss one below; break-even trades are neither and end a streak. ``*_quote`` is
    money, ``*_fraction`` is net profit over entry notional. ``expectancy_fraction`` is the mean of the latter,
    ``payoff_ratio`` the average win over the average loss, both in money. Streaks follow the order of the exits.
    """

    open_count: int
    open_profit_quote: float
    open_profit_fraction: float
    win_count: int
    loss_count: int
    average_quote: float | None
    median_quote: float | None
    best_quote: float | None
    worst_quote: float | None
    expectancy_fraction: float | None
    best_fraction: float | None
    worst_fraction: float | None
    average_win_quote: float | None
    average_loss_quote: float | None
    payoff_ratio: float | None
    longest_win_streak: int
    longest_loss_streak: int
    average_bars_held: float | None
    average_bars_held_winners: float | None
    average_bars_held_losers: float | None


@dataclass(frozen=True, slots=True)
class TradeGroup:
    """The trades of one asset, one side or one close reason.

    ``trade_count``, ``win_rate_fraction`` and ``profit_factor`` count closed trades; the money (quote currency)
    takes in positions still open, so that the groups of one table sum to the whole, but for ``closed_profit``, the net
    profit of the closed trades alone. None where a group has no closed trade, or no losing one.
    """

    label: str
    trade_count: int
    open_count: int
    win_rate_fraction: float | None
    profit_factor: float | None
    gross_profit: float
    slippage_quote: float
    fees: float
    funding: float
    net_profit: float
    closed_profit: float
    average_bars_held: float | None


def trade_figures(trades: Trades, initial_equity: float, undefined: Undefined) -> TradeFigures:
    """Return the figures of the closed trades; what has no value is told to ``undefined`` under ``trades.*``."""
    closed = trades.closed
    open_profit = total(trades.columns["net_profit"][~closed])
    net = trades.columns["net_profit"][closed]
    returned = trades.columns["return_fraction"][closed]
    held = trades.columns["bars_held"][closed].astype(np.float64)
    wins, losses = net > 0.0, net < 0.0
    no_trade = first_reason((net.size == 0, Reason.NO_CLOSED_TRADES))
    no_win = first_reason((net.size == 0, Reason.NO_CLOSED_TRADES), (not wins.any(), Reason.NO_WINNING_TRADE))
    no_loss = first_reason((net.size == 0, Reason.NO_CLOSED_TRADES), (not losses.any(), Reason.NO_LOSING_TRADE))

    def value(
        name: str, reason: Reason | None, values: FloatArray, of: Callable[[FloatArray], float] = mean
    ) -> float | None:
        return undefined.unless(reason, f"trades.{name}", lambda: of(values))

    average_win = value("average_win_quote", no_win, net[wins])
    average_loss = value("average_loss_quote", no_loss, -net[losses])
    return TradeFigures(
        open_count=int((~closed).sum()),
        open_profit_quote=open_profit,
        open_profit_fraction=open_profit / initial_equity,
        win_count=int(wins.sum()),
        loss_count=int(losses.sum()),
        average_quote=value("average_quote", no_trade, net),
        median_quote=value("median_quote", no_trade, net, np.median),
        best_quote=value("best_quote", no_trade, net, np.max),
        worst_quote=value("worst_quote", no_trade, net, np.min),
        expectancy_fraction=value("expectancy_fraction", no_trade, returned),
        best_fraction=value("best_fraction", no_trade, returned, np.max),
        worst_fraction=value("worst_fraction", no_trade, returned, np.min),
        average_win_quote=average_win,
        average_loss_quote=average_loss,
        payoff_ratio=undefined.unless(
            no_win or no_loss, "trades.payoff_ratio", lambda: (average_win or 0.0) / (average_loss or 1.0)
        ),
        longest_win_streak=longest_run(wins),
        longest_loss_streak=longest_run(losses),
        average_bars_held=value("average_bars_held", no_trade, held),
        average_bars_held_winners=value("average_bars_held_winners", no_win, held[wins]),
        average_bars_held_losers=value("average_bars_held_losers", no_loss, held[losses]),
    )


def win_rate(net: FloatArray) -> float:
    """Share of trades with a net profit above zero; break-even trades count as trades. Needs one trade.

    >>> win_rate(np.array([120.5, -60.25, 0.0, 35.0, -80.0]))
    0.4
    """
    return int((net > 0.0).sum()) / net.size


def profit_factor(net: FloatArray) -> float:
    """Sum of the wins over the sum of the losses, net of costs. Needs a losing trade.

    >>> round(profit_factor(np.array([120.5, -60.25, 0.0, 35.0, -80.0])), 6)
    1.108734
    """
    return total(net[net > 0.0]) / -total(net[net < 0.0])


def trade_groups(trades: Trades) -> dict[str, tuple[TradeGroup, ...]]:
    """Return the tables ``by_asset`` (every asset), ``by_side`` and ``by_reason`` (those that occurred)."""
    assets, sides, reasons = (trades.columns[name] for name in ("asset", "side", "reason"))
    by_asset = [(name, assets == code) for code, name in enumerate(trades.assets)]
    by_side = [("long", sides > 0), ("short", sides < 0)]
    by_reason = [(name, trades.closed & (reasons == code)) for code, name in enumerate(CLOSE_REASONS)]
    by_reason.append((OPEN, ~trades.closed))
    return {
        "by_asset": tuple(_group(trades, name, members) for name, members in by_asset),
        "by_side": tuple(_group(trades, name, members) for name, members in by_side if members.any()),
        "by_reason": tuple(_group(trades, name, members) for name, members in by_reason if members.any()),
    }


def longest_run(hits: Mask) -> int:
    """Return the length of the longest unbroken run of true values.

    >>> longest_run(np.array([True, True, False, True]))
    2
    """
    misses = np.flatnonzero(~hits)
    edges = np.concatenate(([-1], misses, [hits.size]))
    return int(np.diff(edges).max()) - 1


def total(values: FloatArray) -> float:
    """Return the correctly rounded sum: money adds up to the same figure in any order."""
    if values.size >= MANY:
        rounded = float(exact_sum(np.ascontiguousarray(values, dtype=np.float64), np.empty(PARTIALS)))
        if math.isfinite(rounded):
            return rounded
    return math.fsum(values.tolist())


def mean(values: FloatArray) -> float:
    """Return the sum over the count. Needs a value."""
    return total(values) / values.size


def _group(trades: Trades, label: str, members: Mask) -> TradeGroup:
    ended = members & trades.closed
    net = trades.columns["net_profit"][ended]
    sums = {
        name: total(trades.columns[name][members])
        for name in ("gross_profit", "slippage_quote", "fees", "funding", "net_profit")
    }
    return TradeGroup(
        label=label,
        trade_count=int(net.size),
        open_count=int((members & ~trades.closed).sum()),
        win_rate_fraction=win_rate(net) if net.size else None,
        profit_factor=profit_factor(net) if (net < 0.0).any() else None,
        closed_profit=total(net),
        average_bars_held=mean(trades.columns["bars_held"][ended].astype(np.float64)) if net.size else None,
        **sums,
    )
