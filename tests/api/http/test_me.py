"""One's own settings over HTTP: merged field by field, bounded, and never lost to somebody who was slower."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from kept_strategies import on_a_small_market
from starlette.testclient import TestClient

WHOLE = {
    "profile": {"username": "Ann", "avatarUrl": "https://example.org/ann.png"},
    "settings": {
        "persona": "quant",
        "riskDefaults": {"maxLeverage": 2, "maxPositionPct": 0.2, "maxTotalExposurePct": 1, "maxDrawdownPct": 0.3},
        "notifications": {"enabled": True, "channels": ["in_app", "email"]},
    },
}


@pytest.fixture(scope="module")
def opened() -> Iterator[TestClient]:
    with on_a_small_market() as http:
        yield http


@pytest.fixture
def http(opened: TestClient) -> TestClient:
    """A client of an owner who has said nothing yet."""
    assert opened.patch("/api/me", json={"profile": None, "settings": None}).status_code == 200
    return opened


def change(http: TestClient, **body: Any) -> Any:
    return http.patch("/api/me", json=body)


def test_the_local_user_is_there_and_has_said_nothing(http: TestClient) -> None:
    me = http.get("/api/me").json()

    assert (me["id"], me["walletAddress"]) == ("local", "0x" + "0" * 40)
    assert not me.get("settings") and not me.get("profile")
    assert (me["deliveredChannels"], me["undeliveredChannels"]) == (["in_app"], [])


def test_what_is_said_is_kept_and_what_is_not_delivered_is_named(http: TestClient) -> None:
    changed = change(http, **WHOLE)

    me = changed.json()
    assert changed.status_code == 200 and http.get("/api/me").json() == me
    assert (me["profile"], me["settings"]) == (WHOLE["profile"], WHOLE["settings"])
    assert (me["deliveredChannels"], me["undeliveredChannels"]) == (["in_app"], ["email"])
    assert http.get("/api/me", headers={"if-none-match": changed.headers["etag"]}).status_code == 304


def test_a_change_leaves_what_it_does_not_name_and_null_removes(http: TestClient) -> None:
    change(http, **WHOLE)

    changed = change(
        http,
        profile={"username": None},
        settings={"risk_defaults": {"max_leverage": 1.5, "maxDrawdownPct": None}, "notifications": {"enabled": False}},
    ).json()

    assert changed["profile"] == {"avatarUrl": "https://example.org/ann.png"}
    assert changed["settings"] == {
        "persona": "quant",
        "riskDefaults": {"maxLeverage": 1.5, "maxPositionPct": 0.2, "maxTotalExposurePct": 1.0},
        "notifications": {"enabled": False, "channels": ["in_app", "email"]},
    }
    assert "persona" not in change(http, settings={"persona": None}).json()["settings"]
    assert "notifications" not in change(http, settings={"notifications": None}).json()["settings"]
    assert not change(http, settings=None).json()["settings"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"settings": {"riskDefaults": {"maxLeverage": 0.5}}}, "$.settings.riskDefaults.maxLeverage"),
        ({"settings": {"riskDefaults": {"maxLeverage": 1e9}}}, "$.settings.riskDefaults.maxLeverage"),
        ({"settings": {"riskDefaults": {"maxLeverage": "2"}}}, "$.settings.riskDefaults.maxLeverage"),
        ({"settings": {"riskDefaults": {"maxPositionPct": 20}}}, "$.settings.riskDefaults.maxPositionPct"),
        ({"settings": {"riskDefaults": {"maxDrawdownPct": 0}}}, "$.settings.riskDefaults.maxDrawdownPct"),
        ({"settings": {"riskDefaults": {"maxTotalExposurePct": True}}}, "$.settings.riskDefaults.maxTotalExposurePct"),
        ({"settings": {"riskDefaults": {"max_levrage": 2}}}, "$.settings.riskDefaults.max_levrage"),
        ({"settings": {"riskDefaults": {"max_leverage": 2, "maxLeverage": 2}}}, "$.settings.riskDefaults"),
        ({"settings": {"riskDefaults": {}, "risk_defaults": {}}}, "$.settings"),
        ({"settings": {"persona": "gambler"}}, "$.settings.persona"),
        ({"settings": {"notifications": {"channels": ["in_app"]}}}, "$.settings.notifications.enabled"),
        (
            {"settings": {"notifications": {"enabled": True, "channels": ["fax"]}}},
            "$.settings.notifications.channels[0]",
        ),
        ({"profile": {"username": ""}}, "$.profile.username"),
        ({"profile": {"username": "a\u202eb"}}, "$.profile.username"),
        ({"profile": {"avatarUrl": "javascript:alert(1)"}}, "$.profile.avatarUrl"),
        ({"profile": {"avatarUrl": "https://[bad"}}, "$.profile.avatarUrl"),
        ({"walletAddress": "0x1"}, "$.walletAddress"),
        ({"id": "somebody"}, "$.id"),
    ],
)
def test_what_is_out_of_bounds_is_refused_with_its_place_and_changes_nothing(
    http: TestClient, body: dict[str, Any], path: str
) -> None:
    before = http.get("/api/me").json()

    refused = http.patch("/api/me", json=body)

    assert (refused.status_code, refused.json()["code"]) == (422, "INVALID_BODY"), refused.text
    assert any(one["path"].startswith(path) for one in refused.json()["problems"]), refused.text
    assert http.get("/api/me").json() == before


def test_who_was_slower_is_told_that_it_has_changed(http: TestClient) -> None:
    seen = http.get("/api/me").headers["etag"]

    first = http.patch("/api/me", json={"profile": {"username": "Ann"}}, headers={"if-match": seen})
    second = http.patch("/api/me", json={"profile": {"username": "Bob"}}, headers={"if-match": seen})

    assert (first.status_code, second.status_code) == (200, 412)
    assert http.get("/api/me").json()["profile"] == {"username": "Ann"}
