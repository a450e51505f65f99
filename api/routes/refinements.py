"""``/api/refinement-jobs``: looking for something better, on request or for a drift event."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from pydantic import Field
from starlette.responses import Response

from agent.background import in_background
from api.deps import Owner, Served
from api.errors import RequestRefused
from api.http.answers import json_answer, tagged_answer
from api.http.body import Body, json_body
from api.http.once import Sent
from api.http.pages import DEFAULT_LIMIT, Cursor, Limit, page_document
from api.http.schemas import Shape
from api.routes.optimizations import ACCEPTED, started
from api.routes.strategies import StrategyId
from storage.records import Identifier
from storage.strategy_records import RefinementJob

router = APIRouter(prefix="/api", tags=["refinements"])

JobId = Annotated[str, Path(min_length=1, max_length=200, examples=["job_6a90"])]


class NewRefinement(Body):
    """A request to look for something better than the current version."""

    reason: Literal["drift_detected", "user_request", "scheduled_review"] | None = Field(
        None, description="Default: `drift_detected` where an event is named, else `user_request`."
    )
    drift_event_id: Identifier | None = Field(None, description="A stored DriftEvent of this strategy.")


class RefinementJobs(Shape):
    """A page of jobs, newest first."""

    items: list[RefinementJob]
    next_cursor: str | None = None


@router.get(
    "/strategies/{strategy_id}/refinement-jobs",
    summary="List the refinements of a strategy",
    response_model=RefinementJobs,
)
def list_refinements(
    service: Served, owner: Owner, strategy_id: StrategyId, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """Newest first."""
    with service.database.read() as work:
        work.strategies.current(owner, strategy_id)
        return json_answer(page_document(work.refinements.page_jobs(owner, strategy_id, limit=limit, cursor=cursor)))


EXAMPLES: dict[str, Any] = {"on request": {}, "for a drift": {"driftEventId": "drift_0f3e"}}


@router.post(
    "/strategies/{strategy_id}/refinement-jobs",
    summary="Look for something better",
    response_model=RefinementJob,
    status_code=ACCEPTED,
)
async def start_refinement(
    service: Served,
    owner: Owner,
    sent: Sent,
    strategy_id: StrategyId,
    body: Annotated[NewRefinement, json_body(NewRefinement, examples=EXAMPLES, optional=True)],
) -> Response:
    """Diagnoses the newest run, tries changes on the selection part, and comes back with a variant or with none.

    Worked on in the background; its steps can be followed as the run in the header `X-KEK-Run`.
    """
    from api.jobs.refinements import request_refinement

    return await sent.once(body).start(
        lambda also: request_refinement(
            service, owner, strategy_id, reason=body.reason, drift_event_id=body.drift_event_id, also=also
        ),
        started(owner, "refinement-jobs"),
    )


@router.get("/refinement-jobs/{job_id}", summary="Look at a refinement", response_model=RefinementJob)
def get_refinement(request: Request, service: Served, owner: Owner, job_id: JobId) -> Response:
    """Its status, and at its end the new variants and what was found, in words."""
    with service.database.read() as work:
        return tagged_answer(request, work.refinements.job(owner, job_id).as_json(), own=True)


@router.get("/refinement-jobs/{job_id}/report", summary="Read what a refinement found", response_model=dict[str, Any])
def get_refinement_report(request: Request, service: Served, owner: Owner, job_id: JobId) -> Response:
    """The diagnosis, every candidate with its figures, and the judgement; 409 while there is none."""
    with service.database.read() as work:
        report = work.refinements.report(owner, job_id)
    if not report:
        raise RequestRefused(409, "NO_REPORT", "the job has left no report: it is not completed")
    return tagged_answer(request, report, own=True)


@router.post("/refinement-jobs/{job_id}/cancel", summary="Cancel a refinement", response_model=RefinementJob)
async def cancel_refinement(service: Served, owner: Owner, job_id: JobId) -> Response:
    """Stops it for good; it has failed then, and says why. 409 when it has come to its end already."""
    await service.jobs.cancel("refinement", owner, job_id)

    def cancelled() -> Response:
        with service.database.read() as work:
            return json_answer(work.refinements.job(owner, job_id).as_json())

    return await in_background(cancelled)
