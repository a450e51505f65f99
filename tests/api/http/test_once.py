"""Requests that create something, many at once, on both databases: one effect, one answer, no lost change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from kept_strategies import keep_strategy, on_market, service_of
from reference.kept import small_market, spec_of
from starlette.testclient import TestClient

from api.settings import Settings
from storage.records import LOCAL_USER

MANY = 20


@pytest.fixture
def http(database_url: str, tmp_path: Path) -> Iterator[TestClient]:
    with on_market(small_market(), Settings(database_url=database_url, state_dir=tmp_path)) as opened:
        yield opened


def at_once(send: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(send, range(MANY)))


def test_what_is_sent_many_times_under_one_key_happens_once(http: TestClient) -> None:
    strategy = f"/api/strategies/{keep_strategy(http)['id']}"
    http.post(f"{strategy}/backtests")
    requests = {
        "/api/strategies": {"spec": spec_of(id="once")},
        "/api/threads": {"title": "once"},
        f"{strategy}/versions": {"patch": [{"op": "replace", "path": "/name", "value": "once"}]},
        f"{strategy}/variants": {"overrides": {"sizing.value": 0.1}},
        f"{strategy}/backtests": {"end": "1970-01-20"},
        f"{strategy}/drift-events": {"type": "data_shift", "severity": "low", "description": "once"},
        f"{strategy}/refinement-jobs": {},
        f"{strategy}/status": {"status": "archived", "reason": "once"},
    }
    for path, body in requests.items():
        key = {"Idempotency-Key": path.replace("/", "-")}

        answers = at_once(lambda _, path=path, body=body, key=key: http.post(path, json=body, headers=key))

        assert len({(one.status_code, one.content, one.headers.get("location")) for one in answers}) == 1, path
        assert answers[0].status_code in (200, 201, 202), answers[0].text
        assert sum("idempotency-replayed" in one.headers for one in answers) == MANY - 1, path
        if "x-kek-run" in answers[0].headers:
            http.get(f"/api/runs/{answers[0].headers['x-kek-run']}/events")  # ends with the job
    with service_of(http).database.read() as work:
        strategy_id = strategy.rpartition("/")[2]
        assert len(work.versions.of_strategy(LOCAL_USER, strategy_id)) == 2
        assert len(work.variants.of_strategy(LOCAL_USER, strategy_id)) == 1
        assert len(work.backtests.page(LOCAL_USER, strategy_id, limit=10).items) == 2
        assert len(work.refinements.jobs(LOCAL_USER, strategy_id)) == 1
        assert len(work.threads.page(LOCAL_USER, limit=10).items) == 1


def test_of_many_who_saw_the_same_one_changes_it(http: TestClient) -> None:
    made = http.post("/api/strategies", json={"spec": spec_of(id="seen")})
    seen = {"if-match": made.headers["etag"]}

    answers = at_once(
        lambda at: http.patch("/api/strategies/seen", json={"metadata": {"notes": f"by {at}"}}, headers=seen)
    )

    assert sorted(one.status_code for one in answers) == [200, *[412] * (MANY - 1)]
    [changed] = [one for one in answers if one.status_code == 200]
    assert http.get("/api/strategies/seen").json() == changed.json()


def test_an_answer_that_was_not_kept_is_of_nothing_that_happened(
    http: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage.repositories.answers import IdempotencyKeys

    def full(*_: Any) -> None:
        raise OSError("no space left")

    key = {"Idempotency-Key": "lost"}
    with monkeypatch.context() as patched:
        patched.setattr(IdempotencyKeys, "add", full)
        failed = http.post("/api/strategies", json={"spec": spec_of(id="lost")}, headers=key)
    missing = http.get("/api/strategies/lost")
    again = http.post("/api/strategies", json={"spec": spec_of(id="lost")}, headers=key)

    assert (failed.status_code, missing.status_code, again.status_code) == (500, 404, 201)
