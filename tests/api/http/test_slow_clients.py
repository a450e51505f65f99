"""Clients that do not listen, do not speak, or go away: their connection ends, and nothing of them is left."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest
from serving import IN_MEMORY, nothing, running
from starlette.responses import StreamingResponse

from api.app import create_app
from api.http.requests import SendTimeout, SlowReader

PATIENCE = 0.3


class Endless:
    """A stream without end that knows how many are being sent."""

    def __init__(self) -> None:
        self.open = 0
        self.ended = threading.Semaphore(0)

    async def __call__(self) -> StreamingResponse:
        return StreamingResponse(self._pieces(), media_type="text/event-stream")

    async def _pieces(self) -> AsyncIterator[bytes]:
        self.open += 1
        try:
            while True:
                yield b"data: " + b"x" * 65_536 + b"\n\n"
                await asyncio.sleep(0)
        finally:
            self.open -= 1
            self.ended.release()


def app_with(endless: Endless) -> Any:
    app = create_app(IN_MEMORY, joining=nothing)
    app.add_api_route("/endless", endless, methods=["GET"])
    return app


def ask(address: tuple[str, int], request: bytes) -> socket.socket:
    connected = socket.create_connection(address, timeout=20)
    connected.sendall(request)
    return connected


OK = b'{"status":"ok"}'
STREAM = b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n"


def test_a_client_that_reads_nothing_is_dropped() -> None:
    endless = Endless()

    with running(app_with(endless), patience=PATIENCE) as address:
        with ask(address, STREAM):
            assert endless.ended.acquire(timeout=20), "the stream goes on although nobody reads it"

    assert endless.open == 0


def test_a_client_that_reads_a_little_now_and_then_is_dropped_as_well() -> None:
    endless = Endless()

    with running(app_with(endless), patience=PATIENCE) as address:
        with ask(address, STREAM) as client, contextlib.suppress(OSError):
            while not endless.ended.acquire(timeout=PATIENCE / 10):
                client.recv(100)

    assert endless.open == 0


def test_a_client_that_reads_is_not_dropped() -> None:
    endless = Endless()

    with running(app_with(endless), patience=PATIENCE) as address:
        with ask(address, STREAM) as client:
            read = 0
            while read < 50_000_000:
                got = len(client.recv(1_000_000))
                assert got, "it was dropped"
                read += got


def test_a_client_that_goes_away_ends_its_stream() -> None:
    endless = Endless()

    with running(app_with(endless), patience=20) as address:
        for _ in range(20):
            ask(address, STREAM).close()
        for _ in range(20):
            assert endless.ended.acquire(timeout=20)

    assert endless.open == 0


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "])
def test_a_client_that_never_asks_is_dropped(said: bytes) -> None:
    with running(app_with(Endless()), patience=PATIENCE) as address:
        with ask(address, said) as client:
            with contextlib.suppress(ConnectionResetError):
                assert client.recv(1) == b""


def test_a_client_that_breaks_off_in_its_second_request_is_dropped() -> None:
    whole = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"

    with running(app_with(Endless()), patience=PATIENCE) as address:
        with ask(address, whole) as client:
            answers = b""
            for said in (whole, whole[:-4]):
                wanted = answers.count(OK) + 1
                while answers.count(OK) < wanted:
                    answers += client.recv(10_000)
                client.sendall(said)
            with contextlib.suppress(ConnectionResetError):
                while client.recv(10_000):
                    pass


def test_a_request_may_take_longer_than_a_silence() -> None:
    app = app_with(Endless())

    async def slow() -> dict[str, str]:
        await asyncio.sleep(3 * PATIENCE)
        return {}

    app.add_api_route("/slow", slow)
    with running(app, patience=PATIENCE) as address:
        with ask(address, b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n") as client:
            assert client.recv(100).startswith(b"HTTP/1.1 200")


def test_what_is_no_http_is_answered_and_ended() -> None:
    with running(app_with(Endless())) as address:
        for said in (
            b"\x16\x03\x01\x02\x00\x01\x00",
            b"SSH-2.0-x\r\n\r\n",
            b"GET\r\n\r\n",
            b"G" * 40_000 + b"\r\n\r\n",
        ):
            with ask(address, said) as client:
                assert client.recv(100).startswith(b"HTTP/1.1 400") and client.recv(10_000) is not None


def test_under_another_server_too_nothing_waits_for_a_client_that_does_not_read() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x"})

    async def deaf(message: Any) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    async def call() -> None:
        await SendTimeout(app, 0.01)({"type": "http"}, deaf, deaf)

    with pytest.raises(SlowReader):
        asyncio.run(call())
