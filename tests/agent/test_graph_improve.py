"""Improving: asked for in a conversation or by a job; a variant or "leave it", and every candidate in the ledger."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from scripted_agent import DAILY, OWNER, MemoryStore, Scripted, agent, build, identity, say

from agent.budget import TurnLimits
from agent.errors import AgentError, NotFound
from agent.language.port import Reading

IMPROVE = Reading("improve", "")
FEW = TurnLimits(candidates=5)
DRIFT = {
    "id": "drift_1",
    "strategyRecordId": "record_1",
    "detectedAt": "2026-01-01T00:00:00Z",
    "type": "regime_mismatch",
    "severity": "high",
    "description": "it trades less often than it did",
}
JOB = {
    "id": "job_a",
    "strategyRecordId": "record_1",
    "createdAt": "2026-01-01T00:00:00Z",
    "status": "queued",
    "reason": "scheduled_review",
}


def refined(store: MemoryStore, **named: Any) -> Any:
    talk = agent(Scripted(build()), store=store, limits=FEW)

    async def both() -> Any:
        await talk.turn(OWNER, "buy it")
        return await talk.refine(OWNER, "record_1", **named)

    return asyncio.run(both())


def test_improving_in_a_conversation_keeps_the_job_its_trials_and_the_turn() -> None:
    store, seen = MemoryStore(), list[dict[str, Any]]()

    _, answer = say(
        agent(Scripted(build(), IMPROVE), store=store, limits=FEW),
        *("buy it", "improve it"),
        on_event=lambda event: seen.append(dict(event)),
    )

    assert answer.disposition == "explain" and "{{" not in answer.reply and "not validated" in answer.reply
    [outcome] = store.outcomes
    assert {trial.origin for trial in outcome.trials} == {"search"} and len(outcome.report["candidates"]) <= 5
    assert len(outcome.trials) == len(outcome.report["candidates"]) + outcome.report["judged"]["around"]
    assert answer.refinement["jobId"] == outcome.job_id and store.jobs[outcome.job_id]["status"] == "completed"
    assert store.turns()[-1].answer["refinement"]["jobId"] == outcome.job_id
    assert store.turns()[-1].version is None
    steps = [event["name"] for event in seen if "total" in event]
    assert set(steps) == {"diagnose", "propose", "search", "judge"}
    assert [event["done"] for event in seen if event["name"] == "search"] == sorted(
        event["done"] for event in seen if event["name"] == "search"
    )


def test_a_refinement_on_request_keeps_a_job_and_no_turn() -> None:
    store = MemoryStore()

    answer = refined(store)

    assert answer.refinement["variantIds"] == store.jobs[answer.refinement["jobId"]]["outputs"]["newVariantIds"]
    assert len(store.turns()) == 1 and len(store.outcomes) == 1


def test_a_job_and_its_drift_event_are_carried_out_and_named() -> None:
    store = MemoryStore()

    answer = refined(store, job={**JOB, "reason": "drift_detected"}, drift_event=DRIFT)

    assert list(store.jobs) == ["job_a"]
    assert "drift_1" in str(answer.refinement)


def test_a_completed_job_is_not_carried_out_again() -> None:
    store = MemoryStore()
    first = refined(store, job=JOB)

    async def again() -> Any:
        return await agent(Scripted(build()), store=store, limits=FEW).refine(OWNER, "record_1", job=JOB)

    second = asyncio.run(again())

    assert len(store.outcomes) == 1
    assert second.refinement["jobId"] == first.refinement["jobId"] == "job_a"


@pytest.mark.parametrize(
    "named", [{"job": {**JOB, "reason": "boredom"}}, {"drift_event": {**DRIFT, "type": "bad_mood"}}]
)
def test_a_record_that_cannot_be_read_is_refused_before_anything_is_written(named: dict[str, Any]) -> None:
    store = MemoryStore()

    with pytest.raises(AgentError):
        refined(store, **named)

    assert not store.jobs and not store.outcomes


def test_somebody_else_s_strategy_is_not_found() -> None:
    store = MemoryStore()
    say(agent(Scripted(build()), store=store), "buy it")

    with pytest.raises(NotFound):
        asyncio.run(agent(Scripted(build()), store=store).refine("somebody-else", "record_1"))


def test_what_cannot_be_tested_is_said_and_nothing_is_searched() -> None:
    store = MemoryStore()
    spec = {**DAILY, "universe": {"assets": ["AAPL"], "timeframe": "1d"}}

    _, answer = say(agent(Scripted(build(spec), IMPROVE), store=store, limits=FEW), "buy apple", "improve it")

    assert answer.disposition == "explain" and answer.refinement is None
    assert "AAPL has no candles" in answer.reply
    assert not store.outcomes


def test_a_job_that_cannot_be_carried_out_has_failed_and_says_why() -> None:
    store = MemoryStore()
    spec = {**DAILY, "universe": {"assets": ["AAPL"], "timeframe": "1d"}}
    talk = agent(Scripted(build(spec)), store=store, limits=FEW)

    async def both() -> Any:
        await talk.turn(OWNER, "buy apple")
        return await talk.refine(OWNER, "record_1", job=JOB)

    answer = asyncio.run(both())

    assert "AAPL has no candles" in answer.reply and answer.refinement is None
    assert store.jobs["job_a"]["status"] == "failed"
    assert store.jobs["job_a"]["outputs"]["notes"] == answer.reply


def test_a_job_that_is_broken_off_has_failed_and_keeps_no_trial() -> None:
    store = MemoryStore()
    talk = agent(Scripted(build()), store=store)

    async def cancelled() -> None:
        await talk.turn(OWNER, "buy it")
        searching = asyncio.Event()

        def listen(event: Any) -> None:
            if event["name"] == "search":
                searching.set()

        job = asyncio.ensure_future(talk.refine(OWNER, "record_1", job=JOB, on_event=listen))
        await searching.wait()
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job

    asyncio.run(cancelled())

    assert store.jobs["job_a"]["status"] == "failed" and "broken off" in store.jobs["job_a"]["outputs"]["notes"]
    assert [outcome.trials for outcome in store.outcomes] == [()]


def test_a_cancelled_search_ends_within_a_second_and_keeps_nothing() -> None:
    store = MemoryStore()
    talk = agent(Scripted(build(), IMPROVE), store=store)

    async def cancelled() -> float:
        first = await talk.turn(OWNER, "buy it")
        searching = asyncio.Event()

        def listen(event: Any) -> None:
            if event["name"] == "search":
                searching.set()

        turn = asyncio.ensure_future(talk.turn(OWNER, "improve", thread_id=first.thread_id, on_event=listen))
        await searching.wait()
        began = time.perf_counter()
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn
        return time.perf_counter() - began

    assert asyncio.run(cancelled()) < 1
    assert len(store.turns()) == 1 and not store.outcomes and not store.jobs


def test_a_strategy_that_never_trades_can_be_looked_at() -> None:
    never = {"when": "lt", "left": "sma_fast", "value": 0.01}
    spec = {**DAILY, "signals": {"entry": [never], "exit": [never]}}

    _, answer = say(agent(Scripted(build(spec), IMPROVE), limits=FEW), "below 0.01 only", "improve it")

    assert answer.refinement is not None and answer.reply


def test_asking_again_counts_nothing_twice_and_moves_no_threshold() -> None:
    store = MemoryStore()
    talk = agent(Scripted(build(), IMPROVE), store=store, limits=FEW)

    _, first, second = say(talk, "buy it", "improve it", "improve it")

    [before, after] = [one.refinement["trials"] for one in (first, second)]
    assert after["before"] == before["after"] == after["after"] == len(searched(store))
    assert f"({before['after']} trials on BTC so far)" in first.reply
    assert f"({before['after']} trials on BTC so far; none of these was new)" in second.reply
    assert first.refinement["judgement"]["alpha"] == second.refinement["judgement"]["alpha"]


def test_another_asset_sheds_no_trial() -> None:
    store = MemoryStore()
    pair = {**DAILY, "universe": {**DAILY["universe"], "assets": ["BTC", "ETH"]}}
    talk = agent(Scripted(build(), IMPROVE, build(pair), IMPROVE), store=store, limits=FEW)

    _, alone, _, both = say(talk, "buy it", "improve it", "BTC and ETH", "improve it")

    counted = len(searched(store))
    assert alone.refinement["trials"]["after"] < both.refinement["trials"]["after"] == counted
    assert both.refinement["trials"]["family"] == "BTC"
    weighed = [one.refinement["honestyCard"]["trials"]["total"] for one in (alone, both)]
    assert weighed == [one.refinement["trials"]["after"] for one in (alone, both)]


def searched(store: MemoryStore) -> set[Any]:
    """Everything that was ever tried, each once."""
    found = (trial for outcome in store.outcomes for trial in outcome.trials)
    return {identity(one) for one in (*store.trials(), *found)}


@pytest.mark.parametrize("compiled", [True, False])
def test_the_wait_for_the_engine_to_compile_itself_is_told_before_it_begins(
    compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, str] = {}
    monkeypatch.setattr("agent.nodes.steps.is_simulation_compiled", lambda: compiled)

    say(
        agent(Scripted(build(), IMPROVE), limits=FEW),
        *("buy it", "improve it"),
        on_event=lambda event: seen.setdefault(str(event["name"]), str(event["text"])),
    )

    for step in ("backtest", "diagnose"):
        assert ("compiles itself" in seen[step]) is not compiled
