"""Every route, walked with results behind it: no annual Sharpe ratio without its interval and its trials beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import sqrt
from typing import Any

import pytest
from kept_strategies import on_market, service_of
from reference.bare_figures import bare_figures
from reference.kept import spec_of
from scripted_agent import MARKET
from starlette.testclient import TestClient

from storage.records import LOCAL_USER

FAST = "indicators.sma_fast.inputs.length"
DAILY = {"universe": {"assets": ["BTC"], "quote": "USDT", "timeframe": "1d"}}
BUILD = "buy BTC on daily bars when the 20 day average crosses above the 50 day average, sell on the opposite"

SPEC = spec_of(id="strategy_walked", **DAILY)
DRIFT = {
    "type": "performance_drop",
    "severity": "low",
    "description": "It fell.",
    "evidence": {"metric": "sharpeRatio", "baseline": 1.2, "observed": -0.4},
}
ASKED = [
    ("POST /api/specs/validate", {"spec": SPEC}),
    ("POST /api/strategies", {"spec": SPEC}),
    ("PATCH /api/strategies/{strategy_id}", {"metadata": {"notes": "mine"}}),
    ("POST /api/strategies/{strategy_id}/variants", {"overrides": {FAST: 12}}),
    ("POST /api/strategies/{strategy_id}/backtests", {}),
    ("POST /api/strategies/{strategy_id}/snapshots", {"backtestId": "{backtest_id}"}),
    ("POST /api/strategies/{strategy_id}/optimizations", {"objectives": ["sharpe", "drawdown"], "space": {FAST: [8]}}),
    ("POST /api/strategies/{strategy_id}/optimizations", {"objectives": ["sharpe"], "space": {FAST: [5, 10, 15]}}),
    ("POST /api/optimizations/{optimization_id}/cancel", None),
    ("POST /api/strategies/{strategy_id}/judgements", {"look": True}),
    ("POST /api/strategies/{strategy_id}/drift-events", DRIFT),
    ("POST /api/strategies/{strategy_id}/refinement-jobs", {"driftEventId": "{event_id}"}),
    ("POST /api/refinement-jobs/{job_id}/cancel", None),
    ("POST /api/drift-events/{event_id}/close", {"reason": "seen"}),
    ("POST /api/strategies/{strategy_id}/versions", {"patch": [{"op": "replace", "path": "/name", "value": "Other"}]}),
    ("POST /api/strategies/{strategy_id}/status", {"status": "archived", "reason": "done"}),
    ("POST /api/threads", {}),
    ("POST /api/threads/{thread_id}/strategies", {"spec": {**SPEC, "id": "strategy_given"}}),
    ("POST /api/threads", {}),
    ("POST /api/threads/{thread_id}/messages", {"text": BUILD}),
    ("POST /api/threads/{thread_id}/messages", {"text": "what is the sharpe?"}),
    ("POST /api/threads/{thread_id}/messages", {"text": "improve it"}),
    ("POST /api/threads/{thread_id}/messages", {"text": "judge it"}),
    ("POST /api/runs/{run_id}/cancel", None),
    ("PATCH /api/threads/{thread_id}", {"title": "walked"}),
    ("PATCH /api/me", {"settings": {"persona": "quant"}}),
    ("POST /v1/chat/completions", {"model": "kek", "messages": [{"role": "user", "content": BUILD}]}),
]
"""Everything that changes something, in an order that leaves results for the rest; ids are filled in."""

DELETED = "DELETE /api/threads/{thread_id}"
BELOW_A_STRATEGY = {
    "variants": "variant_id",
    "backtests": "backtest_id",
    "snapshots": "snapshot_id",
    "optimizations": "optimization_id",
    "judgements": "judgement_id",
    "drift-events": "event_id",
    "refinement-jobs": "job_id",
}
KEPT_AS = {"POST /api/strategies": "strategy_id", "POST /api/threads": "thread_id"}
KEPT_AS |= {f"POST /api/strategies/{{strategy_id}}/{noun}": name for noun, name in BELOW_A_STRATEGY.items()}


class Walk:
    """Asks a service for one thing after the other, and keeps every answer."""

    def __init__(self, http: TestClient) -> None:
        self.http = http
        self.known = {"version": "1.0", "name": "sma", "model": "kek"}
        self.runs: list[str] = []
        self.answers: dict[str, list[Any]] = {}

    def ask(self, operation: str, body: Any = None) -> Any:
        method, path = operation.split(" ")
        filled = None if body is None else json.loads(self._filled(json.dumps(body)))
        answer = self.http.request(method, self._filled(path), json=filled)
        allowed = (409,) if operation.endswith("/cancel") else ()
        assert answer.status_code < 300 or answer.status_code in allowed, f"{operation}: {answer.text}"
        if answer.headers.get("content-type", "").startswith("application/json"):
            self.answers.setdefault(operation, []).append(answer.json())
            if operation in KEPT_AS:
                self.known[KEPT_AS[operation]] = answer.json()["id"]
        if "x-kek-run" in answer.headers:
            run = answer.headers["x-kek-run"]
            self.known["run_id"] = run
            self.runs.append(run)
            self.follow(run)
        return answer

    def follow(self, run: str) -> None:
        """Read a run to its end as a stream and as JSON."""
        told = self.http.get(f"/api/runs/{run}/events", headers={"accept": "text/event-stream"}).text
        events = [json.loads(line[6:]) for line in told.splitlines() if line.startswith("data: ")]
        assert events
        self.answers.setdefault(f"events of {run}", []).append(events)
        as_json = self.http.get(f"/api/runs/{run}/events", headers={"accept": "application/json"}).json()
        self.answers[f"events of {run}"].append(as_json)

    def _filled(self, text: str) -> str:
        for name, value in self.known.items():
            text = text.replace(f"{{{name}}}", value)
        return text


@pytest.fixture(scope="module")
def walk() -> Iterator[Walk]:
    with on_market(MARKET) as http:
        walked = Walk(http)
        for operation, body in ASKED:
            walked.ask(operation, body)
        paths: dict[str, Any] = http.get("/openapi.json").json()["paths"]
        for path in (path for path, methods in paths.items() if "get" in methods):
            if not path.endswith("/events") or "runs" not in path:
                walked.ask(f"GET {path}")
        yield walked


def test_everything_that_is_offered_was_asked_for(walk: Walk) -> None:
    paths = walk.http.get("/openapi.json").json()["paths"]
    changing = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods if method != "get"}

    assert changing == {operation for operation, _ in ASKED} | {DELETED}, "add a request for it to ASKED"
    assert walk.runs and len(walk.answers) > 60


def test_no_answer_and_no_event_shows_a_ratio_alone(walk: Walk) -> None:
    bare = {name: found for name, told in walk.answers.items() if (found := bare_figures(told))}

    assert bare == {}


def test_a_run_shows_its_ratio_with_all_that_belongs_to_it(walk: Walk) -> None:
    [run] = walk.answers["POST /api/strategies/{strategy_id}/backtests"]
    [snapshot] = walk.answers["POST /api/strategies/{strategy_id}/snapshots"]

    days, results = run["evidence"]["statistics"]["sharpe"], run["results"]
    assert "sharpeRatio" in results and "sharpeRatio" not in run["evidence"]["statistics"]["benchmark"]
    assert (results["sharpeLow95"], results["sharpeHigh95"]) == (days["low95"], days["high95"])
    assert results["sharpeTrials"] == days["trials"] == run["evidence"]["trials"]["total"]
    assert snapshot["summary"] == results


def test_a_search_shows_scores_of_one_days_returns_and_its_best_with_interval_and_trials(walk: Walk) -> None:
    [shown] = walk.answers["GET /api/optimizations/{optimization_id}"]
    with service_of(walk.http).database.read() as work:
        kept = work.optimizations.get(LOCAL_USER, shown["id"]).as_json()

    assert [one["score"] * sqrt(365) for one in shown["bestVariants"]] == pytest.approx(
        [one["score"] for one in kept["bestVariants"]]
    )
    assert "no annual one" in shown["evidence"]["scoreIs"]
    assert all(one["sharpe"].keys() >= {"value", "low95", "high95", "trials"} for one in shown["evidence"]["plateaus"])
    assert "sharpeDaily" in kept["bestVariants"][0]["summary"], "the record is kept whole"
    [listed] = walk.answers["GET /api/strategies/{strategy_id}/optimizations"]
    assert shown in listed["items"]
    front = next(one for one in listed["items"] if one["id"] != shown["id"])["evidence"]["front"]
    assert all("sharpeADay" in one["values"] for one in front)


def test_the_tag_of_a_record_is_that_of_what_is_shown(walk: Walk) -> None:
    place = f"/api/strategies/{walk.known['strategy_id']}"
    read = walk.http.get(place)
    assert read.json()["variants"], "with figures that are left out"

    changed = walk.http.patch(place, json={"metadata": {"notes": "again"}}, headers={"if-match": read.headers["etag"]})

    assert changed.status_code == 200 and changed.headers["etag"] == walk.http.get(place).headers["etag"]
