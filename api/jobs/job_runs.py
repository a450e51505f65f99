"""The run of a job: what its followers see. Its events are written in the transactions of what they tell of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.runs.events import CANCELLED, COMPLETED, FAILED, STARTED, STEP
from storage.run_records import RunError, RunRecord
from storage.times import wire_time

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from api.jobs.dispatcher import JobKind
    from storage.unit_of_work import UnitOfWork

TAKE_UP, PAUSE, MEASURE, JUDGE = "take_up", "pause", "measure", "judge"
"""Names of steps: begun or taken up, laid down in order, candidates measured and stored, the best weighed."""

MOST_ATTEMPTS = 3
"""Work that was broken off this often, and got nowhere in between, is not tried again: it may be what kills us."""

GAVE_UP = RunError(
    code="GAVE_UP",
    message=f"it was broken off {MOST_ATTEMPTS} times without getting any further, and is not tried again",
)

PAGE = 500


def begin_run(work: UnitOfWork, owner: str, kind: JobKind, job_id: str, run_id: str, now_ms: int) -> RunRecord:
    """Write the run of a job that was asked for, with its first event."""
    now = wire_time(now_ms)
    record = RunRecord(
        id=run_id,
        owner_user_id=owner,
        kind=kind,
        subject_id=job_id,
        status="running",
        created_at=now,
        updated_at=now,
    )
    begun = work.runs.begin(owner, record, now_ms=now_ms)
    work.runs.append(owner, run_id, [(STARTED, {"runId": run_id, "kind": kind, "subjectId": job_id})], now_ms=now_ms)
    return begun


def running_run(work: UnitOfWork, owner: str, job_id: str) -> RunRecord | None:
    """Return the run of a job that has not ended; None for a job that was asked for without one."""
    run = work.runs.find_by_subject(owner, job_id)
    return run if run is not None and run.status == "running" else None


def take_up(work: UnitOfWork, owner: str, run_id: str, text: str, now_ms: int) -> bool:
    """Write down that work begins, again or for the first time; return False where it was tried too often."""
    if attempts(work, owner, run_id) >= MOST_ATTEMPTS:
        return False
    work.runs.append(owner, run_id, [(STEP, {"name": TAKE_UP, "text": text})], now_ms=now_ms)
    return True


def attempts(work: UnitOfWork, owner: str, run_id: str) -> int:
    """Return how often work on a job began since it last got further or was laid down in order."""
    count = after = 0
    while page := work.runs.events(owner, run_id, after=after, limit=PAGE):
        for event in page:
            name = event.data.get("name") if event.type == STEP else None
            count = count + 1 if name == TAKE_UP else 0 if name in (PAUSE, MEASURE) else count
        after = page[-1].seq
    return count


def complete(work: UnitOfWork, owner: str, run_id: str, told: Mapping[str, Any], now_ms: int) -> None:
    """End a run whose job came to its result."""
    work.runs.append(owner, run_id, [(COMPLETED, told)], now_ms=now_ms)
    work.runs.finish(owner, run_id, status="completed", now_ms=now_ms)


def fail(work: UnitOfWork, owner: str, run_id: str, error: RunError, now_ms: int) -> None:
    """End a run whose job failed."""
    work.runs.append(owner, run_id, [(FAILED, error.as_json())], now_ms=now_ms)
    work.runs.finish(owner, run_id, status="failed", error=error.as_json(), now_ms=now_ms)


def cancel(work: UnitOfWork, owner: str, run_id: str, now_ms: int) -> None:
    """End a run whose job nobody wants any more."""
    work.runs.append(owner, run_id, [(CANCELLED, {})], now_ms=now_ms)
    work.runs.finish(owner, run_id, status="cancelled", now_ms=now_ms)
