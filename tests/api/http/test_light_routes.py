"""Health, specs, indicators, markets: what needs no record."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from reference.candles import random_bars
from serving import IN_MEMORY, calling, client
from starlette.testclient import TestClient

from api import cli
from api.app import create_app
from api.service import Service
from api.settings import Settings
from engine.spec.examples import SMA_CROSS
from storage.errors import DatabaseUnusable


@pytest.fixture(scope="module")
def asked() -> Iterator[TestClient]:
    with client() as opened:
        yield opened


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    cli.main([*words, "--json"])
    return json.loads(capsys.readouterr().out)


def test_a_service_that_loads_is_alive_and_not_ready() -> None:
    async def ask() -> None:
        go_on = asyncio.Event()

        @asynccontextmanager
        async def slowly(settings: Settings) -> AsyncIterator[Service]:
            from api.compose import service

            await go_on.wait()
            async with service(settings) as opened:
                yield opened

        async with calling(create_app(IN_MEMORY, joining=slowly)) as client:
            assert (await client.get("/healthz")).json() == {"status": "ok"}
            loading = await client.get("/readyz")
            assert loading.status_code == 503 and loading.json()["checks"] == {"service": "loading"}
            assert loading.headers["retry-after"] == "1"

            waiting = asyncio.create_task(client.get("/api/markets"))
            go_on.set()
            assert (await waiting).status_code == 200, "a request that came too early waits a little"
            ready = await client.get("/readyz")
            assert ready.status_code == 200 and ready.json()["checks"]["database"].startswith("revision ")

    asyncio.run(ask())


def test_a_service_that_cannot_be_opened_says_so_and_why_to_whoever_started_it() -> None:
    told: list[BaseException | None] = []

    @asynccontextmanager
    async def broken(settings: Settings) -> AsyncIterator[Service]:
        raise DatabaseUnusable("/secret/place.db is no database")
        yield

    with client(joining=broken, told=told.append) as opened:
        answer = opened.get("/api/markets")
        ready = opened.get("/readyz")

    assert (answer.status_code, answer.json()["code"]) == (503, "NOT_OPENED")
    assert ready.json()["checks"] == {"service": "failed"} and "secret" not in answer.text + ready.text
    assert [str(failure) for failure in told] == ["/secret/place.db is no database"]


def test_health_is_asked_with_head_as_well(asked: TestClient) -> None:
    answer = asked.head("/healthz")

    assert (answer.status_code, answer.content) == (200, b"")


def test_the_check_of_a_spec_is_that_of_the_command_line(
    asked: TestClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for spec in (SMA_CROSS, {**SMA_CROSS, "risk": {"max_levrage": 2}}, {}, [], "x", 7, None):
        file = tmp_path / "spec.json"
        file.write_text(json.dumps(spec), "utf-8")

        body = file.read_bytes()
        answer = asked.post("/api/specs/validate", content=body, headers={"content-type": "application/json"})

        assert answer.status_code == 200
        assert answer.json() == printed(capsys, "validate", str(file)), spec


def test_the_check_of_a_spec_carries_the_proofs_where_they_are_asked_for(
    asked: TestClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "spec.json"
    file.write_text(json.dumps(SMA_CROSS), "utf-8")

    answer = asked.post("/api/specs/validate?proofs=true", json=SMA_CROSS)
    refused = asked.post("/api/specs/validate?proofs=true", json={})

    assert answer.json()["proofs"] == printed(capsys, "check", str(file))
    assert "proofs" not in refused.json()


def test_a_text_that_is_json_inside_is_still_a_text(asked: TestClient) -> None:
    answer = asked.post("/api/specs/validate", json=json.dumps(SMA_CROSS))

    assert answer.json()["problems"][0]["code"] == "WRONG_TYPE"


def test_the_check_looks_at_the_candles_of_a_folder(tmp_path: Path) -> None:
    from storage.candles import CandleStore

    bars = replace(random_bars(1, 48), symbol="BTCUSDT")
    CandleStore(tmp_path, create=True).write(bars)

    with client(Settings(data_dir=tmp_path, database_url="sqlite://")) as opened:
        answer = opened.post("/api/specs/validate", json=SMA_CROSS).json()
        markets = opened.get("/api/markets").json()

    assert answer["skipped"] == [] and "NO_DATA" in [one["code"] for one in answer["problems"]]
    (series,) = markets["series"]
    assert (markets["generated"], series["symbol"], series["timeframe"], series["bars"]) == (False, "BTCUSDT", "1h", 48)
    assert series["start"] < series["end"]


def test_the_schema_is_that_of_the_command_line_and_fetched_once(
    asked: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = asked.get("/api/specs/schema")
    tag = answer.headers["etag"]

    assert answer.json() == printed(capsys, "schema")
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = asked.get("/api/specs/schema", headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert asked.get("/api/specs/schema", headers={"if-none-match": '"other"'}).status_code == 200


def test_the_indicators_are_those_of_the_command_line(asked: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    listed = asked.get("/api/indicators").json()

    assert listed == printed(capsys, "indicators")
    for name in ("rsi", "bollinger", "supertrend"):
        assert asked.get(f"/api/indicators/{name}").json() == printed(capsys, "indicators", name)


def test_an_unknown_indicator_is_not_found_and_the_nearest_is_named(asked: TestClient) -> None:
    answer = asked.get("/api/indicators/supertrnd")

    assert (answer.status_code, answer.json()["code"]) == (404, "UNKNOWN_INDICATOR")
    assert "'supertrend'" in answer.json()["detail"] and "supertrnd" not in answer.text


def test_the_markets_are_those_of_the_command_line(asked: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    markets = asked.get("/api/markets").json()

    assert markets == printed(capsys, "data", "list")
    assert markets["generated"] and {"symbol": "BTCUSDT", "timeframe": "1h"} in markets["series"]
