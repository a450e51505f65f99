"""A run as a stream of server-sent events: one encoder, alive while nothing happens, gone when the reader is."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING

from starlette.responses import Response

from api.errors import RequestRefused
from api.shown_records import shown_json
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

    from storage.run_records import RunEvent

EVENT_STREAM = "text/event-stream"

KEEP_ALIVE_SECONDS = 15.0
"""Of silence, before a comment tells the reader and everything between that the stream lives."""

STREAMS_AT_ONCE = 64
"""Of one owner."""

RETRY_SECONDS = 5
"""When who was refused a stream may ask again."""

KEEP_ALIVE = b": keep-alive\n\n"
SHUTDOWN = b"event: shutdown\ndata: {}\n\n"
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}

log = logging.getLogger("kek.runs")


class TooManyStreams(RequestRefused):
    """The owner reads as many streams as one may."""

    def __init__(self, at_once: int) -> None:
        detail = f"{at_once} streams are open: close one, or read the events as JSON"
        super().__init__(429, "TOO_MANY_STREAMS", detail, headers={"Retry-After": str(RETRY_SECONDS)})


class Streams:
    """Counts the streams that are open, and says when there are too many of one owner."""

    def __init__(self, at_once: int = STREAMS_AT_ONCE) -> None:
        self._at_once = at_once
        self._open: Counter[str] = Counter()

    @property
    def open(self) -> int:
        """How many there are."""
        return self._open.total()

    def check(self, owner: str) -> None:
        """Refuse one stream more than the owner may read; raises TooManyStreams."""
        if self._open[owner] >= self._at_once:
            raise TooManyStreams(self._at_once)

    @contextmanager
    def one(self, owner: str) -> Iterator[None]:
        """Count a stream for the length of a ``with`` block."""
        self._open[owner] += 1
        try:
            yield
        finally:
            self._open[owner] -= 1
            self._open += Counter()  # forgets who reads none


def frame(event: RunEvent) -> bytes:
    """Return an event as server-sent events write it: its number, its type, its data on one line.

    >>> from storage.run_records import RunEvent
    >>> frame(RunEvent(run_id="r", seq=7, type="step", data={"text": "a\\nb"}, created_at="2026-01-01T00:00:00Z"))
    b'id: 7\\nevent: step\\ndata: {"text":"a\\\\nb"}\\n\\n'
    """
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.seq, event.type.encode(), shown_json(event.data))


async def told(
    events: AsyncGenerator[RunEvent, None],
    encode: Callable[[RunEvent], bytes],
    closing: asyncio.Event,
    keep_alive_seconds: float = KEEP_ALIVE_SECONDS,
) -> AsyncGenerator[bytes | None, None]:
    """Yield each event as bytes, `KEEP_ALIVE` after a silence, and None when the service closes before the end.

    ``events`` are closed when this is.
    """
    shutdown = asyncio.create_task(_set(closing))
    coming = asyncio.create_task(_next(events))
    try:
        while True:
            await asyncio.wait((coming, shutdown), timeout=keep_alive_seconds, return_when=asyncio.FIRST_COMPLETED)
            if coming.done():
                event = coming.result()
                if event is None:
                    return
                yield encode(event)
                coming = asyncio.create_task(_next(events))
            elif shutdown.done():
                yield None
                return
            else:
                yield KEEP_ALIVE
    finally:
        coming.cancel()
        shutdown.cancel()
        await asyncio.wait((coming, shutdown))
        await events.aclose()


class EventStream(Response):
    """Sends a run's events until its end, the reader's, or the service's; never compressed, never kept by a cache.

    ``opening`` is sent at once, each event as `encoded` writes it, and ``shutdown`` when the service closes first.
    """

    media_type = EVENT_STREAM
    opening = b""
    shutdown = SHUTDOWN

    def __init__(
        self,
        events: AsyncGenerator[RunEvent, None],
        owner: str,
        streams: Streams,
        closing: asyncio.Event,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(headers={**HEADERS, **(headers or {})})
        del self.headers["content-length"]
        self._events, self._owner, self._streams, self._closing = events, owner, streams, closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream; returns, with nothing left behind, when it ended or the reader left."""
        with self._streams.one(self._owner):
            sending, left = asyncio.create_task(self._send(send)), asyncio.create_task(_left(receive))
            try:
                await asyncio.wait((sending, left), return_when=asyncio.FIRST_COMPLETED)
            finally:
                sending.cancel()
                left.cancel()
                await asyncio.wait((sending, left))
        if not sending.cancelled():
            sending.result()  # raises what broke it off

    def encoded(self, event: RunEvent) -> bytes:
        """Return an event as it is sent; nothing where it is not told."""
        return frame(event)

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if self.opening:
            await send({"type": "http.response.body", "body": self.opening, "more_body": True})
        try:
            async with aclosing(told(self._events, self.encoded, self._closing)) as pieces:
                async for piece in pieces:
                    body = self.shutdown if piece is None else piece
                    if body:
                        await send({"type": "http.response.body", "body": body, "more_body": True})
        except StorageError as failure:  # the reader resumes after the last event it has seen
            log.warning("a stream was broken off: %s", failure)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _next(events: AsyncGenerator[RunEvent, None]) -> RunEvent | None:
    return await anext(events, None)


async def _set(event: asyncio.Event) -> None:
    await event.wait()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
