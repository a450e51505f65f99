"""The application for tests: called in this process, or reached over a real socket."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx2
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.http.protocol import patient_for
from api.service import Service
from api.settings import Settings

BASE_URL = "http://127.0.0.1:8321"
IN_MEMORY = Settings(database_url="sqlite://")


@asynccontextmanager
async def nothing(settings: Settings) -> AsyncIterator[Service]:
    """Never come to a service: for tests of what stands in front of it."""
    await asyncio.Event().wait()
    raise AssertionError("unreachable")
    yield


@contextmanager
def client(settings: Settings = IN_MEMORY, **joined: Any) -> Iterator[TestClient]:
    """Open a client of an application of its own, on a database in memory and the demo market unless told otherwise."""
    app = create_app(settings, **joined)
    with client_of(app) as opened:
        yield opened


@contextmanager
def client_of(app: FastAPI) -> Iterator[TestClient]:
    """Open a client of an application; a failure of the application is an answer, as over a socket."""
    with TestClient(app, base_url=BASE_URL, raise_server_exceptions=False) as opened:
        yield opened


@asynccontextmanager
async def calling(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """Start an application in the running loop and give a client of it; answers come whole, so not for streams."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app):
        async with httpx2.AsyncClient(transport=transport, base_url=BASE_URL) as opened:
            yield opened


@contextmanager
def running(app: Any, *, patience: float = 15.0, **config: Any) -> Iterator[tuple[str, int]]:
    """Serve an application on a free port, in a thread, the way `kek serve` does; gives host and port."""
    listening = socket.create_server(("127.0.0.1", 0))
    chosen = {"lifespan": "off", "log_config": None, "access_log": False, "timeout_graceful_shutdown": 1, **config}
    server = uvicorn.Server(uvicorn.Config(app, http=patient_for(patience), ws="none", **chosen))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        yield "127.0.0.1", listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive(), "the server did not end"
