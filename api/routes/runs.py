"""``/api/runs``: what is under way, followed live or read as a page, and cancelled."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request
from starlette.responses import Response

from api.deps import Owner, Served
from api.http.accept import wants_json, wants_stream
from api.http.answers import json_answer
from api.http.schemas import Shape
from api.runs.stream import EVENT_STREAM, EventStream
from storage.errors import RecordConflict
from storage.run_records import RunEvent, RunRecord

router = APIRouter(prefix="/api/runs", tags=["runs"])

LAST_SEQ = 2**31 - 1

RunId = Annotated[str, Path(min_length=1, max_length=200, examples=["turn_4f2a9c"])]

EXAMPLE_STREAM = """\
id: 1
event: run.started
data: {"runId":"turn_4f2a","threadId":"thread_9c1b","messageId":"message_77d0"}

id: 2
event: step
data: {"name":"understand","text":"reading the message"}

id: 7
event: reply.delta
data: {"text":"BTC with two averages, version 1.0."}

id: 12
event: run.completed
data: {}

"""

STREAM: dict[str, Any] = {
    "description": "The events, live to the last one; `event: shutdown` when the service closes before that.",
    "content": {EVENT_STREAM: {"schema": {"type": "string"}, "example": EXAMPLE_STREAM}},
}


class RunEvents(Shape):
    """Events of a run in their order, and the run as it was then: while it is running, more may follow."""

    items: list[RunEvent]
    run: RunRecord


@router.get("/{run_id}", summary="Look at a run", response_model=RunRecord)
async def get_run(service: Served, owner: Owner, run_id: RunId) -> Response:
    """Its message, its status, and why it failed where it did."""
    return json_answer((await service.log.get(owner, run_id)).as_json())


@router.get("/{run_id}/events", summary="Follow a run", response_model=RunEvents, responses={200: STREAM})
async def run_events(
    request: Request,
    service: Served,
    owner: Owner,
    run_id: RunId,
    after: Annotated[int, Query(ge=0, le=LAST_SEQ, description="Only events with a number above this one.")] = 0,
    limit: Annotated[int, Query(ge=1, le=500, description="Of a JSON page.")] = 200,
    last_event_id: Annotated[
        str | None,
        Header(alias="Last-Event-ID", pattern=r"^\d{1,9}$", description="As `after`; a client that resumes sends it."),
    ] = None,
) -> Response:
    """A stream of events that ends after the run's last one; with `Accept: application/json` one page of them.

    The texts of all `reply.delta`, one after the other, are the reply; `reply.restarted` says that they begin again.
    """
    after = after if last_event_id is None else int(last_event_id)
    if wants_json(request) and not wants_stream(request):
        run = await service.log.get(owner, run_id)  # first: an event that follows is then no surprise
        events, _ = await service.log.page(owner, run_id, after, limit)
        return json_answer({"items": [event.as_json() for event in events], "run": run.as_json()})
    await service.log.get(owner, run_id)
    service.streams.check(owner)
    return EventStream(service.log.follow(owner, run_id, after), owner, service.streams, service.closing)


@router.post("/{run_id}/cancel", summary="Cancel a run", response_model=RunRecord)
async def cancel_run(service: Served, owner: Owner, run_id: RunId) -> Response:
    """Breaks it off: of a turn nothing is kept, of an optimization what was measured.

    A run that has ended stays as it is, so asking twice is no harm.
    """
    run = await service.log.get(owner, run_id)
    if run.kind == "turn" or run.subject_id is None:
        return json_answer((await service.runs.cancel(owner, run_id)).as_json())
    with suppress(RecordConflict):  # it has ended
        await service.jobs.cancel(run.kind, owner, run.subject_id)
    return json_answer((await service.log.get(owner, run_id)).as_json())
