"""A line of the trial ledger, from a result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic.alias_generators import to_camel

from agent.ports import Trial
from engine.evidence.families import family_text
from engine.evidence.same_candles import prints_of_result
from engine.spec import behaviour_hash

if TYPE_CHECKING:
    from engine.backtest.result import BacktestResult


def trial_of(result: BacktestResult, origin: Literal["build", "edit", "search", "backtest"], note: str = "") -> Trial:
    """Return the trial that a result was, with its daily returns; its families are the assets it looked at."""
    from engine.search.day_returns import days_of

    return Trial(
        behaviour_hash=behaviour_hash(result.spec),
        data_hash=result.data_hash,
        family=family_text(result.spec.universe.assets),
        start=result.start,
        end=result.end,
        summary={to_camel(name): value for name, value in result.summary.defined().items()},
        origin=origin,
        note=note,
        returns=days_of(result),
        prints=prints_of_result(result),
    )
