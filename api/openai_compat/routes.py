"""``/v1``: the models there are, and chat completions, for any client of OpenAI's chat protocol."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Header, Path, Request
from starlette.responses import Response

from agent.background import in_background, to_the_end
from api.deps import Owner, Served
from api.errors import RequestRefused
from api.http.answers import json_answer
from api.http.guards import host_name, is_loopback
from api.http.keys import IdempotencyKey, request_key
from api.http.schemas import Shape
from api.openai_compat.completions import CompletionStream, Told, completion, helper_chunks, helper_completion
from api.openai_compat.conversations import Belongs, Conversations, message_id_of
from api.openai_compat.helper_replies import content_of
from api.openai_compat.identity import RUN_HEADER, TASK_HEADER, THREAD_HEADER, named_in, retried
from api.openai_compat.requests import MODEL, Asked, ChatRequest, asked_in, chat_body, no_model
from api.routes.messages import answer_of
from api.runs.begin import RequestKey, response_kept
from api.runs.stream import EVENT_STREAM, HEADERS

if TYPE_CHECKING:
    from api.openai_compat.helpers import Helper
    from api.service import Service
    from storage.run_records import RunRecord
    from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1", tags=["openai"])

MADE = 1_767_225_600
"""When the model is said to be made, UTC seconds: clients want a number there."""

NOT_AGAIN = {"X-Should-Retry": "false"}
"""Tells OpenAI's clients, which send a refused request again by themselves, that it will be refused again."""

LASTING = ("RUN_CANCELLED", "IDEMPOTENCY_KEY_REUSED")
"""Refusals that stay whatever is done."""

A_STRATEGY = "buy BTC when the 20 sma crosses above the 50 sma, sell on the cross back"

