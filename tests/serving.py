"""The application for tests: called in this process, or reached over a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings

BASE_URL = "http://127.0.0.1:8321"
IN_MEMORY = Settings(database_url="sqlite://")


@contextmanager
def client(settings: Settings = IN_MEMORY, **joined: Any) -> Iterator[TestClient]:
    """Open a client of an application of its own, on a database in memory and the demo market unless told otherwise."""
    app = create_app(settings, **joined)
    with TestClient(app, base_url=BASE_URL, raise_server_exceptions=False) as opened:
        yield opened
