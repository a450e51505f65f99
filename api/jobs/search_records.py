"""A search as its record: the plan that was asked for, candidates as rows and back, the evidence beside the best."""

from __future__ import annotations

import hashlib
from math import inf, sqrt
from typing import TYPE_CHECKING, Any

from engine.errors import EngineInputError
from engine.identity import engine_hash
from engine.market.quality import iso
from engine.metrics.sharpe import DAYS_PER_YEAR
from engine.search.cost import estimate
from engine.search.objectives import OBJECTIVES, score_words
from engine.search.outcome import Outcome
from engine.search.plan import MOST_AT_ONCE, Planned, plan_search
from engine.search.worth import BARS_PER_TRADE, MIN_TRADES, TRADES_PER_AXIS, front
from engine.spec import check
from engine.spec.canonical import spec_hash
from engine.spec.jcs import canonical_json
from storage.records import PerformanceSummary, read_record
from storage.run_records import BestVariant, EvaluatedCandidate, OptimizationProgress, OptimizationRun
from storage.times import milliseconds_of, wire_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.market.bars import MarketData
    from engine.search.objectives import Ranked
    from engine.search.outcome import Measured
    from engine.search.plan import Plan
    from engine.search.surroundings import Finalist

SHOWN_PROBLEMS = 10
"""Candidates that came to nothing and are told with their reason; all of them are counted."""

INVALID = ""
"""Stands for the behaviour of a candidate that was no spec."""

CAUTION = (
    "The best of many candidates on the same bars is the best in part by luck, the more so the more were tried: "
    "nothing here is validated. The holdout was not read."
)


def plan_digest(plan: Plan) -> str:
    """Return what stands for a plan in the ledger: of the spec and all that decides which candidates there are."""
    drawn = plan.seed if plan.method == "random" else None
    window = [plan.window.start, plan.window.end]
    what = [spec_hash(plan.spec), plan.method, dict(plan.document), drawn, plan.count, window]
    return hashlib.sha256(canonical_json(what)).hexdigest()[:16]


def queued_record(
    plan: Plan, record_id: str, strategy_id: str, version: str, limit: int | None, now_ms: int
) -> OptimizationRun:
    """Return the record of a search that was asked for; with the spec of ``version`` it holds all of the plan."""
    window, holdout = plan.window, plan.window.holdout
    evidence: dict[str, Any] = {
        "verdict": "UNPROVEN",
        "part": "selection",
        "window": {"start": iso(window.start), "end": iso(window.end)},
        "initialEquity": plan.initial_equity,
        "combinations": float(plan.space.size) if plan.space.size > 2**53 else plan.space.size,
        "scoring": score_words(plan.objectives),
        "estimate": estimate_of(plan),
        "caution": CAUTION,
    }
    if plan.min_trades:
        evidence["minTrades"] = min_trades_of(plan)
    if limit is not None:
        evidence["limit"] = limit
    if holdout is not None:
        evidence["holdout"] = {"start": iso(holdout.start), "end": iso(holdout.end)}
    return read_record(
        OptimizationRun,
        {
            "id": record_id,
            "strategyRecordId": strategy_id,
            "createdAt": wire_time(now_ms),
            "method": plan.method,
            "objectives": list(plan.objectives),
            "candidatesEvaluated": 0,
            "bestVariants": [],
            "status": "queued",
            "progress": {"done": 0, "total": plan.count},
            "space": dict(plan.document),
            "seed": plan.seed,
            "evidence": evidence,
            "version": version,
            "specHash": spec_hash(plan.spec),
            "engineHash": engine_hash(),
        },
    )


def plan_of(run: OptimizationRun, spec: Mapping[str, Any], market: MarketData) -> Planned:
    """Return the plan of a stored search, the same as when it was asked for, or what stands in its way by now.

    ``spec`` is that of the version the search is about.
    """
    checked = check(spec, catalog=market)
    if checked.spec is None:
        return Planned(None, checked.problems)
    asked = run.evidence or {}
    return plan_search(
        checked.spec,
        market,
        method=run.method,
        objectives=run.objectives,
        space=run.space,
        seed=run.seed,
        limit=asked.get("limit"),
        start=milliseconds_of(asked["window"]["start"], field="window.start"),
        end=milliseconds_of(asked["window"]["end"], field="window.end"),
        initial_equity=asked["initialEquity"],
        most_seconds=inf,  # what was begun is finished
        most_bytes=inf,
    )


def estimate_of(plan: Plan) -> dict[str, Any]:
    """Return what a search was reckoned to take before it began, by the declared costs of `engine.search.cost`."""
    found = estimate(plan)
    return {
        "candidates": found.candidates,
        "bars": found.bars,
        "coreSeconds": float(f"{found.seconds:.3g}"),
        "memoryBytes": found.memory_bytes,
        "ledgerBytes": found.ledger_bytes,
    }


def row_of(outcome: Outcome, objectives: Sequence[str]) -> EvaluatedCandidate:
    """Return a tried candidate as it is stored; its score is known by itself where there is one objective."""
    score = OBJECTIVES[objectives[0]](outcome.summary) if len(objectives) == 1 and outcome.closed_trades else None
    behaviour = outcome.behaviour_hash or INVALID
    return EvaluatedCandidate(outcome.number, outcome.overrides, behaviour, outcome.summary, score)


