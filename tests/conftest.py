"""What holds for every test: the network is shut, hypothesis is steady, real candles are optional; databases."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path
from typing import Any

import pytest
from database_fixtures import (  # noqa: F401 - fixtures for every room, so that there is one server
    database,
    database_url,
    empty_url,
    open_again,
    postgresql,
    postgresql_database,
    sqlite_template,
)
from hypothesis import HealthCheck, settings

REAL_CANDLES = "KEK_TEST_DATA"
"""Names a folder of real candles; the tests that need one are skipped without it."""

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("steady", settings.get_profile("house"), derandomize=True, database=None)


class NetworkIsShutError(RuntimeError):
    """A test tried to leave this machine."""


def pytest_configure(config: pytest.Config) -> None:
    """Choose the profile of generated inputs and shut the network before anything is collected."""
    settings.load_profile("house" if os.environ.get("KEK_TEST_EXPLORE") else "steady")
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what it starts with & ignore Ctrl-C
    _shut_the_network()


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say at the top whether real candles are there."""
    return [f"real candles: {os.environ.get(REAL_CANDLES) or f'none ({REAL_CANDLES} is not set)'}"]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real candles, or a skip that says how to get one."""
    folder = os.environ.get(REAL_CANDLES)
    if not folder:
        pytest.skip(f"needs real candles: {REAL_CANDLES} is not set")
    path = Path(folder)
    assert path.is_dir(), f"{REAL_CANDLES}={folder} is not a folder"
    return path


@pytest.fixture(autouse=True)
def no_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Forget what the machine's owner has set and keeps, so that a test sees the same everywhere and leaves nothing."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.getbasetemp() / "user-data"))
    for name in [name for name in os.environ if name.startswith("KEK_") and name not in KEPT]:
        monkeypatch.delenv(name)


KEPT = {REAL_CANDLES, "KEK_CACHE_DIR", "KEK_TEST_EXPLORE"}


def _shut_the_network() -> None:
    for name in ("connect", "connect_ex"):
        _guard(name)
    lookup = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
        _refuse_unless_here(host)
        return lookup(host, *rest, **named)

    socket.getaddrinfo = getaddrinfo


def _guard(name: str) -> None:
    original = getattr(socket.socket, name)

    def guarded(self: socket.socket, address: Any, *rest: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _refuse_unless_here(address[0])
        return original(self, address, *rest)

    setattr(socket.socket, name, guarded)


def _refuse_unless_here(host: Any) -> None:
    text = host.decode() if isinstance(host, bytes) else host
    if text is None or text in ("localhost", "::1", "", "0.0.0.0", "::") or text.startswith("127."):
        return
    raise NetworkIsShutError(f"a test tried to reach {text}: the network is shut in tests")
