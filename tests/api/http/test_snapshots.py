"""Snapshots over HTTP: the figures of a stored backtest, kept as a baseline."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kept_strategies import keep_strategy, on_a_small_market
from starlette.testclient import TestClient


@pytest.fixture(scope="module")
def http() -> Iterator[TestClient]:
    with on_a_small_market() as opened:
        yield opened


@pytest.fixture
def place(http: TestClient) -> str:
    return f"/api/strategies/{keep_strategy(http)['id']}"


def test_a_snapshot_holds_the_figures_of_its_backtest(http: TestClient, place: str) -> None:
    run = http.post(f"{place}/backtests").json()

    made = http.post(f"{place}/snapshots", json={"backtestId": run["id"]})

    snapshot = made.json()
    assert made.status_code == 201 and made.headers["location"] == f"{place}/snapshots/{snapshot['id']}"
    assert (snapshot["summary"], snapshot["version"]) == (run["results"], "1.0")
    assert snapshot["period"] == {name: run["timeframe"][name] for name in ("start", "end")}
    assert http.get(made.headers["location"]).json() == snapshot
    assert http.get(f"{place}/snapshots").json() == {"items": [snapshot]}


def test_a_snapshot_is_of_a_backtest_of_its_strategy(http: TestClient, place: str) -> None:
    other = f"/api/strategies/{keep_strategy(http)['id']}"
    run = http.post(f"{other}/backtests").json()["id"]
    made = http.post(f"{other}/snapshots", json={"backtestId": run})

    assert http.post(f"{place}/snapshots", json={"backtestId": run}).status_code == 404
    assert http.post(f"{place}/snapshots", json={"backtestId": "none"}).status_code == 404
    assert http.post(f"{place}/snapshots", json={}).status_code == 422
    assert http.get(f"{place}/snapshots/{made.json()['id']}").status_code == 404


def test_a_snapshot_is_made_once_under_its_key(http: TestClient, place: str) -> None:
    run, key = http.post(f"{place}/backtests").json()["id"], {"Idempotency-Key": place.replace("/", "-")}

    made = [http.post(f"{place}/snapshots", json={"backtestId": run}, headers=key) for _ in range(2)]

    assert made[0].content == made[1].content and len(http.get(f"{place}/snapshots").json()["items"]) == 1
