"""The chunks of a stream, event by event, and bodies that a chat route has to stand."""

from __future__ import annotations

import asyncio
import json

import httpx2
import openai
import pytest
from openai._streaming import Stream
from openai.types.chat import ChatCompletionChunk
from serving import client

from api.http.body import MOST_SIGNS
from api.openai_compat.completions import CompletionStream, Told, completion, helper_completion
from api.openai_compat.requests import HISTORY_BYTES
from api.runs.stream import KEEP_ALIVE, Streams
from storage.run_records import RunEvent

TOLD = Told("chatcmpl-turn_1", 1_700_000_000, "thread_1", "turn_1", "http://127.0.0.1:8321/api/backtests")
ANSWER = {"reply": "Done.", "disposition": "build", "version": "1.0", "strategyId": "s", "runId": "run_1"}


def stream_of(*events, includes_usage=False, told=TOLD):
    """Return what a client reads of a run with these events: a piece of bytes each, the opening first."""

    async def followed():
        return
        yield

    async def written():
        sent = CompletionStream(followed(), "o", Streams(), asyncio.Event(), {}, told, includes_usage=includes_usage)
        made = [
            RunEvent(run_id="turn_1", seq=at, type=kind, data=data, created_at="2026-01-01T00:00:00Z")
            for at, (kind, data) in enumerate(events, start=1)
        ]
        return [sent.opening, *map(sent.encoded, made)], sent.shutdown

    return asyncio.run(written())


def read(pieces):
    """Return the chunks OpenAI's client makes of bytes; raises what it raises."""
    with openai.OpenAI(api_key="k", base_url="http://127.0.0.1") as asking:
        request = httpx2.Request("POST", "http://127.0.0.1/v1/chat/completions")
        answer = httpx2.Response(200, content=b"".join(pieces), request=request)
        return list(Stream(cast_to=ChatCompletionChunk, response=answer, client=asking))


def contents(chunks):
    return "".join(one.choices[0].delta.content or "" for one in chunks if one.choices)


def thoughts(chunks):
    return [
        one.choices[0].delta.reasoning_content for one in chunks if hasattr(one.choices[0].delta, "reasoning_content")
    ]


def test_a_long_step_tells_how_far_it_is_a_few_times():
    steps = [("step", {"name": "search", "text": "trying", "done": done, "total": 40}) for done in range(41)]

    told = thoughts(read(stream_of(*steps)[0]))

    assert told == [f"search: trying ({done} of 40)\n" for done in (0, 10, 20, 30, 40)]


def test_a_reply_that_begins_again_is_told_from_what_was_sent():
    pieces, _ = stream_of(("reply.delta", {"text": "One"}), ("reply.restarted", {}), ("reply.delta", {"text": "Two"}))

    assert contents(read(pieces)) == "One\n\n---\n\nTwo"


def test_a_reply_that_begins_again_before_anything_was_sent_just_begins():
    assert contents(read(stream_of(("reply.restarted", {}), ("reply.delta", {"text": "Two"}))[0])) == "Two"


def test_an_answered_run_ends_with_its_reason_and_what_is_told_beside_it():
    pieces, _ = stream_of(("reply.delta", {"text": "Done."}), ("answer", ANSWER), ("run.completed", {}))

    chunks = read([KEEP_ALIVE, *pieces, KEEP_ALIVE])

    assert contents(chunks) == "Done.\n\n[Report of this backtest](http://127.0.0.1:8321/api/backtests/run_1/report)"
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert chunks[-1].kek == {
        "threadId": "thread_1",
        "runId": "turn_1",
        "strategyId": "s",
        "version": "1.0",
        "disposition": "build",
        "backtestId": "run_1",
    }
    assert pieces[-1].endswith(b"data: [DONE]\n\n")


