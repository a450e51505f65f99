"""What an owner sets is honoured by the agent: limits, whom results are told to, what is told of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from kept_strategies import on_market, service_of
from scripted_agent import MARKET
from starlette.testclient import TestClient

from agent.news import MEANWHILE
from api.replay.runs import replay_run
from storage.records import LOCAL_USER

BUILD = "buy BTC on daily bars when RSI 9 is below 35, sell when RSI 9 is above 60, stop 6%"


@pytest.fixture(scope="module")
def opened() -> Iterator[TestClient]:
    with on_market(MARKET) as http:
        yield http


@pytest.fixture
def http(opened: TestClient) -> TestClient:
    """A client of an owner who has said nothing yet."""
    assert opened.patch("/api/me", json={"settings": None}).status_code == 200
    return opened


def prefer(http: TestClient, **settings: Any) -> None:
    assert http.patch("/api/me", json={"settings": settings}).status_code == 200


def begin(http: TestClient) -> str:
    return str(http.post("/api/threads").json()["id"])


def say(http: TestClient, thread: str, text: str) -> dict[str, Any]:
    answer = http.post(f"/api/threads/{thread}/messages", json={"text": text})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ended(http: TestClient, started: Any) -> None:
    """Wait for the end of a job."""
    assert started.status_code == 202, started.text
    http.get(f"/api/runs/{started.headers['x-kek-run']}/events")


def test_without_settings_everything_is_told_as_ever(http: TestClient) -> None:
    reply = say(http, begin(http), BUILD)["reply"]

    assert "- Sharpe ratio" in reply and MEANWHILE not in reply
    assert not any(word in reply for word in ("it began with", "(PSR)", "it lasted"))


def test_a_persona_changes_how_a_result_is_told_from_the_next_message_on(http: TestClient) -> None:
    thread = begin(http)
    say(http, thread, BUILD)

    replies = {}
    for persona in ("retail", "quant", "investor"):
        prefer(http, persona=persona)
        replies[persona] = say(http, thread, "test it again from 2019-01-01 to 2020-01-01")["reply"]

    assert "it began with" in replies["retail"] and "Sharpe" not in replies["retail"]
    assert "(PSR)" in replies["quant"] and "it lasted" in replies["investor"]


def test_limits_bound_what_is_built(http: TestClient) -> None:
    prefer(http, riskDefaults={"maxPositionPct": 0.05})

    spec = say(http, begin(http), BUILD)["spec"]

    assert spec["risk"]["max_position_pct"] == 0.05 and spec["sizing"]["value"] <= 0.05


def test_a_finished_job_is_told_once_in_every_thread_on_its_strategy(http: TestClient) -> None:
    prefer(http, notifications={"enabled": True})
    thread, other = begin(http), begin(http)
    strategy = say(http, thread, BUILD)["strategyId"]
    say(http, other, BUILD)
    search = {"space": {"risk.stop_loss.value": [0.03, 0.05]}}

    ended(http, http.post(f"/api/strategies/{strategy}/optimizations", json=search))
    cancelled = http.post(f"/api/strategies/{strategy}/optimizations", json={"method": "random", "limit": 200})
    http.post(f"{cancelled.headers['location']}/cancel")
    first, second = (say(http, thread, "what does it do?")["reply"] for _ in range(2))
    elsewhere = say(http, other, "what does it do?")["reply"]

    [line] = [line for line in first.splitlines() if line.startswith(MEANWHILE)]
    assert line == "Meanwhile a search of its parameters has finished: candidates measured 2, new variants 2."
    assert MEANWHILE not in second and MEANWHILE not in elsewhere


@pytest.mark.parametrize("wanted", [{"enabled": False}, {"enabled": True, "channels": ["email"]}, None])
def test_who_does_not_want_to_be_told_here_is_not(http: TestClient, wanted: Any) -> None:
    prefer(http, notifications=wanted)
    thread = begin(http)
    strategy = say(http, thread, BUILD)["strategyId"]
    ended(http, http.post(f"/api/strategies/{strategy}/optimizations", json={"space": {"sizing.value": [0.05]}}))

    assert MEANWHILE not in say(http, thread, "what does it do?")["reply"]


def test_a_refinement_of_the_turn_itself_is_no_news(http: TestClient) -> None:
    prefer(http, notifications={"enabled": True})
    thread = begin(http)
    say(http, thread, BUILD)

    improved = say(http, thread, "improve it")
    after = say(http, thread, "what does it do?")

    assert improved["refinement"]["jobId"] and MEANWHILE not in improved["reply"] + after["reply"]


def test_a_test_told_to_a_persona_is_computed_again_the_same(http: TestClient) -> None:
    prefer(http, persona="quant")
    answer = say(http, begin(http), BUILD)
    service = service_of(http)

    assert replay_run(service.database, service.market, LOCAL_USER, answer["runId"]).equal
