"""How a connection is read and written: uvicorn's HTTP/1.1, with an end for peers that neither speak nor listen."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

log = logging.getLogger("kek.http")


def patient_for(seconds: float) -> type[H11Protocol]:
    """Return uvicorn's protocol, made to break a connection off that stands still for ``seconds``.

    A peer that opens a connection and sends no whole request head is one, a peer that reads nothing of its answer
    another: without this either holds its socket, and its task, for as long as it likes.
    """

    class Impatient(H11Protocol):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self._silence: asyncio.TimerHandle | None = None
            self._stalled: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._wait_for_a_request()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self._wait_for_a_request()

        def connection_lost(self, exc: Exception | None) -> None:
            for timer in (self._silence, self._stalled):
                if timer is not None:
                    timer.cancel()
            super().connection_lost(exc)

        def pause_writing(self) -> None:
            super().pause_writing()
            self._stalled = self.loop.call_later(seconds, self._give_up_on_reading)

        def resume_writing(self) -> None:
            super().resume_writing()
            if self._stalled is not None:
                self._stalled.cancel()
                self._stalled = None

        def _give_up_on_reading(self) -> None:
            log.info("a client that did not read its answer for %g seconds was dropped", seconds)
            self.transport.abort()

        def _wait_for_a_request(self) -> None:
            """Set a time for the rest of a request's head, or stop waiting since it has come."""
            cycle: Any = self.cycle  # None before the first request, which its annotation does not say
            if cycle is not None and not cycle.response_complete:
                if self._silence is not None:
                    self._silence.cancel()
                    self._silence = None
            elif self._silence is None:
                self._silence = self.loop.call_later(seconds, self.transport.abort)

    return Impatient
