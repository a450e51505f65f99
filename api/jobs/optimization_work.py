"""Carrying out a search: batch by batch, stored with its trials as it is measured, the end written once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from agent.background import in_background
from api.jobs import job_runs, search_writes
from api.jobs.evaluators import EvaluatorBroken
from api.jobs.search_records import best_score, plan_of, sharpe_of
from api.jobs.search_writes import ClaimedSearch, Winners, winners_of
from api.look_book import JudgingRefused
from api.runs.events import STEP
from engine.errors import EngineError
from engine.evidence.same_candles import prints_of_market
from engine.identity import engine_hash
from engine.search.outcome import HoldoutTouched
from engine.search.rounds import Rounds, Unlike
from engine.search.run import finalists
from storage.run_records import RunError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from agent.ports import Clock, Ids
    from api.jobs.evaluators import Evaluator
    from api.jobs.job_log import JobLog
    from api.judging import Judging
    from engine.market.bars import MarketData
    from engine.search.outcome import Measured, Outcome
    from engine.search.plan import Plan
    from engine.search.proposal import Proposal
    from storage.unit_of_work import UnitOfWork

STORE_SECONDS = 0.5
STORE_CANDIDATES = 1_024
"""What was measured is stored when it is this old, or this many: what is lost with the process is measured again."""

FIRST_BATCH = 16
QUICK_SECONDS, SLOW_SECONDS = 0.4, 1.6
"""A batch that took less than the one is followed by one of twice its size, more than the other by one of half."""

WEIGHS = "weighing the best among all trials on its data"
ENGINE_CHANGED = "the engine was changed since the search began, so its candidates cannot be compared: start a new one"
DATA_CHANGED = "the candles were changed since the search began, so its candidates cannot be compared: start a new one"


class SearchFailed(Exception):
    """A search cannot come to its end; ``code`` is stable, the message a sentence for its owner."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class OptimizationWork:
    """Implements `api.jobs.dispatcher.JobWork` for searches.

    ``evaluator`` makes who measures the candidates of a plan, ``judging`` weighs the best of them at the end.
    Everything is written under the fence of the claim, in one transaction with the events that tell of it.
    """

    def __init__(
        self,
        log: JobLog,
        market: MarketData,
        clock: Clock,
        ids: Ids,
        evaluator: Callable[[Plan], Evaluator],
        judging: Judging,
    ) -> None:
        self._log = log
        self._market = market
        self._clock = clock
        self._ids = ids
        self._evaluator = evaluator
        self._judging = judging

    def unfinished(self, work: UnitOfWork, owner: str) -> tuple[str, ...]:
        """Return the ids of the owner's searches that wait or were left in the middle."""
        return work.optimizations.unfinished(owner)

    async def carry_out(self, owner: str, record_id: str) -> None:
        """Measure what is left to measure, and write the end."""
        search = await self._claim(owner, record_id)
        with self._log.living(owner, search.run_id):
            plan: Plan | None = None
            try:
                if not search.may_begin:
                    raise SearchFailed(job_runs.GAVE_UP.code, job_runs.GAVE_UP.message)
                plan = await self._plan(search)
                whole = await self._measure(search, plan)
                await self._complete(search, plan, whole)
            except SearchFailed as failure:
                await self._fail(search, plan, RunError(code=failure.code, message=str(failure)))

    async def pause(self, owner: str, record_id: str) -> None:
        """Write into the run that the work was laid down in order."""
        await self._log.pause(owner, record_id)

    async def cancel(self, owner: str, record_id: str) -> None:
        """End a search that nobody wants any more; what was measured stays, and counts."""
        await self._log.cancel(
            owner, record_id, lambda work, now: work.optimizations.cancel(owner, record_id, now_ms=now)
        )

    async def _claim(self, owner: str, record_id: str) -> ClaimedSearch:
        known = await self._log.run_of(owner, record_id)
        run_id = known or self._ids.new("run")
        return await self._log.write(
            owner,
            run_id,
            lambda work, now: search_writes.claim(work, owner, record_id, run_id, now, has_run=known is not None),
        )

    async def _plan(self, search: ClaimedSearch) -> Plan:
        """Return the plan as it was made; raises SearchFailed where it cannot be the same any more."""
        engine = await in_background(engine_hash)
        if search.outcomes and engine != search.record.engine_hash:
            raise SearchFailed("ENGINE_CHANGED", ENGINE_CHANGED)
        planned = await in_background(lambda: plan_of(search.record, search.spec, self._market))
        plan = planned.plan
        if plan is None:
            first = next(one for one in planned.problems if one.severity == "error")
            raise SearchFailed(first.code, f"the search cannot be carried out any more: {first}")
        search.record = search.record.model_copy(update={"engine_hash": engine})
        search.prints = await in_background(lambda: prints_of_market(plan.spec, self._market))
        return plan

    async def _measure(self, search: ClaimedSearch, plan: Plan) -> Mapping[int, Outcome]:
        """Measure what is left; return the best and the spec as it is, run whole, by number."""
        evaluator, rounds = self._evaluator(plan), Rounds(plan)
        evaluator.remember(search.outcomes.values())
        try:
            while todo := rounds.left(search.outcomes):
                await self._measure_round(search, plan, evaluator, todo)
            measured = await evaluator.whole(finalists(plan, search.ordered()))
            for one in measured:
                self._check_data(search, one.data_hash)
            told = {one.outcome.number: sharpe_of(one) for one in measured}
            search.sharpes = {number: sharpe for number, sharpe in told.items() if sharpe is not None}
            return {one.outcome.number: one.outcome for one in measured if one.outcome.status == "evaluated"}
        except HoldoutTouched as failure:
            raise SearchFailed("DATA_CHANGED", str(failure)) from failure
        except Unlike as failure:
            raise SearchFailed("ENGINE_CHANGED", f"{ENGINE_CHANGED} ({failure})") from failure
        except EvaluatorBroken as failure:
            raise SearchFailed("NOT_MEASURED", str(failure)) from failure
        except asyncio.CancelledError:
            if search.fresh:
                await self._store(search, plan)  # what was measured counts, whoever breaks it off
            raise
        finally:
            await evaluator.close()

    async def _measure_round(
        self, search: ClaimedSearch, plan: Plan, evaluator: Evaluator, todo: Sequence[Proposal]
    ) -> None:
        """Measure candidates in batches that take about a second; one batch is stored while the next is measured."""
        size = FIRST_BATCH
        at, stored_at = 0, self._clock.monotonic()
        storing: asyncio.Task[None] | None = None
        try:
            while at < len(todo):
                batch, begun = todo[at : at + min(size, evaluator.at_once)], self._clock.monotonic()
                self._take(search, await evaluator.measure(batch))
                at, now = at + len(batch), self._clock.monotonic()
                search.came_back(now)
                if now - begun > SLOW_SECONDS:
                    size = max(1, len(batch) // 2)
                elif now - begun < QUICK_SECONDS:
                    size = 2 * len(batch)
                if len(search.fresh) >= STORE_CANDIDATES or now - stored_at >= STORE_SECONDS:
                    if storing is not None:
                        await asyncio.shield(storing)
                    storing = asyncio.create_task(self._store(search, plan))
                    stored_at = self._clock.monotonic()
        finally:
            if storing is not None:
                await storing

    def _take(self, search: ClaimedSearch, measured: Sequence[Measured]) -> None:
        for one in measured:
            self._check_data(search, one.data_hash)
            outcome = one.outcome
            if outcome.number == 0 and outcome.status != "evaluated":
                raise SearchFailed("NOT_TESTED", f"the strategy as it is cannot be tested: {outcome.reason}")
            search.outcomes[outcome.number] = outcome
            search.fresh.append(one)

    def _check_data(self, search: ClaimedSearch, data_hash: str | None) -> None:
        known = search.record.data_hash
        if known is None:
            search.record = search.record.model_copy(update={"data_hash": data_hash})
        elif data_hash is not None and data_hash != known:
            raise SearchFailed("DATA_CHANGED", DATA_CHANGED)

    async def _store(self, search: ClaimedSearch, plan: Plan) -> None:
        """Store what was measured since the last time, with its trials, and tell how far the search is."""
        fresh, record = tuple(search.fresh), search.as_known(plan, status="running")
        seconds_left = search.seconds_left(self._clock.monotonic(), plan.count)

        def stored(work: UnitOfWork, now: int) -> None:
            search_writes.keep(work, search, plan, record, fresh, now)
            search_writes.tell_progress(work, search, record, seconds_left, now)

        await self._log.write(search.owner, search.run_id, stored)
        search.record = record.model_copy(update={"data_hash": search.record.data_hash})
        del search.fresh[: len(fresh)]

    async def _complete(self, search: ClaimedSearch, plan: Plan, whole: Mapping[int, Outcome]) -> None:
        """Write the end in one transaction: variants, evidence, status, the last candidates and events."""
        outcomes, record = search.ordered(), search.as_known(plan)
        if not any(one.status == "evaluated" for one in outcomes if one.number > 0):
            told = (record.evidence or {}).get("problems", [{}])[0]
            first = f"; candidate {told['candidate']}: {told['reason']}" if told else ""
            raise SearchFailed("NO_CANDIDATE", f"none of {plan.count} candidates came to a result{first}")
        if best_score(outcomes, plan.objectives) is None and len(plan.objectives) == 1:
            traded = sum(one.closed_trades > 0 for one in outcomes if one.number > 0)
            if traded:
                message = f"{plan.objectives[0]} has no value for any of {traded} candidates that traded: name another"
                raise SearchFailed("UNDEFINED_OBJECTIVE", message)
        winners = await in_background(lambda: winners_of(plan, outcomes, whole))
        await self._store(search, plan)  # what is weighed is everything that was tried
        self._log.note(search.owner, search.run_id, [(STEP, {"name": job_runs.JUDGE, "text": WEIGHS})])
        card = await in_background(lambda: self._card(search, plan, winners))

        def completed(work: UnitOfWork, now: int) -> None:
            search_writes.complete(work, search, plan, winners, record, card, now)

        await self._log.write(search.owner, search.run_id, completed)

    def _card(self, search: ClaimedSearch, plan: Plan, winners: Winners) -> Mapping[str, Any]:
        """Return the honesty card of the best, by the selection part alone; or why there is none, as ``notJudged``.

        It is judged on the whole selection part, whatever window the search had.
        """
        if not winners.specs:
            return {"notJudged": "no candidate closed a trade: there is nothing to judge"}
        try:
            judged = self._judging.judge(search.owner, winners.specs[0])
        except (EngineError, JudgingRefused) as refused:
            return {"notJudged": str(refused)}
        return judged.record.card

    async def _fail(self, search: ClaimedSearch, plan: Plan | None, error: RunError) -> None:
        """Write the end of a search that cannot come to a result; what was measured stays, and counts."""
        fresh = tuple(search.fresh)
        record = search.record if plan is None else search.as_known(plan)

        def failed(work: UnitOfWork, now: int) -> None:
            if plan is not None and fresh:
                search_writes.keep(work, search, plan, record.model_copy(update={"status": "running"}), fresh, now)
            search_writes.fail(work, search, record, error, now)

        await self._log.write(search.owner, search.run_id, failed)
