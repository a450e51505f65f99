"""The running service: a socket, a server, and an orderly end."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.http.guards import MAX_ADDRESS_BYTES, MAX_HEADER_BYTES
from api.http.protocol import patient_for
from api.logs import secrets_of, start_logging
from api.settings import Settings
from api.warming import begin_warming

GRACE_SECONDS = 3
"""How long open answers have to come to their end after the first signal."""

LAST_SECONDS = 9.5
"""After the first signal the process is gone by then, whatever still runs."""

KEEP_ALIVE_SECONDS = 15

log = logging.getLogger("kek.service")


class Server(uvicorn.Server):
    """uvicorn's server, with streams that are told of the end, a last moment, and a second signal that means now."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets=sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.should_exit:
            os._exit(128 + sig)
        self.should_exit = True
        last = threading.Timer(LAST_SECONDS, os._exit, [128 + signal.SIGTERM])
        last.daemon = True
        last.start()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._app.state.opening.begin_closing)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there.

    Raises
    ------
    OSError
        The address is taken, or none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=512)


def run(settings: Settings, listening: socket.socket, ready: Callable[[], None]) -> BaseException | None:
    """Serve until a signal comes; ``ready`` is called when the service can be used, seconds after it is alive.

    Returns what kept the service from being opened, None after an orderly end.
    """
    serving = settings.serving
    start_logging(serving.log_level, secrets_of(settings))
    failures: list[BaseException] = []

    def told(failure: BaseException | None) -> None:
        if failure is None:
            ready()
            begin_warming(app.state.opening.service, app.openapi)
        else:
            failures.append(failure)
            server.should_exit = True

    app = create_app(settings, told=told)
    config = uvicorn.Config(
        app,
        http=patient_for(serving.send_seconds),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        h11_max_incomplete_event_size=MAX_HEADER_BYTES + MAX_ADDRESS_BYTES,
    )
    server = Server(config, app)
    log.info("starting")
    server.run(sockets=[listening])
    log.info("ended")
    return failures[0] if failures else None
