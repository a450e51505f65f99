"""Strategies over HTTP: kept whole or refused with every problem, described, and moved through their life."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from kept_strategies import keep_strategy, on_a_small_market, record_in
from reference.kept import spec_of
from starlette.testclient import TestClient


@pytest.fixture(scope="module")
def http() -> Iterator[TestClient]:
    with on_a_small_market() as opened:
        yield opened


@pytest.fixture
def strategy(http: TestClient) -> dict[str, Any]:
    return keep_strategy(http)


def every_page(http: TestClient, path: str, limit: int) -> list[dict[str, Any]]:
    found, query = [], f"?limit={limit}"
    while True:
        page = http.get(f"{path}{query}").json()
        found += page["items"]
        if "nextCursor" not in page:
            return found
        query = f"?limit={limit}&cursor={page['nextCursor']}"


def test_a_spec_is_kept_as_a_draft_where_its_location_says(http: TestClient) -> None:
    sent = {"spec": spec_of(id="mine"), "metadata": {"tags": ["trend"], "notes": "two\nlines"}, "visibility": "shared"}

    made = http.post("/api/strategies", json=sent)

    record = record_in(made)
    assert made.status_code == 201 and made.headers["location"] == "/api/strategies/mine"
    assert (record["id"], record["status"], record["version"]) == ("mine", "draft", "1.0")
    assert (record["visibility"], record["verdict"]) == ("shared", "UNPROVEN")
    assert record["metadata"] == {"tags": ["trend"], "notes": "two\nlines", "generatedBy": "user"}
    again = http.get(made.headers["location"])
    assert again.json() == record and again.headers["etag"] == made.headers["etag"]


def test_a_spec_that_came_from_elsewhere_says_so_and_gets_an_id_of_its_own(
    http: TestClient, strategy: dict[str, Any]
) -> None:
    sent = {"spec": spec_of(id=strategy["id"]), "metadata": {"generated_by": "import"}}

    made = http.post("/api/strategies", json=sent).json()

    assert made["metadata"] == {"generatedBy": "import"}
    assert made["id"] != strategy["id"] and made["spec"]["id"] == strategy["id"]


@pytest.mark.parametrize("name", ["ß", "a b", "50% + ?#", "a/b", "..", "a\\b", "x" * 120])
def test_whatever_a_spec_calls_itself_its_strategy_is_found_at_its_location(http: TestClient, name: str) -> None:
    made = http.post("/api/strategies", json={"spec": spec_of(id=name)})

    assert made.status_code == 201 and made.json()["spec"]["id"] == name
    found = http.get(made.headers["location"])
    assert found.status_code == 200 and found.json() == record_in(made)


def test_every_problem_of_a_spec_is_told_at_once_with_its_place(http: TestClient) -> None:
    wrong = spec_of(id="wrong", sizing={"mode": "percent_equity", "value": 2}, risk={"max_levrage": 2})

    refused = http.post("/api/strategies", json={"spec": wrong})

    assert (refused.status_code, refused.json()["code"]) == (422, "INVALID_SPEC")
    places = {one["path"]: one.get("suggestion") for one in refused.json()["problems"]}
    assert places["$.spec.risk.max_levrage"] == "max_leverage" and "$.spec.sizing.value" in places
    assert http.get("/api/strategies/wrong").status_code == 404


@pytest.mark.parametrize(
    "more",
    [
        {"metadata": {"generatedBy": "kek_mix"}},
        {"metadata": {"generatedBy": "user", "generated_by": "user"}},
        {"metadata": {"tags": ["a\u202eb"]}},
        {"metadata": {"tags": [""]}},
        {"metadata": {"notes": "x" * 2_001}},
        {"metadata": {"owner": "me"}},
        {"visibility": "everybody"},
        {"status": "ready_for_deploy"},
        {"ownerUserId": "somebody"},
    ],
)
def test_what_is_no_field_or_no_value_of_one_is_refused(http: TestClient, more: dict[str, Any]) -> None:
    refused = http.post("/api/strategies", json={"spec": spec_of(id="refused"), **more})

    assert (refused.status_code, refused.json()["code"]) == (422, "INVALID_BODY")
    assert refused.json()["problems"] and http.get("/api/strategies/refused").status_code == 404


def test_strategies_are_listed_page_by_page_the_last_changed_first(http: TestClient) -> None:
    made = [keep_strategy(http)["id"] for _ in range(5)]
    archived = {"status": "archived", "reason": "no more"}
    assert http.post(f"/api/strategies/{made[1]}/status", json=archived).status_code == 200

    listed = [one["id"] for one in every_page(http, "/api/strategies", 2)]
    drafts = [one["id"] for one in http.get("/api/strategies?status=draft&limit=200").json()["items"]]

    assert set(made) <= set(listed) and len(listed) == len(set(listed))
    assert made[1] not in drafts and set(made) - {made[1]} <= set(drafts)
    assert http.get("/api/strategies?status=gone").status_code == 422
    assert http.get("/api/strategies?cursor=AAAA").json()["code"] == "INVALID_RECORD"


def test_who_has_the_strategy_already_is_told_so(http: TestClient, strategy: dict[str, Any]) -> None:
    place = f"/api/strategies/{strategy['id']}"
    tag = http.get(place).headers["etag"]

    same = http.get(place, headers={"if-none-match": tag})
    http.patch(place, json={"visibility": "public"})
    changed = http.get(place, headers={"if-none-match": tag})

    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert changed.status_code == 200 and changed.headers["etag"] != tag
    assert "private" in changed.headers["cache-control"]


def test_tags_and_notes_change_one_by_one_and_null_removes_them(http: TestClient, strategy: dict[str, Any]) -> None:
    place = f"/api/strategies/{strategy['id']}"

    def patched(**change: Any) -> dict[str, Any]:
        answer = http.patch(place, json=change)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    assert patched(metadata={"tags": ["a"], "notes": "b"})["metadata"] == {
        "tags": ["a"],
        "notes": "b",
        "generatedBy": "user",
    }
    assert patched(metadata={"notes": "c"})["metadata"]["tags"] == ["a"]
    assert "tags" not in patched(metadata={"tags": None})["metadata"]
    assert patched(visibility="public")["metadata"] == {"notes": "c", "generatedBy": "user"}
    assert patched(metadata=None)["metadata"] == {"generatedBy": "user"}
    assert patched(visibility=None)["visibility"] == "private"
    before = http.get(place).json()
    assert patched() == before, "nothing was named, so nothing changed"


@pytest.mark.parametrize("change", [{"metadata": {"generatedBy": "user"}}, {"spec": {}}, {"metadata": {"notes": 7}}])
def test_nothing_else_can_be_changed_by_a_description(
    http: TestClient, strategy: dict[str, Any], change: dict[str, Any]
) -> None:
    refused = http.patch(f"/api/strategies/{strategy['id']}", json=change)

    assert refused.status_code == 422 and http.get(f"/api/strategies/{strategy['id']}").json() == strategy


def test_a_change_of_what_has_changed_since_is_refused(http: TestClient, strategy: dict[str, Any]) -> None:
    place = f"/api/strategies/{strategy['id']}"
    seen = http.get(place).headers["etag"]

    first = http.patch(place, json={"visibility": "shared"}, headers={"if-match": seen})
    second = http.patch(place, json={"visibility": "public"}, headers={"if-match": seen})
    weak = http.patch(place, json={"visibility": "public"}, headers={"if-match": f"W/{first.headers['etag']}"})
    any_state = http.patch(place, json={"visibility": "public"}, headers={"if-match": "*"})

    assert first.status_code == 200 and first.headers["etag"] != seen
    assert (second.status_code, second.json()["code"]) == (412, "PRECONDITION_FAILED")
    assert second.headers["etag"] == first.headers["etag"] and weak.status_code == 412
    assert any_state.status_code == 200


def test_a_step_that_is_not_allowed_names_the_ones_that_are(http: TestClient, strategy: dict[str, Any]) -> None:
    place = f"/api/strategies/{strategy['id']}"

    jumped = http.post(f"{place}/status", json={"status": "monitoring", "reason": "at once"})
    unproven = http.post(f"{place}/status", json={"status": "validated", "reason": "it looks good"})
    archived = http.post(f"{place}/status", json={"status": "archived", "reason": "the idea did not hold"})
    after = http.post(f"{place}/status", json={"status": "draft", "reason": "again"})

    assert (jumped.status_code, jumped.json()["allowed"]) == (409, ["generated", "validated", "archived"])
    assert unproven.status_code == 409 and "no backtest on the selection part" in unproven.json()["detail"]
    assert archived.json()["status"] == "archived"
    assert after.status_code == after.json()["status"] == 409
    assert (after.json()["strategyStatus"], after.json()["allowed"]) == ("archived", [])
    history = http.get(f"{place}/status").json()["items"]
    assert [(one.get("fromStatus"), one["toStatus"], one["actor"]) for one in history] == [
        (None, "draft", "user"),
        ("draft", "archived", "user"),
    ]
    assert history[-1]["reason"] == "the idea did not hold"


def test_twenty_requests_with_one_key_keep_one_strategy_and_get_one_answer(http: TestClient) -> None:
    sent = {"spec": spec_of(id="once"), "metadata": {"tags": ["at once"]}}

    def send(_: int) -> Any:
        return http.post("/api/strategies", json=sent, headers={"Idempotency-Key": "twenty"})

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(20)))

    assert {one.status_code for one in answers} == {201} and len({one.content for one in answers}) == 1
    assert {one.headers["location"] for one in answers} == {"/api/strategies/once"}
    assert sum("idempotency-replayed" not in one.headers for one in answers) == 1
    kept = [one for one in every_page(http, "/api/strategies", 200) if one["spec"]["id"] == "once"]
    assert len(kept) == 1


def test_a_key_gives_its_first_answer_whatever_happened_since_and_no_other_request(http: TestClient) -> None:
    key = {"Idempotency-Key": "kept"}
    sent = {"spec": spec_of(id="kept")}
    first = http.post("/api/strategies", json=sent, headers=key)
    http.patch("/api/strategies/kept", json={"visibility": "public"})

    again = http.post("/api/strategies", json=sent, headers=key)
    other = http.post("/api/strategies", json={**sent, "visibility": "public"}, headers=key)
    elsewhere = http.post("/api/threads", json={}, headers=key)

    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    assert again.headers["idempotency-replayed"] == "true" and again.headers["content-type"] == "application/json"
    assert (other.status_code, other.json()["code"]) == (409, "IDEMPOTENCY_KEY_REUSED")
    assert elsewhere.json()["code"] == "IDEMPOTENCY_KEY_REUSED"


def test_a_request_that_was_refused_does_not_spend_its_key(http: TestClient) -> None:
    key = {"Idempotency-Key": "refused-first"}

    refused = http.post("/api/strategies", json={"spec": {}}, headers=key)
    corrected = http.post("/api/strategies", json={"spec": spec_of(id="corrected")}, headers=key)

    assert (refused.status_code, corrected.status_code) == (422, 201)


@pytest.mark.parametrize(
    ("tags", "place"), [(["a", " "], "$.metadata.tags[1]"), (["a", "b", "a"], "$.metadata.tags"), (["a", "a "], None)]
)
def test_blank_tags_and_tags_named_twice_are_refused(
    http: TestClient, strategy: dict[str, Any], tags: list[str], place: str | None
) -> None:
    written = {"metadata": {"tags": tags}}

    for refused in (
        http.patch(f"/api/strategies/{strategy['id']}", json=written),
        http.post("/api/strategies", json={"spec": spec_of(id="tagged"), **written}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (422, "INVALID_BODY")
        [problem] = refused.json()["problems"]
        assert (problem["path"], problem["code"]) == (place or "$.metadata.tags", "BAD_VALUE")


LIVE = {"sizing": {"mode": "percent_equity", "value": 0.9}, "risk": {"max_position_pct": 0.2}}
"""Fields of a spec that stands, and whose owner has to be told something."""


def test_what_a_spec_does_otherwise_than_it_says_is_told_when_it_is_kept(http: TestClient) -> None:
    spec = spec_of(id="told", **LIVE, execution={**spec_of()["execution"], "mode": "live"})
    thread = http.post("/api/threads").json()["id"]

    made = http.post("/api/strategies", json={"spec": spec}, headers={"Idempotency-Key": "told"})
    again = http.post("/api/strategies", json={"spec": spec}, headers={"Idempotency-Key": "told"})
    given = http.post(f"/api/threads/{thread}/strategies", json={"spec": {**spec, "id": "given"}})
    place = made.headers["location"]
    version = http.post(f"{place}/versions", json={"spec": {**spec, "name": "Renamed"}})
    variant = http.post(f"{place}/variants", json={"overrides": {"sizing.value": 0.8}})

    for answer in (made, given, version, variant):
        assert answer.status_code == 201, answer.text
        told = {one["path"]: (one["code"], one["severity"]) for one in answer.json()["problems"]}
        assert told["$.spec.sizing.value"] == ("SIZE_CUT", "warning")
        assert told["$.spec.execution.mode"] == ("LIVE_RUNS_AS_PAPER", "warning")
    assert again.json() == made.json()
    for kept in (made, version, variant):
        assert "problems" not in http.get(kept.headers["location"]).json()
    unchanged = http.get(version.headers["location"], headers={"If-None-Match": version.headers["etag"]})
    assert unchanged.status_code == 304, "the tag is that of the record"


def test_a_spec_without_anything_to_tell_is_kept_without_a_word(http: TestClient) -> None:
    made = http.post("/api/strategies", json={"spec": spec_of(id="plain", risk={})})

    assert made.status_code == 201 and "problems" not in made.json()
