"""Versions and variants over HTTP: specs that are followed by others, never changed, and varied within their limits."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from kept_strategies import keep_strategy, on_a_small_market, record_in, service_of
from reference.kept import spec_of
from starlette.testclient import TestClient

from storage.records import LOCAL_USER, RiskDefaults, UserSettings

FASTER = {"op": "replace", "path": "/indicators/sma_fast/inputs/length", "value": 10}


@pytest.fixture(scope="module")
def http() -> Iterator[TestClient]:
    with on_a_small_market() as opened:
        yield opened


@pytest.fixture
def place(http: TestClient) -> str:
    return f"/api/strategies/{keep_strategy(http)['id']}"


@pytest.fixture
def limits(http: TestClient) -> Iterator[dict[str, float]]:
    """The owner's risk defaults, for one test."""
    given = {"max_leverage": 1.5, "max_drawdown_pct": 0.2}
    database = service_of(http).database
    for settings in (UserSettings(risk_defaults=RiskDefaults(**given)), UserSettings()):
        with database.write() as work:
            work.users.save_settings(LOCAL_USER, settings, now_ms=0)
        if settings.risk_defaults is not None:
            yield given


def test_a_patch_makes_the_next_version_and_its_diff_is_kept(http: TestClient, place: str) -> None:
    before = http.get(place).json()

    made = http.post(f"{place}/versions", json={"patch": [FASTER], "baseVersion": "1.0", "why": "faster"})

    version = record_in(made)
    assert made.status_code == 201 and made.headers["location"] == f"{place}/versions/1.1"
    assert (version["version"], version["parentVersion"], version["why"]) == ("1.1", "1.0", "faster")
    assert version["diff"] == [FASTER, {"op": "replace", "path": "/version", "value": "1.1"}]
    after = http.get(place).json()
    assert (after["version"], after["status"], after["verdict"]) == ("1.1", "draft", "UNPROVEN")
    assert after["spec"] == {
        **before["spec"],
        "version": "1.1",
        "indicators": {
            **before["spec"]["indicators"],
            "sma_fast": {"type": "sma", "inputs": {**before["spec"]["indicators"]["sma_fast"]["inputs"], "length": 10}},
        },
    }
    assert http.get(made.headers["location"]).json() == version


@pytest.mark.parametrize("stale", ["1.0", "1.3", "7.3", "", "one", 1.1, None, ["1.1"]])
def test_a_whole_spec_of_another_version_than_the_current_one_overwrites_nothing(
    http: TestClient, place: str, stale: Any
) -> None:
    http.post(f"{place}/versions", json={"patch": [FASTER]}).raise_for_status()
    current = http.get(place).json()["spec"]

    refused = http.post(f"{place}/versions", json={"spec": {**current, "name": "Stale", "version": stale}})

    told = refused.json()
    assert (refused.status_code, told["code"], told["version"]) == (409, "VERSION_CONFLICT", "1.1")
    assert http.get(place).json()["spec"] == current


@pytest.mark.parametrize("said", [{"version": "1.0"}, {"version": "1.1"}, {}])
def test_a_whole_spec_makes_the_next_version(http: TestClient, place: str, said: dict[str, str]) -> None:
    current = http.get(place).json()["spec"]
    del current["version"]

    made = http.post(f"{place}/versions", json={"spec": {**current, "name": "Renamed", **said}})

    assert (made.status_code, made.json()["version"], made.json()["spec"]["name"]) == (201, "1.1", "Renamed")
    listed = http.get(f"{place}/versions?limit=1").json()
    assert listed["items"][0]["version"] == "1.0" and "diff" not in listed["items"][0]
    following = http.get(f"{place}/versions?limit=1&cursor={listed['nextCursor']}").json()
    assert [one["version"] for one in following["items"]] == ["1.1"] and "nextCursor" not in following


