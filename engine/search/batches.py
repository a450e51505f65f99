"""Many candidates of a plan measured at once, by a sweep over candles that stay ready for the next."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from engine.errors import EngineError
from engine.search.evaluate import broken_off, evaluate
from engine.search.memo import Memo
from engine.search.outcome import Days, HoldoutTouched, Measured, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from engine.backtest.reading import Reading
    from engine.market.bars import MarketData
    from engine.search.plan import Plan
    from engine.search.proposal import Proposal
    from engine.sweeps.swept import Swept

FIGURES = {
    "netProfit": "net_profit",
    "returnsPct": "returns",
    "sharpeDaily": "sharpe_daily",
    "maxDrawdownPct": "max_drawdown",
    "winRatePct": "win_rate",
    "tradeCount": "trade_count",
    "profitFactor": "profit_factor",
    "feesPaid": "fees_paid",
}
"""Figures of a summary that a sweep knows, and where it has them."""


class Batches:
    """Measures the candidates of one plan on one market; what behaves the same is measured once.

    Keep one as long as the search lasts: it holds columns of indicators and what was measured.

    Parameters
    ----------
    plan : Plan
        What is measured.
    market : MarketData
        The candles; nothing from the holdout on is read.
    known : iterable of Outcome
        What an earlier part of the search came to.
    threads : int
        How many threads share the work; the result does not depend on it.
    """

    def __init__(self, plan: Plan, market: MarketData, known: Iterable[Outcome] = (), *, threads: int = 1) -> None:
        from engine.sweeps.run import Arena  # loads the kernels

        self._plan = plan
        self._market = market
        self._threads = threads
        self._arena = Arena(market)
        self._memo = Memo(plan, known)
        self._singly = plan.fills_differ

    def measure(self, proposals: Sequence[Proposal]) -> list[Measured]:
        """Measure candidates, in the order given; figures are those of a backtest that reads no finer candles.

        A candidate that is no valid spec, or came to no result, says why and takes no other with it.

        Raises
        ------
        HoldoutTouched
            The candles have changed so that the plan's window reaches into the holdout.
        """
        names = self._memo.names(proposals)
        measured = self._anew(self._memo.fresh(proposals, names), names)
        told, left = self._memo.all_of(proposals, names, measured)
        invalid = iter([self._swept([one], names)[0] for one in left])
        return [next(invalid) if one is None else one for one in told]

    def measure_anew(self, proposals: Sequence[Proposal]) -> list[Measured]:
        """Measure candidates whatever is known of them: each has its daily returns, however often it is asked for."""
        return self._anew(proposals, self._memo.names(proposals))

    def whole(self, proposals: Sequence[Proposal]) -> list[Measured]:
        """Run candidates whole, as a backtest of each does, for the figures a sweep does not know."""
        return [evaluate(self._plan, one, self._market) for one in proposals]

    def keep(self, outcomes: Iterable[Outcome]) -> None:
        """Take note of what is known: what behaves the same is not measured."""
        self._memo.keep(outcomes)

    def _anew(self, proposals: Sequence[Proposal], names: Mapping[int, str | None]) -> list[Measured]:
        return apart(proposals, lambda some: self._swept(some, names), EngineError, self._failed)

    def _failed(self, proposal: Proposal, failure: BaseException) -> Measured:
        return broken_off(self._plan, proposal, str(failure))

    def _swept(self, proposals: Sequence[Proposal], names: Mapping[int, str | None]) -> list[Measured]:
        """Measure each of some candidates."""
        from engine.backtest.reading import candles_digest, read_market, sources_of
        from engine.backtest.window import HoldoutLocked

        if not proposals:
            return []
        plan = self._plan
        if self._singly:
            return [evaluate(plan, one, self._market, finer=False) for one in proposals]
        start, end = plan.window.start, plan.window.end
        try:
            read = read_market(plan.spec, self._market, start=start, end=end)
            _refuse_holdout(read)
            several = [plan.overrides_at(one.places) for one in proposals]
            swept = self._arena.sweep(
                plan.spec,
                several,
                start=start,
                end=end,
                initial_equity=plan.initial_equity,
                threads=self._threads,
                daily_returns=True,
            )
        except HoldoutLocked as locked:
            raise HoldoutTouched(f"the candles have changed since the search was planned: {locked}") from locked
        digest, summaries = candles_digest(sources_of(read)), summaries_of(swept)
        measured = []
        for at, one in enumerate(proposals):
            if at in swept.problems:
                reason = str(swept.problems[at][0])
                measured.append(Measured(Outcome(one.number, several[at], "invalid", reason=reason)))
                continue
            outcome = Outcome(one.number, several[at], "evaluated", names[one.number], summaries[at])
            measured.append(Measured(outcome, digest, _days_of(swept, at)))
        return measured


def apart(
    proposals: Sequence[Proposal],
    measure: Callable[[Sequence[Proposal]], list[Measured]],
    caught: type[Exception],
    failed: Callable[[Proposal, Exception], Measured],
) -> list[Measured]:
    """Measure candidates together; where that fails, each half alone, down to the one at fault, which has failed."""
    try:
        return measure(proposals)
    except HoldoutTouched:
        raise
    except caught as failure:
        if len(proposals) == 1:
            return [failed(proposals[0], failure)]
        middle = len(proposals) // 2
        halves = proposals[:middle], proposals[middle:]
        return [one for half in halves for one in apart(half, measure, caught, failed)]


def summaries_of(swept: Swept) -> list[dict[str, Any]]:
    """Return a summary (camelCase, undefined figures left out) of each candidate of a sweep."""
    columns = {name: getattr(swept, column).tolist() for name, column in FIGURES.items()}
    summaries = []
    for values in zip(*columns.values(), strict=True):
        summary = {name: value for name, value in zip(columns, values, strict=True) if math.isfinite(value)}
        if "tradeCount" in summary:
            summary["tradeCount"] = int(summary["tradeCount"])
        summaries.append(summary)
    return summaries


def _days_of(swept: Swept, at: int) -> Days | None:
    if swept.daily_returns is None or swept.first_day is None:
        return None
    return Days(swept.first_day, swept.daily_returns[at].copy())


def _refuse_holdout(read: Reading) -> None:
    holdout = read.window.holdout
    if holdout is not None and (holdout.seen or read.window.end > holdout.start):
        raise HoldoutTouched(f"a run up to {read.window.end} reaches into the holdout from {holdout.start} on")
