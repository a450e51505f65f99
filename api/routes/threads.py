"""``/api/threads``: conversations, and the messages that are answered in them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from agent.background import in_background
from api.deps import Owner, Served
from api.http.answers import json_answer
from api.http.body import Body, json_body
from api.http.once import Sent
from api.http.pages import DEFAULT_LIMIT, Cursor, Limit, page_document
from api.http.schemas import Shape
from api.routes import messages
from storage.records import Thread, Title
from storage.run_records import RunRecord

if TYPE_CHECKING:
    from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/api/threads", tags=["threads"])

CREATED = HTTPStatus.CREATED.value

ThreadId = Annotated[str, Path(min_length=1, max_length=200, examples=["thread_9c1b"])]


class NewThread(Body):
    """A thread to begin."""

    title: Title | None = None


class ThreadChange(Body):
    """What a person may change about a thread."""

    title: Title


class ThreadState(Thread):
    """A thread as it is now: the question it waits on, and the run that is under way in it."""

    question: str | None = None
    active_run: RunRecord | None = None


class Threads(Shape):
    """A page of threads, the one that changed last first."""

    items: list[Thread]
    next_cursor: str | None = None


class Runs(Shape):
    """A page of runs, newest first."""

    items: list[RunRecord]
    next_cursor: str | None = None


@router.post("", summary="Begin a thread", response_model=Thread, status_code=CREATED)
def create_thread(
    service: Served,
    owner: Owner,
    sent: Sent,
    body: Annotated[NewThread, json_body(NewThread, examples={"named": {"title": "Averages on BTC"}}, optional=True)],
) -> Response:
    """An empty conversation; messages go to `messages` below it."""

    def created(work: UnitOfWork) -> Response:
        thread_id, now = service.ids.new("thread"), service.clock.now_ms()
        work.threads.add(owner, thread_id, now_ms=now)
        if body.title is not None:
            work.threads.rename(owner, thread_id, body.title, now_ms=now)
        thread = work.threads.get(owner, thread_id)
        return json_answer(thread.as_json(), CREATED, {"Location": f"{router.prefix}/{thread_id}"})

    return sent.once(body).write(created)


@router.get("", summary="List the threads", response_model=Threads)
def list_threads(service: Served, owner: Owner, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response:
    """The one that changed last comes first."""
    with service.database.read() as work:
        return json_answer(page_document(work.threads.page(owner, limit=limit, cursor=cursor)))


@router.get("/{thread_id}", summary="Look at a thread", response_model=ThreadState)
def get_thread(service: Served, owner: Owner, thread_id: ThreadId) -> Response:
    """Its strategy, the question it waits on, and the run that is under way."""
    with service.database.read() as work:
        thread = work.threads.get(owner, thread_id)
        active = work.runs.active(owner, thread_id)
        newest = work.threads.messages(owner, thread_id, newest=1) if thread.pending is not None else ()
    asked = next((one.answer.get("question") for one in newest if one.answer is not None), None)
    state = {"question": asked, "activeRun": None if active is None else active.as_json()}
    return json_answer({**thread.as_json(), **{name: value for name, value in state.items() if value is not None}})


@router.patch("/{thread_id}", summary="Name a thread", response_model=Thread)
def rename_thread(
    service: Served,
    owner: Owner,
    thread_id: ThreadId,
    body: Annotated[ThreadChange, json_body(ThreadChange, examples={"another name": {"title": "Averages on BTC"}})],
) -> Response:
    """Changes the title, and nothing else."""
    with service.database.write() as work:
        work.threads.rename(owner, thread_id, body.title, now_ms=service.clock.now_ms())
        return json_answer(work.threads.get(owner, thread_id).as_json())


@router.delete("/{thread_id}", summary="Finish a thread", status_code=HTTPStatus.NO_CONTENT, response_class=Response)
async def finish_thread(service: Served, owner: Owner, thread_id: ThreadId) -> Response:
    """Says that it is over: what runs in it is cancelled, and after a while it is removed. What it built stays.

    A message to it before then opens it again.
    """

    def active() -> RunRecord | None:
        with service.database.read() as work:
            work.threads.get(owner, thread_id)
            return work.runs.active(owner, thread_id)

    def finish() -> None:
        with service.database.write() as work:
            work.threads.finish(owner, thread_id, now_ms=service.clock.now_ms())

    run = await in_background(active)
    if run is not None:
        await service.runs.cancel(owner, run.id)
    await in_background(finish)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.get("/{thread_id}/runs", summary="List the runs of a thread", response_model=Runs)
def list_runs(
    service: Served, owner: Owner, thread_id: ThreadId, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """Newest first."""
    with service.database.read() as work:
        work.threads.get(owner, thread_id)
        return json_answer(page_document(work.runs.page(owner, thread_id, limit=limit, cursor=cursor)))


router.include_router(messages.router)
