"""Many small writes, few commits: whatever waits is written in one transaction, by one thread."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage.errors import DatabaseBusy, DatabaseUnusable

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.database import Database
    from storage.unit_of_work import UnitOfWork

    Change = Callable[[UnitOfWork], Any]
    Settled = Callable[[Any, Exception | None], None]

GATHER_SECONDS = 0.1
"""How long a write that nobody waits for may wait for others to share its commit; nobody sees that it was late."""


@dataclass(frozen=True, slots=True)
class _Write:
    change: Change
    settled: Settled


class GroupCommit:
    """Commits writes in the order they were given, as many in one transaction as wait for it.

    ``change(work)`` is called in a unit of work, once more when another write of the same transaction was refused;
    ``settled(made, failure)`` is called after the commit, both in the committing thread. The thread begins with the
    first write.
    """

    def __init__(self, database: Database, gather_seconds: float = GATHER_SECONDS) -> None:
        self._database = database
        self._gather_seconds = gather_seconds
        self._changed = threading.Condition()
        self._writes: list[_Write] = []
        self._awaited = False
        self._closing = False
        self._thread: threading.Thread | None = None

    def submit(self, change: Change, settled: Settled, *, awaited: bool) -> None:
        """Hand in a write; one that is ``awaited`` is committed at once, with all that were handed in before it.

        Raises
        ------
        DatabaseUnusable
            It was closed.
        """
        with self._changed:
            if self._closing:
                raise DatabaseUnusable("the log is closed: nothing more is written")
            self._writes.append(_Write(change, settled))
            self._awaited = self._awaited or awaited
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="kek-commits", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def close(self) -> None:
        """Commit what waits and end the thread; blocks until it has ended."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        while writes := self._waiting():
            self._commit(writes)

    def _waiting(self) -> list[_Write]:
        """Return the writes of the next transaction; none when there will be no more."""
        with self._changed:
            self._changed.wait_for(lambda: self._writes or self._closing)
            self._changed.wait_for(lambda: self._awaited or self._closing, timeout=self._gather_seconds)
            writes, self._writes, self._awaited = self._writes, [], False
            return writes

    def _commit(self, writes: list[_Write]) -> None:
        """Commit the writes together; where one is refused, each by itself, so that it takes no other with it."""
        try:
            with self._database.write() as work:
                made = [one.change(work) for one in writes]
        except Exception as failure:  # handed to whoever waits
            if len(writes) > 1 and not isinstance(failure, (DatabaseBusy, DatabaseUnusable)):
                for one in writes:
                    self._commit([one])
                return
            for one in writes:
                one.settled(None, failure)
        else:
            for one, result in zip(writes, made, strict=True):
                one.settled(result, None)