def outcome_of(row: EvaluatedCandidate) -> Outcome:
    """Return a stored candidate as what it came to; why it came to nothing stands in the record's evidence."""
    if row.behaviour_hash == INVALID:
        return Outcome(row.number, row.overrides, "invalid")
    status: Any = "evaluated" if row.summary else "failed"
    return Outcome(row.number, row.overrides, status, row.behaviour_hash, row.summary)


def progress_of(plan: Plan, outcomes: Iterable[Outcome]) -> OptimizationProgress:
    """Return how far a search is; the spec as it is, measured to compare with, is not counted."""
    done = sum(one.number > 0 for one in outcomes)
    return OptimizationProgress(done=done, total=max(done, plan.count))


def best_score(outcomes: Iterable[Outcome], objectives: Sequence[str]) -> float | None:
    """Return the highest score of a candidate that closed a trade; None with several objectives, or without one."""
    if len(objectives) > 1:
        return None
    found = (OBJECTIVES[objectives[0]](one.summary) for one in outcomes if one.number > 0 and one.closed_trades)
    return max((value for value in found if value is not None), default=None)


def evaluated_of(outcomes: Iterable[Outcome]) -> int:
    """Return how many candidates looked at data."""
    return sum(one.is_trial for one in outcomes if one.number > 0)


def problems_of(known: Sequence[Mapping[str, Any]], outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    """Return the first candidates that came to nothing, with what is known already."""
    new = [
        {"candidate": one.number, "overrides": dict(one.overrides), "reason": one.reason}
        for one in outcomes
        if one.reason
    ]
    return [dict(one) for one in [*known, *new]][:SHOWN_PROBLEMS]


def counts_of(plan: Plan, outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Return how many candidates came to what."""
    tried = [one for one in outcomes if one.number > 0]
    counted = {status: sum(one.status == status for one in tried) for status in ("evaluated", "invalid", "failed")}
    idle = sum(one.status == "evaluated" and one.closed_trades == 0 for one in tried)
    around = sum(one.number > plan.count for one in tried)
    found = {"planned": plan.count, **counted, "withoutTrades": idle}
    return {**found, "aroundTheBest": around} if around else found


def original_of(original: Outcome, ranked: Sequence[Ranked]) -> dict[str, Any]:
    """Return how the spec as it is did on the same bars, and where it would rank; no rank without a closed trade."""
    found: dict[str, Any] = {"summary": dict(original.summary)}
    place = next((one for one in ranked if one.outcome.behaviour_hash == original.behaviour_hash), None)
    return found if place is None else {**found, "score": place.score, "rank": place.rank, "of": len(ranked)}


def min_trades_of(plan: Plan) -> dict[str, Any]:
    """Return how many closed trades a candidate needs to rank before those with fewer, and why not the usual number."""
    usual = max(MIN_TRADES, TRADES_PER_AXIS * len(plan.space.axes))
    found: dict[str, Any] = {"count": plan.min_trades}
    if plan.min_trades < usual:
        found["reason"] = f"usually {usual}, but the data is short: one in {BARS_PER_TRADE} bars is asked for at most"
    return found


def front_of(plan: Plan, outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Return the candidates that no other beats in every objective, by number; empty with one objective.

    With more than three objectives there is none: hardly a candidate would be beaten.
    """
    if not 2 <= len(plan.objectives) <= MOST_AT_ONCE:
        return []
    return [
        {
            "candidate": one.number,
            "overrides": dict(one.overrides),
            "values": {name: value for name in plan.objectives if (value := OBJECTIVES[name](one.summary)) is not None},
        }
        for one in front(outcomes, plan.objectives, plan.min_trades)
    ]


def plateau_of(one: Finalist) -> dict[str, Any]:
    """Return the ground that one of the best stands on: by its ``robustScore`` the best are in order."""
    outcome = one.ranked.outcome
    told: dict[str, Any] = {"candidate": outcome.number, "overrides": dict(outcome.overrides)}
    told |= {"score": one.ranked.score, "around": one.around}
    if one.plateau is None:
        return told
    told["robustScore"] = one.plateau.robust_score
    return told if one.plateau.ratio is None else {**told, "ratio": one.plateau.ratio}


def sharpe_of(measured: Measured) -> dict[str, float] | None:
    """Return the annual Sharpe ratio of a run's whole days with its 95 % interval, None where it has none.

    The interval is that of a strategy that was not picked among many, which those of a search are.
    """
    from engine.evidence.sharpe import moments, sharpe_interval

    if measured.days is None:
        return None
    try:
        shape = moments(measured.days.returns)
        low, high = sharpe_interval(shape)
    except EngineInputError:  # days that do not vary, or allow no error
        return None
    year = sqrt(DAYS_PER_YEAR)
    return {"value": shape.sharpe * year, "low95": low * year, "high95": high * year}


def variant_id_of(record_id: str, number: int) -> str:
    """Return the id of the variant that a candidate becomes: the same however often the search is finished."""
    return f"variant_{hashlib.sha256(f'{record_id}/{number}'.encode()).hexdigest()[:32]}"


def best_variant(record_id: str, one: Ranked) -> BestVariant:
    """Return a candidate as the record names it."""
    summary = read_record(PerformanceSummary, one.outcome.summary)
    return BestVariant(variant_id=variant_id_of(record_id, one.outcome.number), score=one.score, summary=summary)
