"""Where jobs write: through the run log, so that a record and the events that tell of it are on disk together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from agent.background import to_the_end
from api.jobs import job_runs
from api.runs.events import STEP

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from agent.ports import Clock
    from api.runs.log import RunLog
    from storage.database import Database
    from storage.unit_of_work import UnitOfWork

Made = TypeVar("Made")


class JobLog:
    """The run log as jobs use it; changes get the unit of work and the time (UTC ms), and may be called twice."""

    def __init__(self, database: Database, log: RunLog, clock: Clock) -> None:
        self._database = database
        self._log = log
        self._clock = clock

    async def run_of(self, owner: str, record_id: str) -> str | None:
        """Return the id of the run of a job that has not ended, None where there is none."""

        def found() -> str | None:
            with self._database.read() as work:
                run = job_runs.running_run(work, owner, record_id)
                return None if run is None else run.id

        return await to_the_end(found)

    async def write(self, owner: str, run_id: str, change: Callable[[UnitOfWork, int], Made]) -> Made:
        """Carry out a change in a transaction of the log, after all that was noted of the run before."""
        return await self._log.write(owner, run_id, lambda work: change(work, self._clock.now_ms()))

    def note(self, owner: str, run_id: str, events: list[tuple[str, Mapping[str, Any]]]) -> None:
        """Append events to a run without waiting for them."""
        if events:
            self._log.note(owner, run_id, events)

    def living(self, owner: str, run_id: str) -> AbstractContextManager[None]:
        """Say that a run lives in this process for the length of a ``with`` block."""
        return self._log.living(owner, run_id)

    async def pause(self, owner: str, record_id: str) -> None:
        """Write into the run of a job that the work was laid down in order."""
        run_id = await self.run_of(owner, record_id)
        if run_id is not None:
            step = {"name": job_runs.PAUSE, "text": "laid down until the service starts again"}
            await self.write(
                owner, run_id, lambda work, now: work.runs.append(owner, run_id, [(STEP, step)], now_ms=now)
            )

    async def cancel(self, owner: str, record_id: str, cancelled: Callable[[UnitOfWork, int], None]) -> None:
        """End a job as ``cancelled`` writes it, and its run with it."""
        run_id = await self.run_of(owner, record_id)

        def change(work: UnitOfWork, now: int) -> None:
            cancelled(work, now)
            if run_id is not None:
                job_runs.cancel(work, owner, run_id, now)

        await self.write(owner, run_id or record_id, change)
