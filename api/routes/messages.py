"""``/api/threads/{id}/messages`` and ``/strategies``: what a person gives a thread, and what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import Field
from starlette.responses import Response

from agent.background import in_background
from api.deps import Owner, Served
from api.errors import NotReady, RequestRefused
from api.http.accept import responds_async, wants_stream
from api.http.answers import json_answer, place_of, told_with
from api.http.body import Body, json_body
from api.http.keys import IdempotencyKey, request_key
from api.http.once import REPLAYED, Sent
from api.http.pages import DEFAULT_LIMIT, Cursor, Limit, page_document
from api.http.schemas import Shape
from api.own_specs import checked
from api.routes.runs import STREAM
from api.routes.strategies import KeptStrategy
from api.runs.begin import RequestKey, adopt, response_kept
from api.runs.stream import EventStream
from engine.spec.examples import SMA_CROSS
from storage.records import Identifier, ThreadMessage
from storage.run_records import RunRecord

if TYPE_CHECKING:
    from api.runs.turns import Ended
    from api.service import Service
    from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/{thread_id}", tags=["threads"])

RUN_HEADER = "X-KEK-Run"

FAILED_AS = {
    "NOT_FOUND": 404,
    "CONFLICT": 409,
    "INTERNAL": 500,
    "GAVE_UP": 500,
    "STORAGE": 500,
    "DAMAGED_RECORD": 500,
    "LANGUAGE": 502,
    "MODEL_REFUSED": 502,
    "MODEL_UNREACHABLE": 502,
    "MODEL_GARBLED": 502,
    "OUT_OF_BUDGET": 502,
    "NOT_KEPT": 503,
    "DATABASE_BUSY": 503,
    "DATABASE_UNUSABLE": 503,
    "OUT_OF_TIME": 504,
}
"""The status by which who waited for an answer is told why there is none; 422 for what is not named."""

ThreadId = Annotated[str, Path(min_length=1, max_length=200, examples=["thread_9c1b"])]

A_MESSAGE = "buy BTC on 1h bars when the 20 ema crosses above the 50 ema, sell on the cross back, stop 4%"


class NewMessage(Body):
    """A message to answer; with a `spec` a thread without a strategy begins with that one, checked first."""

    text: str = Field(description="In plain words; at most 8,000 characters.")
    message_id: Identifier | None = Field(
        None, description="Chosen by the client: the same message sent again is answered once."
    )
    spec: dict[str, Any] | None = Field(None, description="A StrategySpec of your own to work on.")


class GivenSpec(Body):
    """A strategy spec of a person's own."""

    spec: dict[str, Any]


class Messages(Shape):
    """A page of messages, oldest first; an answer carries its document."""

    items: list[ThreadMessage]
    next_cursor: str | None = None


class AnswerDocument(Shape):
    """The answer to a message; what has no value is left out."""

    thread_id: str
    message_id: str
    disposition: str = Field(description="build, edit, ask, partial, explain or refuse.", examples=["build"])
    reply: str = Field(description="What is said to the person.")
    spec: dict[str, Any] | None = Field(None, description="The strategy as it was built or changed.")
    version: str | None = None
    problems: list[dict[str, Any]]
    assumptions: list[dict[str, Any]]
    left_out: list[dict[str, Any]]
    question: str | None = None
    backtest: dict[str, Any] | None = Field(None, description="The BacktestRun, without its trades.")
    judgement: dict[str, Any] | None = Field(None, description="The JudgementRecord with its honesty card.")
    strategy_id: str | None = None
    run_id: str | None = Field(None, description="Of the BacktestRun.")


@router.post("/strategies", summary="Begin with a spec", response_model=KeptStrategy, status_code=HTTPStatus.CREATED)
def adopt_strategy(
    service: Served,
    owner: Owner,
    sent: Sent,
    thread_id: ThreadId,
    body: Annotated[GivenSpec, json_body(GivenSpec, examples={"a spec": {"spec": SMA_CROSS}})],
) -> Response:
    """Gives a thread without a strategy a spec of your own to work on, as a new strategy."""
    from engine.spec.canonical import plain

    written = checked(body.spec, catalog=service.market)

    def adopted(work: UnitOfWork) -> Response:
        strategy_id = adopt(work, owner, thread_id, plain(written.spec), service.ids, service.clock.now_ms())
        document = told_with(work.strategies.get(owner, strategy_id).as_json(), written.warnings)
        return json_answer(document, HTTPStatus.CREATED, {"Location": place_of("strategies", strategy_id)})

    return sent.once(body).write(adopted)


@router.get("/messages", summary="Read a thread", response_model=Messages)
def list_messages(
    service: Served, owner: Owner, thread_id: ThreadId, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """Oldest first; an answer carries its whole document."""
    with service.database.read() as work:
        work.threads.get(owner, thread_id)
        return json_answer(page_document(work.threads.messages_page(owner, thread_id, limit=limit, cursor=cursor)))


@router.post(
    "/messages",
    summary="Send a message",
    response_model=AnswerDocument,
    responses={200: STREAM, 202: {"description": "The run has begun (`Prefer: respond-async`).", "model": RunRecord}},
)
async def send_message(
    request: Request,
    service: Served,
    owner: Owner,
    thread_id: ThreadId,
    body: Annotated[NewMessage, json_body(NewMessage, examples={"a strategy": {"text": A_MESSAGE}})],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Answered by the answer document; as a stream of events (`Accept: text/event-stream`); or at once, by the run.

    The run goes on when the connection ends: its id is in the header `X-KEK-Run`, and its events can be followed from
    any point. Of two messages at once one is answered, the other is 409 `THREAD_BUSY`.
    """
    streams = wants_stream(request)
    if streams:
        service.streams.check(owner)
    key = request_key(idempotency_key, request, body)
    headers = dict(REPLAYED) if await in_background(lambda: _was_answered(service, owner, key)) else {}
    run = await service.runs.start(
        owner,
        thread_id,
        body.text,
        message_id=body.message_id,
        spec=None if body.spec is None else await in_background(lambda: _canonical(body.spec or {})),
        key=key,
    )
    headers[RUN_HEADER] = run.id
    if streams:
        events = service.log.follow(owner, run.id)
        return EventStream(events, owner, service.streams, service.closing, headers)
    if responds_async(request):
        headers |= {"Location": f"/api/runs/{run.id}", "Preference-Applied": "respond-async"}
        return json_answer(run.as_json(), HTTPStatus.ACCEPTED, headers)
    return json_answer(answer_of(await service.runs.ended(owner, run.id)), headers=headers)


def answer_of(ended: Ended) -> Mapping[str, Any]:
    """Return the answer of a run that was completed; raises RequestRefused with the reason why there is none."""
    run = ended.run
    if ended.answer is not None:
        return ended.answer
    if run.status == "running":
        raise NotReady("CLOSING", "the service is shutting down; the run is taken up at its next start")
    if run.error is None:
        raise RequestRefused(
            409, "RUN_CANCELLED", "the run was cancelled: nothing of it was kept", more={"runId": run.id}
        )
    status = FAILED_AS.get(run.error.code, 422)
    raise RequestRefused(status, run.error.code, run.error.message, more={"runId": run.id})


def _was_answered(service: Service, owner: str, key: RequestKey | None) -> bool:
    """Return whether a message came under this key before; raises KeyReused where another request did."""
    if key is None:
        return False
    with service.database.read() as work:
        return response_kept(work, owner, key) is not None


def _canonical(spec: Mapping[str, Any]) -> dict[str, Any]:
    from engine.spec.canonical import plain

    canonical: dict[str, Any] = plain(checked(spec).spec)
    return canonical
