"""Refinement jobs over HTTP: asked for by hand or for a drift event, worked on, told of in words."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from kept_strategies import keep_strategy, on_a_small_market
from starlette.testclient import TestClient

FELL = {"type": "performance_drop", "severity": "high", "description": "it fell"}


@pytest.fixture(scope="module")
def http() -> Iterator[TestClient]:
    with on_a_small_market() as opened:
        yield opened


@pytest.fixture
def strategy(http: TestClient) -> str:
    return f"/api/strategies/{keep_strategy(http)['id']}"


def test_a_refinement_is_worked_on_to_its_end(http: TestClient, strategy: str) -> None:
    event = http.post(f"{strategy}/drift-events", json=FELL).json()

    made = http.post(f"{strategy}/refinement-jobs", json={"driftEventId": event["id"]})

    queued = made.json()
    assert made.status_code == 202 and made.headers["location"] == f"/api/refinement-jobs/{queued['id']}"
    assert (queued["status"], queued["reason"], queued["driftEventId"]) == ("queued", "drift_detected", event["id"])
    http.get(f"/api/runs/{made.headers['x-kek-run']}/events")  # ends with the run
    done = http.get(made.headers["location"]).json()
    assert done["status"] == "completed" and done["outputs"]["notes"]
    assert http.get(f"{strategy}/refinement-jobs").json() == {"items": [done]}
    assert http.post(f"{made.headers['location']}/cancel").status_code == 409
    report = http.get(f"{made.headers['location']}/report").json()
    assert report["judgement"]["decision"] and "candidates" in report


def test_a_person_s_request_needs_no_body(http: TestClient, strategy: str) -> None:
    made = http.post(f"{strategy}/refinement-jobs")

    assert (made.status_code, made.json()["reason"]) == (202, "user_request")
    assert http.get(f"{made.headers['location']}/report").status_code in (200, 409)
    ended = http.post(f"{made.headers['location']}/cancel")
    assert ended.json()["status"] == "failed" if ended.status_code == 200 else ended.json()["code"] == "CONFLICT"


def test_what_cannot_be_refined_is_refused(http: TestClient, strategy: str) -> None:
    other = f"/api/strategies/{keep_strategy(http)['id']}"
    event = http.post(f"{other}/drift-events", json=FELL).json()["id"]

    unknown = http.post(f"{strategy}/refinement-jobs", json={"driftEventId": "none"})
    foreign = http.post(f"{strategy}/refinement-jobs", json={"driftEventId": event})
    reason = http.post(f"{strategy}/refinement-jobs", json={"reason": "boredom"})

    assert (unknown.status_code, foreign.status_code, reason.status_code) == (404, 422, 422)
    assert http.get(f"{strategy}/refinement-jobs").json() == {"items": []}


def test_twenty_requests_with_one_key_start_one_job(http: TestClient, strategy: str) -> None:
    key = {"Idempotency-Key": strategy.replace("/", "-")}

    with ThreadPoolExecutor(20) as pool:
        posted = pool.map(lambda _: http.post(f"{strategy}/refinement-jobs", json={}, headers=key), range(20))
        answers = list(posted)

    assert {one.status_code for one in answers} == {202} and len({one.content for one in answers}) == 1
    assert len(http.get(f"{strategy}/refinement-jobs").json()["items"]) == 1
