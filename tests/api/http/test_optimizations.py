"""Optimizations over HTTP: checked before anything is stored, started once, followed, cancelled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from kept_strategies import keep_strategy, on_a_small_market, on_market, service_of
from reference.kept import small_market
from serving import IN_MEMORY
from starlette.testclient import TestClient

from api.settings import Searching
from storage.records import LOCAL_USER

FAST = "indicators.sma_fast.inputs.length"
SMALL = {"objectives": ["net_profit"], "space": {FAST: [5, 10]}}
LARGE = {
    "objectives": ["net_profit"],
    "method": "random",
    "limit": 5_000,
    "space": {FAST: {"min": 2, "max": 30, "step": 1}, "sizing.value": {"min": 0.001, "max": 0.2, "step": 0.001}},
}


@pytest.fixture(scope="module")
def http() -> Iterator[TestClient]:
    with on_a_small_market() as opened:
        yield opened


@pytest.fixture(scope="module")
def small_cap() -> Iterator[TestClient]:
    with on_market(small_market(), replace(IN_MEMORY, searching=Searching(seconds=1e-6))) as opened:
        yield opened


@pytest.fixture
def place(http: TestClient) -> str:
    return f"/api/strategies/{keep_strategy(http)['id']}/optimizations"


def cancel(http: TestClient, made: Any) -> Any:
    return http.post(f"/api/optimizations/{made.json()['id']}/cancel")


def test_a_search_is_worked_on_to_its_end_and_its_run_can_be_followed(http: TestClient, place: str) -> None:
    made = http.post(place, json={**SMALL, "initialEquity": 2_000})

    queued = made.json()
    assert made.status_code == 202 and made.headers["location"] == f"/api/optimizations/{queued['id']}"
    assert (queued["status"], queued["progress"], queued["objectives"]) == (
        "queued",
        {"done": 0, "total": 2},
        ["net_profit"],
    )
    events = http.get(f"/api/runs/{made.headers['x-kek-run']}/events").text
    assert events.rstrip().split("\n\n")[-1].splitlines()[1] == "event: run.completed", events
    done = http.get(made.headers["location"]).json()
    assert (done["status"], done["candidatesEvaluated"]) == ("completed", 2)
    assert done["evidence"]["initialEquity"] == 2_000 and done["evidence"]["verdict"] == "UNPROVEN"
    assert http.get(place).json() == {"items": [done]}
    variants = http.get(place.replace("optimizations", "variants")).json()["items"]
    assert {one["id"] for one in variants} == {one["variantId"] for one in done["bestVariants"]}
    ended = cancel(http, made)
    assert (ended.status_code, ended.json()["code"]) == (409, "CONFLICT")


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({"method": "annealing", "objectives": ["profit"], "seed": -1}, {"$.method", "$.objectives[0]", "$.seed"}),
        ({"space": {"execution.mode": ["live"]}}, {'$.space["execution.mode"]'}),
        ({"space": {"risk.max_leverage": [100]}}, {'$.space["risk.max_leverage"]'}),
        ({"space": []}, {"$.space"}),
        ({"limit": 0}, {"$.limit"}),
        ({"initialEquity": -1}, {"$.initialEquity"}),
        ({"metod": "grid"}, {"$.metod"}),
    ],
)
def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_stored(
    http: TestClient, place: str, body: dict[str, Any], paths: set[str]
) -> None:
    refused = http.post(place, json=body)

    assert refused.status_code == 422, refused.text
    assert {one["path"] for one in refused.json()["problems"]} == paths
    assert http.get(place).json() == {"items": []}


def test_a_search_that_takes_more_than_the_operator_allows_is_refused(small_cap: TestClient) -> None:
    place = f"/api/strategies/{keep_strategy(small_cap)['id']}/optimizations"

    refused = small_cap.post(place, json=LARGE)

    [problem] = refused.json()["problems"]
    assert (refused.status_code, problem["code"], problem["path"]) == (422, "TOO_EXPENSIVE", "$.space")
    assert "may be spent" in problem["message"] and small_cap.get(place).json() == {"items": []}


def test_what_a_search_takes_is_told_before_it_begins(http: TestClient, place: str) -> None:
    made = http.post(place, json=LARGE)
    cancel(http, made)

    told = made.json()["evidence"]["estimate"]
    assert told["candidates"] >= made.json()["progress"]["total"] and told["coreSeconds"] > 0
    assert {"bars", "memoryBytes", "ledgerBytes"} <= set(told)


def test_twenty_requests_with_one_key_start_one_search_and_cancelling_ends_it(http: TestClient, place: str) -> None:
    key = {"Idempotency-Key": place.replace("/", "-")}

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: http.post(place, json=LARGE, headers=key), range(20)))

    assert {one.status_code for one in answers} == {202} and len({one.content for one in answers}) == 1
    assert len({one.headers["x-kek-run"] for one in answers}) == len({one.headers["location"] for one in answers}) == 1
    assert sum("idempotency-replayed" not in one.headers for one in answers) == 1
    assert len(http.get(place).json()["items"]) == 1
    cancelled, again = (cancel(http, answers[0]) for _ in range(2))
    assert (cancelled.status_code, cancelled.json()["status"], again.status_code) == (200, "cancelled", 200)
    assert http.get(f"/api/runs/{answers[0].headers['x-kek-run']}").json()["status"] == "cancelled"


def test_who_has_too_many_jobs_is_told_to_wait(http: TestClient, place: str) -> None:
    made = []
    for _ in range(25):
        answer = http.post(place, json=LARGE)
        if answer.status_code == 429:
            break
        made.append(answer)

    assert answer.json()["code"] == "TOO_MANY_JOBS" and "retry-after" in answer.headers
    with service_of(http).database.read() as work:
        assert len(work.optimizations.unfinished(LOCAL_USER)) == 20
    assert {cancel(http, one).status_code for one in reversed(made)} == {200}


def test_who_has_the_record_already_is_told_so(http: TestClient, place: str) -> None:
    made = http.post(place, json=LARGE)
    cancel(http, made)

    first = http.get(made.headers["location"])
    same = http.get(made.headers["location"], headers={"if-none-match": first.headers["etag"]})

    assert same.status_code == 304 and json.loads(first.content)["status"] == "cancelled"
