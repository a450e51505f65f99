"""Every route against every id of somebody else: it is as if there were no such thing.

The routes come from the application itself: a new one is under test the moment it is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from kept_strategies import keep_strategy, on_a_small_market, service_of
from starlette.testclient import TestClient

from api.app import create_app
from api.deps import the_owner
from api.http.openapi import body_of, operations
from api.settings import Settings
from storage.records import LOCAL_USER
from storage.strategy_records import JudgementRecord

OTHER = "somebody-else"
PUBLIC = {"name", "model"}
"""Path parameters that name what is everybody's."""

NO_ID = {"version"}
"""Path parameters that mean something within another one only."""

OWNED = [
    (method, path, route)
    for method, path, route in operations(create_app(Settings(database_url="sqlite://")))
    if set(re.findall(r"\{(\w+)", path)) - PUBLIC
]


class Asking:
    """A client whose requests are those of whoever is ``owner`` at the moment."""

    def __init__(self, http: TestClient) -> None:
        self.http = http
        self.owner = LOCAL_USER
        http.app.dependency_overrides[the_owner] = lambda: self.owner  # type: ignore[attr-defined]
        with service_of(http).database.write() as work:
            work.users.ensure(OTHER, wallet_address="0x" + "1" * 40, now_ms=0)

    def as_(self, owner: str, method: str, path: str, **request: Any) -> Any:
        self.owner = owner
        try:
            return self.http.request(method, path, **request)
        finally:
            self.owner = LOCAL_USER


@pytest.fixture(scope="module")
def asking() -> Iterator[Asking]:
    with on_a_small_market() as http:
        yield Asking(http)


@pytest.fixture(scope="module")
def ids(asking: Asking) -> dict[str, str]:
    """An id of the local user for each parameter of a path."""
    http = asking.http
    thread = http.post("/api/threads").json()["id"]
    said = http.post(f"/api/threads/{thread}/messages", json={"text": "what is a golden cross?"})
    strategy = keep_strategy(http)["id"]
    place = f"/api/strategies/{strategy}"
    variant = http.post(f"{place}/variants", json={"overrides": {"sizing.value": 0.1}}).json()["id"]
    backtest = http.post(f"{place}/backtests").json()["id"]
    fell = {"type": "data_shift", "severity": "low", "description": "x"}
    event = http.post(f"{place}/drift-events", json=fell).json()["id"]
    snapshot = http.post(f"{place}/snapshots", json={"backtestId": backtest}).json()["id"]
    job = http.post(f"{place}/refinement-jobs").json()["id"]
    http.post(f"/api/refinement-jobs/{job}/cancel")
    search = http.post(f"{place}/optimizations", json={"objectives": ["net_profit"]}).json()["id"]
    http.post(f"/api/optimizations/{search}/cancel")
    judgement = JudgementRecord(
        id="judgement_1",
        strategy_record_id=strategy,
        family="BTC",
        behaviour_hash="b",
        data_hash="d",
        verdict="UNPROVEN",
        card={"verdict": "UNPROVEN"},
    )
    with service_of(http).database.write() as work:
        work.judgements.add(LOCAL_USER, judgement, now_ms=1)
    return {
        "thread_id": thread,
        "run_id": said.headers["x-kek-run"],
        "strategy_id": strategy,
        "version": "1.0",
        "variant_id": variant,
        "backtest_id": backtest,
        "event_id": event,
        "snapshot_id": snapshot,
        "job_id": job,
        "optimization_id": search,
        "judgement_id": judgement.id,
    }


def filled(path: str, ids: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)[^}]*\}", lambda found: ids[found[1]], path)


def body_for(route: Any) -> Any:
    body = body_of(route)
    return None if body is None else next(iter(body.examples.values()))


def without_request_id(answer: Any) -> tuple[int, dict[str, Any]]:
    return answer.status_code, {name: value for name, value in answer.json().items() if name != "requestId"}


