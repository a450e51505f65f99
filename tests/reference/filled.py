"""An owner with one of everything a database keeps."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from reference.kept import result_of

from engine.evidence.same_candles import FamilyPrint
from engine.spec import apply_overrides, behaviour_hash, check
from engine.spec.examples import SMA_CROSS
from storage.records import BacktestRun, PerformanceSummary, ThreadMessage, UserProfile, UserSettings, read_record
from storage.results import backtest_run
from storage.run_records import OptimizationRun, PerformanceSnapshot, RunRecord, StoredResponse
from storage.strategy_records import DriftEvent, JudgementRecord, RefinementJob, StrategyMetadata
from storage.trial_chain import Candidate, DailyReturns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.spec.models import StrategySpec
    from storage.strategy_records import Verdict
    from storage.unit_of_work import UnitOfWork

ISO = "2026-01-01T00:00:00.000Z"

DAYS = DailyReturns(0, np.array([0.5, 0.0], dtype=np.float32))
PRINTS = tuple(FamilyPrint("BTC", f"1d 2020-0{month}", f"{month:016x}") for month in (1, 2, 3))
OVERRIDES = {"indicators.sma_fast.inputs.length": 12}


def spec_called(name: str, version: str = "1.0") -> StrategySpec:
    """Return the example spec with a name and a version."""
    checked = check({**SMA_CROSS, "name": name, "version": version}).spec
    assert checked is not None
    return checked


@lru_cache(maxsize=1)
def _run() -> BacktestRun:
    return backtest_run(result_of(), run_id="run", created_at=ISO, strategy_record_id="s")


def run_called(run_id: str, **changes: Any) -> BacktestRun:
    """Return a run of version 1.0 of strategy ``s``, on the selection part, with closed trades."""
    return _run().model_copy(update={"id": run_id, **changes})


def turn_of(owner: str, run_id: str, **changes: Any) -> RunRecord:
    """Return a running turn of thread ``t``."""
    given = {"id": run_id, "ownerUserId": owner, "kind": "turn", "threadId": "t", "status": "running"}
    return read_record(RunRecord, {**given, "createdAt": ISO, "updatedAt": ISO, **changes})


def search_of(optimization_id: str, **changes: Any) -> OptimizationRun:
    """Return a queued search of strategy ``s``."""
    given = {"id": optimization_id, "strategyRecordId": "s", "createdAt": ISO, "objectives": ["sharpe"]}
    return read_record(OptimizationRun, {**given, "candidatesEvaluated": 0, "bestVariants": [], **changes})


def drift_of(event_id: str, **changes: Any) -> DriftEvent:
    """Return a severe drift event of strategy ``s``."""
    given = {"id": event_id, "strategyRecordId": "s", "detectedAt": ISO, "type": "performance_drop"}
    return read_record(DriftEvent, {**given, "severity": "high", "description": "it fell", **changes})


def job_of(job_id: str, **changes: Any) -> RefinementJob:
    """Return a queued refinement of strategy ``s``."""
    given = {"id": job_id, "strategyRecordId": "s", "createdAt": ISO, "status": "queued", "reason": "user_request"}
    return read_record(RefinementJob, {**given, **changes})


def snapshot_of(snapshot_id: str, **changes: Any) -> PerformanceSnapshot:
    """Return a snapshot of strategy ``s``."""
    given = {"id": snapshot_id, "strategyRecordId": "s", "period": {"start": ISO, "end": ISO}, "createdAt": ISO}
    return read_record(PerformanceSnapshot, {**given, "summary": {"tradeCount": 3}, **changes})


def response_of(key: str, **changes: Any) -> StoredResponse:
    """Return what a request was answered."""
    given = {"key": key, "route": "POST /api/threads", "bodyHash": "h", "status": 201, "headers": {}, "body": "{}"}
    return read_record(StoredResponse, {**given, "createdAt": ISO, **changes})


def add_owner(work: UnitOfWork, owner: str) -> None:
    """Store an owner with a wallet of its own."""
    work.users.add(owner, wallet_address=f"wallet of {owner}", now_ms=1)


def add_strategy(work: UnitOfWork, owner: str, name: str = "plain") -> None:
    """Store strategy ``s``."""
    work.strategies.add(owner, "s", spec_called(name), why=name, origin="agent", generated_by="kek_mix", now_ms=2)


def look_of(word: str = "behaviour", **changes: Any) -> Candidate:
    """Return a look of a champion into the holdout of BTC."""
    given = {"family": "BTC", "behaviour_hash": word, "data_hash": "d", "start_ms": 1, "end_ms": 2, "summary": {}}
    return Candidate(**{**given, "origin": "look", "note": "look 1 of BTC", **changes})


def judgement_of(judgement_id: str, **changes: Any) -> JudgementRecord:
    """Return a judgement of what `look_of` announces."""
    given = {"id": judgement_id, "family": "BTC", "behaviourHash": "behaviour", "dataHash": "d"}
    return read_record(JudgementRecord, {**given, "verdict": "UNPROVEN", "card": {"trials": 1}, **changes})


def judged(work: UnitOfWork, owner: str, word: str) -> None:
    """Announce a look and store what came of it."""
    line = work.trials.register_look(owner, look_of(note=word), now_ms=5)
    judgement = judgement_of("judged", strategyRecordId="s", lookSeq=line.seq, card={"told": word})
    work.judgements.add(owner, judgement, now_ms=6)


def judge_strategy(work: UnitOfWork, owner: str, verdict: Verdict, strategy_id: str = "s") -> None:
    """Store a judgement of a strategy's current version, that rests on a look, and the verdict with the strategy."""
    version = work.strategies.current(owner, strategy_id).version
    behaviour = work.versions.get(owner, strategy_id, version).behaviour_hash
    line = work.trials.register_look(owner, look_of(behaviour), now_ms=5)
    given = {"strategyRecordId": strategy_id, "behaviourHash": behaviour, "lookSeq": line.seq, "verdict": verdict}
    work.judgements.add(owner, judgement_of(f"of {strategy_id}", **given), now_ms=6)
    work.strategies.save_verdict(owner, strategy_id, version, verdict, now_ms=6)


