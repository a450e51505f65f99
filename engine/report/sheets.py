"""The tables of a report, as text in rows and columns that every face can show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.report.figures import count, minute, money, number, percent, price, span
from engine.report.inert import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.backtest.result import BacktestResult, Trade
    from engine.metrics.trades import TradeGroup

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
HEATS = 4
OPEN = "still open"


@dataclass(frozen=True, slots=True)
class Term:
    """A name and what stands for it; both are text to show, not markup."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: the first column names the row, the others hold figures. All cells are text, not markup."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """A cell of the table of months: its text and its colour, ``heat-u1`` to ``heat-u4`` up, ``heat-d1`` on down."""

    text: str
    heat: str


@dataclass(frozen=True, slots=True)
class Year:
    """A row of the table of months."""

    year: str
    cells: tuple[Month, ...]
    total: str


def group_sheet(title: str, first: str, groups: Sequence[TradeGroup], interval_ms: int) -> Sheet:
    """Return a table of trade groups: by asset, by side or by close reason."""
    rows = tuple(
        (
            one_line(group.label).replace("_", " ") if group.label != "open" else OPEN,
            count(group.trade_count),
            percent(group.win_rate_fraction),
            number(group.profit_factor),
            money(group.net_profit, signed=True),
            money(group.fees + group.slippage_quote + group.funding),
            span(None if group.average_bars_held is None else group.average_bars_held * interval_ms),
        )
        for group in groups
    )
    return Sheet(title, (first, "Trades", "Won", "Profit factor", "Net profit", "Costs", "Held, mean"), rows)


def year_sheet(result: BacktestResult) -> Sheet:
    """Return the run year by year, beside buy-and-hold."""
    rows = tuple(
        (
            str(row.year),
            percent(row.return_fraction, signed=True),
            percent(row.benchmark_return_fraction, signed=True),
            percent(row.max_drawdown_fraction),
            money(row.net_profit, signed=True),
            count(row.trade_count),
        )
        for row in result.statistics.by_year
    )
    columns = ("Year", "Return", "Buy and hold", "Drawdown", "Net profit", "Trades")
    return Sheet(
        "By year",
        columns,
        rows,
        (
            "A year counts as far as the run covers it. Its profit is the rise of the account, open positions at their "
            "mark; its trades are those closed in it."
        ),
    )


def month_years(result: BacktestResult) -> tuple[Year, ...]:
    """Return the monthly returns, a row a year; colours are relative to the strongest month."""
    table = result.statistics.monthly_returns
    strongest = max((abs(cell) for row in table.cells for cell in row if cell is not None), default=0.0)
    return tuple(
        Year(str(year), tuple(_month(cell, strongest) for cell in cells), percent(whole, signed=True))
        for year, cells, whole in zip(table.years, table.cells, table.totals, strict=True)
    )


def trade_sheet(result: BacktestResult, ends: int) -> Sheet:
    """Return the trades as a table: all, or the first and the last ``ends`` of a longer list.

    Trades stand in the order of their exits, open positions last.
    """
    trades, n = result.trades, len(result.trades)
    shown = list(range(n)) if n <= 2 * ends else [*range(ends), *range(n - ends, n)]
    rows = tuple(_trade_row(k + 1, trades[k], result.simulation.interval_ms) for k in shown)
    note = "" if len(shown) == n else f"The first {ends} and the last {ends} of {n:,} trades; all are in trades.csv."
    columns = ("Trade", "Asset", "Side", "In (UTC)", "at", "Out (UTC)", "at", "Return", "Profit", "Held", "Reason")
    return Sheet("Trades", columns, rows, note)


def _trade_row(place: int, trade: Trade, interval_ms: int) -> tuple[str, ...]:
    return (
        str(place),
        one_line(trade.asset),
        trade.side,
        minute(trade.entry_time),
        price(trade.entry_price),
        minute(trade.exit_time) if trade.exit_time is not None else "",
        price(trade.exit_price),
        percent(trade.return_fraction, 2, signed=True),
        money(trade.net_profit, signed=True),
        span(trade.bars_held * interval_ms),
        OPEN if trade.reason is None else trade.reason.replace("_", " "),
    )


def _month(value: float | None, strongest: float) -> Month:
    if value is None:
        return Month("", "")
    level = min(int(abs(value) / strongest * HEATS) + 1, HEATS) if strongest > 0 else 0
    heat = f"heat-{'u' if value > 0 else 'd'}{level}" if value != 0 and level else ""
    return Month(percent(value, signed=True).removesuffix(" %"), heat)
