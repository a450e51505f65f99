"""Streams over a real socket: alive in silence, ended with the service, and gone without a trace with their reader."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import struct
from contextlib import ExitStack, contextmanager

import pytest
from reference.kept import small_market
from serving import running

from api.app import create_app
from api.compose import service
from api.runs.stream import KEEP_ALIVE, SHUTDOWN, told
from api.settings import Settings
from storage.records import LOCAL_USER
from storage.run_records import RunEvent, RunRecord

NOW = "2026-01-01T00:00:00Z"
LOOKS = 5_000
"""How often something is looked at again before it counts as not coming."""


class Server:
    """A service on a socket, with one run that goes on and has one event."""

    def __init__(self, app, address):
        self.app, self.address = app, address
        assert self.get("/api/threads").status == 200  # it waits for the service
        self.service = app.state.opening.service

    def get(self, path, method="GET", body=None, **headers):
        connection = http.client.HTTPConnection(*self.address, timeout=30)
        given = {"Content-Type": "application/json"} if body is not None else {}
        connection.request(method, path, body, {**given, **headers})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    def begin(self, run_id):
        with self.service.database.write() as work:
            run = RunRecord(
                id=run_id, owner_user_id=LOCAL_USER, kind="refinement", status="running", created_at=NOW, updated_at=NOW
            )
            work.runs.begin(LOCAL_USER, run, now_ms=1)
            work.runs.append(LOCAL_USER, run_id, [("step", {"name": "search", "text": "looking"})], now_ms=1)

    def open(self, path):
        opened = socket.create_connection(self.address, timeout=30)
        opened.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n".encode())
        return opened

    def nothing_is_left(self):
        """Return what is still there of streams once all of their readers have left; looks until it is nothing."""
        left = None
        for _ in range(LOOKS):
            self.get("/healthz")
            left = (
                self.service.streams.open,
                self.service.log.followers,
                self.service.database.engine.pool.checkedout(),
            )
            if left == (0, 0, 0):
                break
        return left


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    settings = Settings(database_url=f"sqlite:///{tmp_path_factory.mktemp('streams')}/kek.db")
    app = create_app(settings, joining=lambda given: service(given, market=small_market()))
    with running(app, lifespan="on") as address:
        yield Server(app, address)


def read_to(opened, mark):
    read = b""
    while mark not in read:
        piece = opened.recv(65_536)
        if not piece:
            return read
        read += piece
    return read


def reset(opened):
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    opened.close()


@contextmanager
def lives_here(server, run_id):
    """Let the service believe that it works on the run: its readers are woken and do not look."""
    with ExitStack() as stack:
        loop = server.app.state.opening._task.get_loop()
        entered = asyncio.run_coroutine_threadsafe(_enter(stack, server.service.log.living(LOCAL_USER, run_id)), loop)
        entered.result(30)
        yield


async def _enter(stack, block):
    stack.enter_context(block)


@pytest.mark.parametrize("here", [True, pytest.param(False, marks=pytest.mark.long)])
def test_five_hundred_aborted_streams_leave_nothing_behind(server, here):
    run_id = f"turn_aborted_{here}"
    server.begin(run_id)
    path = f"/api/runs/{run_id}/events"

    with ExitStack() as stack:
        if here:
            stack.enter_context(lives_here(server, run_id))
        for _ in range(10):
            opened = [server.open(path) for _ in range(50)]
            for number, one in enumerate(opened):
                if number % 3:
                    assert b"event: step" in read_to(one, b"looking")
                (reset if number % 2 else socket.socket.close)(one)
            assert server.nothing_is_left() == (0, 0, 0)


def test_messages_whose_readers_leave_are_answered_all_the_same(server):
    threads = []
    for number in range(8):
        connection = http.client.HTTPConnection(*server.address, timeout=30)
        connection.request("POST", "/api/threads")
        threads.append(json.loads(connection.getresponse().read())["id"])
        body = json.dumps({"text": "buy BTC on 1h bars when the 20 sma is above the 50 sma, sell when it is below"})
        connection.request(
            "POST",
            f"/api/threads/{threads[-1]}/messages",
            body,
            {"Content-Type": "application/json", "Accept": "text/event-stream", "Idempotency-Key": f"left-{number}"},
        )
        connection.getresponse().read(1 + number * 100)
        connection.close()

    for _ in range(LOOKS):
        server.get("/healthz")
        if server.service.runs.running == 0:
            break
    with server.service.database.read() as work:
        for thread in threads:
            (run,) = work.runs.page(LOCAL_USER, thread, limit=5).items
            assert run.status == "completed"
            assert [one.role for one in work.threads.messages(LOCAL_USER, thread)] == ["user", "assistant"]
    assert server.nothing_is_left() == (0, 0, 0)


def test_a_stream_ends_with_the_service_and_says_so(tmp_path):
    settings = Settings(database_url=f"sqlite:///{tmp_path}/kek.db")
    app = create_app(settings, joining=lambda given: service(given, market=small_market()))
    with running(app, lifespan="on") as address:
        server = Server(app, address)
        server.begin("turn_open")
        with server.open("/api/runs/turn_open/events") as opened:
            read_to(opened, b"looking")
            loop = app.state.opening._task.get_loop()
            loop.call_soon_threadsafe(app.state.opening.begin_closing)
            read = read_to(opened, b"0\r\n\r\n")

    assert SHUTDOWN in read


def test_a_silent_stream_is_kept_alive():
    async def act():
        more = asyncio.Event()

        async def events():
            yield RunEvent(run_id="r", seq=1, type="step", data={}, created_at=NOW)
            await more.wait()

        pieces = told(events(), lambda event: b"%d" % event.seq, asyncio.Event(), keep_alive_seconds=0.01)
        first, second, third = await anext(pieces), await anext(pieces), await anext(pieces)
        more.set()
        return first, second, third, [piece async for piece in pieces if piece is not KEEP_ALIVE]

    assert asyncio.run(act()) == (b"1", KEEP_ALIVE, KEEP_ALIVE, [])


def test_an_encoder_that_leaves_early_closes_what_it_reads():
    async def act():
        closed = []

        async def events():
            try:
                await asyncio.Event().wait()
                yield RunEvent(run_id="r", seq=1, type="step", data={}, created_at=NOW)
            finally:
                closed.append(True)

        pieces = told(events(), lambda event: b"", asyncio.Event(), keep_alive_seconds=0.01)
        assert await anext(pieces) == KEEP_ALIVE
        await pieces.aclose()
        return closed, len(asyncio.all_tasks())

    assert asyncio.run(act()) == ([True], 1)