def test_a_version_never_changes_and_says_so(http: TestClient, place: str) -> None:
    first = http.get(f"{place}/versions/1.0")

    http.post(f"{place}/versions", json={"patch": [FASTER]})
    same = http.get(f"{place}/versions/1.0", headers={"if-none-match": first.headers["etag"]})

    assert same.status_code == 304
    assert http.get(f"{place}/versions/1.9").status_code == 404
    assert http.get(f"{place}/versions/one").status_code == 422


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "INVALID_BODY"),
        ({"spec": spec_of(), "patch": [FASTER]}, 422, "INVALID_BODY"),
        ({"patch": []}, 422, "INVALID_BODY"),
        ({"patch": [{"op": "move", "path": "/name", "from": "/id"}]}, 422, "INVALID_BODY"),
        ({"patch": [{"op": "add", "path": "/name"}]}, 422, "INVALID_BODY"),
        ({"patch": [{"op": "replace", "path": "/id", "value": "mine"}]}, 422, "PATCH"),
        ({"patch": [{"op": "replace", "path": "/version", "value": "9.9"}]}, 422, "PATCH"),
        ({"patch": [{"op": "remove", "path": "/risk/max_levrage"}]}, 422, "PATCH"),
        ({"patch": [{"op": "replace", "path": "/sizing/value", "value": 7}]}, 422, "INVALID_SPEC"),
        ({"spec": {}}, 422, "INVALID_SPEC"),
        ({"spec": spec_of(id="another")}, 422, "INVALID_SPEC"),
        ({"patch": [FASTER], "baseVersion": "0.9"}, 409, "VERSION_CONFLICT"),
        ({"patch": [{"op": "replace", "path": "/name", "value": spec_of()["name"]}]}, 409, "NOTHING_CHANGED"),
    ],
)
def test_what_makes_no_version_leaves_the_strategy_as_it_is(
    http: TestClient, place: str, body: dict[str, Any], status: int, code: str
) -> None:
    before = http.get(place).json()

    refused = http.post(f"{place}/versions", json=body)

    assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text
    assert http.get(place).json() == before


def test_the_current_version_is_named_to_who_started_from_an_older_one(http: TestClient, place: str) -> None:
    seen = http.get(place).headers["etag"]
    http.post(f"{place}/versions", json={"patch": [FASTER]})

    base = http.post(f"{place}/versions", json={"patch": [FASTER], "baseVersion": "1.0"})
    tag = http.post(f"{place}/versions", json={"patch": [FASTER]}, headers={"if-match": seen})

    assert (base.status_code, base.json()["version"]) == (409, "1.1")
    assert (tag.status_code, tag.json()["code"]) == (412, "PRECONDITION_FAILED")


def test_of_several_changes_of_one_version_at_once_one_is_made(http: TestClient, place: str) -> None:
    def send(length: int) -> int:
        return http.post(
            f"{place}/versions", json={"patch": [{**FASTER, "value": length}], "baseVersion": "1.0"}
        ).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(send, range(5, 13)))

    assert answers == [201, *[409] * 7]
    assert [one["version"] for one in http.get(f"{place}/versions").json()["items"]] == ["1.0", "1.1"]


def test_no_version_goes_past_the_limits_its_owner_has_set(
    http: TestClient, place: str, limits: dict[str, float]
) -> None:
    def risk(**values: Any) -> dict[str, Any]:
        return {"patch": [{"op": "add", "path": "/risk", "value": values}]}

    looser = http.post(f"{place}/versions", json=risk(max_leverage=2, max_drawdown_pct=0.5))
    within = http.post(f"{place}/versions", json=risk(max_leverage=1, max_drawdown_pct=0.1))
    gone = http.post(f"{place}/versions", json=risk(max_leverage=1))
    new = http.post("/api/strategies", json={"spec": spec_of(id="loose", risk={"max_drawdown_pct": 0.9})})

    assert (looser.status_code, within.status_code, gone.status_code, new.status_code) == (422, 201, 422, 422)
    assert {one["code"] for one in looser.json()["problems"]} == {"PAST_RISK_DEFAULTS"}
    assert {one["path"]: one["allowed"] for one in looser.json()["problems"]} == {
        "$.risk.max_leverage": ["1.5"],
        "$.risk.max_drawdown_pct": ["0.2"],
    }
    assert gone.json()["problems"][0]["path"] == "$.risk.max_drawdown_pct"
    assert new.json()["problems"][0]["path"] == "$.spec.risk.max_drawdown_pct"


def test_no_variant_goes_past_the_limits_its_owner_has_set(http: TestClient, limits: dict[str, float]) -> None:
    place = f"/api/strategies/{keep_strategy(http, risk={'max_leverage': 1})['id']}"

    looser = http.post(f"{place}/variants", json={"overrides": {"risk.max_drawdown_pct": 0.5}})
    within = http.post(f"{place}/variants", json={"overrides": {"risk.max_drawdown_pct": 0.1}})

    assert (looser.status_code, within.status_code) == (422, 201), looser.text
    [problem] = looser.json()["problems"]
    assert (problem["code"], problem["path"]) == ("PAST_RISK_DEFAULTS", '$.overrides["risk.max_drawdown_pct"]')
    assert problem["allowed"] == ["0.2"]