def test_notices_are_the_first_lines():
    told = Told("c", 1, "t", "r", "", notices=("the tools are not called",))
    pieces, _ = stream_of(("step", {"name": "understand", "text": "reading"}), told=told)

    assert thoughts(read(pieces)) == ["the tools are not called\n", "understand: reading\n"]


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (("run.failed", {"code": "OUT_OF_TIME", "message": "it took too long"}), "out_of_time"),
        (("run.cancelled", {}), "run_cancelled"),
    ],
)
def test_what_breaks_a_stream_is_raised_with_its_code(event, code):
    pieces, _ = stream_of(("reply.delta", {"text": "One"}), event)

    with pytest.raises(openai.APIError) as caught:
        read(pieces)

    assert caught.value.code == code and not pieces[-1].endswith(b"[DONE]\n\n")


def test_a_service_that_closes_says_so():
    pieces, shutdown = stream_of(("reply.delta", {"text": "One"}))

    with pytest.raises(openai.APIError) as caught:
        read([*pieces, shutdown])

    assert caught.value.code == "shutting_down"


def test_an_answer_without_a_run_links_none():
    told = completion(TOLD, {"reply": "Which asset?", "disposition": "ask", "question": "Which asset?"})

    assert told["choices"][0]["message"]["content"] == "Which asset?"
    assert told["kek"]["question"] == "Which asset?" and "backtestId" not in told["kek"]


def test_a_question_of_a_client_counts_no_tokens():
    told = helper_completion("c", 1, "A title", "title", None)

    assert told["usage"]["total_tokens"] == 0 and told["choices"][0]["message"]["content"] == "A title"


@pytest.fixture(scope="module")
def asked():
    with client() as opened:
        yield opened


def chat(asked, content, **more):
    headers = {"content-type": "application/json", "X-OpenWebUI-Chat-Id": "bodies"}
    return asked.post("/v1/chat/completions", content=content, headers=headers, **more)


def test_a_long_history_has_room_and_an_endless_one_has_not(asked):
    def body(size):
        said = {"role": "user", "content": "what can you do?"}
        return json.dumps({"messages": [{"role": "assistant", "content": "x" * size}, said]}).encode()

    taken, refused = chat(asked, body(HISTORY_BYTES - 1_000)), chat(asked, body(HISTORY_BYTES))
    many = chat(asked, b'{"messages":[' + b"1," * MOST_SIGNS + b"1]}")
    elsewhere = asked.post("/api/specs/validate", content=body(300_000), headers={"content-type": "application/json"})

    assert (taken.status_code, refused.status_code, many.status_code, elsewhere.status_code) == (200, 413, 413, 413)
    assert refused.json()["error"]["code"] == many.json()["error"]["code"] == "too_large"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "invalid_json"),
        (b"{", "invalid_json"),
        (b"[]", "invalid_body"),
        (b"null", "invalid_body"),
        (b'{"messages":[{"role":"user","content":"\\u0000"}]}', "invalid_json"),
        (b'{"messages":[{"role":"user","content":"\\ud800"}]}', "invalid_json"),
        (b'{"messages":[{"role":"user","role":"system","content":"a"}]}', "invalid_json"),
        (b'{"messages":[{"role":"user","content":"a"}],"n":1e999}', "invalid_json"),
        (b'{"messages":[{"role":"user","content":"a"}],"tools":' + b"[" * 40 + b"]" * 40 + b"}", "invalid_json"),
    ],
)
def test_a_body_that_is_none_is_refused_in_openai_s_shape(asked, content, code):
    refused = chat(asked, content)

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, code)
    assert set(refused.json()["error"]) == {"message", "type", "param", "code"}


def test_a_key_is_neither_asked_for_nor_told_to_anybody(asked, caplog):
    secret = "sk-correct-horse-battery"
    with caplog.at_level("DEBUG"):
        answer = asked.get("/v1/models", headers={"Authorization": f"Bearer {secret}"})
        refused = asked.get("/v1/models/none", headers={"Authorization": f"Bearer {secret}"})

    assert answer.status_code == asked.get("/v1/models").status_code == 200
    assert secret not in answer.text + refused.text + caplog.text
