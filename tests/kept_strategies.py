"""What the tests of routes about strategies share: a client on a small market, and strategies kept through it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from reference.kept import small_market, spec_of
from serving import IN_MEMORY, client
from starlette.testclient import TestClient

from api.compose import service
from api.service import Service
from api.settings import Settings
from engine.market.bars import MarketData

_NUMBERS = count(1)


@contextmanager
def on_a_small_market() -> Iterator[TestClient]:
    """Open a client of an application on a database in memory and `reference.kept.small_market`."""
    with on_market(small_market()) as opened:
        yield opened


@contextmanager
def on_market(market: MarketData, settings: Settings = IN_MEMORY) -> Iterator[TestClient]:
    """Open a client of an application on a market of one's own."""
    with client(settings, joining=lambda given: service(given, market=market)) as opened:
        assert opened.get("/api/markets").status_code == 200  # waits until the service is open
        yield opened


def service_of(http: TestClient) -> Service:
    """The service behind a client."""
    opened: Service = http.app.state.opening.service  # type: ignore[attr-defined]
    return opened


def keep_strategy(http: TestClient, **changes: Any) -> dict[str, Any]:
    """Keep the example spec as a new strategy of its own id and return its record."""
    made = http.post("/api/strategies", json={"spec": spec_of(id=f"strategy_{next(_NUMBERS)}", **changes)})
    assert made.status_code == 201, made.text
    return record_in(made)


def record_in(answer: Any) -> dict[str, Any]:
    """The record that an answer says was kept, without what its owner is told beside it."""
    record: dict[str, Any] = answer.json()
    return {name: value for name, value in record.items() if name != "problems"}
