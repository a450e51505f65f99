"""Candidates swept on the selection part; what is kept of each is what judging needs.

Each is measured at its own costs and at twice those, by one sweep that keeps columns of indicators for the next one.
The original, and whatever would replace it, are run whole: only a whole run has trades to diagnose and every figure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic.alias_generators import to_camel

from agent.errors import AgentError
from engine.backtest.run import INITIAL_EQUITY, backtest
from engine.errors import EngineError, SpecError
from engine.judging.stress import at_twice_the_costs
from engine.metrics.sharpe import day_levels, simple_returns
from engine.search.batches import summaries_of
from engine.search.outcome import Days
from engine.sweeps.run import Arena

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from agent.refinement.candidates import Candidate
    from engine.backtest.result import BacktestResult
    from engine.market.bars import MarketData

    FloatArray = NDArray[np.float64]
    Progress = Callable[[str, int, int], None]


class HoldoutTouched(AgentError):
    """A run of a search reached into the holdout; its candidates would be selected by what must judge them."""

    code = "HOLDOUT_TOUCHED"


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """A candidate and what measuring it left.

    ``summary`` is the PerformanceSummary in camelCase, of the original a whole run's, of the others a sweep's (with
    ``sharpeDaily`` for ``sharpeRatio``), empty when it failed (``failure`` says why). ``returns`` are those of the
    whole UTC days of the window, shape (n_days,), 0 after a liquidation; ``stressed`` the same at twice the costs.
    ``days`` are the returns as the trial ledger keeps them, None without a whole day.
    """

    candidate: Candidate
    summary: Mapping[str, Any]
    data_hash: str
    returns: FloatArray
    stressed: FloatArray
    trade_count: int
    max_drawdown: float
    days: Days | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """All that was measured, the original first, on one window (UTC ms, closed-open) at the costs of the spec.

    ``market`` are the daily returns of buy and hold, shape (n_days,). ``cancelled`` tells that not all were measured.
    """

    evaluated: tuple[Evaluated, ...]
    market: FloatArray
    start: int
    end: int
    cancelled: bool = False


def search(
    candidates: Sequence[Candidate],
    data: MarketData,
    *,
    original: BacktestResult | None = None,
    arena: Arena | None = None,
    start: int | None = None,
    end: int | None = None,
    initial_equity: float = INITIAL_EQUITY,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Searched:
    """Measure candidates on the selection part.

    Parameters
    ----------
    candidates : sequence of Candidate
        The original first; all on the same assets and timeframe.
    data : MarketData
        Candles; nothing from the holdout on is read.
    original : BacktestResult, optional
        The whole run of the original, where there is one already.
    arena : Arena, optional
        Of the same candles, where columns of indicators are kept.
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
    first = original
    if first is None:
        first = backtest(candidates[0].spec, data, start=start, end=end, initial_equity=initial_equity)
    refuse_holdout(first)
    market = _held(first)
    arena = arena or Arena(data)
    kept = [replace(_swept(arena, candidates[0], first, market.size), summary=_summary(first))]
    stopped = False
    for done, candidate in enumerate(candidates[1:], start=1):
        if progress is not None:
            progress("search", done, len(candidates))
        if cancelled is not None and cancelled():
            stopped = True
            break
        try:
            kept.append(_swept(arena, candidate, first, market.size))
        except EngineError as error:
            kept.append(_failed(candidate, first, market.size, str(error)))
    if progress is not None and not stopped:
        progress("search", len(candidates), len(candidates))
    return Searched(tuple(kept), market, first.start, first.end, stopped)


def whole_summary(candidate: Candidate, data: MarketData, searched: Searched, initial_equity: float) -> dict[str, Any]:
    """Return the PerformanceSummary (camelCase) of a whole run of a candidate on the window that was searched.

    Raises
    ------
    HoldoutTouched
        It reaches into the holdout.
    """
    run = backtest(candidate.spec, data, start=searched.start, end=searched.end, initial_equity=initial_equity)
    refuse_holdout(run)
    return _summary(run)


def refuse_holdout(result: BacktestResult) -> None:
    """Raise HoldoutTouched when a run read, or could have read, bars of the holdout."""
    holdout = result.holdout
    if holdout is not None and (holdout.seen or result.end > holdout.start):
        raise HoldoutTouched(f"a run up to {result.end} reaches into the holdout from {holdout.start} on")


def _swept(arena: Arena, candidate: Candidate, first: BacktestResult, n_days: int) -> Evaluated:
    """Measure a candidate on the window of the original; raises EngineError when it cannot be."""
    swept = arena.sweep(
        candidate.spec,
        [{}, at_twice_the_costs(candidate.spec)],
        start=first.start,
        end=first.end,
        initial_equity=first.simulation.initial_equity,
        daily_returns=True,
    )
    if swept.problems:
        raise SpecError([problem for problems in swept.problems.values() for problem in problems])
    if (swept.start, swept.end) != (first.start, first.end):
        raise HoldoutTouched(f"'{candidate.label}' was measured from {swept.start} to {swept.end}, not as the original")
    days = None
    returns = np.zeros((2, n_days))
    if swept.daily_returns is not None and swept.first_day is not None:
        days = Days(swept.first_day, swept.daily_returns[0].copy())
        returns[:] = swept.daily_returns
    return Evaluated(
        candidate=candidate,
        summary=summaries_of(swept)[0],
        data_hash=first.data_hash,
        returns=returns[0],
        stressed=returns[1],
        trade_count=int(swept.trade_count[0]),
        max_drawdown=float(swept.max_drawdown[0]),
        days=days,
    )


def _summary(result: BacktestResult) -> dict[str, Any]:
    return {to_camel(name): value for name, value in result.summary.defined().items()}


def _failed(candidate: Candidate, original: BacktestResult, n_days: int, failure: str) -> Evaluated:
    nothing = np.zeros(n_days)
    return Evaluated(candidate, {}, original.data_hash, nothing, nothing, 0, 0.0, failure=failure)


def _held(result: BacktestResult) -> FloatArray:
    """Return the daily returns of buy and hold over the whole window, whatever became of the account."""
    run = result.simulation
    close_time = np.ascontiguousarray(run.close_time)
    days = day_levels(int(run.time[0]), close_time, np.ascontiguousarray(result.benchmark), run.initial_equity)
    return simple_returns(float(days[0]), days[1:]) if days.size else days
