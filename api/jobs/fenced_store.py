"""The agent's store for one claimed refinement: its end is written under the fence of the claim, with its run's end."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.conversation import BROKEN_OFF
from agent.errors import NotKept
from api.agent_store import AgentStore
from api.agent_writes import JobWriter
from api.jobs import job_runs
from storage.run_records import RunError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agent.ports import Clock, Ids, RefinementOutcome
    from api.jobs.job_log import JobLog
    from storage.database import Database
    from storage.strategy_records import RefinementJob
    from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class ClaimedRefinement:
    """A refinement job that this process works on, with its run and the fence of its claim."""

    owner: str
    job: RefinementJob
    run_id: str
    fence: int


class FencedStore(AgentStore):
    """`api.agent_store.AgentStore` for one job, which was claimed before; used outside the event loop ``loop``.

    What the agent says of a job that was broken off is not written: who carries it out knows better whether it is to
    be taken up again.
    """

    def __init__(
        self,
        database: Database,
        log: JobLog,
        claimed: ClaimedRefinement,
        loop: asyncio.AbstractEventLoop,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._broken_off = False
        super().__init__(database, clock, ids)
        self._log = log
        self._claimed = claimed
        self._loop = loop

    def start_job(self, owner: str, job: Mapping[str, Any], drift_event: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """Return the job as it was claimed."""
        return self._claimed.job.model_copy(update={"status": "running"}).as_json()

    def finish_job(self, owner: str, outcome: RefinementOutcome) -> Mapping[str, Any]:
        """Write the outcome with the end of the job's run, in one transaction.

        Raises
        ------
        StaleFence
            Another has claimed the job since, or it was cancelled: nothing is written.
        """
        if outcome.status == "failed" and outcome.notes == BROKEN_OFF:
            self._broken_off = True
            return self._claimed.job.as_json()
        written = self._log.write(owner, self._claimed.run_id, lambda work, now: self._finish(work, outcome, now))
        return asyncio.run_coroutine_threadsafe(written, self._loop).result()

    @contextmanager
    def _reading(self) -> Iterator[UnitOfWork]:
        """Read for as long as the job is worked on: a search that nobody hears any more may outlive the database."""
        if self._broken_off:
            raise NotKept(BROKEN_OFF)
        with super()._reading() as work:
            yield work

    def _finish(self, work: UnitOfWork, outcome: RefinementOutcome, now_ms: int) -> Mapping[str, Any]:
        owner, job_id, run_id = self._claimed.owner, self._claimed.job.id, self._claimed.run_id
        work.refinements.update_job(owner, job_id, status="running", fence=self._claimed.fence, now_ms=now_ms)
        job = JobWriter(work, owner, now_ms, self._ids).finish(outcome)
        if job.status == "completed":
            made = (job.outputs.new_variant_ids if job.outputs is not None else None) or []
            told = {"refinementJobId": job_id, "newVariantIds": made}
            job_runs.complete(work, owner, run_id, told, now_ms)
        else:
            job_runs.fail(work, owner, run_id, RunError(code="NOT_REFINED", message=outcome.notes), now_ms)
        return job.as_json()
