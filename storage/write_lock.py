"""One writer at a time: among the threads of a process, and among the processes that opened one file."""

from __future__ import annotations

import fcntl
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from engine.private_files import open_private
from storage.errors import DatabaseBusy, DatabaseUnusable, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAUSE_SECONDS = 0.002
"""Between two looks at a lock that another process holds; a write transaction takes about as long."""


class WriteLock:
    """An advisory lock: a thread lock, and inside it an exclusive ``flock`` on a file beside the database.

    SQLite before 3.51.3 can lose pages when two connections write and checkpoint at once; under this lock they never
    do. ``path`` is None for a database in memory. The file stays: deleting it would let two processes lock two files.
    """

    def __init__(self, path: Path | None, wait_seconds: float) -> None:
        self._path = path
        self._wait_seconds = wait_seconds
        self._thread_lock = threading.Lock()
        self._holder: int | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock for the length of a ``with`` block.

        Raises
        ------
        DatabaseBusy
            Somebody else held it for the whole waiting time.
        StorageError
            This thread holds it already: a unit of work may not be opened inside another.
        """
        if self._holder == threading.get_ident():
            raise StorageError("this thread has a unit of work open already: finish it before opening another")
        deadline = time.monotonic() + self._wait_seconds
        if not self._thread_lock.acquire(timeout=self._wait_seconds):
            raise DatabaseBusy(f"another thread held the database for {self._wait_seconds:g} s: try again")
        self._holder = threading.get_ident()
        try:
            if self._path is None:
                yield
            else:
                with _opened(self._path) as file:
                    self._lock(file, deadline)
                    yield  # closing the file gives the lock back
        finally:
            self._holder = None
            self._thread_lock.release()

    def _lock(self, file: BinaryIO, deadline: float) -> None:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    waited = f"{self._wait_seconds:g} s"
                    message = f"another process held the database for {waited} (lock file {self._path}): try again"
                    raise DatabaseBusy(message) from None
                time.sleep(PAUSE_SECONDS)


def _opened(path: Path) -> BinaryIO:
    try:
        return open_private(path)
    except OSError as error:
        raise DatabaseUnusable(f"the lock file {path} cannot be written: {error.strerror or error}") from error
