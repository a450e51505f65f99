"""The run log: what happened in a run, on disk before anybody sees it, and followed by any number of readers."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from agent.background import in_background
from api.runs.commits import GroupCommit
from api.runs.events import ENDS
from api.runs.readers import Readers
from storage.errors import RecordConflict

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence

    from agent.ports import Clock
    from api.runs.events import Written
    from api.runs.readers import Key
    from storage.database import Database
    from storage.run_records import RunEvent, RunRecord, RunStatus
    from storage.unit_of_work import UnitOfWork

Made = TypeVar("Made")

_Stored: TypeAlias = "tuple[Made, tuple[RunEvent, ...] | None]"
"""What a change made, and the events it stored where that is known."""

BATCH = 200
"""Events read at once; what a reader has not taken yet stays in the table."""

POLL_SECONDS = 0.2
"""How often the table is looked at for a run that lives in another process."""


class EventsLost(RecordConflict):
    """Earlier events of a run could not be written: what follows them is not written either."""


class RunLog:
    """Appends events to runs and follows them.

    An event is visible once it is on disk. Writes of all runs share their commits (`api.runs.commits`). Readers of a
    run that lives in this process are woken; for another they look every `POLL_SECONDS`. A reader holds one page of
    events and nothing else. Used in one event loop.

    Every method raises what storage raises: RecordNotFound for a run that is not the owner's, DatabaseBusy,
    DatabaseUnusable.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._commits = GroupCommit(database)
        self._readers = Readers()
        self._lost: dict[Key, Exception] = {}
        self._noted: dict[Key, list[Written]] = {}
        self._noting = threading.Lock()

    @property
    def followers(self) -> int:
        """How many readers there are."""
        return len(self._readers)

    async def append(self, owner: str, run_id: str, events: Sequence[Written]) -> tuple[RunEvent, ...]:
        """Append events and return them as they are stored, once they are."""

        def change(work: UnitOfWork) -> _Stored[None]:
            return None, work.runs.append(owner, run_id, events, now_ms=self._clock.now_ms())

        _, stored = await self._written((owner, run_id), change)
        return stored or ()

    def note(self, owner: str, run_id: str, events: Sequence[Written]) -> None:
        """Append events without waiting for them; that it failed is raised by the next write that is waited for."""
        key, loop = (owner, run_id), asyncio.get_running_loop()
        with self._noting:
            waiting = self._noted.get(key)
            if waiting is not None:
                waiting.extend(events)
                return
            batch = self._noted[key] = list(events)

        def change(work: UnitOfWork) -> tuple[RunEvent, ...]:
            self._seal(key, batch)
            return work.runs.append(owner, run_id, batch, now_ms=self._clock.now_ms())

        def settled(stored: Any, failure: Exception | None) -> None:
            if failure is not None:
                self._lost.setdefault(key, failure)
            _in(loop, lambda: self._readers.publish(key, stored))

        self._commits.submit(change, settled, awaited=False)

    async def finish(
        self,
        owner: str,
        run_id: str,
        status: RunStatus,
        events: Sequence[Written],
        error: Mapping[str, Any] | None = None,
    ) -> RunRecord:
        """Append the last events of a run and close its record, in one transaction; returns the record."""

        def change(work: UnitOfWork) -> _Stored[RunRecord]:
            now = self._clock.now_ms()
            stored = work.runs.append(owner, run_id, events, now_ms=now)
            return work.runs.finish(owner, run_id, status=status, error=error, now_ms=now), stored

        run, _ = await self._written((owner, run_id), change)
        return run

    async def write(self, owner: str, run_id: str, change: Callable[[UnitOfWork], Made]) -> Made:
        """Carry out a change that belongs to a run after all that was noted of it, and wake the run's readers.

        Cancelling waits for the commit: whoever cancels learns whether it was written. The change may be called twice.
        """
        made, _ = await self._written((owner, run_id), lambda work: (change(work), None))
        return made

    @contextmanager
    def living(self, owner: str, run_id: str) -> Iterator[None]:
        """Say that a run lives in this process for the length of a ``with`` block: its readers need not look."""
        with self._readers.living((owner, run_id)):
            try:
                yield
            finally:
                self._lost.pop((owner, run_id), None)

    async def get(self, owner: str, run_id: str) -> RunRecord:
        """Return the record of a run; raises RecordNotFound."""

        def read() -> RunRecord:
            with self._database.read() as work:
                return work.runs.get(owner, run_id)

        return await in_background(read)

    async def page(
        self, owner: str, run_id: str, after: int = 0, limit: int = BATCH
    ) -> tuple[tuple[RunEvent, ...], bool]:
        """Return the events after a sequence number, and whether the run goes on; raises RecordNotFound."""

        def read() -> tuple[tuple[RunEvent, ...], bool]:
            with self._database.read() as work:
                running = work.runs.get(owner, run_id).status == "running"
                return work.runs.events(owner, run_id, after=after, limit=limit), running

        return await in_background(read)

    async def follow(self, owner: str, run_id: str, after: int = 0) -> AsyncGenerator[RunEvent, None]:
        """Yield the events after a sequence number, the stored ones first, to the last one of the run.

        Raises
        ------
        RecordNotFound
            The owner has no such run.
        """
        key = (owner, run_id)
        with self._readers.reading(key) as news:
            while True:
                news.clear()
                events, running = self._readers.at_hand(key, after), True
                if events is None:
                    events, running = await self.page(owner, run_id, after)
                for event in events:
                    yield event
                    after = event.seq
                    if event.type in ENDS:
                        return
                if not events and not running:
                    return
                if not events:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(None if self._readers.alive(key) else POLL_SECONDS):
                            await news.wait()

    async def close(self) -> None:
        """Write what waits to be written; nothing can be appended afterwards."""
        await in_background(self._commits.close)

    def _seal(self, key: Key, batch: list[Written] | None = None) -> None:
        """Add nothing more to what was noted of a run; called in any thread."""
        with self._noting:
            if batch is None or self._noted.get(key) is batch:
                self._noted.pop(key, None)

    async def _written(self, key: Key, change: Callable[[UnitOfWork], _Stored[Made]]) -> _Stored[Made]:
        """Carry out a change after all that was noted before, and publish the events it stored."""
        loop = asyncio.get_running_loop()
        written: asyncio.Future[_Stored[Made]] = loop.create_future()

        def settle(made: _Stored[Made], failure: Exception | None) -> None:
            self._readers.publish(key, None if failure is not None else made[1])
            if failure is None:
                written.set_result(made)
            else:
                written.set_exception(failure)

        def after_notes(work: UnitOfWork) -> _Stored[Made]:
            lost = self._lost.get(key)
            if lost is not None:  # refused by itself: it takes no other write of its transaction with it
                raise EventsLost(f"events of the run '{key[1]}' could not be written: {lost}") from lost
            return change(work)

        def settled(made: Any, failure: Exception | None) -> None:
            _in(loop, lambda: settle(made, failure))

        self._seal(key)
        self._commits.submit(after_notes, settled, awaited=True)
        try:
            return await asyncio.shield(written)
        except asyncio.CancelledError:
            await asyncio.wait([written])
            written.exception()  # seen: the caller is told of the cancelling
            raise


def _in(loop: asyncio.AbstractEventLoop, act: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop was closed: nobody waits any more
        loop.call_soon_threadsafe(act)
