"""OpenAI's own client, over a real socket: a conversation, streams, and the errors it knows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx2
import openai
import pytest
from chat_clients import BUILD, EDIT, MORE, TALK, Chat, Held, chat_service, openai_client, plain
from openai import AsyncOpenAI

IMPROVE = "improve it"
KEY_PLACE = 'header["Idempotency-Key"]'


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with chat_service() as served:
        yield served


@pytest.fixture(scope="module")
def held() -> Iterator[tuple[str, Held]]:
    model = Held()
    with chat_service(language=model) as served:
        yield served, model


@pytest.fixture
def model(held: tuple[str, Held]) -> Iterator[Held]:
    _, model = held
    model.asked.clear()
    model.may_go_on.clear()
    model.fails = False
    model.read_texts.clear()
    yield model
    model.may_go_on.set()


def messages(address: str, thread: str) -> list[dict[str, Any]]:
    return list(plain(address, f"/api/threads/{thread}/messages?limit=100").json()["items"])


def user(*texts: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": one} for one in texts]


def test_the_models_are_listed_and_looked_at(address):
    client = openai_client(address)

    (model,) = client.models.list().data

    assert (model.id, model.object, model.owned_by) == ("kek", "model", "kek")
    assert client.models.retrieve("kek") == model
    assert plain(address, "/v1/models").json() == {
        "object": "list",
        "data": [{"id": "kek", "object": "model", "created": model.created, "owned_by": "kek"}],
    }


def test_a_conversation_builds_edits_and_improves_in_one_thread(address):
    chat = Chat(openai_client(address, "builds-edits-improves"))

    built, edited, improved = chat.say(BUILD), chat.say(EDIT), chat.say(IMPROVE)

    assert [one.kek["disposition"] for one in chat.answers] == ["build", "edit", "explain"]
    assert (built.kek["version"], edited.kek["version"]) == ("1.0", "1.1")
    assert built.object == "chat.completion" and built.choices[0].finish_reason == "stop"
    (thread,) = {one.kek["threadId"] for one in chat.answers}
    listed = plain(address, "/api/threads").json()["items"]
    assert next(one for one in listed if one["id"] == thread)["strategyRecordId"] == improved.kek["strategyId"]
    stored = messages(address, thread)
    assert [one["text"] for one in stored if one["role"] == "user"] == [BUILD, EDIT, IMPROVE]
    for answer, told in zip(chat.answers, stored[1::2], strict=True):
        assert answer.choices[0].message.content.startswith(told["text"])
        assert told["answer"]["messageId"] and "notices" not in answer.kek


def test_the_report_of_a_run_is_linked_where_this_machine_finds_it(address):
    answer = Chat(openai_client(address, "report")).say(BUILD)

    place = f"{address}/api/backtests/{answer.kek['backtestId']}/report"
    assert answer.choices[0].message.content.endswith(f"\n\n[Report of this backtest]({place})")
    assert plain(address, place.removeprefix(address)).status_code == 200


def test_what_was_used_is_counted_and_never_invented(held, model):
    served, _ = held
    model.may_go_on.set()
    with_model = Chat(openai_client(served, "counted")).say(BUILD)

    used = with_model.usage
    assert (used.prompt_tokens, used.completion_tokens, used.total_tokens) == (900, 80, 980)
    assert used.prompt_tokens_details.cached_tokens == 300


def test_the_interpreter_uses_no_tokens(address):
    used = Chat(openai_client(address, "free")).say("what can you do?").usage

    assert (used.prompt_tokens, used.completion_tokens, used.total_tokens) == (0, 0, 0)


def streamed(address, chat, text, **more):
    return list(
        openai_client(address, chat).chat.completions.create(model="kek", messages=user(text), stream=True, **more)
    )


def test_a_stream_begins_with_the_role_ends_with_the_reason_and_its_pieces_are_the_reply(address):
    chunks = streamed(address, "stream", BUILD)

    assert len({one.id for one in chunks}) == len({one.created for one in chunks}) == 1
    assert {one.object for one in chunks} == {"chat.completion.chunk"} and all(one.usage is None for one in chunks)
    first, last = chunks[0].choices[0], chunks[-1].choices[0]
    assert (first.delta.role, first.delta.content) == ("assistant", "")
    assert (last.finish_reason, last.delta.content) == ("stop", None)
    assert all(one.choices[0].finish_reason is None for one in chunks[:-1])
    beside = chunks[-1].kek
    assert beside["disposition"] == "build" and beside["runId"] == chunks[0].id.removeprefix("chatcmpl-")
    text = "".join(one.choices[0].delta.content or "" for one in chunks)
    told = messages(address, beside["threadId"])[1]
    assert text.partition("\n\n[Report")[0] == told["text"]
    shown = [getattr(one.choices[0].delta, "reasoning_content", "") for one in chunks]
    first_words = next(at for at, one in enumerate(chunks) if one.choices[0].delta.content)
    assert first_words < shown.index("backtest: testing it\n"), "what was understood is shown before it is tested"


def test_a_stream_tells_what_was_used_where_it_is_asked_to(address):
    chunks = streamed(address, "stream-usage", TALK, stream_options={"include_usage": True})

    assert (chunks[-1].choices, chunks[-1].usage.total_tokens) == ([], 0)
    assert all(one.choices and one.usage is None for one in chunks[:-1])


def test_the_asynchronous_client_holds_a_conversation_too(address):
    async def talk():
        async with AsyncOpenAI(base_url=f"{address}/v1", api_key="k", max_retries=0) as client:
            said = user(BUILD)
            first = await client.chat.completions.create(model="kek", messages=said)
            said += [{"role": "assistant", "content": first.choices[0].message.content}, *user(EDIT)]
            stream = await client.chat.completions.create(model="kek", messages=said, stream=True)
            chunks = [chunk async for chunk in stream]
            with pytest.raises(openai.NotFoundError):
                await client.models.retrieve("gpt-4o")
            return first, chunks

    first, chunks = asyncio.run(talk())

    assert first.kek["disposition"] == "build" and chunks[-1].kek["disposition"] == "edit"
    assert chunks[-1].kek["threadId"] == first.kek["threadId"]
    assert any("names no conversation" in one for one in first.kek["notices"])


@pytest.mark.parametrize(
    ("fields", "error", "code", "param"),
    [
        ({"model": "gpt-4o"}, openai.NotFoundError, "model_not_found", "model"),
        ({"n": 2}, openai.BadRequestError, "unsupported_value", "n"),
        ({"messages": []}, openai.BadRequestError, "invalid_body", "messages"),
        ({"messages": user("")}, openai.BadRequestError, "message", None),
        ({"messages": user("x" * 8_001)}, openai.BadRequestError, "message", None),
        ({"extra_headers": {"X-KEK-Thread": "nobody-s"}}, openai.NotFoundError, "thread_not_found", None),
        ({"extra_headers": {"Idempotency-Key": "a b"}}, openai.BadRequestError, "invalid_request", KEY_PLACE),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}]},
            openai.BadRequestError,
            "unsupported_value",
            "messages[0].content[0]",
        ),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_what_is_refused_raises_the_client_s_own_errors_and_makes_no_thread(
    address, fields, error, code, param, stream
):
    before = plain(address, "/api/threads").json()

    with pytest.raises(error) as caught:
        openai_client(address).chat.completions.create(
            **{"model": "kek", "messages": user("buy BTC"), "stream": stream, **fields}
        )

    assert (caught.value.code, caught.value.param) == (code, param)
    assert caught.value.body["type"] == "invalid_request_error"
    assert plain(address, "/api/threads").json() == before


def test_a_thread_that_is_answering_is_busy_and_says_when_to_come_again(held, model):
    served, _ = held
    client = openai_client(served, "busy")
    stream = client.chat.completions.create(model="kek", messages=user(TALK), stream=True)
    next(stream)
    assert model.asked.wait(20)

    with pytest.raises(openai.ConflictError) as caught:
        client.chat.completions.create(model="kek", messages=user(TALK, other := "and short it too"))

    assert caught.value.code == "thread_busy" and caught.value.response.headers["retry-after"] == "1"
    model.may_go_on.set()
    thread = list(stream)[-1].kek["threadId"]
    assert [one["text"] for one in messages(served, thread)[::2]] == [TALK] and other not in model.read_texts


def test_a_request_that_is_sent_again_while_it_is_answered_gets_the_same_run(held, model):
    served, _ = held
    client = openai_client(served, "sent-again")
    first = client.chat.completions.create(model="kek", messages=user(TALK), stream=True)
    opening = next(first)
    assert model.asked.wait(20)
    again = client.chat.completions.create(
        model="kek", messages=user(TALK), stream=True, extra_headers={"x-stainless-retry-count": "1"}
    )
    assert next(again).id == opening.id

    model.may_go_on.set()
    both = [list(first)[-1].kek, list(again)[-1].kek]

    assert both[0] == both[1] and len(messages(served, both[0]["threadId"])) == 2 and model.read_texts == [TALK]


def test_the_client_s_own_retry_of_a_busy_thread_makes_one_turn(held, model, monkeypatch):
    served, _ = held
    client = openai_client(served, "own-retry", max_retries=2)
    stream = client.chat.completions.create(model="kek", messages=user(TALK), stream=True)
    next(stream)
    assert model.asked.wait(20)
    waited: list[bool] = []

    def let_it_go_on(*_: Any, **__: Any) -> None:
        model.may_go_on.set()
        waited.append(bool(list(stream)))

    monkeypatch.setattr(client, "_sleep_for_retry", let_it_go_on)

    answer = client.chat.completions.create(model="kek", messages=user(TALK, MORE))

    assert waited == [True] and answer.kek["disposition"] == "explain"
    assert [one["text"] for one in messages(served, answer.kek["threadId"])[::2]] == [TALK, MORE]


def test_a_run_outlives_its_connection(held, model):
    served, _ = held
    client = openai_client(served, "left")
    stream = client.chat.completions.create(model="kek", messages=user(TALK), stream=True)
    run = next(stream).id.removeprefix("chatcmpl-")
    assert model.asked.wait(20)
    stream.close()
    model.may_go_on.set()

    events = plain(served, f"/api/runs/{run}/events").text

    assert events.rstrip().splitlines()[-2] == "event: run.completed"


def test_a_failure_in_the_middle_of_a_stream_raises_with_its_code(held, model):
    served, _ = held
    model.fails = True
    stream = openai_client(served, "breaks").chat.completions.create(model="kek", messages=user(BUILD), stream=True)
    next(stream)
    model.may_go_on.set()

    with pytest.raises(openai.APIError) as caught:
        list(stream)

    assert caught.value.code == "internal" and "broke" not in caught.value.message
    assert not isinstance(caught.value, openai.APIStatusError)


def test_a_failure_before_a_whole_answer_is_a_status_and_the_next_try_begins_afresh(held, model):
    served, _ = held
    model.fails = True
    model.may_go_on.set()
    chat = Chat(openai_client(served, "fails-first"))

    with pytest.raises(openai.APIStatusError) as caught:
        chat.say(TALK)
    model.fails = False
    answer = chat.again(**{"x-stainless-retry-count": "1"})

    assert caught.value.status_code >= 400 and answer.kek["disposition"] == "explain"
    assert len(messages(served, answer.kek["threadId"])) == 2


def test_a_cancelled_run_is_told_and_not_tried_again(held, model, monkeypatch):
    served, _ = held
    client = openai_client(served, "cancelled", max_retries=2)
    monkeypatch.setattr(client, "_sleep_for_retry", lambda *_, **__: pytest.fail("it was tried again"))
    stream = client.chat.completions.create(model="kek", messages=user(BUILD), stream=True)
    run = next(stream).id.removeprefix("chatcmpl-")
    assert model.asked.wait(20)
    plain(served, f"/api/runs/{run}/cancel", "POST")

    with pytest.raises(openai.APIError) as caught:
        list(stream)

    assert caught.value.code == "run_cancelled"


def test_a_key_answers_a_request_once_and_stands_for_it_alone(address, monkeypatch):
    client = openai_client(address, "keyed", max_retries=2)
    key = {"Idempotency-Key": "chat-key-1"}
    first = client.chat.completions.create(model="kek", messages=user(TALK), extra_headers=key)
    monkeypatch.setattr(client, "_sleep_for_retry", lambda *_, **__: pytest.fail("it was tried again"))

    second = client.chat.completions.create(model="kek", messages=user(TALK), extra_headers=key)
    with pytest.raises(openai.ConflictError) as caught:
        client.chat.completions.create(model="kek", messages=user(MORE), extra_headers=key)

    assert first == second and caught.value.code == "idempotency_key_reused"
    assert len(messages(address, first.kek["threadId"])) == 2


def test_plain_requests_are_answered_as_they_are_to_any_client(address):
    body = {"messages": user(TALK), "stream": True, "stream_options": {"include_usage": True}, "top_k": 1, "user": "u"}
    with httpx2.stream("POST", f"{address}/v1/chat/completions", json=body, timeout=60) as answer:
        headers, text = answer.headers, answer.read().decode()

    assert headers["content-type"].startswith("text/event-stream") and headers["x-accel-buffering"] == "no"
    assert headers["x-kek-thread"].startswith("thread_") and headers["x-kek-run"].startswith("turn_")
    frames = text.split("\n\n")
    assert frames[-2:] == ["data: [DONE]", ""] and all(one.startswith("data: {") for one in frames[:-2])
    assert json.loads(frames[-3].removeprefix("data: "))["usage"]["total_tokens"] == 0
