"""The run by calendar year and month, in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.metrics.drawdown import drawdown
from engine.metrics.trades import total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.backtest.result import Simulation

    FloatArray = NDArray[np.float64]

MONTHS_PER_UNIT = {"year": 12, "month": 1}


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """One calendar year, or one month of it, as far as the run covers it.

    A bar belongs to the period in which it opens, a trade to that of the bar it was closed in. ``return_fraction`` is
    against the equity at the end of the period before, so that the periods chain to the total return;
    ``max_drawdown_fraction`` starts there too. Both are None where the period began with nothing left. ``net_profit``
    is what equity rose by, open positions at their mark, ``closed_profit`` what the trades closed in the period earned,
    whenever they were opened; both in quote currency, and they differ by what was open at either end.
    """

    year: int
    month: int | None
    n_bars: int
    net_profit: float
    return_fraction: float | None
    benchmark_return_fraction: float
    max_drawdown_fraction: float | None
    trade_count: int
    closed_profit: float


@dataclass(frozen=True, slots=True)
class MonthlyReturns:
    """Returns as a table: a row a year, ``cells[row][month - 1]`` a fraction or None, ``totals`` by year."""

    years: tuple[int, ...]
    cells: tuple[tuple[float | None, ...], ...]
    totals: tuple[float | None, ...]


def period_rows(simulation: Simulation, benchmark: FloatArray, unit: str) -> tuple[PeriodRow, ...]:
    """Return one row per calendar ``unit`` ("year" or "month") that holds a bar, in time order."""
    firsts = _first_bars(simulation.time, MONTHS_PER_UNIT[unit])
    lasts = np.concatenate((firsts[1:], [simulation.n_bars])) - 1
    ended = simulation.trades.closed
    exits, net = (simulation.trades.columns[name][ended] for name in ("exit_bar", "net_profit"))
    rows = []
    for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
        closed = net[(exits >= first) & (exits <= last)]
        year, month = divmod(_month_of(simulation.time[first]), 12)
        before = _before(simulation.equity, first, simulation.initial_equity)
        after = float(simulation.equity[last])
        held = _before(benchmark, first, simulation.initial_equity)
        alive = before > 0.0
        rows.append(
            PeriodRow(
                year=1970 + year,
                month=month + 1 if unit == "month" else None,
                n_bars=last - first + 1,
                net_profit=after - before,
                return_fraction=after / before - 1.0 if alive else None,
                benchmark_return_fraction=float(benchmark[last]) / held - 1.0,
                max_drawdown_fraction=_deepest(simulation.equity[first : last + 1], before) if alive else None,
                trade_count=int(closed.size),
                closed_profit=total(closed),
            )
        )
    return tuple(rows)


def monthly_returns(by_year: Sequence[PeriodRow], by_month: Sequence[PeriodRow]) -> MonthlyReturns:
    """Arrange the rows of `period_rows` as a table of years and months."""
    found = {(row.year, row.month): row.return_fraction for row in by_month}
    years = tuple(row.year for row in by_year)
    return MonthlyReturns(
        years=years,
        cells=tuple(tuple(found.get((year, month)) for month in range(1, 13)) for year in years),
        totals=tuple(row.return_fraction for row in by_year),
    )


def _first_bars(time: NDArray[np.int64], months: int) -> NDArray[np.int64]:
    """Return the first bar of every period of so many months that has one."""
    first, last = (_month_of(time[at]) // months for at in (0, -1))
    begins = (np.arange(first, last + 1) * months).astype("datetime64[M]").astype("datetime64[ms]").astype(np.int64)
    bars = np.unique(np.searchsorted(time, begins))
    return np.asarray(bars[bars < time.shape[0]], dtype=np.int64)


def _month_of(time: np.int64) -> int:
    """Return the months from January 1970 to that of ``time``, UTC milliseconds."""
    return int(np.datetime64(int(time), "ms").astype("datetime64[M]").astype(np.int64))


def _before(curve: FloatArray, first: int, initial: float) -> float:
    return float(curve[first - 1]) if first > 0 else initial


def _deepest(curve: FloatArray, before: float) -> float:
    return drawdown(curve, initial=before).deepest
