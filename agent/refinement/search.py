"""Candidates run on the selection part, one after the other; what is kept of each is what judging needs.

A run of the engine costs some tenths of a second, of which computing columns is a twentieth, so nothing is shared
between candidates but the market's own bars.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic.alias_generators import to_camel

from agent.errors import AgentError
from engine.backtest.run import INITIAL_EQUITY, backtest
from engine.errors import EngineError
from engine.market.timeframe import DAY_MS
from engine.metrics.sharpe import day_levels, path_of, simple_returns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from agent.refinement.candidates import Candidate
    from engine.backtest.result import BacktestResult, Simulation
    from engine.market.bars import MarketData

    FloatArray = NDArray[np.float64]
    Progress = Callable[[str, int, int], None]


class HoldoutTouched(AgentError):
    """A run of a search reached into the holdout; its candidates would be selected by what must judge them."""

    code = "HOLDOUT_TOUCHED"


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """A candidate and what its run left.

    ``summary`` is the PerformanceSummary in camelCase, empty when the run failed (``failure`` says why). ``returns``
    are those of the whole UTC days of the window, shape (n_days,), 0 after a liquidation; ``costs`` the fees and
    slippage of each day over the equity it began with. ``exposure`` is the mean net exposure, a fraction of equity.
    ``held_bars`` is the mean holding of closed trades.
    """

    candidate: Candidate
    summary: Mapping[str, Any]
    data_hash: str
    returns: FloatArray
    costs: FloatArray
    exposure: float
    trade_count: int
    max_drawdown: float
    held_bars: float
    failure: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """All that was run, the original first, on one window (UTC ms, closed-open) at the costs of the spec.

    ``market`` are the daily returns of buy and hold, shape (n_days,). ``cancelled`` tells that not all were run.
    """

    evaluated: tuple[Evaluated, ...]
    market: FloatArray
    start: int
    end: int
    interval_ms: int
    cancelled: bool = False


def search(
    candidates: Sequence[Candidate],
    data: MarketData,
    *,
    start: int | None = None,
    end: int | None = None,
    initial_equity: float = INITIAL_EQUITY,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Searched:
    """Run candidates on the selection part.

    Parameters
    ----------
    candidates : sequence of Candidate
        The original first; all on the same assets and timeframe.
    data : MarketData
        Candles; nothing from the holdout on is read.
    start, end : int, optional
        The window, UTC ms, inside the selection part; default all of it.
    progress : callable, optional
        Called with ("search", done, total) after each candidate.
    cancelled : callable, optional
        Asked before each candidate but the first; True ends the search.

    Raises
    ------
    EngineError
        The original cannot be run: its spec, its data or its window (`engine.backtest.window.HoldoutLocked`).
    HoldoutTouched
        A result reaches into the holdout.
    """
    first = backtest(candidates[0].spec, data, start=start, end=end, initial_equity=initial_equity)
    refuse_holdout(first)
    market = _daily(first.simulation, first.benchmark)
    kept = [_kept(candidates[0], first, market.size)]
    stopped = False
    for done, candidate in enumerate(candidates[1:], start=1):
        if progress is not None:
            progress("search", done, len(candidates))
        if cancelled is not None and cancelled():
            stopped = True
            break
        try:
            result = backtest(candidate.spec, data, start=first.start, end=first.end, initial_equity=initial_equity)
        except EngineError as error:
            kept.append(_failed(candidate, first, market.size, str(error)))
            continue
        refuse_holdout(result)
        kept.append(_kept(candidate, result, market.size))
    if progress is not None and not stopped:
        progress("search", len(candidates), len(candidates))
    interval = first.simulation.interval_ms
    return Searched(tuple(kept), market, first.start, first.end, interval, stopped)


def refuse_holdout(result: BacktestResult) -> None:
    """Raise HoldoutTouched when a run read, or could have read, bars of the holdout."""
    holdout = result.holdout
    if holdout is not None and (holdout.seen or result.end > holdout.start):
        raise HoldoutTouched(f"a run up to {result.end} reaches into the holdout from {holdout.start} on")


def daily_costs(simulation: Simulation, levels: FloatArray, first_midnight: int) -> FloatArray:
    """Return fees and slippage of each whole day over the equity at its beginning; a rebate counts as no cost.

    ``levels`` are the equity at the midnights, shape (n_days + 1,).
    """
    fills = simulation.fills.columns
    money = np.maximum(fills["fee"], 0.0) + np.maximum(fills["slippage_quote"], 0.0)
    day = (fills["time"] - first_midnight) // DAY_MS
    inside = (day >= 0) & (day < levels.size - 1)
    paid = np.bincount(day[inside], weights=money[inside], minlength=max(0, levels.size - 1)).astype(np.float64)
    began = levels[:-1]
    return np.divide(paid, began, out=np.zeros_like(paid), where=began > 0)


def _kept(candidate: Candidate, result: BacktestResult, n_days: int) -> Evaluated:
    simulation = result.simulation
    path = path_of(simulation)
    first_midnight = -(-path.start // DAY_MS) * DAY_MS
    closed = simulation.trades.closed
    held = simulation.trades.columns["bars_held"][closed]
    return Evaluated(
        candidate=candidate,
        summary={to_camel(name): value for name, value in result.summary.defined().items()},
        data_hash=result.data_hash,
        returns=_padded(path.daily_returns, n_days),
        costs=_padded(daily_costs(simulation, path.days, first_midnight), n_days),
        exposure=result.statistics.exposure.mean_net_fraction or 0.0,
        trade_count=result.summary.trade_count,
        max_drawdown=result.summary.max_drawdown_pct,
        held_bars=float(held.mean()) if held.size else 0.0,
    )


def _failed(candidate: Candidate, original: BacktestResult, n_days: int, failure: str) -> Evaluated:
    nothing = np.zeros(n_days)
    return Evaluated(candidate, {}, original.data_hash, nothing, nothing, 0.0, 0, 0.0, 0.0, failure)


def _daily(simulation: Simulation, curve: FloatArray) -> FloatArray:
    """Return the daily returns of a curve over the whole window, whatever became of the account."""
    close_time = np.ascontiguousarray(simulation.close_time)
    days = day_levels(int(simulation.time[0]), close_time, np.ascontiguousarray(curve), simulation.initial_equity)
    return simple_returns(float(days[0]), days[1:]) if days.size else days


def _padded(values: FloatArray, n_days: int) -> FloatArray:
    out = np.zeros(n_days)
    out[: min(n_days, values.size)] = values[:n_days]
    return out