def test_a_variant_of_what_was_kept_under_looser_limits_is_held_to_those_of_now(http: TestClient) -> None:
    loose = f"/api/strategies/{keep_strategy(http, risk={'max_drawdown_pct': 0.9})['id']}"
    kept = http.post(f"{loose}/variants", json={"overrides": {"sizing.value": 0.1}}).json()["id"]
    database = service_of(http).database
    with database.write() as work:
        settings = UserSettings(risk_defaults=RiskDefaults(max_drawdown_pct=0.2))
        work.users.save_settings(LOCAL_USER, settings, now_ms=0)
    try:
        refused = http.post(f"{loose}/variants", json={"overrides": {"sizing.value": 0.1}})
        run = http.post(f"{loose}/backtests", json={"variantId": kept})
    finally:
        with database.write() as work:
            work.users.save_settings(LOCAL_USER, UserSettings(), now_ms=0)

    assert refused.status_code == 422 and refused.json()["problems"][0]["path"] == "$.risk.max_drawdown_pct"
    assert run.status_code == 201, "what was kept before is its owner's"


def test_a_variant_is_a_version_with_other_parameters(http: TestClient, place: str) -> None:
    sent = {"overrides": {"indicators.sma_fast.inputs.length": 10}, "note": "faster"}

    made = http.post(f"{place}/variants", json=sent)

    variant = record_in(made)
    assert made.status_code == 201 and made.headers["location"] == f"{place}/variants/{variant['id']}"
    assert (variant["parentVersion"], variant["origin"], variant["overrides"]) == ("1.0", "user", sent["overrides"])
    assert variant["spec"]["indicators"]["sma_fast"]["inputs"]["length"] == 10
    assert http.get(made.headers["location"]).json() == variant
    assert http.get(f"{place}/variants").json()["items"] == http.get(place).json()["variants"] == [variant]
    assert http.get(place).json()["spec"]["indicators"]["sma_fast"]["inputs"]["length"] != 10


@pytest.mark.parametrize(
    ("overrides", "code"),
    [
        ({"risk.max_leverage": 100}, "LOOSENED_LIMIT"),
        ({"execution.mode": "live"}, "BAD_OVERRIDE"),
        ({"universe.assets": ["ETH"]}, "BAD_OVERRIDE"),
        ({"indicators.sma_fats.inputs.length": 10}, "BAD_OVERRIDE"),
        ({"indicators.sma_fast.inputs.length": "10"}, "WRONG_TYPE"),
        ({"indicators.sma_fast.inputs.length": 0}, "INPUT_RANGE"),
    ],
)
def test_an_override_reaches_only_what_it_may(
    http: TestClient, place: str, overrides: dict[str, Any], code: str
) -> None:
    refused = http.post(f"{place}/variants", json={"overrides": overrides})

    (problem,) = refused.json()["problems"]
    (path,) = overrides
    assert (refused.status_code, problem["code"]) == (422, code), refused.text
    assert problem["path"] == f'$.overrides["{path}"]'
    assert http.get(f"{place}/variants").json() == {"items": []}


def test_a_variant_belongs_to_its_strategy_alone(http: TestClient, place: str) -> None:
    other = f"/api/strategies/{keep_strategy(http)['id']}"
    made = http.post(f"{place}/variants", json={"overrides": {"sizing.value": 0.1}, "version": "1.0"}).json()

    assert http.get(f"{place}/variants/{made['id']}").status_code == 200
    assert http.get(f"{other}/variants/{made['id']}").status_code == 404
    assert (
        http.post(f"{place}/variants", json={"overrides": {"sizing.value": 0.1}, "version": "3.0"}).status_code == 404
    )


def test_a_repeated_request_makes_one_version_and_one_variant(http: TestClient, place: str) -> None:
    for path, body in (("versions", {"patch": [FASTER]}), ("variants", {"overrides": {"sizing.value": 0.1}})):
        key = {"Idempotency-Key": f"{place}-{path}".replace("/", "-")}
        first, again = (http.post(f"{place}/{path}", json=body, headers=key) for _ in range(2))

        assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
        assert again.headers["location"] == first.headers["location"]
        assert again.headers["idempotency-replayed"] == "true"
