"""Hostile values in requests that reach what is there: kept as they are and read back, or refused; never a failure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hostile_bodies import NAUGHTY_TEXTS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kept_strategies import keep_strategy, on_a_small_market
from reference.kept import spec_of
from starlette.testclient import TestClient

Sending = Callable[[TestClient, str, Any], Any]

SHARES = 12
"""Parts of the texts in a short run; all of them everywhere is the long one."""

FAST = "indicators.sma_fast.inputs.length"


def send(http: TestClient, method: str, path: str, body: Any) -> Any:
    """Send a body with every character that is not ASCII escaped: halves of characters too."""
    return http.request(method, path, content=json.dumps(body), headers={"content-type": "application/json"})


def to(method: str, path: str, body: Callable[[Any], Any]) -> Sending:
    return lambda http, place, value: send(http, method, path, body(value))


def post(path: str, body: Callable[[Any], Any]) -> Sending:
    return lambda http, place, value: send(http, "POST", f"{place}/{path}", body(value))


def patch(body: Callable[[Any], Any]) -> Sending:
    return lambda http, place, value: send(http, "PATCH", place, body(value))


FELL = {"type": "data_shift", "severity": "low", "description": "x"}

SENDING: dict[str, Sending] = {
    "spec": to("POST", "/api/strategies", lambda value: {"spec": value}),
    "spec id": to("POST", "/api/strategies", lambda value: {"spec": spec_of(id=value)}),
    "spec name": to("POST", "/api/strategies", lambda value: {"spec": spec_of(name=value)}),
    "metadata": to("POST", "/api/strategies", lambda value: {"spec": spec_of(), "metadata": value}),
    "tags": patch(lambda value: {"metadata": {"tags": [value]}}),
    "notes": patch(lambda value: {"metadata": {"notes": value}}),
    "visibility": patch(lambda value: {"visibility": value}),
    "status": post("status", lambda value: {"status": value, "reason": "x"}),
    "reason": post("status", lambda value: {"status": "monitoring", "reason": value}),
    "version spec": post("versions", lambda value: {"spec": value}),
    "why": post("versions", lambda value: {"patch": [{"op": "add", "path": "/name", "value": "x"}], "why": value}),
    "base": post("versions", lambda value: {"patch": [{"op": "remove", "path": "/risk"}], "baseVersion": value}),
    "patch": post("versions", lambda value: {"patch": value}),
    "operation": post("versions", lambda value: {"patch": [value]}),
    "pointer": post("versions", lambda value: {"patch": [{"op": "add", "path": f"/risk/{value}", "value": 1}]}),
    "pointer as it is": post("versions", lambda value: {"patch": [{"op": "replace", "path": value, "value": 1}]}),
    "patched": post("versions", lambda value: {"patch": [{"op": "add", "path": "/risk", "value": value}]}),
    "patched metadata": post(
        "versions", lambda value: {"patch": [{"op": "add", "path": "/metadata", "value": {"a": value}}]}
    ),
    "overrides": post("variants", lambda value: {"overrides": value}),
    "override": post("variants", lambda value: {"overrides": {FAST: value}}),
    "override of": post("variants", lambda value: {"overrides": {str(value): 1}}),
    "override below": post("variants", lambda value: {"overrides": {f"risk.{value}": value}}),
    "note": post("variants", lambda value: {"overrides": {"sizing.value": 0.05}, "note": value}),
    "backtest": post("backtests", lambda value: value),
    "start": post("backtests", lambda value: {"start": value}),
    "end": post("backtests", lambda value: {"end": value}),
    "equity": post("backtests", lambda value: {"initialEquity": value}),
    "variant": post("backtests", lambda value: {"variantId": value}),
    "snapshot": post("snapshots", lambda value: {"backtestId": value}),
    "event": post("drift-events", lambda value: value),
    "event id": post("drift-events", lambda value: {**FELL, "id": value}),
    "description": post("drift-events", lambda value: {**FELL, "description": value}),
    "evidence": post("drift-events", lambda value: {**FELL, "evidence": value}),
    "baseline": post("drift-events", lambda value: {**FELL, "evidence": {"baseline": value}}),
    "detected": post("drift-events", lambda value: {**FELL, "detectedAt": value}),
    "drift": post("refinement-jobs", lambda value: {"driftEventId": value}),
    "judgement": post("judgements", lambda value: value),
    "look": post("judgements", lambda value: {"look": value}),
    "method": post("optimizations", lambda value: {"method": value}),
    "objectives": post("optimizations", lambda value: {"objectives": value}),
    "objective": post("optimizations", lambda value: {"objectives": [value]}),
    "space": post("optimizations", lambda value: {"space": value}),
    "axis": post("optimizations", lambda value: {"space": {FAST: value}}),
    "axis value": post("optimizations", lambda value: {"space": {FAST: [value, value]}}),
    "axis range": post("optimizations", lambda value: {"space": {FAST: {"min": value, "max": value, "step": value}}}),
    "axis of": post("optimizations", lambda value: {"space": {str(value): [1, 2]}}),
    "seed": post("optimizations", lambda value: {"seed": value, "method": "random"}),
    "limit": post("optimizations", lambda value: {"limit": value, "method": "random"}),
    "me": to("PATCH", "/api/me", lambda value: value),
    "settings": to("PATCH", "/api/me", lambda value: {"settings": value}),
    "username": to("PATCH", "/api/me", lambda value: {"profile": {"username": value}}),
    "avatar": to("PATCH", "/api/me", lambda value: {"profile": {"avatarUrl": value}}),
    "limits": to("PATCH", "/api/me", lambda value: {"settings": {"riskDefaults": value}}),
    "channels": to(
        "PATCH", "/api/me", lambda value: {"settings": {"notifications": {"enabled": True, "channels": value}}}
    ),
}
"""Every place of a body that takes a value, in a request to a strategy that is there."""

NUMBERS = [0, -1, 1, 2**53, 2**63, -(2**64), 1e308, -1e-320, 0.1, 5_000, 10**40]
VALUES = st.recursive(
    st.none() | st.booleans() | st.sampled_from(NUMBERS) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12) | st.sampled_from(["close", "sma_fast", "risk", "id", "__proto__", "-", "0", "~1", "1.0"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@pytest.fixture(scope="module")
def http() -> Iterator[TestClient]:
    with on_a_small_market() as opened:
        yield opened


@pytest.fixture(scope="module")
def place(http: TestClient) -> str:
    return f"/api/strategies/{keep_strategy(http)['id']}"


def answered(http: TestClient, place: str, name: str, value: Any) -> None:
    """Send a value; it is taken or refused, and what is a job is cancelled."""
    answer = SENDING[name](http, place, value)
    assert answer.status_code < 500, f"{name}: {value!r}: {answer.text[:400]}"
    document = answer.json()
    if answer.status_code >= 400:
        assert document["code"] and answer.headers["content-type"] == "application/problem+json", name
    if answer.status_code == 202:
        http.post(f"{answer.headers['location']}/cancel")


def test_each_place_takes_or_refuses_its_share_of_naughty_texts(http: TestClient, place: str) -> None:
    for at, name in enumerate(SENDING):
        for text in NAUGHTY_TEXTS[at % SHARES :: SHARES]:
            answered(http, place, name, text)


@pytest.mark.long
@pytest.mark.parametrize("name", SENDING)
def test_no_naughty_text_makes_a_request_fail(http: TestClient, place: str, name: str) -> None:
    for text in NAUGHTY_TEXTS:
        answered(http, place, name, text)


@pytest.mark.long
@pytest.mark.parametrize("name", SENDING)
def test_no_made_up_value_makes_a_request_fail(http: TestClient, place: str, name: str) -> None:
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(value=VALUES)
    def sent(value: Any) -> None:
        answered(http, place, name, value)

    sent()


def test_what_was_taken_reads_back_as_it_was_sent(http: TestClient, place: str) -> None:
    kept = 0
    for text in NAUGHTY_TEXTS:
        answer = send(http, "PATCH", place, {"metadata": {"notes": text}})
        if answer.status_code == 200:
            kept += 1
            assert http.get(place).json()["metadata"]["notes"] == text
    assert 0 < kept < len(NAUGHTY_TEXTS)