def steps(
    word: str, returns: DailyReturns | None = DAYS, *, is_judged: bool = True, prints: Sequence[FamilyPrint] = PRINTS
) -> tuple[Callable[[UnitOfWork, str], object], ...]:
    """Return what to write, one after the other, so that an owner has one of everything; ``word`` marks its texts."""
    summary = PerformanceSummary(trade_count=3)
    changed = apply_overrides(spec_called(word), OVERRIDES).spec
    assert changed is not None
    result = result_of()
    behaviour = behaviour_hash(spec_called(word))
    candidate = Candidate("BTC", behaviour, word, result.start, result.end, {"tradeCount": 2}, "build", word)
    return (
        lambda work, owner: work.users.save_profile(owner, UserProfile(username=word), now_ms=2),
        lambda work, owner: work.users.save_settings(owner, UserSettings(persona="quant"), now_ms=2),
        lambda work, owner: add_strategy(work, owner, word),
        lambda work, owner: work.strategies.describe(owner, "s", metadata=StrategyMetadata(notes=word), now_ms=3),
        lambda work, owner: work.variants.add(
            owner,
            "s",
            "v",
            changed,
            parent_version="1.0",
            overrides=OVERRIDES,
            origin="user",
            summary=summary,
            note=word,
            now_ms=4,
        ),
        lambda work, owner: work.backtests.add(owner, run_called("run", data_hash=word), provenance={"reader": word}),
        lambda work, owner: work.trials.add_all(owner, [(candidate, returns)], now_ms=5, prints=prints),
        *((lambda work, owner: judged(work, owner, word),) if is_judged else ()),
        lambda work, owner: work.refinements.add_drift_event(owner, drift_of("d", description=word), now_ms=6),
        lambda work, owner: work.refinements.add_job(owner, job_of("j", driftEventId="d"), now_ms=6),
        lambda work, owner: work.refinements.update_job(owner, "j", status="running", report={"x": word}, now_ms=7),
        lambda work, owner: work.optimizations.add(owner, search_of("o", space={"x": word}), now_ms=7),
        lambda work, owner: work.optimizations.add_candidates(
            owner, "o", work.optimizations.claim(owner, "o", 7), [(0, {"x": word}, word, {"tradeCount": 1}, 1.0)]
        ),
        lambda work, owner: work.snapshots.add(owner, snapshot_of("p", version=word), now_ms=8),
        lambda work, owner: work.threads.add(owner, "t", now_ms=8),
        lambda work, owner: work.threads.rename(owner, "t", word, 8),
        lambda work, owner: work.threads.add_message(
            owner,
            ThreadMessage(id="m", thread_id="t", role="user", text=word, created_at=ISO, answer={"reply": word}),
        ),
        lambda work, owner: work.threads.add_message(
            owner,
            ThreadMessage(id="n", thread_id="t", role="assistant", text=word, created_at=ISO, answer={"reply": word}),
        ),
        lambda work, owner: work.runs.begin(
            owner, turn_of(owner, "r", text=word, messageId="m", subjectId="o"), now_ms=9
        ),
        lambda work, owner: work.runs.append(owner, "r", [("step", {"text": word})], now_ms=9),
        lambda work, owner: work.idempotency.add(owner, response_of("key", body=word)),
        lambda work, owner: work.replies.keep(owner, "reply", {"text": word}, now_ms=9),
        lambda work, owner: work.links.add(owner, "client", "chat", "t", now_ms=9),
        lambda work, owner: work.threads.finish(owner, "t", 9),
    )
