"""DriftEvents and RefinementJobs are read strictly, in either spelling, and every fault is told with its place."""

from __future__ import annotations

from typing import Any

import pytest

from agent.refinement.priorities import ordered
from agent.refinement.reasons import Reason, read_drift_event, read_refinement_job, reason_of
from agent.refinement.record_reader import BadRecord
from agent.refinement.weaknesses import Weakness

EVENT: dict[str, Any] = {
    "id": "drift_1",
    "strategyRecordId": "strategy_1",
    "detectedAt": "2026-03-01T08:00:00Z",
    "type": "performance_drop",
    "severity": "high",
    "description": "The Sharpe ratio of the last weeks is far below the baseline.",
    "evidence": {"metric": "sharpeRatio", "baseline": 1.4, "observed": 0.1, "threshold": 0.5},
    "recommendedAction": "reoptimize",
}
JOB: dict[str, Any] = {
    "id": "job_1",
    "strategyRecordId": "strategy_1",
    "createdAt": "2026-03-01T08:05:00.250Z",
    "status": "queued",
    "reason": "drift_detected",
}


def test_both_spellings_give_the_same_event() -> None:
    snake = {
        "id": "drift_1",
        "strategy_record_id": "strategy_1",
        "detected_at": EVENT["detectedAt"],
        "recommended_action": "reoptimize",
        **{name: EVENT[name] for name in ("type", "severity", "description", "evidence")},
    }

    assert read_drift_event(snake) == read_drift_event(EVENT)
    assert read_drift_event(EVENT).baseline == 1.4


def test_a_job_of_any_stage_can_be_read() -> None:
    done = {**JOB, "status": "completed", "outputs": {"newVariantIds": ["variant_1"], "notes": "kept"}, "version": "1"}

    assert read_refinement_job(done).reason == read_refinement_job(JOB).reason == "drift_detected"


@pytest.mark.parametrize(
    ("change", "path", "code", "suggestion"),
    [
        ({"severty": "low"}, "$.severty", "UNKNOWN_FIELD", "severity"),
        ({"type": "performance_drops"}, "$.type", "BAD_VALUE", "performance_drop"),
        ({"severity": 3}, "$.severity", "WRONG_TYPE", None),
        ({"detectedAt": "yesterday"}, "$.detectedAt", "WRONG_TYPE", None),
        ({"id": ""}, "$.id", "WRONG_TYPE", None),
        ({"id": "a\nb"}, "$.id", "BAD_TEXT", None),
        ({"description": "\x1b[31mred"}, "$.description", "BAD_TEXT", None),
        ({"description": "turned \u202e round"}, "$.description", "BAD_TEXT", None),
        ({"description": "nothing\u200bbetween"}, "$.description", "BAD_TEXT", None),
        ({"severity": "high\x1b[0m"}, "$.severity", "BAD_TEXT", None),
        ({"detected_at": "2026-03-01T08:00:00Z"}, "$.detected_at", "DUPLICATE_KEY", None),
        ({"evidence": {"metrik": "sharpeRatio"}}, "$.evidence.metrik", "UNKNOWN_FIELD", "metric"),
        ({"evidence": {"metric": "sharpRatio"}}, "$.evidence.metric", "BAD_VALUE", "sharpeRatio"),
        ({"evidence": {"baseline": "1.4"}}, "$.evidence.baseline", "WRONG_TYPE", None),
        ({"evidence": {"observed": float("nan")}}, "$.evidence.observed", "NUMBER_RANGE", None),
        ({"evidence": [1]}, "$.evidence", "WRONG_TYPE", None),
    ],
)
def test_a_fault_is_told_with_its_place(change: Any, path: str, code: str, suggestion: str | None) -> None:
    with pytest.raises(BadRecord) as refused:
        read_drift_event({**EVENT, **change})

    told = {(problem.path, problem.code, problem.suggestion) for problem in refused.value.problems}
    assert (path, code, suggestion) in told


def test_everything_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(BadRecord) as refused:
        read_refinement_job({"reason": "boredom"})

    codes = [problem.code for problem in refused.value.problems]
    assert codes.count("MISSING_FIELD") == 4
    assert "BAD_VALUE" in codes


@pytest.mark.parametrize("data", [None, [], "drift", 7, {"id": object()}])
def test_what_is_no_record_is_refused(data: Any) -> None:
    with pytest.raises(BadRecord):
        read_drift_event(data)


def test_an_event_of_another_strategy_does_not_belong_to_a_job() -> None:
    event = read_drift_event({**EVENT, "strategyRecordId": "strategy_2"})

    with pytest.raises(BadRecord, match="strategy_2"):
        reason_of(read_refinement_job(JOB), event)
    with pytest.raises(BadRecord, match="goes with no drift event"):
        reason_of(read_refinement_job({**JOB, "reason": "user_request"}), read_drift_event(EVENT))


def test_evidence_that_does_not_fit_is_noted_and_orders_nothing() -> None:
    better = read_drift_event({**EVENT, "evidence": {"metric": "sharpeRatio", "baseline": 0.5, "observed": 1.0}})
    odd = read_drift_event({**EVENT, "type": "regime_mismatch"})

    assert read_drift_event(EVENT).notes == ()
    assert not better.is_worse
    assert "no worsening of sharpeRatio" in better.notes[0]
    assert "unusual" in odd.notes[0]
    assert [one.code for one in ordered(WEAKNESSES, Reason("drift_detected", better))] == CODES


CODES = ["COSTS_DOMINATE", "LOSING_SIDE", "LOSING_TREND", "HALTED", "LOSS_TAIL"]
WEAKNESSES = [Weakness(code, "", "", {}, 1.0 - at / 10) for at, code in enumerate(CODES)]


@pytest.mark.parametrize(
    ("kind", "metric", "first"),
    [
        ("performance_drop", "sharpeRatio", "LOSING_SIDE"),
        ("performance_drop", "maxDrawdownPct", "HALTED"),
        ("regime_mismatch", "tradeCount", "LOSING_TREND"),
        ("execution_change", "avgSlippage", "COSTS_DOMINATE"),
    ],
)
def test_a_drift_is_looked_at_where_it_points(kind: str, metric: str, first: str) -> None:
    falls = metric in ("sharpeRatio", "tradeCount")
    evidence = {"metric": metric, "baseline": 1.0, "observed": 0.2 if falls else 3.0}
    event = read_drift_event({**EVENT, "type": kind, "evidence": evidence})

    assert ordered(WEAKNESSES, Reason("drift_detected", event))[0].code == first


def test_a_request_keeps_the_order_of_the_figures() -> None:
    assert [one.code for one in ordered(WEAKNESSES, Reason())] == CODES
