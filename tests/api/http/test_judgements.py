"""Judging a strategy over HTTP: its card, its look, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from kept_strategies import keep_strategy, on_market, service_of
from starlette.testclient import TestClient

from tests.engine.judging.conftest import TREND, daily_market


@pytest.fixture(scope="module")
def http() -> Iterator[TestClient]:
    with on_market(daily_market(5, 0.35)) as opened:
        yield opened


def strategy_of(http: TestClient, **changes: object) -> str:
    changed = {name: value for name, value in TREND.items() if name not in ("id", "version")}
    return f"/api/strategies/{keep_strategy(http, **{**changed, **changes})['id']}"


def lengths(fast: int, slow: int) -> dict[str, object]:
    return {
        "fast": {"type": "sma", "inputs": {"length": fast}},
        "slow": {"type": "sma", "inputs": {"length": slow}},
    }


def test_a_look_validates_and_the_verdict_stands_in_the_record(http: TestClient) -> None:
    place = strategy_of(http)

    unseen = http.post(f"{place}/judgements")
    looked = http.post(f"{place}/judgements", json={"look": True})

    assert unseen.status_code == looked.status_code == 201, (unseen.text, looked.text)
    assert (unseen.json()["verdict"], looked.json()["verdict"]) == ("UNPROVEN", "VALIDATED")
    card = looked.json()["card"]
    assert card["holdout"]["look"] == 1 and card["noise"]["runs"] >= 20
    assert http.get(place).json()["verdict"] == "VALIDATED"
    assert http.get(looked.headers["location"]).json()["card"] == card
    again = http.post(f"{place}/judgements", json={"look": True}).json()
    assert again["again"] and again["id"] == looked.json()["id"]
    assert [one["verdict"] for one in http.get(f"{place}/judgements").json()["items"]] == ["VALIDATED", "UNPROVEN"]
    renamed = strategy_of(http, name="Another name")
    assert http.post(f"{renamed}/judgements", json={"look": True}).json()["id"] == looked.json()["id"]
    assert http.get(renamed).json()["verdict"] == "VALIDATED"


def test_the_sixth_look_is_refused(http: TestClient) -> None:
    for slow in range(20, 25):
        http.post(f"{strategy_of(http, indicators=lengths(7, slow))}/judgements", json={"look": True})

    refused = http.post(f"{strategy_of(http, indicators=lengths(7, 30))}/judgements", json={"look": True})

    assert (refused.status_code, refused.json()["code"]) == (409, "LOOKS_SPENT")
    service = service_of(http)
    with service.database.read() as work:
        assert len(work.trials.all_looks("local")) == 5


def test_what_cannot_be_judged_and_who_does_not_own_it_are_told_apart(http: TestClient) -> None:
    never = {"entry": [{"when": "gt", "left": "close", "value": 1e9}], "exit": []}
    idle = http.post(f"{strategy_of(http, signals=never)}/judgements")

    assert (idle.status_code, idle.json()["code"]) == (422, "NOTHING_TO_JUDGE")
    assert http.post("/api/strategies/none/judgements").status_code == 404
    assert http.get("/api/judgements/none").status_code == 404
    wrong = http.post(f"{strategy_of(http)}/judgements", json={"look": "yes please", "peek": 1})
    assert wrong.status_code == 422 and len(wrong.json()["problems"]) == 2


def test_a_request_that_is_repeated_under_its_key_is_answered_the_same(http: TestClient) -> None:
    place, key = strategy_of(http, indicators=lengths(4, 15)), {"Idempotency-Key": "judge-once"}

    first = http.post(f"{place}/judgements", json={}, headers=key)
    second = http.post(f"{place}/judgements", json={}, headers=key)

    assert first.content == second.content and second.headers["idempotency-replayed"] == "true"
    assert len(http.get(f"{place}/judgements").json()["items"]) == 1


def test_requests_at_the_same_time_under_one_key_are_one(http: TestClient) -> None:
    place, key = strategy_of(http, indicators=lengths(3, 11)), {"Idempotency-Key": "judged-at-once"}

    with ThreadPoolExecutor(6) as pool:
        posted = pool.map(lambda _: http.post(f"{place}/judgements", json={}, headers=key), range(6))
        answers = list(posted)

    assert {(one.status_code, one.content) for one in answers} == {(201, answers[0].content)}
    assert len(http.get(f"{place}/judgements").json()["items"]) == 1
