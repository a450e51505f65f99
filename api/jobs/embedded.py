"""The embedded dispatcher: jobs carried out in this process, by the one process that holds the service lock."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Protocol

from agent.background import to_the_end
from storage.errors import RecordConflict, RecordNotFound, StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from api.jobs.dispatcher import JobKind, JobWork
    from storage.database import Database

POLL_SECONDS = 5.0
"""Between two looks for jobs that another process asked for, that are to be tried again, or for the lock."""

MOST_FAULTS = 5
"""A record that cannot even be begun this often is left until the next start: it is damaged, or a fault is ours."""

LAST_SECONDS = 1.5
"""How long work has to end when the service closes, and then how long it may take to write that it did."""

log = logging.getLogger("kek.jobs")

Key = tuple["JobKind", str, str]
"""Kind, owner and id of a record."""


class Lock(Protocol):
    """Who holds it is the one process that works on a database."""

    def try_hold(self) -> bool:
        """Take it if it is free, and return whether this process holds it now; who made the lock gives it back."""


class EmbeddedDispatcher:
    """Carries jobs out in this event loop, ``at_once`` of them, in turns among their owners.

    Parameters
    ----------
    works
        How each kind of job is carried out.
    database
        Where unfinished ones are looked up, for all owners.
    lock
        Without it nothing is carried out here: the records wait for the process that holds it, or for this one when
        that has gone. None: there can be no other process.
    taken_over
        Called when the lock was taken, before any job is looked up: what else the one that works has to take up.
    poll_seconds
        See `POLL_SECONDS`.
    """

    def __init__(
        self,
        works: Mapping[JobKind, JobWork],
        database: Database,
        lock: Lock | None = None,
        *,
        at_once: int = 1,
        taken_over: Callable[[], Awaitable[object]] | None = None,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._works = works
        self._database = database
        self._lock = lock
        self._at_once = at_once
        self._poll_seconds = poll_seconds
        self._taken_over = taken_over
        self._holds = False
        self._waiting: dict[Key, None] = {}
        self._running: dict[Key, asyncio.Task[None]] = {}
        self._served: dict[str, int] = {}
        self._faults: dict[Key, int] = {}
        self._turns = 0
        self._watch: asyncio.Task[None] | None = None
        self._closing = False

    @property
    def holds_lock(self) -> bool:
        """True where this process is the one that works."""
        return self._holds

    @property
    def idle(self) -> bool:
        """True when nothing is worked on here and nothing waits."""
        return not self._running and not self._waiting

    async def start(self) -> None:
        """Take up what is unfinished, of all owners, if this process is the one that works."""
        await self._look()
        self._watch = asyncio.create_task(self._keep_looking(), name="kek-jobs")

    async def submit(self, kind: JobKind, owner: str, record_id: str) -> None:
        """Work on a record when its turn comes; without the lock whoever holds it finds the record."""
        if self._holds and not self._closing:
            self._wait_for((kind, owner, record_id))

    async def cancel(self, kind: JobKind, owner: str, record_id: str) -> None:
        """Stop work on a record here, or let who works on it elsewhere find out, and write its end."""
        key: Key = (kind, owner, record_id)
        self._waiting.pop(key, None)
        task = self._running.get(key)
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
        await self._works[kind].cancel(owner, record_id)

    async def close(self) -> None:
        """Lay down the work, and write that it was laid down in order."""
        self._closing = True
        self._waiting.clear()
        jobs = dict(self._running)
        tasks = [*jobs.values(), *([self._watch] if self._watch is not None else [])]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=LAST_SECONDS)
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                for kind, owner, record_id in jobs:
                    with suppress(StorageError):  # it has ended, or what was broken off counts as an attempt
                        await self._works[kind].pause(owner, record_id)
        self._holds = False

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(self._poll_seconds)
            await self._look()

    async def _look(self) -> None:
        """Take the lock if it is free, and queue every unfinished record that is not known here."""
        try:
            await self._hold()
            if self._holds:
                for key in await to_the_end(self._unfinished):
                    self._wait_for(key)
        except StorageError as failure:
            log.warning("jobs could not be looked up: %s", failure)
        except Exception:  # the outer edge: the next look may go well
            log.exception("jobs could not be looked up")

    async def _hold(self) -> None:
        """Learn whether this process is the one that works; what it worked on without being it is broken off."""
        held = self._lock is None or await to_the_end(self._lock.try_hold)
        if held and not self._holds:
            self._holds = True
            if self._taken_over is not None:
                await self._taken_over()
        elif self._holds and not held:
            log.warning("the service lock was lost: the jobs here are broken off")
            self._holds = False
            self._waiting.clear()
            for task in self._running.values():
                task.cancel()

    def _unfinished(self) -> list[Key]:
        with self._database.read() as work:
            return [
                (kind, owner, record_id)
                for owner in work.users.ids()
                for kind, one in self._works.items()
                for record_id in one.unfinished(work, owner)
            ]

    def _wait_for(self, key: Key) -> None:
        if key not in self._running and not self._closing and self._faults.get(key, 0) < MOST_FAULTS:
            self._waiting.setdefault(key)
            self._fill()

    def _fill(self) -> None:
        """Begin what may begin: of the owners who wait, the one who was served longest ago comes first."""
        while self._waiting and len(self._running) < self._at_once and not self._closing:
            key = min(self._waiting, key=lambda one: self._served.get(one[1], 0))
            del self._waiting[key]
            self._turns += 1
            self._served[key[1]] = self._turns
            task = asyncio.create_task(self._carry_out(key), name=f"job {key[2]}")
            self._running[key] = task
            task.add_done_callback(partial(self._ended, key))

    def _ended(self, key: Key, task: asyncio.Task[None]) -> None:
        del self._running[key]
        self._fill()

    async def _carry_out(self, key: Key) -> None:
        kind, owner, record_id = key
        try:
            await self._works[kind].carry_out(owner, record_id)
        except (RecordConflict, RecordNotFound) as elsewhere:
            log.info("%s %s is left alone: %s", kind, record_id, elsewhere)
        except Exception:  # the outer edge: it is tried again at the next look, and not for ever
            self._faults[key] = self._faults.get(key, 0) + 1
            log.exception("work on %s %s broke off", kind, record_id)
        else:
            self._faults.pop(key, None)
