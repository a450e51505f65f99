"""Refinements as jobs: asked for over HTTP, carried out by the agent, kept under the fence of who claimed them."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from agent.background import to_the_end
from agent.errors import NotFound
from agent.refinement.record_reader import BadRecord
from api.jobs import job_runs
from api.jobs.fenced_store import ClaimedRefinement, FencedStore
from api.jobs.optimizations import refuse_too_many
from api.runs.events import TurnEvents
from engine.errors import EngineError
from storage.errors import RecordConflict, RecordInvalid
from storage.records import read_record
from storage.run_records import RunError
from storage.strategy_records import RefinementJob, RefinementOutputs
from storage.times import wire_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agent.conversation import Conversation
    from agent.ports import Clock, Ids, Store
    from api.jobs.job_log import JobLog
    from api.service import Service
    from storage.database import Database
    from storage.unit_of_work import UnitOfWork

CANCELLED = "It was cancelled before its end, and nothing of it was kept."
BEGINS = "taking up the request"

ASKED = ("id", "strategyRecordId", "createdAt", "status", "reason")
"""What of a job its request is; the rest is the server's."""

log = logging.getLogger("kek.jobs")


async def request_refinement(
    service: Service,
    owner: str,
    strategy_id: str,
    *,
    reason: Any = None,
    drift_event_id: str | None = None,
    also: Callable[[UnitOfWork, RefinementJob], None] | None = None,
) -> RefinementJob:
    """Store a request to look for something better than a strategy's current version, and ask for work on it.

    Parameters
    ----------
    reason : str, optional
        ``drift_detected``, ``user_request`` or ``scheduled_review``; default the first where an event is named, else
        the second.
    drift_event_id : str, optional
        A stored DriftEvent of that strategy.
    also : callable, optional
        Called with the unit of work that stores the job, and the job: what is to be kept with it.

    Raises
    ------
    RecordNotFound
        The owner has no such strategy or drift event.
    RecordInvalid
        The reason is none, or the event is about another strategy.
    TooManyJobs
        The owner has too many unfinished jobs.
    """
    now = service.clock.now_ms()
    asked = {
        "id": service.ids.new("job"),
        "strategyRecordId": strategy_id,
        "createdAt": wire_time(now),
        "status": "queued",
        "reason": reason or ("user_request" if drift_event_id is None else "drift_detected"),
    }
    job = read_record(RefinementJob, asked if drift_event_id is None else {**asked, "driftEventId": drift_event_id})
    run_id = service.ids.new("run")

    def stored() -> RefinementJob:
        with service.database.write() as work:
            work.strategies.current(owner, strategy_id)
            if drift_event_id is not None:
                about = work.refinements.drift_event(owner, drift_event_id).strategy_record_id
                if about != strategy_id:
                    raise RecordInvalid(f"drift event '{drift_event_id}' is about another strategy, '{about}'")
            refuse_too_many(work, owner)
            work.refinements.add_job(owner, job, now_ms=now)
            job_runs.begin_run(work, owner, "refinement", job.id, run_id, now)
            kept = work.refinements.job(owner, job.id)
            if also is not None:
                also(work, kept)
            return kept

    kept = await to_the_end(stored)
    await service.jobs.submit("refinement", owner, kept.id)
    return kept


class RefinementWork:
    """Implements `api.jobs.dispatcher.JobWork` for refinements.

    ``conversation_with`` makes an agent that keeps what it finds in a given store: the one of this job, which writes
    under the fence of its claim. A job that was broken off begins again from the beginning, with the same seed.
    """

    def __init__(
        self,
        database: Database,
        log: JobLog,
        clock: Clock,
        ids: Ids,
        conversation_with: Callable[[Store], Conversation],
    ) -> None:
        self._database = database
        self._log = log
        self._clock = clock
        self._ids = ids
        self._conversation_with = conversation_with

    def unfinished(self, work: UnitOfWork, owner: str) -> tuple[str, ...]:
        """Return the ids of the owner's jobs that wait or were left in the middle."""
        return work.refinements.unfinished(owner)

    async def carry_out(self, owner: str, record_id: str) -> None:
        """Refine, and keep job, trials and variant; what cannot be refined has failed."""
        claimed, event, may_begin = await self._claim(owner, record_id)
        with self._log.living(owner, claimed.run_id):
            if not may_begin:
                await self._fail(claimed, job_runs.GAVE_UP)
                return
            try:
                await self._refine(claimed, event)
            except (NotFound, BadRecord, EngineError) as refusal:
                code = refusal.code if isinstance(refusal, NotFound | BadRecord) else "NOT_TESTED"
                await self._fail(claimed, RunError(code=code, message=str(refusal)))

    async def pause(self, owner: str, record_id: str) -> None:
        """Write into the run that the work was laid down in order."""
        await self._log.pause(owner, record_id)

    async def cancel(self, owner: str, record_id: str) -> None:
        """End a job that nobody wants any more."""

        def cancelled(work: UnitOfWork, now: int) -> None:
            job = work.refinements.job(owner, record_id, for_update=True)
            if job.status in ("completed", "failed"):
                raise RecordConflict(f"refinement job '{record_id}' is {job.status}: there is nothing to cancel")
            fence = work.refinements.claim(owner, record_id, now_ms=now)
            outputs = RefinementOutputs(notes=CANCELLED)
            work.refinements.update_job(owner, record_id, status="failed", outputs=outputs, fence=fence, now_ms=now)

        await self._log.cancel(owner, record_id, cancelled)

    async def _claim(self, owner: str, record_id: str) -> tuple[ClaimedRefinement, Mapping[str, Any] | None, bool]:
        known = await self._log.run_of(owner, record_id)
        run_id = known or self._ids.new("run")

        def claimed(work: UnitOfWork, now: int) -> tuple[ClaimedRefinement, Mapping[str, Any] | None, bool]:
            job = work.refinements.job(owner, record_id, for_update=True)
            if job.status == "failed":
                raise RecordConflict(f"refinement job '{record_id}' has failed: ask for a new one")
            fence = work.refinements.claim(owner, record_id, now_ms=now)
            if known is None:
                job_runs.begin_run(work, owner, "refinement", record_id, run_id, now)
            may_begin = job_runs.take_up(work, owner, run_id, BEGINS, now)
            event_id = job.drift_event_id
            event = None if event_id is None else work.refinements.drift_event(owner, event_id).as_json()
            return ClaimedRefinement(owner, job, run_id, fence), event, may_begin

        return await self._log.write(owner, run_id, claimed)

    async def _refine(self, claimed: ClaimedRefinement, event: Mapping[str, Any] | None) -> None:
        owner, job = claimed.owner, claimed.job
        loop = asyncio.get_running_loop()
        store = await to_the_end(lambda: FencedStore(self._database, self._log, claimed, loop, self._clock, self._ids))
        told = TurnEvents(self._clock.monotonic)
        asked = {name: value for name, value in job.as_json().items() if name in ASKED}
        await self._conversation_with(store).refine(
            owner,
            job.strategy_record_id,
            job=asked,
            drift_event=event,
            on_event=lambda step: self._log.note(owner, claimed.run_id, told.of_step(step)),
        )

    async def _fail(self, claimed: ClaimedRefinement, error: RunError) -> None:
        def failed(work: UnitOfWork, now: int) -> None:
            outputs = RefinementOutputs(notes=error.message)
            work.refinements.update_job(
                claimed.owner, claimed.job.id, status="failed", outputs=outputs, fence=claimed.fence, now_ms=now
            )
            job_runs.fail(work, claimed.owner, claimed.run_id, error, now)

        await self._log.write(claimed.owner, claimed.run_id, failed)
