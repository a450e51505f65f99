"""The data models of what runs: turns and their events, searches, snapshots, and answers kept for repetition.

The shapes are those of the data models document, as in `storage.records`; what it has no model for is shaped like them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from pydantic import Field

from storage.records import Identifier, PerformanceSummary, Record

if TYPE_CHECKING:
    from collections.abc import Mapping

RunKind = Literal["turn", "optimization", "refinement"]

RunStatus = Literal["running", "completed", "failed", "cancelled"]

OptimizationStatus = Literal["queued", "running", "completed", "failed", "cancelled"]

Objective = Literal["net_profit", "drawdown", "sharpe", "trade_count", "profit_factor"]

Key = Annotated[str, Field(min_length=1, max_length=512, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""A name somebody else gave: a request's key, a conversation's; no control characters."""


class RunError(Record):
    """Why a run failed: ``code`` is stable, ``message`` a sentence for people."""

    code: str
    message: str


class RunRecord(Record):
    """One turn of a thread, or a job's work that is followed live; ``subjectId`` is the record a job works on."""

    id: Identifier
    owner_user_id: Identifier
    kind: RunKind
    thread_id: Identifier | None = None
    subject_id: Identifier | None = None
    message_id: Identifier | None = None
    text: str | None = None
    status: RunStatus
    error: RunError | None = None
    created_at: str
    updated_at: str


class RunEvent(Record):
    """One event of a run; ``seq`` counts from 1 without a gap."""

    run_id: Identifier
    seq: int = Field(ge=1)
    type: str = Field(min_length=1, max_length=64)
    data: dict[str, Any]
    created_at: str


class BestVariant(Record):
    """A variant that a search kept, and how it ranked."""

    variant_id: Identifier
    score: float
    summary: PerformanceSummary


class OptimizationProgress(Record):
    """How far a search is, in candidates."""

    done: int = Field(ge=0)
    total: int = Field(ge=0)


class OptimizationRun(Record):
    """A search among variants of a strategy; ``space`` is what was searched, ``evidence`` what it is worth."""

    id: Identifier
    strategy_record_id: Identifier
    created_at: str
    method: Literal["grid", "random", "bayesian", "evolutionary"] | None = None
    objectives: list[Objective]
    candidates_evaluated: int = Field(ge=0)
    best_variants: list[BestVariant]
    status: OptimizationStatus | None = None
    progress: OptimizationProgress | None = None
    space: dict[str, Any] | None = None
    seed: int | None = None
    evidence: dict[str, Any] | None = None
    error: RunError | None = None
    version: str | None = None
    updated_at: str | None = None
    spec_hash: str | None = None
    data_hash: str | None = None
    engine_hash: str | None = None


class EvaluatedCandidate(NamedTuple):
    """A candidate of a search: its number, what it overrides, what came out; ``score`` None where it has none.

    ``number`` counts from 0 in the order of the search; ``summary`` is a PerformanceSummary as JSON.
    """

    number: int
    overrides: Mapping[str, Any]
    behaviour_hash: str
    summary: Mapping[str, Any]
    score: float | None


class SnapshotPeriod(Record):
    """What a snapshot covers, closed-open."""

    start: str
    end: str


class PerformanceSnapshot(Record):
    """The figures of a strategy over a period, for monitoring and reports."""

    id: Identifier
    strategy_record_id: Identifier
    variant_id: Identifier | None = None
    period: SnapshotPeriod
    summary: PerformanceSummary
    created_at: str
    version: str | None = None
    updated_at: str | None = None


class StoredResponse(Record):
    """What a request was answered under an idempotency key; ``bodyHash`` is of the request's body."""

    key: Key
    route: str
    body_hash: str
    status: int = Field(ge=100, le=599)
    headers: dict[str, str]
    body: str
    created_at: str


class ThreadLink(Record):
    """The thread that a conversation of a foreign client is; ``key`` is that client's own name for it."""

    client: Key
    key: Key
    thread_id: Identifier
    created_at: str
