"""An OpenAI-compatible server on loopback that answers by a script, one step a request, the last one for all further.

A step is a function of the request handler. The server keeps what it was asked (`requests`, `headers`), tells that
it was (`asked`) and that a client went away while it was made to wait (`left`).
"""

from __future__ import annotations

import json
import select
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Step = Callable[["Handler"], None]

GONE_AFTER = 10.0
"""Seconds a hanging step holds a connection at most, so that no test can hang for good."""


def chat_reply(text: str | None, *, finish: str = "stop", usage: Any = None, **message: Any) -> dict[str, Any]:
    """A chat completion as servers write it."""
    counted = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120} if usage is None else usage
    said = {"role": "assistant", "content": text, **message}
    choices = [{"index": 0, "message": said, "finish_reason": finish}]
    return {"id": "c1", "object": "chat.completion", "created": 1, "model": "m", "choices": choices, "usage": counted}


def says(text: str | None, **more: Any) -> Step:
    return answers(chat_reply(text, **more))


def answers(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Step:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda handler: handler.send(status, raw, headers or {})


def fails(status: int, message: str = "no", headers: dict[str, str] | None = None) -> Step:
    return answers({"error": {"message": message, "type": "x", "param": None, "code": None}}, status, headers)


def cuts_its_body(text: str) -> Step:
    """Promises a body and closes the connection in the middle of it."""

    def step(handler: Handler) -> None:
        raw = json.dumps(chat_reply(text)).encode()
        handler.send(200, raw[: len(raw) // 2], {"Content-Length": str(len(raw))})
        handler.close_connection = True

    return step


def hangs(handler: Handler) -> None:
    """Says nothing until the client goes away."""
    handler.server.wait_until_left(handler)


def starts_and_hangs(handler: Handler) -> None:
    """Sends the head and some of the body, then nothing."""
    handler.send(200, b'{"id": ', {"Content-Length": "4000"})
    handler.server.wait_until_left(handler)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ScriptedServer

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.next_step(json.loads(raw), dict(self.headers.items()))(self)

    def send(self, status: int, raw: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(raw)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


class ScriptedServer(ThreadingHTTPServer):
    """``with ScriptedServer(says("hello")) as server: ... server.base_url``."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, *steps: Step) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.steps = list(steps)
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.asked = threading.Event()
        self.left = threading.Event()
        self._closing = threading.Event()
        self._lock = threading.Lock()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def next_step(self, body: dict[str, Any], headers: dict[str, str]) -> Step:
        with self._lock:
            self.requests.append(body)
            self.headers.append(headers)
            self.asked.set()
            return self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]

    def wait_until_left(self, handler: Handler) -> None:
        handler.close_connection = True
        for _ in range(int(GONE_AFTER / 0.05)):
            readable, _, _ = select.select([handler.connection], [], [], 0.05)
            if readable and handler.connection.recv(1) == b"":
                self.left.set()
                return
            if self._closing.is_set():
                return

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is what some tests are about."""

    def __enter__(self) -> ScriptedServer:
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self.shutdown()
        self._thread.join()
        self.server_close()
