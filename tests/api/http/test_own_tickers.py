"""Tickers that only the user's own candles have: kept, changed, searched and judged like any other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from kept_strategies import on_market
from starlette.testclient import TestClient

from engine.market.bars import make_bars
from engine.market.memory import MemoryMarket
from tests.engine.judging.conftest import TREND, daily_market

FAST = "indicators.fast.inputs.length"


def trend_on(asset: str, **changes: Any) -> dict[str, Any]:
    return {**TREND, "universe": {**TREND["universe"], "assets": [asset]}, **changes}


@pytest.fixture(scope="module")
def http() -> Iterator[TestClient]:
    bars = daily_market(5, 0.35).bars("BTCUSDT-PERP", "1d")
    assert bars is not None
    columns = (bars.time, bars.open, bars.high, bars.low, bars.close, bars.volume)
    with on_market(MemoryMarket([make_bars("WALKUSDT-PERP", "1d", *columns)])) as opened:
        yield opened


def test_a_ticker_with_candles_is_kept_changed_and_judged(http: TestClient) -> None:
    made = http.post("/api/strategies", json={"spec": trend_on("WALK")})
    assert made.status_code == 201, made.text
    place = made.headers["location"]

    variant = http.post(f"{place}/variants", json={"overrides": {FAST: 4}})
    changed = {"spec": {**made.json()["spec"], "name": "Renamed"}, "baseVersion": "1.0"}
    version = http.post(f"{place}/versions", json=changed)
    judged = http.post(f"{place}/judgements")

    assert (variant.status_code, version.status_code, judged.status_code) == (201, 201, 201), (
        variant.text + version.text + judged.text
    )
    assert judged.json()["card"]["trials"]["total"] == 9


def test_a_search_on_it_keeps_its_best(http: TestClient) -> None:
    place = http.post("/api/strategies", json={"spec": trend_on("WALK", id="searched")}).headers["location"]
    sent = {"space": {FAST: [2, 4, 5]}, "objectives": ["net_profit"], "method": "grid"}
    started = http.post(f"{place}/optimizations", json=sent)
    assert started.status_code == 202, started.text
    http.get(f"/api/runs/{started.headers['x-kek-run']}/events")  # to its end
    record = http.get(started.headers["location"]).json()

    assert record["status"] == "completed", record
    assert len(record["bestVariants"]) == 3


def test_a_ticker_without_candles_is_refused_with_its_place(http: TestClient) -> None:
    refused = http.post("/api/strategies", json={"spec": trend_on("WALC")})

    assert refused.status_code == 422
    assert ("$.spec.universe.assets[0]", "UNKNOWN_ASSET") in [
        (one["path"], one["code"]) for one in refused.json()["problems"]
    ]
