"""A search of the local user's own: carried out in this process, kept like one that is asked for over HTTP."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from agent.background import in_background, to_the_end
from api.agent_writes import new_strategy
from api.jobs.holding import HeldLock
from api.jobs.job_log import JobLog
from api.jobs.optimization_work import OptimizationWork
from api.jobs.optimizations import add_search
from api.jobs.search_records import queued_record
from api.judging import Judging
from api.runs.log import RunLog
from engine.spec.canonical import plain, spec_hash
from storage.errors import RecordConflict
from storage.records import LOCAL_USER, ZERO_ADDRESS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agent.ports import Clock, Ids
    from api.jobs.evaluators import Evaluator
    from engine.market.bars import MarketData
    from engine.search.plan import Plan
    from engine.spec.models import StrategySpec
    from storage.database import Database
    from storage.run_records import OptimizationRun
    from storage.unit_of_work import UnitOfWork

    Told = Callable[[Mapping[str, Any]], None]

ASKED = ("window", "initialEquity", "limit")
"""Fields of the evidence that belong to what was asked for."""

PAGE = 500

LOOK_SECONDS = 0.5
"""Between two looks whether another process has given the lock back, or ended the search."""


class OwnSearch:
    """One planned search of a spec, stored: begun, or taken up where the same was asked for and broken off before.

    Parameters
    ----------
    database
        Where strategy, record, candidates and trials are kept.
    market
        The candles the plan was made on.
    plan, limit
        What is searched, and the limit that was asked for.
    """

    def __init__(
        self, database: Database, market: MarketData, clock: Clock, ids: Ids, plan: Plan, limit: int | None
    ) -> None:
        self._database, self._market, self._clock, self._ids = database, market, clock, ids
        self._lock = HeldLock(database)
        with database.write() as work:
            now = clock.now_ms()
            work.users.ensure(LOCAL_USER, wallet_address=ZERO_ADDRESS, now_ms=now)
            strategy_id, version = _strategy_of(work, plan.spec, ids, now)
            found = _unfinished(work, strategy_id, queued_record(plan, "asked", strategy_id, version, limit, 0))
            self.taken_up = found is not None
            self.record = found or add_search(work, ids, LOCAL_USER, strategy_id, version, plan, limit, now)

    def known(self) -> OptimizationRun:
        """Return the record as it is stored now."""
        with self._database.read() as work:
            return work.optimizations.get(LOCAL_USER, self.record.id)

    def hold(self) -> bool:
        """Return whether this process carries searches out now; False where another works on the database."""
        return self._lock.try_hold()

    def release(self) -> None:
        """Let others carry searches out."""
        self._lock.release()

    async def to_its_end(
        self, evaluator: Callable[[Plan], Evaluator], told: Told, waits: Callable[[], None]
    ) -> OptimizationRun:
        """Return the record once the search has ended: carried out here, or by another process that holds the lock.

        ``told`` gets each step of its run, whoever carries it out. Cancelled, it keeps what was measured: the next
        `OwnSearch` of the same plan goes on from there.

        Parameters
        ----------
        evaluator
            Makes who measures, where it is carried out here.
        waits
            Called once where another process holds the lock; when that has ended, whatever it was, this one goes on.
        """
        log = RunLog(self._database, self._clock)
        following = asyncio.create_task(self._follow(log, told))
        try:
            if await self._is_its_turn(waits):
                await self._carry_out(log, evaluator)
            await following
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
            await log.close()
        return await in_background(self.known)

    async def _is_its_turn(self, waits: Callable[[], None]) -> bool:
        """Wait until this process holds the lock, or the search has ended; return whether it is to be carried out.

        The lock decides: whether the search has ended is looked up after it was taken.
        """
        held = await to_the_end(self._lock.try_hold)
        if not held:
            waits()
        while not held and await in_background(self._is_unfinished):
            await asyncio.sleep(LOOK_SECONDS)
            held = await to_the_end(self._lock.try_hold)
        return held and await in_background(self._is_unfinished)

    async def _carry_out(self, log: RunLog, evaluator: Callable[[Plan], Evaluator]) -> None:
        """Carry the search out; one that is cancelled elsewhere on the way has ended."""
        judging = Judging(self._database, self._market, self._clock, self._ids)
        jobs = JobLog(self._database, log, self._clock)
        work = OptimizationWork(jobs, self._market, self._clock, self._ids, evaluator, judging)
        try:
            await work.carry_out(LOCAL_USER, self.record.id)
        except RecordConflict:
            if await in_background(self._is_unfinished):
                raise
        except asyncio.CancelledError:
            await work.pause(LOCAL_USER, self.record.id)
            raise

    def _is_unfinished(self) -> bool:
        with self._database.read() as work:
            return self.record.id in work.optimizations.unfinished(LOCAL_USER)

    async def _follow(self, log: RunLog, told: Told) -> None:
        run = await to_the_end(self._run_id)
        if run is not None:
            async for event in log.follow(LOCAL_USER, run):
                told(event.data)

    def _run_id(self) -> str | None:
        with self._database.read() as work:
            run = work.runs.find_by_subject(LOCAL_USER, self.record.id)
            return None if run is None else run.id


def _strategy_of(work: UnitOfWork, spec: StrategySpec, ids: Ids, now_ms: int) -> tuple[str, str]:
    """Return id and version of the strategy that is at this spec, stored as a new one where there is none."""
    wanted, cursor = spec_hash(spec), None
    while True:
        page = work.strategies.page(LOCAL_USER, limit=PAGE, cursor=cursor)
        for one in page.items:
            if one.spec_hash == wanted:
                return one.id, one.version
        if page.following is None:
            break
        cursor = page.following
    made = new_strategy(
        work, LOCAL_USER, plain(spec), ids, why="searched", origin="user", generated_by="user", now_ms=now_ms
    )
    return made, work.strategies.current(LOCAL_USER, made).version


def _unfinished(work: UnitOfWork, strategy_id: str, asked: OptimizationRun) -> OptimizationRun | None:
    """Return the search that was asked for in the same words and has not come to its end."""
    for one in work.optimizations.unfinished(LOCAL_USER):
        record = work.optimizations.get(LOCAL_USER, one)
        if record.strategy_record_id == strategy_id and _asked(record) == _asked(asked):
            return record
    return None


def _asked(record: OptimizationRun) -> tuple[Any, ...]:
    evidence = record.evidence or {}
    return (
        *(record.method, list(record.objectives), record.space, record.seed),
        *(record.spec_hash, record.engine_hash, record.version),
        *(evidence.get(name) for name in ASKED),
    )