def everything(asking: Asking) -> list[Any]:
    """What the local user has, as the lists show it."""
    found = [asking.http.get(path).json() for path in ("/api/strategies", "/api/threads", "/api/me")]
    for strategy in found[0]["items"]:
        for part in ("", *(f"/{one}" for one in ("versions", "variants", "status", "backtests", "optimizations"))):
            found.append(asking.http.get(f"/api/strategies/{strategy['id']}{part}").json())
        for part in ("refinement-jobs", "drift-events", "snapshots", "judgements"):
            found.append(asking.http.get(f"/api/strategies/{strategy['id']}/{part}").json())
    for thread in found[1]["items"]:
        found.append(asking.http.get(f"/api/threads/{thread['id']}/messages").json())
    return found


@pytest.mark.parametrize(("method", "path", "route"), OWNED, ids=[f"{method} {path}" for method, path, _ in OWNED])
def test_what_is_somebody_else_s_is_not_there(
    asking: Asking, ids: dict[str, str], method: str, path: str, route: Any
) -> None:
    names = set(re.findall(r"\{(\w+)", path))
    assert names <= set(ids), f"give the ids of this test one for {names - set(ids)}"
    body = body_for(route)

    foreign = asking.as_(OTHER, method, filled(path, ids), json=body)
    unknown = {name: ids[name] if name in NO_ID else "there-is-none" for name in names}
    nothing = asking.as_(OTHER, method, filled(path, unknown), json=body)

    assert without_request_id(foreign) == without_request_id(nothing)
    assert foreign.status_code == 404 and foreign.json()["code"] == "NOT_FOUND"


def test_the_ids_are_those_of_things_that_are_there(asking: Asking, ids: dict[str, str]) -> None:
    for method, path, _ in OWNED:
        if method == "GET":
            assert asking.http.get(filled(path, ids)).status_code != 404, path


def test_nothing_of_the_owner_was_changed_by_all_that_somebody_else_tried(asking: Asking, ids: dict[str, str]) -> None:
    before = everything(asking)

    for method, path, route in OWNED:
        asking.as_(OTHER, method, filled(path, ids), json=body_for(route), headers={"if-match": "*"})

    assert everything(asking) == before


def test_an_own_strategy_does_not_lead_to_parts_of_somebody_else_s(asking: Asking, ids: dict[str, str]) -> None:
    spec = asking.http.get(f"/api/strategies/{ids['strategy_id']}").json()["spec"]
    own = asking.as_(OTHER, "POST", "/api/strategies", json={"spec": spec})
    place = own.headers["location"]
    assert own.status_code == 201 and own.json()["id"] == ids["strategy_id"], "the same id, and another strategy"

    tried = [
        ("GET", f"{place}/variants/{ids['variant_id']}", None),
        ("GET", f"{place}/snapshots/{ids['snapshot_id']}", None),
        ("POST", f"{place}/backtests", {"variantId": ids["variant_id"]}),
        ("POST", f"{place}/snapshots", {"backtestId": ids["backtest_id"]}),
        ("POST", f"{place}/refinement-jobs", {"driftEventId": ids["event_id"]}),
        (
            "POST",
            f"{place}/drift-events",
            {"type": "data_shift", "severity": "low", "description": "x", "variantId": ids["variant_id"]},
        ),
    ]

    assert {asking.as_(OTHER, method, path, json=body).status_code for method, path, body in tried} == {404}
    told = {"type": "data_shift", "severity": "low", "description": "mine", "id": ids["event_id"]}
    assert asking.as_(OTHER, "POST", f"{place}/drift-events", json=told).status_code == 201, "ids are one's own"
    assert asking.http.get(f"/api/drift-events/{ids['event_id']}").json()["description"] == "x"
    assert asking.as_(OTHER, "GET", f"{place}/backtests").json() == {"items": []}


def test_keys_and_cursors_are_one_s_own(asking: Asking) -> None:
    key = {"Idempotency-Key": "the-same"}
    mine = asking.as_(LOCAL_USER, "POST", "/api/threads", json={"title": "mine"}, headers=key)
    theirs = asking.as_(OTHER, "POST", "/api/threads", json={"title": "theirs"}, headers=key)
    asking.http.post("/api/threads")
    cursor = asking.http.get("/api/threads?limit=1").json()["nextCursor"]

    page = asking.as_(OTHER, "GET", f"/api/threads?limit=200&cursor={cursor}").json()["items"]

    assert theirs.status_code == 201 and "idempotency-replayed" not in theirs.headers
    assert {one["ownerUserId"] for one in page} <= {OTHER} and mine.json()["id"] not in [one["id"] for one in page]
