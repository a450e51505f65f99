"""A server that answers badly, late, or not at all: each ends in a reading or a clear error within the deadline."""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import time
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

import httpx2
import pytest
from model_replies import Clock, a_budget, asks, wire_reply
from scripted_server import (
    ScriptedServer,
    Step,
    answers,
    chat_reply,
    cuts_its_body,
    fails,
    hangs,
    says,
    starts_and_hangs,
)

from agent.errors import AgentError, LanguageError, ModelGarbled, ModelRefused, ModelUnreachable, OutOfTime
from agent.language.openai import Timeouts, openai_language
from agent.language.port import Reading

KEY = "sk-test-0123456789abcdef"
PATIENCE = 30.0
"""Seconds that something which happens at once may take on a machine that does other things as well."""

GOOD = says(json.dumps(wire_reply()))
QUICK = Timeouts(attempt=5.0, attempts=3, first_wait=0.5)


@pytest.fixture(autouse=True)
def certificates_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(httpx2, "create_ssl_context", _certificates)


@cache
def _certificates() -> ssl.SSLContext:
    return ssl.create_default_context()


def read(server: ScriptedServer, clock: Clock | None = None, timeouts: Timeouts = QUICK, **limits: Any) -> Reading:
    clock = clock or Clock()
    language = openai_language(server.base_url, KEY, "m", clock=clock, timeouts=timeouts, sleep=clock.sleep)
    return asyncio.run(language.read(asks("x"), a_budget(clock, **limits)))


def test_a_reading_goes_over_the_wire_with_the_key_and_nothing_of_the_surroundings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-another-service")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-of-another-service")
    with ScriptedServer(GOOD) as server:
        assert read(server).intent == "build"

    headers = {name.lower(): value for name, value in server.headers[0].items()}
    assert headers["authorization"] == f"Bearer {KEY}"
    assert "another-service" not in json.dumps(headers)
    sent = server.requests[0]
    assert sent["model"] == "m"
    assert sent["response_format"]["json_schema"]["strict"] is True
    assert [one["role"] for one in sent["messages"]] == ["system", "user"]


FAILURES: list[tuple[str, list[Step], type[AgentError], str, int]] = [
    ("garbage in the answer", [says("%%% no json %%%")], ModelGarbled, "same mistake", 2),
    ("garbage for a body", [answers(b"<html>bad gateway</html>")], ModelGarbled, "no chat completion", 1),
    ("bytes that are no text", [answers(b"\xff\xfe\x00")], ModelGarbled, "no chat completion", 1),
    ("an empty body", [answers(b"")], ModelGarbled, "no chat completion", 1),
    ("a list for a body", [answers([1])], ModelGarbled, "no chat completion", 1),
    ("an error with status 200", [answers({"error": {"message": "x"}})], ModelGarbled, "no chat completion", 1),
    ("a refusal", [says(None, refusal="no")], ModelRefused, "declined to answer: no", 1),
    ("a content filter", [says("", finish="content_filter")], ModelRefused, "content filter", 1),
    ("a cut at the token limit", [says('{"intent": "buil', finish="length")], ModelGarbled, "token limit", 1),
    ("no choices", [answers({**chat_reply("x"), "choices": []})], ModelGarbled, "no JSON object", 2),
    ("the same mistake again", [says('{"intent": "sell everything"}')], ModelGarbled, "same mistake again", 2),
    ("a body cut short", [cuts_its_body("x" * 500)], ModelUnreachable, "broke off its answer .3 attempts.", 3),
    ("500 for ever", [fails(500, "oops")], ModelUnreachable, r"failed \(500\) \(3 attempts\)", 3),
    ("429 for ever", [fails(429)], ModelUnreachable, r"is busy \(429\) \(3 attempts\)", 3),
    (
        "429 for longer than the turn",
        [fails(429, headers={"Retry-After": "3600"})],
        ModelUnreachable,
        "3600 s, longer",
        1,
    ),
    ("a wrong key", [fails(401, f"Incorrect API key provided: {KEY}")], ModelUnreachable, "refuses the key", 1),
    ("a wrong model", [fails(404, "The model m does not exist")], ModelUnreachable, "m does not exist", 1),
    ("too long a prompt", [fails(400, "maximum context length")], ModelUnreachable, "maximum context length", 1),
    ("a redirect", [answers(b"", 302, {"Location": "http://192.0.2.1/"})], ModelUnreachable, "redirects", 1),
    ("a body without end", [answers(b'"' + b"x" * 5_000_000 + b'"')], ModelGarbled, "more than 4,194,304 bytes", 1),
]


