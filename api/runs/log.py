"""The run log: what happened in a run, on disk before anybody sees it, and followed by any number of readers."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from agent.background import in_background
from api.runs.commits import GroupCommit
from api.runs.events import ENDS
from storage.errors import RecordConflict

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence

    from agent.ports import Clock
    from storage.database import Database
    from storage.run_records import RunEvent, RunRecord, RunStatus
    from storage.unit_of_work import UnitOfWork

Made = TypeVar("Made")

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
    events and nothing else.

    Every method raises what storage raises: RecordNotFound for a run that is not the owner's, DatabaseBusy,
    DatabaseUnusable.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._commits = GroupCommit(database)
        self._live: set[tuple[str, str]] = set()
        self._lost: dict[tuple[str, str], Exception] = {}
        self._readers: dict[tuple[str, str], set[_Reader]] = {}

    @property
    def followers(self) -> int:
        """How many readers there are."""
        return sum(map(len, self._readers.values()))

    async def append(
        self, owner: str, run_id: str, events: Sequence[tuple[str, Mapping[str, Any]]]
    ) -> tuple[RunEvent, ...]:
        """Append events and return them as they are stored, once they are."""
        return await self.write(
            owner, run_id, lambda work: work.runs.append(owner, run_id, events, now_ms=self._clock.now_ms())
        )

    def note(self, owner: str, run_id: str, events: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Append events without waiting for them; that it failed is raised by the next write that is waited for."""

        def settled(_: object, failure: Exception | None) -> None:
            if failure is not None:
                self._lost.setdefault((owner, run_id), failure)
            self._wake(owner, run_id)

        self._commits.submit(
            lambda work: work.runs.append(owner, run_id, events, now_ms=self._clock.now_ms()), settled, awaited=False
        )

    async def finish(
        self,
        owner: str,
        run_id: str,
        status: RunStatus,
        events: Sequence[tuple[str, Mapping[str, Any]]],
        error: Mapping[str, Any] | None = None,
    ) -> None:
        """Append the last events of a run and close its record, in one transaction."""

        def close(work: UnitOfWork) -> None:
            now = self._clock.now_ms()
            work.runs.append(owner, run_id, events, now_ms=now)
            work.runs.finish(owner, run_id, status=status, error=error, now_ms=now)

        await self.write(owner, run_id, close)

    async def write(self, owner: str, run_id: str, change: Callable[[UnitOfWork], Made]) -> Made:
        """Carry out a change that belongs to a run after all that was noted of it, and wake the run's readers.

        Cancelling waits for the commit: whoever cancels learns whether it was written. The change may be called twice.
        """
        loop = asyncio.get_running_loop()
        written: asyncio.Future[Made] = loop.create_future()

        def settle(made: Made, failure: Exception | None) -> None:
            if written.cancelled():
                return
            if failure is None:
                written.set_result(made)
            else:
                written.set_exception(failure)

        def settled(made: Any, failure: Exception | None) -> None:
            self._wake(owner, run_id)
            with suppress(RuntimeError):  # the loop was closed: nobody waits any more
                loop.call_soon_threadsafe(settle, made, failure)

        def after_notes(work: UnitOfWork) -> Made:
            lost = self._lost.get((owner, run_id))
            if lost is not None:  # refused by itself: it takes no other write of its transaction with it
                raise EventsLost(f"events of the run '{run_id}' could not be written: {lost}") from lost
            return change(work)

        self._commits.submit(after_notes, settled, awaited=True)
        try:
            return await asyncio.shield(written)
        except asyncio.CancelledError:
            if not written.done():
                await asyncio.wait([written])
            if not written.cancelled():
                written.exception()  # seen: the caller is told of the cancelling
            raise

    @contextmanager
    def living(self, owner: str, run_id: str) -> Iterator[None]:
        """Say that a run lives in this process for the length of a ``with`` block: its readers need not look."""
        self._live.add((owner, run_id))
        self._wake(owner, run_id)
        try:
            yield
        finally:
            self._live.discard((owner, run_id))
            self._lost.pop((owner, run_id), None)
            self._wake(owner, run_id)

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
        with self._reading(owner, run_id) as reader:
            while True:
                reader.news.clear()
                events, running = await self.page(owner, run_id, after)
                for event in events:
                    yield event
                    after = event.seq
                    if event.type in ENDS:
                        return
                if not events and not running:
                    return
                if not events:
                    await self._news(reader, alive=(owner, run_id) in self._live)

    async def close(self) -> None:
        """Write what waits to be written; nothing can be appended afterwards."""
        await in_background(self._commits.close)

    async def _news(self, reader: _Reader, *, alive: bool) -> None:
        """Wait until the run may have new events."""
        with suppress(TimeoutError):
            async with asyncio.timeout(None if alive else POLL_SECONDS):
                await reader.news.wait()

    @contextmanager
    def _reading(self, owner: str, run_id: str) -> Iterator[_Reader]:
        reader = _Reader()
        readers = self._readers.setdefault((owner, run_id), set())
        readers.add(reader)
        try:
            yield reader
        finally:
            readers.discard(reader)
            if not readers and self._readers.get((owner, run_id)) is readers:
                del self._readers[owner, run_id]

    def _wake(self, owner: str, run_id: str) -> None:
        """Wake the readers of a run; called in any thread."""
        for reader in tuple(self._readers.get((owner, run_id), ())):
            reader.wake()


class _Reader:
    """One who follows a run, in the event loop where it was made."""

    def __init__(self) -> None:
        self.news = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def wake(self) -> None:
        """Tell that there may be something new; called in any thread."""
        with suppress(RuntimeError):  # the loop was closed: nobody reads any more
            self._loop.call_soon_threadsafe(self.news.set)
