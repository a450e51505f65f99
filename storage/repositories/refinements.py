"""Drift events and the refinement jobs they, or their owners, asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from storage.errors import RecordConflict, StaleFence
from storage.repositories.pages import page_of
from storage.repositories.rows import held_for_update, one_row, stored_record
from storage.strategy_records import DriftEvent, RefinementJob, RefinementOutputs
from storage.tables import drift_events, refinement_jobs
from storage.times import milliseconds_of, wire_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Connection, RowMapping

    from storage.paging import Page
    from storage.strategy_records import JobStatus, Severity


class Refinements:
    """An owner's drift events and refinement jobs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_drift_event(self, owner: str, event: DriftEvent, *, now_ms: int) -> None:
        """Store a drift event; one that is there already, and says the same, is left as it is.

        Raises
        ------
        RecordConflict
            Another event has that id.
        RecordInvalid
            ``detectedAt`` is no time.
        """
        milliseconds_of(event.detected_at, field="detectedAt")
        query = select(drift_events.c.record).where(drift_events.c.owner_id == owner, drift_events.c.id == event.id)
        stored = self._connection.execute(query).scalar()
        if stored is not None:
            if stored != event.as_json():
                raise RecordConflict(f"another drift event has the id '{event.id}': give this one an id of its own")
            return
        self._connection.execute(
            insert(drift_events).values(
                owner_id=owner,
                id=event.id,
                strategy_id=event.strategy_record_id,
                variant_id=event.variant_id,
                record=event.as_json(),
                created_ms=now_ms,
            )
        )

    def drift_event(self, owner: str, event_id: str) -> DriftEvent:
        """Return a drift event; raises RecordNotFound."""
        query = select(drift_events.c.record).where(drift_events.c.owner_id == owner, drift_events.c.id == event_id)
        return stored_record(DriftEvent, one_row(self._connection, query, "drift event", event_id)["record"])

    def open_drift(self, owner: str, strategy_id: str, *, severity: Severity | None = None) -> tuple[DriftEvent, ...]:
        """Return the drift events of a strategy that nobody has closed yet, oldest first, of one severity if given."""
        query = (
            select(drift_events.c.record)
            .where(
                drift_events.c.owner_id == owner,
                drift_events.c.strategy_id == strategy_id,
                drift_events.c.closed_ms.is_(None),
            )
            .order_by(drift_events.c.created_ms, drift_events.c.id)
        )
        found = (stored_record(DriftEvent, record) for record in self._connection.execute(query).scalars())
        return tuple(one for one in found if severity is None or one.severity == severity)

    def close_drift_event(self, owner: str, event_id: str, *, now_ms: int) -> None:
        """Say that a drift event was looked into; one that is closed stays so. Raises RecordNotFound."""
        self.drift_event(owner, event_id)
        self._connection.execute(
            update(drift_events)
            .where(drift_events.c.owner_id == owner, drift_events.c.id == event_id, drift_events.c.closed_ms.is_(None))
            .values(closed_ms=now_ms)
        )

    def page_drift_events(
        self, owner: str, strategy_id: str, *, limit: int, cursor: str | None = None
    ) -> Page[DriftEvent]:
        """Return a page of a strategy's drift events, newest first; raises RecordInvalid for a cursor that is none."""
        query = select(drift_events).where(drift_events.c.owner_id == owner, drift_events.c.strategy_id == strategy_id)
        key = (drift_events.c.created_ms, drift_events.c.id)
        return page_of(self._connection, query, key, _drift_event, limit=limit, cursor=cursor)

    def find_job(self, owner: str, job_id: str) -> RefinementJob | None:
        """Return a job, None when the owner has none of that id."""
        query = select(refinement_jobs).where(refinement_jobs.c.owner_id == owner, refinement_jobs.c.id == job_id)
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else _job(row)

    def job(self, owner: str, job_id: str, *, for_update: bool = False) -> RefinementJob:
        """Return a job, ``for_update`` held until the unit of work ends; raises RecordNotFound."""
        query = select(refinement_jobs).where(refinement_jobs.c.owner_id == owner, refinement_jobs.c.id == job_id)
        query = query.with_for_update() if for_update else query
        return _job(one_row(self._connection, query, "refinement job", job_id))

    def report(self, owner: str, job_id: str) -> dict[str, Any] | None:
        """Return the report a finished job left, None before; raises RecordNotFound."""
        query = select(refinement_jobs.c.report).where(
            refinement_jobs.c.owner_id == owner, refinement_jobs.c.id == job_id
        )
        found: dict[str, Any] | None = one_row(self._connection, query, "refinement job", job_id)["report"]
        return found

    def add_job(self, owner: str, job: RefinementJob, *, now_ms: int) -> None:
        """Store a new job; raises RecordInvalid when ``createdAt`` is no time."""
        self._connection.execute(
            insert(refinement_jobs).values(
                owner_id=owner,
                id=job.id,
                strategy_id=job.strategy_record_id,
                status=job.status,
                reason=job.reason,
                drift_event_id=job.drift_event_id,
                outputs=None if job.outputs is None else job.outputs.as_json(),
                created_ms=milliseconds_of(job.created_at, field="createdAt"),
                updated_ms=now_ms,
            )
        )

    def claim(self, owner: str, job_id: str, now_ms: int) -> int:
        """Make a job running for the caller, and return the fence that its writes carry from now.

        Raises
        ------
        RecordNotFound
            The owner has no such job.
        RecordConflict
            It is completed. (One that failed may be taken up again.)
        """
        row = held_for_update(self._connection, refinement_jobs, owner, job_id, "refinement job")
        if row["status"] == "completed":
            raise RecordConflict(f"refinement job '{job_id}' is completed: ask for a new one")
        fence = int(row["fence"]) + 1
        self._set_job(owner, job_id, status="running", fence=fence, updated_ms=now_ms)
        return fence

    def update_job(
        self,
        owner: str,
        job_id: str,
        *,
        status: JobStatus,
        outputs: RefinementOutputs | None = None,
        report: Mapping[str, Any] | None = None,
        fence: int | None = None,
        now_ms: int,
    ) -> None:
        """Replace what is known of a job: its status, and what it left.

        A job that is completed closes the drift event it was asked for.

        Raises
        ------
        RecordNotFound
            The owner has no such job.
        StaleFence
            ``fence`` was given, and another has claimed the job since.
        """
        row = held_for_update(self._connection, refinement_jobs, owner, job_id, "refinement job")
        if fence is not None and fence != row["fence"]:
            raise StaleFence(f"refinement job '{job_id}' was claimed by another since: nothing was written")
        self._set_job(
            owner,
            job_id,
            status=status,
            outputs=None if outputs is None else outputs.as_json(),
            report=None if report is None else dict(report),
            updated_ms=now_ms,
        )
        if status == "completed" and row["drift_event_id"] is not None:
            self.close_drift_event(owner, row["drift_event_id"], now_ms=now_ms)

    def unfinished(self, owner: str) -> tuple[str, ...]:
        """Return the ids of the jobs that are queued or running, oldest first."""
        query = (
            select(refinement_jobs.c.id)
            .where(refinement_jobs.c.owner_id == owner, refinement_jobs.c.status.in_(("queued", "running")))
            .order_by(refinement_jobs.c.created_ms, refinement_jobs.c.id)
        )
        return tuple(self._connection.execute(query).scalars())

    def ended_after(self, owner: str, strategy_id: str, after_ms: int) -> tuple[RefinementJob, ...]:
        """Return the jobs of a strategy that were completed or failed after a time, in that order."""
        query = select(refinement_jobs).where(
            refinement_jobs.c.owner_id == owner,
            refinement_jobs.c.strategy_id == strategy_id,
            refinement_jobs.c.status.in_(("completed", "failed")),
            refinement_jobs.c.updated_ms > after_ms,
        )
        ordered = query.order_by(refinement_jobs.c.updated_ms, refinement_jobs.c.id)
        return tuple(_job(row) for row in self._connection.execute(ordered).mappings())

    def page_jobs(self, owner: str, strategy_id: str, *, limit: int, cursor: str | None = None) -> Page[RefinementJob]:
        """Return a page of a strategy's jobs, newest first; raises RecordInvalid for a cursor that is none."""
        query = select(refinement_jobs).where(
            refinement_jobs.c.owner_id == owner, refinement_jobs.c.strategy_id == strategy_id
        )
        key = (refinement_jobs.c.created_ms, refinement_jobs.c.id)
        return page_of(self._connection, query, key, _job, limit=limit, cursor=cursor)

    def jobs(self, owner: str, strategy_id: str) -> tuple[RefinementJob, ...]:
        """Return the jobs of a strategy, oldest first."""
        query = (
            select(refinement_jobs)
            .where(refinement_jobs.c.owner_id == owner, refinement_jobs.c.strategy_id == strategy_id)
            .order_by(refinement_jobs.c.created_ms, refinement_jobs.c.id)
        )
        return tuple(_job(row) for row in self._connection.execute(query).mappings())

    def _set_job(self, owner: str, job_id: str, **values: Any) -> None:
        of_job = (refinement_jobs.c.owner_id == owner, refinement_jobs.c.id == job_id)
        self._connection.execute(update(refinement_jobs).where(*of_job).values(**values))


def _drift_event(row: RowMapping) -> DriftEvent:
    return stored_record(DriftEvent, row["record"])


def _job(row: RowMapping) -> RefinementJob:
    names = ("id", "status", "reason", "outputs", "drift_event_id")
    return stored_record(
        RefinementJob,
        {
            **{name: row[name] for name in names},
            "strategy_record_id": row["strategy_id"],
            "created_at": wire_time(row["created_ms"]),
            "updated_at": wire_time(row["updated_ms"]),
        },
    )
