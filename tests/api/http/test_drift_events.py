"""Drift events over HTTP: whole records from outside, of one's own strategies alone, told once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from kept_strategies import keep_strategy, on_a_small_market, service_of
from starlette.testclient import TestClient

from storage.records import LOCAL_USER
from storage.times import wire_time

FELL: dict[str, Any] = {
    "type": "performance_drop",
    "severity": "high",
    "description": "The Sharpe ratio fell.",
    "evidence": {"metric": "sharpeRatio", "baseline": 1.2, "observed": -0.4, "threshold": 0.3},
    "recommendedAction": "reoptimize",
    "detectedAt": "2024-02-29T12:00:00Z",
}


@pytest.fixture(scope="module")
def http() -> Iterator[TestClient]:
    with on_a_small_market() as opened:
        yield opened


@pytest.fixture
def strategy(http: TestClient) -> str:
    return str(keep_strategy(http)["id"])


def tell(http: TestClient, strategy: str, event: dict[str, Any], **headers: str) -> Any:
    return http.post(f"/api/strategies/{strategy}/drift-events", json=event, headers=headers)


def test_an_event_is_kept_as_it_was_told(http: TestClient, strategy: str) -> None:
    told = tell(http, strategy, FELL)

    event = told.json()
    assert told.status_code == 201 and told.headers["location"] == f"/api/drift-events/{event['id']}"
    assert {name: event[name] for name in FELL} == {**FELL, "detectedAt": "2024-02-29T12:00:00.000Z"}
    assert (event["strategyRecordId"], event["version"]) == (strategy, "1.0") and event["createdAt"]
    assert http.get(told.headers["location"]).json() == event
    assert http.get(f"/api/strategies/{strategy}/drift-events").json() == {"items": [event]}


def test_an_event_of_a_time_to_come_is_refused(http: TestClient, strategy: str) -> None:
    now = service_of(http).clock.now_ms()

    ahead = tell(http, strategy, {**FELL, "detectedAt": wire_time(now + 4 * 60_000)})
    later = tell(http, strategy, {**FELL, "detectedAt": wire_time(now + 60 * 60_000)})
    never = tell(http, strategy, {**FELL, "detectedAt": "2999-01-01T00:00:00Z"})

    assert (ahead.status_code, later.status_code, never.status_code) == (201, 422, 422)
    for refused in (later, never):
        assert [(one["path"], one["code"]) for one in refused.json()["problems"]] == [("$.detectedAt", "OUT_OF_BOUNDS")]


def test_both_spellings_are_read_and_what_is_left_out_is_now(http: TestClient, strategy: str) -> None:
    event = tell(http, strategy, {"type": "data_shift", "severity": "low", "description": "x", "detected_at": None})

    assert event.status_code == 201 and event.json()["detectedAt"] == event.json()["createdAt"]


def test_an_event_with_an_id_of_its_own_is_there_once(http: TestClient, strategy: str) -> None:
    first = tell(http, strategy, {**FELL, "id": f"own-{strategy}"})
    again = tell(http, strategy, {**FELL, "id": f"own-{strategy}", "strategyRecordId": strategy})
    other = tell(http, strategy, {**FELL, "id": f"own-{strategy}", "severity": "low"})

    assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
    assert (other.status_code, other.json()["code"]) == (409, "CONFLICT")
    assert len(http.get(f"/api/strategies/{strategy}/drift-events").json()["items"]) == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"severity": "catastrophic"}, 422),
        ({"type": None}, 422),
        ({"description": ""}, 422),
        ({"description": "a\u202eb"}, 422),
        ({"description": "x" * 2_001}, 422),
        ({"detectedAt": "yesterday"}, 422),
        ({"detectedAt": "0001-01-01T00:00:00+14:00"}, 422),
        ({"evidence": {"metric": "luck"}}, 422),
        ({"evidence": {"baseline": "1"}}, 422),
        ({"evidence": {"closed": True}}, 422),
        ({"createdAt": "2024-02-29T12:00:00Z"}, 422),
        ({"strategyRecordId": "another"}, 422),
        ({"id": "a/b"}, 422),
        ({"version": "9.9"}, 404),
        ({"variantId": "none"}, 404),
    ],
)
def test_what_is_no_event_of_the_strategy_is_refused(
    http: TestClient, strategy: str, change: dict[str, Any], status: int
) -> None:
    refused = tell(http, strategy, {**FELL, **change})

    assert refused.status_code == status, refused.text
    assert http.get(f"/api/strategies/{strategy}/drift-events").json() == {"items": []}


def test_a_variant_of_another_strategy_is_not_found(http: TestClient, strategy: str) -> None:
    other = str(keep_strategy(http)["id"])
    overrides = {"overrides": {"sizing.value": 0.1}}
    variant = http.post(f"/api/strategies/{other}/variants", json=overrides).json()["id"]

    assert tell(http, strategy, {**FELL, "variantId": variant}).status_code == 404
    assert tell(http, other, {**FELL, "variantId": variant}).status_code == 201


def test_an_event_told_again_under_its_key_is_answered_the_same(http: TestClient, strategy: str) -> None:
    key = {"Idempotency-Key": f"drift-{strategy}"}

    first, again = (tell(http, strategy, FELL, **key) for _ in range(2))

    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotency-replayed"] == "true"


def test_an_event_is_closed_by_its_owner_and_stays_there(http: TestClient, strategy: str) -> None:
    event = tell(http, strategy, FELL)

    closed = [http.post(f"{event.headers['location']}/close") for _ in range(2)]

    assert [one.status_code for one in closed] == [204, 204]
    with service_of(http).database.read() as work:
        assert work.refinements.open_drift(LOCAL_USER, strategy, severity="high") == ()
    assert http.get(event.headers["location"]).json() == event.json()
