"""Why a refinement runs: a request, a review, or a DriftEvent; its records read strictly from JSON data.

Names may be camelCase or snake_case. What is wrong is told all at once, as problems with path, code and nearest name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from agent.refinement.record_reader import BadRecord, RecordReader
from engine.report.claims import AS_RECORDED
from engine.spec.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

DriftType = Literal["performance_drop", "regime_mismatch", "execution_change", "data_shift"]
Cause = Literal["drift_detected", "user_request", "scheduled_review"]

DRIFT_TYPES = ("performance_drop", "regime_mismatch", "execution_change", "data_shift")
SEVERITIES = ("low", "medium", "high")
CAUSES = ("drift_detected", "user_request", "scheduled_review")
STATUSES = ("queued", "running", "completed", "failed")
ACTIONS = ("review", "reoptimize", "pause_simulation")
LESS_IS_WORSE = ("netProfit", "returnsPct", "sharpeRatio", "winRatePct", "tradeCount", "profitFactor")
MORE_IS_WORSE = ("maxDrawdownPct", "avgSlippage", "feesPaid")
METRICS = (*LESS_IS_WORSE, *MORE_IS_WORSE)
METRIC_WORDS = {
    "netProfit": ("net profit", "money"),
    "returnsPct": ("return", "pct1"),
    "sharpeRatio": ("Sharpe ratio", ".2f"),
    "winRatePct": ("win rate", "pct1"),
    "tradeCount": ("closed trades", ".2f"),
    "profitFactor": ("profit factor", ".2f"),
    "maxDrawdownPct": ("largest drawdown", "pct1"),
    "avgSlippage": ("average slippage", "pct3"),
    "feesPaid": ("fees", "money"),
}
"""What people call a figure, and how it is shown; a count may be a rate, with a fraction."""

USUAL_METRICS: Mapping[str, tuple[str, ...]] = {
    "performance_drop": ("sharpeRatio", "maxDrawdownPct", "winRatePct", "profitFactor", "netProfit", "returnsPct"),
    "regime_mismatch": ("tradeCount",),
    "execution_change": ("avgSlippage", "feesPaid"),
    "data_shift": (),
}
"""Figures by which each kind of drift is detected; another one is noted, not refused."""


@dataclass(frozen=True, slots=True)
class DriftEvent:
    """A detected change of behaviour; ``metric`` names a figure of the PerformanceSummary, in its own unit."""

    id: str
    strategy_record_id: str
    detected_at: str
    type: DriftType
    severity: Literal["low", "medium", "high"]
    description: str
    variant_id: str | None = None
    metric: str | None = None
    baseline: float | None = None
    observed: float | None = None
    threshold: float | None = None
    recommended_action: str | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What in the event's evidence does not fit its type, in words; empty when all of it does."""
        notes = []
        if self.metric is not None and self.metric not in USUAL_METRICS[self.type]:
            usual = ", ".join(USUAL_METRICS[self.type]) or "no figure of the summary"
            notes.append(f"{self.metric} is an unusual sign of {self.type}, which shows in {usual}")
        if self.metric is not None and self.baseline is not None and self.observed is not None and not self.is_worse:
            notes.append(f"the event's own figures show no worsening of {self.metric}")
        return tuple(notes)

    @property
    def figures(self) -> dict[str, float]:
        """The event's own figures by the names that `template` quotes; those of fractions end in ``Share``."""
        _, form = METRIC_WORDS.get(self.metric or "", ("", ".2f"))
        ending = "Share" if form.startswith("pct") else ""
        given = {name: getattr(self, name) for name in ("baseline", "observed", "threshold")}
        return {f"{name}{ending}": float(value) for name, value in given.items() if value is not None}

    @property
    def template(self) -> str:
        """What happened, as sentences with slots ``{name|format}`` for `figures`; the description is not repeated."""
        kind = self.type.replace("_", " ")
        name, form = METRIC_WORDS.get(self.metric or "", ("the figure", ".2f"))
        told = ", ".join(f"{slot.removesuffix('Share')} {{{slot}|{form}}}" for slot in self.figures)
        if told and self.metric == "sharpeRatio":
            told += f"; {AS_RECORDED}"
        said = f"A drift event asked for this: {kind}, severity {self.severity}"
        said += f" ({name}: {told})." if told else f", seen in the {name}." if self.metric else "."
        return f"{said} To mind: {'; '.join(self.notes)}." if self.notes else said

    @property
    def is_worse(self) -> bool:
        """False when baseline and observed are given for a metric and the observed one is no worse."""
        if self.metric is None or self.baseline is None or self.observed is None:
            return True
        fell = self.observed < self.baseline
        return fell if self.metric in LESS_IS_WORSE else self.observed > self.baseline


