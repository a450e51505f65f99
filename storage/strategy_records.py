"""The data models around a strategy: versions, status, variants, drift, refinement, trials.

The shapes are those of the data models document, as in `storage.records`; what is added is optional.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from storage.records import Identifier, PerformanceSummary, PlainText, Record, plain_lines

StrategyStatus = Literal[
    "draft", "generated", "validated", "paper_trading", "monitoring", "ready_for_deploy", "archived"
]

Actor = Literal["agent", "user", "system"]
"""Who changed a status."""

VersionOrigin = Literal["agent", "user"]
"""Who wrote a version."""

GeneratedBy = Literal["kek_mix", "user", "import"]
"""Where a strategy came from."""

VariantOrigin = Literal["spec", "optimizer", "agent", "user"]
"""Who made a variant."""

Visibility = Literal["private", "shared", "public"]

Verdict = Literal["REJECTED", "UNPROVEN", "VALIDATED", "FORWARD"]
"""What the evidence for a version is worth; it blocks nothing but `ready_for_deploy`."""

Severity = Literal["low", "medium", "high"]
"""How badly something drifted."""

JobStatus = Literal["queued", "running", "completed", "failed"]
"""How far a refinement is."""

Tag = Annotated[PlainText, Field(min_length=1, max_length=64)]


class StrategyVariantRecord(Record):
    """A variant of a version: overrides by dotted path, or (``overrides`` empty) the changed ``spec`` alone."""

    id: Identifier
    parent_version: str
    overrides: dict[str, Any]
    origin: VariantOrigin
    created_at: str
    spec_hash: str
    summary: PerformanceSummary | None = None
    spec: dict[str, Any] | None = None
    note: str | None = None


class StrategyVersionRecord(Record):
    """One version of a strategy: the spec, the JSON Patch from the version before, and why it was made."""

    strategy_record_id: Identifier
    version: str
    spec: dict[str, Any]
    spec_hash: str
    behaviour_hash: str
    parent_version: str | None = None
    diff: list[dict[str, Any]] | None = None
    why: str
    origin: VersionOrigin
    created_at: str


class StatusEventRecord(Record):
    """One change of a strategy's status: what, who, when, why, and the version that was current."""

    strategy_record_id: Identifier
    version: str
    from_status: StrategyStatus | None = None
    to_status: StrategyStatus
    actor: Actor
    reason: str
    created_at: str


class StrategyMetadata(Record):
    """Where a strategy came from, and what its owner wrote on it."""

    tags: Annotated[list[Tag], Field(max_length=32)] | None = None
    notes: Annotated[str, AfterValidator(plain_lines), Field(max_length=2_000)] | None = None
    generated_by: GeneratedBy | None = None


class StrategyRecord(Record):
    """A strategy with its owner, its status and the spec of its current version (snake_case, as it was written)."""

    id: Identifier
    owner_user_id: Identifier
    name: str
    version: str
    status: StrategyStatus
    created_at: str
    updated_at: str
    spec: dict[str, Any]
    variants: list[StrategyVariantRecord] | None = None
    visibility: Visibility | None = None
    metadata: StrategyMetadata | None = None
    verdict: Verdict | None = None
    spec_hash: str | None = None


class DriftEvidence(Record):
    """Which figure moved: ``metric`` is a field of PerformanceSummary."""

    metric: (
        Literal[
            "netProfit",
            "returnsPct",
            "sharpeRatio",
            "maxDrawdownPct",
            "winRatePct",
            "tradeCount",
            "profitFactor",
            "avgSlippage",
            "feesPaid",
        ]
        | None
    ) = None
    baseline: float | None = None
    observed: float | None = None
    threshold: float | None = None


class DriftEvent(Record):
    """Performance that fell, or behaviour that changed."""

    id: Identifier
    strategy_record_id: Identifier
    variant_id: Identifier | None = None
    detected_at: str
    type: Literal["performance_drop", "regime_mismatch", "execution_change", "data_shift"]
    severity: Severity
    description: PlainText
    evidence: DriftEvidence | None = None
    recommended_action: Literal["review", "reoptimize", "pause_simulation"] | None = None
    version: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


class RefinementOutputs(Record):
    """What a refinement left: ids of new variants, and what was found."""

    new_variant_ids: list[str] | None = None
    notes: str | None = None


class RefinementJob(Record):
    """A request to look for something better, and what became of it."""

    id: Identifier
    strategy_record_id: Identifier
    created_at: str
    status: JobStatus
    reason: Literal["drift_detected", "user_request", "scheduled_review"]
    outputs: RefinementOutputs | None = None
    version: str | None = None
    updated_at: str | None = None
    drift_event_id: Identifier | None = None


class TrialRecord(Record):
    """A line of an owner's trial ledger; ``hash`` covers the line and ``previous_hash``, so that a change shows.

    A line whose origin is ``look`` says, before it happens, that a holdout is looked into, one of ``verdict`` what came
    of that, one of ``candles`` brings prints of candles alone; none is a trial, and their summaries are empty.
    ``returns_hash`` is the digest of the daily returns that are kept beside the line, left out where there are none,
    ``prints_hash`` that of the prints of candles it brought.
    """

    seq: int
    family: str
    behaviour_hash: str
    data_hash: str
    start: str
    end: str
    summary: PerformanceSummary
    origin: Literal["build", "edit", "search", "backtest", "look", "verdict", "candles", "chosen"]
    note: str
    created_at: str
    previous_hash: str
    hash: str
    returns_hash: str | None = None
    prints_hash: str | None = None


class JudgementRecord(Record):
    """What the evidence for a behaviour on some data was found to be worth, with the honesty card behind it.

    ``look_seq`` is the line of the ledger by which the look into the holdout was announced, left out where nobody
    looked; ``created_at`` is left out of one that is not stored yet.
    """

    id: Identifier
    strategy_record_id: Identifier | None = None
    family: str
    behaviour_hash: str
    data_hash: str
    look_seq: int | None = None
    verdict: Verdict
    card: dict[str, Any]
    created_at: str | None = None