@pytest.mark.parametrize(
    ("steps", "error", "words", "requests"), [one[1:] for one in FAILURES], ids=[one[0] for one in FAILURES]
)
def test_a_failure_ends_in_a_clear_error(
    steps: list[Step], error: type[LanguageError], words: str, requests: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with ScriptedServer(*steps) as server, pytest.raises(error, match=words) as failure:
        read(server)

    assert len(server.requests) == requests
    assert KEY not in str(failure.value)
    assert KEY not in caplog.text


@pytest.mark.parametrize("steps", [[fails(500), fails(503)], [fails(429)], [fails(408)], [cuts_its_body("x")]])
def test_a_passing_failure_is_not_noticed(steps: list[Step]) -> None:
    with ScriptedServer(*steps, GOOD) as server:
        assert read(server).intent == "build"
        assert len(server.requests) == len(steps) + 1


@pytest.mark.parametrize(
    ("value", "seconds"), [("7", 7.0), ("0.25", 0.25), ("Fri, 15 Jan 2027 08:00:09 GMT", 9.0), ("soon", 0.5)]
)
def test_a_server_that_asks_to_wait_is_given_its_time(value: str, seconds: float) -> None:
    clock = Clock()
    with ScriptedServer(fails(429, headers={"Retry-After": value}), GOOD) as server:
        read(server, clock)

    assert clock.seconds == pytest.approx(seconds)


def test_waits_grow_and_never_pass_the_deadline() -> None:
    clock = Clock()
    with ScriptedServer(fails(500)) as server, pytest.raises(ModelUnreachable):
        read(server, clock, Timeouts(attempts=50, first_wait=1.0, longest_wait=8.0), reading_seconds=30.0)

    assert clock.seconds == 1 + 2 + 4 + 8 + 8
    assert len(server.requests) == 6


class RealClock(Clock):
    def monotonic(self) -> float:
        return time.monotonic()


@pytest.mark.parametrize("step", [hangs, starts_and_hangs])
def test_a_server_that_hangs_is_left_at_the_deadline(step: Step) -> None:
    with ScriptedServer(step) as server:
        with pytest.raises(OutOfTime, match="within the turn's time"):
            read(server, RealClock(), reading_seconds=0.25)

        assert server.left.wait(PATIENCE), "it hangs until it is left"


def test_an_attempt_that_hangs_is_followed_by_another() -> None:
    with ScriptedServer(hangs, GOOD) as server:
        assert read(server, timeouts=Timeouts(attempt=1.0)).intent == "build"


def test_cancelling_a_reading_closes_its_connection() -> None:
    async def turn(start: Callable[[], Awaitable[Reading]], server: ScriptedServer) -> None:
        task = asyncio.ensure_future(start())
        assert await asyncio.to_thread(server.asked.wait, PATIENCE)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with ScriptedServer(hangs) as server:
        language = openai_language(server.base_url, KEY, "m", clock=Clock())
        asyncio.run(turn(lambda: language.read(asks("x"), a_budget()), server))

        assert server.left.wait(PATIENCE)


def test_nobody_listening_is_said_so() -> None:
    with ScriptedServer(GOOD) as server:
        nowhere = server.base_url
    clock = Clock()
    language = openai_language(nowhere, None, "m", clock=clock, sleep=clock.sleep)

    with pytest.raises(ModelUnreachable, match=r"at 127\.0\.0\.1 cannot be reached"):
        asyncio.run(language.read(asks("x"), a_budget(clock)))


REFUSING = [
    fails(400, "Invalid schema for response_format 'reply': recursive $ref"),
    fails(422, "response_format.type: input should be 'text' or 'json_object'"),
]


def test_the_ladder_is_climbed_down_once_and_remembered() -> None:
    clock = Clock()
    with ScriptedServer(*REFUSING, GOOD) as server:
        language = openai_language(server.base_url, KEY, "m", clock=clock)
        for _ in range(2):
            asyncio.run(language.read(asks("x"), a_budget()))

    forms = [one["response_format"]["type"] for one in server.requests]
    assert forms == ["json_schema", "json_schema", "json_object", "json_object"]


UNKNOWN_FIELD = {"detail": [{"loc": ["body", "max_completion_tokens"], "msg": "Extra inputs are not permitted"}]}


@pytest.mark.parametrize(
    ("refusals", "sent"),
    [
        ([answers({"object": "error", "message": UNKNOWN_FIELD}, 422)], "max_tokens"),
        ([fails(400, "max_completion_tokens is too large"), fails(400, "max_tokens is too large")], None),
    ],
)
def test_a_bound_that_a_server_does_not_take_is_written_otherwise_or_left_out(
    refusals: list[Step], sent: str | None
) -> None:
    with ScriptedServer(*refusals, GOOD) as server:
        language = openai_language(server.base_url, KEY, "m", clock=Clock())
        for _ in range(2):
            assert asyncio.run(language.read(asks("x"), a_budget())).intent == "build"

    bounds = [[name for name in one if name.startswith("max_")] for one in server.requests]
    assert bounds[0] == ["max_completion_tokens"] and bounds[-2:] == [[sent] if sent else []] * 2
    assert {one["response_format"]["type"] for one in server.requests} == {"json_schema"}


def test_one_reader_serves_many_event_loops() -> None:
    with ScriptedServer(GOOD) as server:
        language = openai_language(server.base_url, KEY, "m", clock=Clock())
        readings = [asyncio.run(language.read(asks(str(at)), a_budget())) for at in range(3)]

    assert [one.intent for one in readings] == ["build"] * 3


@pytest.mark.parametrize(
    "address",
    ["", "localhost:8000", "ftp://x/v1", "file:///etc/passwd", "http://127.0.0.1:99999/v1", "http://host:port/v1"],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(LanguageError, match="no address of a model server"):
        openai_language(address, KEY, "m", clock=Clock())


def test_the_key_is_not_shown_by_the_reader() -> None:
    language = openai_language("http://127.0.0.1:1/v1", KEY, "m", clock=Clock())

    assert KEY not in repr(language) + repr(vars(language))
