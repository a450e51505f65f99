"""From nothing to a service and back: it loads while the port is open already, and closes in good time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Literal

from api.errors import NotReady
from engine.errors import EngineError
from storage.errors import StorageError

if TYPE_CHECKING:
    from api.service import Service

PATIENCE_SECONDS = 10.0
"""How long a request waits for a service that is still loading before it is told to come again."""

CLOSING_SECONDS = 5.0
"""How long turns, jobs and the database have to come to their end."""

log = logging.getLogger("kek.service")

Opener = Callable[[], AbstractAsyncContextManager["Service"]]


class Opening:
    """Holds the service while it is being opened, is open, and closes.

    ``told`` is called once: with None when it is open, or with the reason why it cannot be opened.
    """

    def __init__(self, opener: Opener, told: Callable[[BaseException | None], None] | None = None) -> None:
        self.state: Literal["loading", "open", "closing", "failed"] = "loading"
        self._opener = opener
        self._told = told or (lambda failure: None)
        self._service: Service | None = None
        self._changed = asyncio.Event()
        self._end = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Start to open the service; returns at once."""
        self._task = asyncio.create_task(self._hold(), name="kek-service")

    def begin_closing(self) -> None:
        """Say that the end is near: open streams end, and readiness with them."""
        if self.state in ("loading", "open"):
            self.state = "closing"
        if self._service is not None:
            self._service.closing.set()

    async def close(self) -> None:
        """Close the service, in `CLOSING_SECONDS` at most."""
        self.begin_closing()
        self._end.set()
        if self._task is None:
            return
        if self._service is None:
            self._task.cancel()  # nothing that is only half loaded has anything to end
        _, late = await asyncio.wait([self._task], timeout=CLOSING_SECONDS)
        if late:
            log.warning("what was still running was broken off; it is taken up at the next start")
            self._task.cancel()
            await asyncio.wait([self._task], timeout=1.0)

    @property
    def service(self) -> Service | None:
        """The service when it is open."""
        return self._service if self.state == "open" else None

    async def ready(self, patience: float = PATIENCE_SECONDS) -> Service:
        """Return the service, waiting for one that is still loading.

        Raises
        ------
        NotReady
            It is still loading after ``patience`` seconds, is closing, or could not be opened.
        """
        if self.state == "loading":
            try:
                async with asyncio.timeout(patience):
                    await self._changed.wait()
            except TimeoutError:
                raise NotReady("LOADING", "the service is still loading: try again") from None
        if self.state == "open" and self._service is not None:
            return self._service
        if self.state == "closing":
            raise NotReady("CLOSING", "the service is shutting down")
        raise NotReady("NOT_OPENED", "the service could not be opened; the log says why")

    async def _hold(self) -> None:
        try:
            async with self._opener() as service:
                self._service = service
                if self.state == "loading":
                    self.state = "open"
                    self._changed.set()
                    self._told(None)
                    await self._end.wait()
        except Exception as failure:
            self._tell(failure)
        finally:
            self._service = None
            self._changed.set()

    def _tell(self, failure: Exception) -> None:
        opened = self._service is not None
        expected = isinstance(failure, StorageError | EngineError)
        what = "did not close cleanly" if opened else "could not be opened"
        log.error("the service %s: %s", what, failure, exc_info=None if expected else failure)
        if not opened:
            self.state = "failed"
            self._told(failure)
