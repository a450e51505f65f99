"""What the one process that serves a database takes away from time to time: what was kept only for a while."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from agent.background import to_the_end
from storage.errors import StorageError
from storage.retention import Forgotten, forget

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.ports import Clock
    from api.settings import Kept
    from storage.database import Database

EVERY_SECONDS = 6 * 3600.0
"""Between two rounds; the first one is at the start."""

log = logging.getLogger("kek.housekeeping")


class Housekeeping:
    """Forgets, now and then, while ``serves()`` says that this process is the one that works on the database."""

    def __init__(self, database: Database, clock: Clock, kept: Kept, serves: Callable[[], bool]) -> None:
        self._database = database
        self._clock = clock
        self._kept = kept
        self._serves = serves
        self._rounds: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin the rounds."""
        self._rounds = asyncio.create_task(self._go_round(), name="kek-housekeeping")

    async def close(self) -> None:
        """End the rounds; one that is on its way is finished to the end of its transaction."""
        if self._rounds is not None:
            self._rounds.cancel()
            with suppress(asyncio.CancelledError):
                await self._rounds

    async def once(self) -> Forgotten:
        """Take away what was kept long enough; nothing where another process serves the database."""
        if not self._serves():
            return Forgotten()
        now, kept = self._clock.now_ms(), self._kept
        gone = await to_the_end(
            lambda: forget(
                self._database,
                now,
                keep_events_days=kept.events_days,
                keep_finished_threads_days=kept.finished_threads_days,
            )
        )
        if gone != Forgotten():
            log.info("forgotten: %d events, %d answers, %d threads", gone.events, gone.answers, gone.threads)
        return gone

    async def _go_round(self) -> None:
        while True:
            try:
                await self.once()
            except StorageError as failure:  # the next round takes it up
                log.warning("nothing was forgotten: %s", failure)
            await asyncio.sleep(EVERY_SECONDS)
