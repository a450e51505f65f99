"""Around every request: its id, the line in the log, the headers of every answer, and an end for every failure."""

from __future__ import annotations

import asyncio
import logging
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.ports import Clock, Ids
from api.errors import answer, refusal_of
from api.logs import REQUEST_ID

ID_HEADER = "x-request-id"
SANE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,127}")

SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""On every answer that does not say otherwise itself."""

access = logging.getLogger("kek.access")
log = logging.getLogger("kek.http")


class RequestFrame:
    """Gives each request an id and each answer its headers, and writes one line when it is over."""

    def __init__(self, app: ASGIApp, ids: Ids, clock: Clock) -> None:
        self.app = app
        self._ids = ids
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(ID_HEADER, "")
        request_id = given if SANE_ID.fullmatch(given) else self._ids.new("req")
        token = REQUEST_ID.set(request_id)
        begun, status, sent = self._clock.monotonic(), 0, 0

        async def framed(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                headers[ID_HEADER] = request_id
            else:
                sent += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, framed)
        finally:
            fields = {
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "ms": round(1_000 * (self._clock.monotonic() - begun), 1),
                "bytes": sent,
            }
            access.info("request", extra={"fields": fields})
            REQUEST_ID.reset(token)


class FailureNet:
    """Answers what no handler knew as a failure of our own, and logs it; a half-sent answer is broken off."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except ClientDisconnect:
            log.info("the client left before its request was read")
        except Exception as failure:
            if begun:
                raise
            await answer(refusal_of(failure), scope, failure)(scope, receive, send)


class SlowReader(Exception):
    """A client read nothing of its answer for too long; the connection ends."""


class SendTimeout:
    """Gives up on a client that does not read what is sent to it."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self.app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def timed(message: Message) -> None:
            try:
                async with asyncio.timeout(self._seconds):
                    await send(message)
            except TimeoutError:
                raise SlowReader(f"nothing was read for {self._seconds:g} seconds") from None

        await self.app(scope, receive, timed if scope["type"] == "http" else send)
