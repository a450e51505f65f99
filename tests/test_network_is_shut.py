"""The guard of conftest.py, tried."""

from __future__ import annotations

import socket

import pytest


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_another_machine_cannot_be_reached(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as plug, pytest.raises(RuntimeError, match="the network is shut"):
        plug.connect((address, 443))


def test_a_name_is_not_looked_up() -> None:
    with pytest.raises(RuntimeError, match=r"tried to reach kek\.example"):
        socket.create_connection(("kek.example", 443))


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()) as plug:
            assert plug.getpeername() == server.getsockname()