@dataclass(frozen=True, slots=True)
class RefinementJob:
    """A request for a refinement cycle."""

    id: str
    strategy_record_id: str
    created_at: str
    status: Literal["queued", "running", "completed", "failed"]
    reason: Cause


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a refinement runs; a drift event orders what is looked at first."""

    cause: Cause = "user_request"
    event: DriftEvent | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the reason as JSON data."""
        out: dict[str, Any] = {"reason": self.cause}
        if self.event is not None:
            out |= {"driftEventId": self.event.id, "type": self.event.type, "severity": self.event.severity}
            figures = {name: getattr(self.event, name) for name in ("metric", "baseline", "observed", "threshold")}
            evidence = {name: value for name, value in figures.items() if value is not None}
            out |= {"evidence": evidence} if evidence else {}
        return out


def read_drift_event(data: Mapping[str, Any]) -> DriftEvent:
    """Return a DriftEvent record.

    Raises
    ------
    BadRecord
        Unknown or repeated fields, missing ones, values of another type or outside the allowed ones.

    Examples
    --------
    >>> read_drift_event({"id": "d1", "strategyRecordId": "s1", "detectedAt": "2026-01-01T00:00:00Z",
    ...                   "type": "data_shift", "severity": "low", "description": "volume fell"}).type
    'data_shift'
    """
    reader = RecordReader(data)
    reader.texts("id", "strategyRecordId", "description")
    reader.times("detectedAt")
    reader.one_of("type", DRIFT_TYPES)
    reader.one_of("severity", SEVERITIES)
    reader.texts("variantId", required=False)
    reader.one_of("recommendedAction", ACTIONS, required=False)
    evidence = reader.record("evidence")
    evidence.one_of("metric", METRICS, required=False)
    evidence.numbers("baseline", "observed", "threshold")
    known, figures = reader.finish("DriftEvent"), evidence.found
    return DriftEvent(**known, **figures)


def read_refinement_job(data: Mapping[str, Any]) -> RefinementJob:
    """Return a RefinementJob record; ``outputs`` of a finished one are checked and left aside.

    Raises
    ------
    BadRecord
        As `read_drift_event`.
    """
    reader = RecordReader(data)
    reader.texts("id", "strategyRecordId")
    reader.times("createdAt")
    reader.one_of("status", STATUSES)
    reader.one_of("reason", CAUSES)
    outputs = reader.record("outputs")
    outputs.lists_of_texts("newVariantIds")
    outputs.texts("notes", required=False)
    return RefinementJob(**reader.finish("RefinementJob"))


def reason_of(job: RefinementJob, event: DriftEvent | None = None) -> Reason:
    """Return why a job runs; ``event`` is the drift behind it.

    Raises
    ------
    BadRecord
        The event belongs to another strategy, or the job does not run because of a drift.
    """
    problems = []
    if event is not None and job.reason != "drift_detected":
        message = f"'{job.reason}' goes with no drift event"
        problems.append(Problem("$.reason", "CONTRADICTION", message, "error", ("drift_detected",), "drift_detected"))
    if event is not None and event.strategy_record_id != job.strategy_record_id:
        message = f"the drift event is about '{event.strategy_record_id}', the job about '{job.strategy_record_id}'"
        problems.append(Problem("$.strategyRecordId", "CONTRADICTION", message))
    if problems:
        raise BadRecord("RefinementJob for this drift event", tuple(problems))
    return Reason(job.reason, event)