EXAMPLES = {
    "a strategy": {
        "model": MODEL,
        "messages": [{"role": "user", "content": A_STRATEGY}],
    },
    "a stream": {
        "model": MODEL,
        "messages": [
            {"role": "user", "content": A_STRATEGY},
            {"role": "assistant", "content": "SMA on BTC 1d, version 1.0."},
            {"role": "user", "content": "add a stop loss of 5%"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
    },
}

STREAM: dict[str, Any] = {
    "description": "The completion, or with `stream` its chunks: `data: [DONE]` ends them, or an `error`.",
    "content": {
        EVENT_STREAM: {
            "schema": {"type": "string"},
            "example": 'data: {"id":"chatcmpl-turn_4f2a","object":"chat.completion.chunk"}\n\ndata: [DONE]\n\n',
        }
    },
}


class Model(Shape):
    """A model as OpenAI's clients list it."""

    id: str
    object: str
    created: int
    owned_by: str

    model_config = {"alias_generator": None}


class Models(Shape):
    """The models there are."""

    object: str
    data: list[Model]


class ChatCompletion(Shape):
    """A completion of OpenAI's shape; under `kek` what it has no field for."""

    id: str
    object: str
    created: int
    model: str
    choices: list[dict[str, Any]]
    usage: dict[str, Any]
    kek: dict[str, Any]


def model_document() -> dict[str, Any]:
    """Return the one model as it is listed."""
    return {"id": MODEL, "object": "model", "created": MADE, "owned_by": MODEL}


@router.get("/models", summary="List the models", response_model=Models)
async def list_models() -> Response:
    """There is one, `kek`: the reader that the settings name. Any bearer key is taken, and none is needed."""
    return json_answer({"object": "list", "data": [model_document()]})


@router.get("/models/{model}", summary="Look at a model", response_model=Model)
async def get_model(model: Annotated[str, Path(max_length=200, examples=[MODEL])]) -> Response:
    """Refused with the code `model_not_found` when it is another one."""
    if model != MODEL:
        raise no_model()
    return json_answer(model_document())


@router.post("/chat/completions", summary="Chat", response_model=ChatCompletion, responses={200: STREAM})
async def chat_completion(
    request: Request,
    service: Served,
    owner: Owner,
    body: Annotated[ChatRequest, chat_body(EXAMPLES)],
    idempotency_key: IdempotencyKey = None,
    thread: Annotated[
        str | None, Header(alias=THREAD_HEADER, description="The thread to answer in; on the answer, the one it is in.")
    ] = None,
) -> Response:
    """Answers the newest message of the person, in the thread that holds the conversation so far.

    The conversation is named by `X-KEK-Thread`, `X-OpenWebUI-Chat-Id`, `X-Conversation-Id` or `metadata.session_id`,
    else known by its first message. Questions that chat clients ask for themselves (titles, tags) touch no thread.
    The run goes on when the connection ends; its id is in the header `X-KEK-Run`.
    """
    asked = asked_in(body, request.headers.get(TASK_HEADER))
    if asked.helper is not None:
        return await _helped(service, asked.helper, body)
    try:
        return await _answered(request, service, owner, body, asked, request_key(idempotency_key, request, body))
    except RequestRefused as refused:
        if refused.refusal.code in LASTING:
            refused.refusal = replace(refused.refusal, headers={**refused.refusal.headers, **NOT_AGAIN})
        raise


async def _helped(service: Service, helper: Helper, body: ChatRequest) -> Response:
    """Answer a client's own question: nothing is kept of it, and no thread is touched."""
    content = await in_background(partial(content_of, helper))
    completion_id, created = f"chatcmpl-{service.ids.new('helper')}", service.clock.now_ms() // 1_000
    document = helper_completion(completion_id, created, content, helper.kind, helper.function)
    if body.stream:
        chunks = helper_chunks(document, includes_usage=body.includes_usage)
        return Response(chunks, headers=HEADERS, media_type=EVENT_STREAM)
    return json_answer(document)


async def _answered(
    request: Request, service: Service, owner: str, body: ChatRequest, asked: Asked, key: RequestKey | None
) -> Response:
    """Answer a person's message by a run, the one it has already or a new one."""
    from agent.budget import TurnLimits
    from agent.conversation import checked_message
    from storage.times import milliseconds_of

    if body.stream:
        service.streams.check(owner)
    text = asked.said[-1]
    checked_message(text, TurnLimits().message_characters)  # before a thread is made for it
    belongs = await _belongs(request, service, owner, body, asked, key)
    run = belongs.run or await service.runs.start(
        owner, belongs.thread_id, text, message_id=message_id_of(owner, belongs, text), key=key
    )
    told = Told(
        id=f"chatcmpl-{run.id}",
        created=milliseconds_of(run.created_at, field="createdAt") // 1_000,
        thread_id=belongs.thread_id,
        run_id=run.id,
        reports=f"{_address(request, service)}/api/backtests",
        notices=(*asked.notices, *belongs.notices),
        forked_from=belongs.forked_from,
    )
    headers = {THREAD_HEADER: belongs.thread_id, RUN_HEADER: run.id}
    if body.stream:
        followed, usage = service.log.follow(owner, run.id), body.includes_usage
        return CompletionStream(followed, owner, service.streams, service.closing, headers, told, includes_usage=usage)
    answer = answer_of(await service.runs.ended(owner, run.id))
    return json_answer(completion(told, answer), headers=headers)


async def _belongs(
    request: Request, service: Service, owner: str, body: ChatRequest, asked: Asked, key: RequestKey | None
) -> Belongs:
    """Return where a request is answered; a thread is made for it where it has none."""
    names = named_in(request.headers, body.metadata, asked.said[0])
    again = retried(request.headers)

    def known() -> Belongs | None:
        with service.database.read() as work:
            run = None if key is None else _run_of(work, owner, key)
            if run is not None:
                return Belongs(str(run.thread_id), 0, run=run)
            return Conversations(work, owner, names, asked).known(again=again)

    def made() -> Belongs:
        with service.database.write() as work:
            return Conversations(work, owner, names, asked).made(service.ids, service.clock.now_ms(), again=again)

    found = await in_background(known)
    return await to_the_end(made) if found is None else found


def _run_of(work: UnitOfWork, owner: str, key: RequestKey) -> RunRecord | None:
    """Return the run that the same request has under its key, None for one that came to nothing; raises KeyReused."""
    kept = response_kept(work, owner, key)
    run = None if kept is None else work.runs.get(owner, kept.body)
    return run if run is not None and run.status in ("running", "completed") else None


def _address(request: Request, service: Service) -> str:
    """Return where a person on this machine reaches the service."""
    host, serving = request.headers["host"], service.settings.serving
    name = host_name(host)
    if name is not None and is_loopback(name):
        return f"http://{host}"
    return f"http://{f'[{serving.host}]' if ':' in serving.host else serving.host}:{serving.port}"
