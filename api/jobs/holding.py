"""The service lock as a dispatcher holds it: taken when it is free, for as long as this process works."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from typing import TYPE_CHECKING

from storage.errors import DatabaseBusy
from storage.service_lock import service_lock

if TYPE_CHECKING:
    from storage.database import Database
    from storage.service_lock import Held

log = logging.getLogger("kek.jobs")


class HeldLock:
    """Implements `api.jobs.embedded.Lock` with `storage.service_lock.service_lock`; used by one thread at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: Held | None = None
        self._stack = ExitStack()

    def hold(self) -> None:
        """Take the lock.

        Raises
        ------
        DatabaseBusy
            Another process holds it; the message says which.
        DatabaseUnusable
            The lock cannot be asked for.
        """
        self._held = self._stack.enter_context(service_lock(self._database))

    def try_hold(self) -> bool:
        """Return whether this process holds the lock now; one that its server gave away is taken again if it can be.

        Raises
        ------
        DatabaseUnusable
            The lock cannot be asked for.
        """
        if self._held is not None and self._held.still():
            return True
        self.release()
        try:
            self.hold()
        except DatabaseBusy as other:
            log.debug("jobs wait for another process: %s", other)
            return False
        return True

    def release(self) -> None:
        """Give the lock back."""
        self._held = None
        self._stack.close()
