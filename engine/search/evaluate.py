"""One candidate run whole on the selection part, by the same backtest that everything else is measured with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineError, SpecError
from engine.market.quality import utc
from engine.market.timeframe import DAY_MS
from engine.search.outcome import Days, HoldoutTouched, Measured, Outcome
from engine.spec.canonical import behaviour_hash
from engine.spec.defaults import fill_of
from engine.spec.place import camel_case

if TYPE_CHECKING:
    from engine.backtest.result import BacktestResult
    from engine.market.bars import MarketData
    from engine.search.plan import Plan
    from engine.search.proposal import Proposal


def evaluate(plan: Plan, proposal: Proposal, market: MarketData, *, finer: bool = True) -> Measured:
    """Run one candidate of a plan whole; the same plan, candidate and candles give the same bytes.

    Its summary has every figure of a backtest that is defined, and ``sharpeDaily`` where that is.

    Parameters
    ----------
    finer : bool
        Whether finer candles are read where a bar touches both stop and target; a sweep never does.

    Raises
    ------
    HoldoutTouched
        The candles have changed so that the plan's window reaches into the holdout.
    """
    from engine.backtest.reading import candles_digest
    from engine.backtest.run import backtest  # loads the kernels
    from engine.backtest.window import HoldoutLocked

    number, overrides = proposal.number, plan.overrides_at(proposal.places)
    checked = plan.candidate_at(proposal.places, market)
    if checked.spec is None:
        first = next(problem for problem in checked.problems if problem.severity == "error")
        return Measured(Outcome(number, overrides, "invalid", reason=str(first)))
    name, window, equity = behaviour_hash(checked.spec), plan.window, plan.initial_equity
    try:
        result = backtest(checked.spec, market, start=window.start, end=window.end, initial_equity=equity, finer=finer)
    except SpecError as refusal:
        return Measured(Outcome(number, overrides, "invalid", reason=str(refusal.problems[0])))
    except HoldoutLocked as locked:
        raise HoldoutTouched(f"the candles have changed since the search was planned: {locked}") from locked
    except EngineError as failure:
        return Measured(Outcome(number, overrides, "failed", name, reason=str(failure)))
    _refuse_holdout(result)
    if fill_of(checked.spec) == "vwap" and (result.start, result.end) != (window.start, window.end):
        reason = f"fill 'vwap' is priced by minutes that cover {utc(result.start)} to {utc(result.end)} only"
        return Measured(Outcome(number, overrides, "failed", name, reason=f"{reason}: not the window of the others"))
    summary = {camel_case(figure): value for figure, value in result.summary.defined().items()}
    daily = result.statistics.sharpe.daily_ratio
    if daily is not None:
        summary["sharpeDaily"] = daily
    # candidates may differ in what finer candles they make a run read; the candles they share must not change
    return Measured(
        Outcome(number, overrides, "evaluated", name, summary), candles_digest(result.sources), days_of(result)
    )


def days_of(result: BacktestResult) -> Days | None:
    """Return the returns of the whole days of a run; 0 once the account was gone."""
    from engine.metrics.sharpe import path_of

    opened, closed = int(result.simulation.time[0]), result.end
    first = -(-opened // DAY_MS)
    count = closed // DAY_MS - first
    if count < 1:
        return None
    known = path_of(result.simulation).daily_returns[:count]
    days = np.zeros(count, dtype=np.float32)
    days[: known.size] = known
    return Days(first * DAY_MS, days)


def broken_off(plan: Plan, proposal: Proposal, reason: str) -> Measured:
    """Return what is known of a candidate that was started and never came to a result, and why."""
    number, overrides = proposal.number, plan.overrides_at(proposal.places)
    spec = plan.candidate_at(proposal.places).spec
    if spec is None:
        return Measured(Outcome(number, overrides, "invalid", reason=reason))
    return Measured(Outcome(number, overrides, "failed", behaviour_hash(spec), reason=reason))


def _refuse_holdout(result: BacktestResult) -> None:
    holdout = result.holdout
    if holdout is not None and (holdout.seen or result.end > holdout.start):
        raise HoldoutTouched(f"a run up to {result.end} reaches into the holdout from {holdout.start} on")
